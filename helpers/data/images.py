"""Pictures: digits and a cat."""

from numpy import ndarray

from helpers.data.stored import arrays


def mnist() -> tuple[ndarray, ndarray]:
    """Return 10,000 handwritten digits: images (10000, 28, 28) uint8, labels (10000,) int.

    A pixel is 0 where there is no ink and 255 where it is darkest. The digits are a part of MNIST's
    training set, in a random order; about 1,000 of each.
    """
    kept = arrays("mnist.npz")
    return kept["images"], kept["labels"].astype(int)


def cat() -> ndarray:
    """Return a photograph of a cat called Chelsea: (224, 224, 3) uint8, red, green and blue."""
    kept = arrays("cat.npz")
    return kept["image"]
