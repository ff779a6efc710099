"""The files beside this one, as text or arrays."""

from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy import ndarray


def path(name: str) -> Traversable:
    """Return where a file of the package is."""
    return files(__package__).joinpath(name)


def arrays(name: str) -> dict[str, ndarray]:
    """Return the arrays of an npz file by name; no pickled objects."""
    with path(name).open("rb") as file, np.load(file, allow_pickle=False) as kept:
        return dict(kept)
