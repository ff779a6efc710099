"""Rated sentences: what reviewers wrote about films, and buyers about products."""

import bz2

import numpy as np
from numpy import ndarray

from helpers.data.stored import part_of, path

FILM_PARTS = {"train": slice(0, 7603), "validation": slice(7603, 8603), "test": slice(8603, None)}
PRODUCT_PARTS = {"train": slice(0, 1991), "validation": slice(1991, 2507), "test": slice(2507, None)}


def film_reviews(part: str | None = None) -> tuple[list[str], ndarray]:
    """Return sentences of film reviews, and how friendly people found each: (n,) float64 from -4 to 4.

    A rating is the mean of several raters. The sentences were written by film critics; Pang and Lee collected
    them (2005), Hutto and Gilbert had them rated (2014). They are in a random order.

    Args:
        part: "train" (7,603 sentences to learn from), "validation" (1,000 to look at while choosing) or
            "test" (2,000 to be asked once, at the end); None for all 10,603, in this order.
    """
    return _rated("film_reviews", part, FILM_PARTS)


def product_reviews(part: str | None = None) -> tuple[list[str], ndarray]:
    """Return sentences of what buyers wrote about five electronic products, and their ratings, from -4 to 4.

    They were rated in the same way as `film_reviews`. The sentences of one review are all in one part.

    Args:
        part: "train" (1,991 sentences), "validation" (516) or "test" (1,188); None for all 3,695.
    """
    return _rated("product_reviews", part, PRODUCT_PARTS)


def _rated(name: str, part: str | None, parts: dict[str, slice]) -> tuple[list[str], ndarray]:
    rows = part_of(name, part, parts)
    lines = bz2.decompress(path(f"{name}.tsv.bz2").read_bytes()).decode().splitlines()[rows]
    pairs = [line.split("\t") for line in lines]
    return [text for _, text in pairs], np.array([float(rating) for rating, _ in pairs])
