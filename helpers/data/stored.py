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


def part_of(name: str, part: str | None, parts: dict[str, slice]) -> slice:
    """Return the rows of a part of a dataset; None is all of them.

    Raises:
        ValueError: the dataset has no such part.
    """
    if part is None:
        return slice(None)
    if part not in parts:
        raise ValueError(f"{name} has no part {part!r}; its parts are {', '.join(parts)}")
    return parts[part]
