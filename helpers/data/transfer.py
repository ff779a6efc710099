"""What lesson 09 transfers to, and what was measured of it."""

from functools import cache

import numpy as np
from numpy import ndarray

from helpers.data.images import mnist
from helpers.data.stored import arrays

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEMPLATES = (  # the first five are to learn from, the last three to be asked
    "a {}", "the digit {}", "a handwritten {}", "the number {}", "a picture of a {}",
    "somebody wrote a {} with a pen", "this is how I write {}", "{} in black ink",
)  # fmt: skip


def digit_captions() -> list[list[str]]:
    """Return for each digit eight captions: five to learn from, three to be asked."""
    return [[text.format(number) for text in TEMPLATES] for number in NUMBERS]


SETS = ("textures", "faces", "digits", "shuffled")
CUTS = {"raw": 0, "middle": 5, "last": 8}  # after how many of the network's eight stages


def pictures(name: str) -> tuple[ndarray, ndarray]:
    """Return one of the sets that lesson 09 transfers to: grey pictures (n, h, w) uint8, classes (n,) int.

    textures: 192 pieces of three photographs (brick, grass, gravel). faces: 100 faces (1) and 100 pieces of
    background (0). digits: the first 500 of `mnist`; shuffled: the same with their pixels in another order.
    """
    if name == "textures":
        return _transfer()[name], np.arange(192) // 64
    if name == "faces":
        return _transfer()[name], (np.arange(200) < 100).astype(int)
    X, y = (a[:500] for a in mnist())
    if name == "shuffled":
        X = X.reshape(500, -1)[:, np.random.default_rng(0).permutation(784)].reshape(X.shape)
    elif name != "digits":
        raise ValueError(f"there is no set {name!r}; there are: {', '.join(SETS)}")
    return X, y


def picture_features(name: str, cut: str) -> ndarray:
    """Return what EfficientNet-Lite0 makes of a set, (n, d) float32, after its "middle" or "last" stage.

    These have d = 112 and 1280; "raw" gives the pixels themselves. Each number is the mean of a channel,
    rounded to 1/255 of its range.
    """
    if cut == "raw":
        X, _ = pictures(name)
        return (X.reshape(len(X), -1) / 255).astype(np.float32)
    kept, at = _transfer(), f"{name}_{cut}_"
    return (kept[at + "low"] + kept[at + "step"] * kept[at + "levels"]).astype(np.float32)


def transfer_accuracy() -> ndarray:
    """Return measured accuracies (weights, set, cut, labels, seed) of linear probes.

    Weights: ImageNet's, random. Sets as in `SETS`. Cuts: pixels, then after each of eight stages. Labels for
    each class: 1, 2, 5, 10, 25. Ten random splits.
    """
    return _transfer()["accuracy"]


def tuned_accuracy() -> ndarray:
    """Return measured accuracies (run, seed) of fine-tuning on digits, 10 labels each; three seeds.

    Runs: the last 0, 1, 3, 8 stages learn, batch norms frozen; 8 with batch norms that learn; 8 from random
    weights.
    """
    return _transfer()["tuned"]


def caption_vectors() -> ndarray:
    """Return MiniLM's vectors of `digit_captions`: (10, 8, 384) float32, of length 1."""
    return _transfer()["captions"].astype(np.float32).reshape(10, 8, 384)


@cache
def _transfer() -> dict[str, ndarray]:
    return arrays("transfer.npz")
