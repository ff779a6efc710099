"""Pictures: digits and a cat."""

from numpy import ndarray

from helpers.data.stored import arrays, part_of

MNIST_PARTS = {"train": slice(0, 7000), "validation": slice(7000, 8000), "test": slice(8000, None)}


def mnist(part: str | None = None) -> tuple[ndarray, ndarray]:
    """Return handwritten digits: images (n, 28, 28) uint8, labels (n,) int.

    A pixel is 0 where there is no ink and 255 where it is darkest. The digits are a part of MNIST's
    training set, in a random order; about a tenth of each.

    Args:
        part: "train" (7,000 digits to learn from), "validation" (1,000 to look at while choosing) or "test"
            (2,000 to be asked once, at the end); None for all 10,000, in this order.
    """
    kept, rows = arrays("mnist.npz"), part_of("mnist", part, MNIST_PARTS)
    return kept["images"][rows], kept["labels"][rows].astype(int)


def cat() -> ndarray:
    """Return a photograph of a cat called Chelsea: (224, 224, 3) uint8, red, green and blue."""
    kept = arrays("cat.npz")
    return kept["image"]
