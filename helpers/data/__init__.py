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
