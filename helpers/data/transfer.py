"""What lesson 09 transfers to, and what was measured of it."""

from functools import cache

import numpy as np
from numpy import ndarray

from helpers.data.images import mnist
from helpers.data.opinions import film_reviews, product_reviews
from helpers.data.stored import arrays

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEMPLATES = (  # the first five are to learn from, the last three to be asked
    "a {}", "the digit {}", "a handwritten {}", "the number {}", "a picture of a {}",
    "somebody wrote a {} with a pen", "this is how I write {}", "{} in black ink",
)  # fmt: skip


def digit_captions() -> list[list[str]]:
    """Return for each digit eight captions: five to learn from, three to be asked."""
    return [[text.format(number) for text in TEMPLATES] for number in NUMBERS]


SETS = ("textures", "photographs", "digits", "shuffled")
SCALINGS = ("columns", "one", "rows")
CUTS = {"raw": 0, "middle": 5, "last": 8}  # after how many of the network's eight stages


def pictures(name: str) -> tuple[ndarray, ndarray]:
    """Return one of the sets that lesson 09 transfers to: grey pictures (n, h, w) uint8, classes (n,) int.

    textures: 192 pieces of three surfaces (brick, grass, gravel). photographs: 200 pieces of five photographs
    (a cat, a cup of coffee, coins, a retina, galaxies), classes 0 to 4. digits: the first 500
    of `mnist`; shuffled: the same with their pixels in another order.
    """
    if name == "textures":
        return _transfer()[name], np.arange(192) // 64
    if name == "photographs":
        return _transfer()[name], np.arange(200) // 40
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
    return _unpacked(f"{name}_{cut}")


def transfer_accuracy() -> ndarray:
    """Return measured accuracies (scaling, weights, set, cut, labels, seed) of linear probes.

    Scalings as in `SCALINGS`: all columns are centred by the half of the pictures that labels are drawn from;
    then each is brought to deviation 1, all are divided by their mean deviation, or each row is brought to
    the length √d. Weights: ImageNet's, random. Sets as in `SETS`. Cuts: pixels, then after each of eight
    stages. Labels for each class: 1, 2, 5, 10, 25. Ten random splits.
    """
    return _transfer()["accuracy"]


def stage_maps() -> dict[int, ndarray]:
    """Return what EfficientNet-Lite0 makes of `cat`: after five of its stages four channels, (4, h, w) uint8.

    They are the four whose values vary most, each stretched from its smallest value to its largest.
    """
    return {stage: _transfer()[f"maps{stage}"] for stage in (1, 3, 5, 7, 8)}


def tuned_accuracy() -> ndarray:
    """Return measured accuracies (run, seed) of fine-tuning on digits, 10 labels each; three seeds.

    Runs: the last 0, 1, 3, 8 stages learn, batch norms frozen; 8 with batch norms that learn; 8 from random
    weights.
    """
    return _transfer()["tuned"]


OPINIONS = {"films": ("train", 1500), "new films": ("test", 750), "products": ("train", 300),
            "new products": ("test", 750)}  # fmt: skip


def three(ratings: ndarray) -> ndarray:
    """Return 0 for ratings below −1 (negative), 2 for those above 1 (positive), 1 for what lies between."""
    return (ratings >= -1).astype(int) + (ratings > 1)


def opinions(name: str) -> tuple[list[str], ndarray, ndarray]:
    """Return sentences, MiniLM's vectors of them, (n, 384) float32 of length 1, and their classes by `three`.

    Args:
        name: "films" (1,500 to learn from), "new films" (750 to be asked), "products" (300) or
            "new products" (750): the first of the parts of `film_reviews` and `product_reviews`.
    """
    part, n = OPINIONS[name]
    texts, ratings = (film_reviews if name.endswith("films") else product_reviews)(part)
    return texts[:n], _unpacked(name), three(ratings[:n])


def tuned_opinions() -> ndarray:
    """Return measured accuracies (run, set) of fine-tuning MiniLM on the 1,500 films, one run each.

    Runs: its last block learns, its last two. Sets: new films, new products.
    """
    return _transfer()["tuned_opinions"]


def caption_vectors() -> ndarray:
    """Return MiniLM's vectors of `digit_captions`: (10, 8, 384) float32, of length 1."""
    return _transfer()["captions"].astype(np.float32).reshape(10, 8, 384)


def _unpacked(name: str) -> ndarray:
    low, step, levels = (_transfer()[f"{name}_{key}"] for key in ("low", "step", "levels"))
    return (low + step * levels).astype(np.float32)


@cache
def _transfer() -> dict[str, ndarray]:
    return arrays("transfer.npz")
