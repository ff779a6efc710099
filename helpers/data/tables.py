"""Small tables: flowers and weather."""

import numpy as np
from numpy import ndarray

from helpers.data.stored import path

SPECIES = ("setosa", "versicolor", "virginica")
MEASURES = ("sepal length", "sepal width", "petal length", "petal width")


def iris() -> tuple[ndarray, ndarray]:
    """Return Fisher's 150 irises (1936): X (150, 4) float64 in cm, species (150,) int in 0 to 2.

    Columns are `MEASURES`, species are indices into `SPECIES`, 50 rows of each in that order.
    """
    rows = np.loadtxt(path("iris.csv").read_text().splitlines(), delimiter=",", skiprows=1)
    return rows[:, :4], rows[:, 4].astype(int)


def seattle() -> ndarray:
    """Return the highest temperature of each day in Seattle, 2012 to 2015: (1461,) float64 in °C."""
    return np.array(path("seattle.txt").read_text().split(), dtype=float)
