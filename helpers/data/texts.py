"""Texts: first names, a book, reviews."""

import bz2

import numpy as np
from numpy import ndarray

from helpers.data.stored import path


def names() -> tuple[list[str], list[str]]:
    """Return first names of the US census of 1990: 4163 to train on and 1000 held out, of the letters a to z.

    Each name occurs once, in lower case. The file is in a random order, so that the split is simply
    its last 1000 lines; every lesson that models names holds out the same ones.
    """
    kept = path("names.txt").read_text().split()
    return kept[:-1000], kept[-1000:]


def moby_dick() -> str:
    """Return Herman Melville's "Moby-Dick; or, The Whale" (1851), its 135 chapters as one text."""
    return bz2.decompress(path("moby_dick.txt.bz2").read_bytes()).decode()


def reviews() -> tuple[list[str], ndarray]:
    """Return 120 sentences about films that were never made, and whether each is friendly: (120,) int.

    Written for this course, in pairs: an unfriendly twin stands behind each friendly sentence and shares
    most of its words. A toy beside real sets of reviews.
    """
    lines = path("reviews.tsv").read_text("utf-8").splitlines()
    return [line[2:] for line in lines], np.array([int(line[0]) for line in lines])
