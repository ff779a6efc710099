"""Small real datasets that the package carries, so that no lesson needs a network.

Where each comes from and under which licence is in `SOURCES.md` beside them.
"""

import bz2
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


def moby_dick() -> str:
    """Return Herman Melville's "Moby-Dick; or, The Whale" (1851), its 135 chapters as one text."""
    return bz2.decompress(files(__name__).joinpath("moby_dick.txt.bz2").read_bytes()).decode()


def small_encoder() -> tuple[dict[str, ndarray], list[str]]:
    """Return the weights of a small encoder of our own, and the words that it knows, in order.

    It has read "Moby-Dick" with 15 % of its words hidden; how is in `make_small_encoder.py`. Two layers of
    4 heads, width 48, 192 inside, texts of at most 40 tokens. `bias` belongs to the scores of hidden words,
    `H @ word.weight.T + bias`.
    """
    with files(__name__).joinpath("small_encoder.npz").open("rb") as file:
        kept = dict(np.load(file, allow_pickle=False))
    words = bytes(kept.pop("words")).decode().split("\n")
    return {name: a.astype(np.float32) for name, a in kept.items()}, words


def reviews() -> tuple[list[str], ndarray]:
    """Return 120 sentences about films that were never made, and whether each is friendly: (120,) int.

    Written for this course, in pairs: an unfriendly twin stands behind each friendly sentence and shares
    most of its words. A toy beside real sets of reviews.
    """
    lines = files(__name__).joinpath("reviews.tsv").read_text("utf-8").splitlines()
    return [line[2:] for line in lines], np.array([int(line[0]) for line in lines])


def minilm_embeddings() -> tuple[list[str], ndarray]:
    """Return sentences and what all-MiniLM-L6-v2 makes of them: rows of length 1, (n, 384) float32.

    The first 8 stand for the lesson's tests; then come the 120 reviews.
    """
    with files(__name__).joinpath("minilm_embeddings.npz").open("rb") as file:
        kept = dict(np.load(file, allow_pickle=False))
    first = bytes(kept["sentences"]).decode().split("\n")
    return [*first, *reviews()[0]], np.concatenate([kept["first"], kept["reviews"].astype(np.float32)])
