"""Small real datasets that the package carries, so that no lesson needs a network.

Where each comes from and under which licence is in `SOURCES.md` beside them.
"""

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
