"""Small real datasets that the package carries, so that no lesson needs a network.

Where each comes from and under which licence is in `SOURCES.md` beside them.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy import ndarray

SPECIES = ("setosa", "versicolor", "virginica")
MEASURES = ("sepal length", "sepal width", "petal length", "petal width")


def iris() -> tuple[ndarray, ndarray]:
    """Return Fisher's 150 irises (1936): X (150, 4) float64 in cm, species (150,) int in 0 to 2.

    Columns are `MEASURES`, species are indices into `SPECIES`, 50 rows of each in that order.
    """
    rows = np.loadtxt(
        files(__name__).joinpath("iris.csv").read_text().splitlines(), delimiter=",", skiprows=1
    )
    return rows[:, :4], rows[:, 4].astype(int)


def mnist() -> tuple[ndarray, ndarray]:
    """Return 10,000 handwritten digits: images (10000, 28, 28) uint8, labels (10000,) int.

    A pixel is 0 where there is no ink and 255 where it is darkest. The digits are a part of MNIST's
    training set, in a random order; about 1,000 of each.
    """
    with files(__name__).joinpath("mnist.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return kept["images"], kept["labels"].astype(int)


def cat() -> ndarray:
    """Return a photograph of a cat called Chelsea: (224, 224, 3) uint8, red, green and blue."""
    with files(__name__).joinpath("cat.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return kept["image"]


def names() -> tuple[list[str], list[str]]:
    """Return first names of the US census of 1990: 4163 to train on and 1000 held out, of the letters a to z.

    Each name occurs once, in lower case. The file is in a random order, so that the split is simply
    its last 1000 lines; every lesson that models names holds out the same ones.
    """
    kept = files(__name__).joinpath("names.txt").read_text().split()
    return kept[:-1000], kept[-1000:]


def seattle() -> ndarray:
    """Return the highest temperature of each day in Seattle, 2012 to 2015: (1461,) float64 in °C."""
    return np.array(files(__name__).joinpath("seattle.txt").read_text().split(), dtype=float)


def attention_maps() -> dict[str, tuple[list[str], ndarray]]:
    """Return for three sentences their tokens (n) and all attention weights of all-MiniLM-L6-v2.

    Weights are (6 layers, 12 heads, n, n) float32, rounded to 1/255: row i says where token i looks.
    """
    with files(__name__).joinpath("attention_maps.npz").open("rb") as file:
        kept = dict(np.load(file, allow_pickle=False))
    return {
        str(kept[f"sentence{k}"]): (kept[f"tokens{k}"].tolist(), kept[f"maps{k}"] / np.float32(255))
        for k in range(3)
    }


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
    with files(__name__).joinpath("transfer.npz").open("rb") as file:
        return dict(np.load(file, allow_pickle=False))
