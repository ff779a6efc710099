"""Rebuild `film_reviews.tsv.bz2` and `product_reviews.tsv.bz2` from the source archive of vaderSentiment.

    pip download --no-deps --no-binary :all: vaderSentiment==3.3.2
    python -m helpers.data.rebuild_reviews vaderSentiment-3.3.2.tar.gz helpers/data

A line is a rating with two decimals and a sentence. Lines are in a random order; the sentences of one review
of a product stay together, so that a cut between reviews keeps each in one part.
"""

import bz2
import io
import re
import sys
import tarfile
from itertools import groupby
from pathlib import Path

import numpy as np

INNER = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
FILES = {"film": "movieReviewSnippets_GroundTruth.txt", "product": "amazonReviewSnippets_GroundTruth.txt"}

Line = tuple[str, str, str]


def member(archive: bytes, name: str) -> bytes:
    """Return a file of a compressed archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        file = tar.extractfile(name)
        if file is None:
            raise FileNotFoundError(f"{name} is no file of the archive")
        return file.read()


def lines(raw: bytes) -> list[Line]:
    """Return (review, rating, sentence): each sentence once, with plain quotes and single spaces."""
    seen: dict[str, Line] = {}
    for line in raw.decode("utf-8").splitlines():
        number, rating, text = line.split("\t")
        text = " ".join(text.replace("''", '"').split())
        if re.search("[a-z]", text, re.IGNORECASE):
            seen.setdefault(text, (number.partition("_")[0], f"{float(rating):.2f}", text))
    return list(seen.values())


def shuffled(rows: list[Line]) -> list[Line]:
    """Return the lines review by review, the reviews in a random order."""
    reviews = [list(group) for _, group in groupby(rows, key=lambda row: row[0])]
    order = np.random.default_rng(0).permutation(len(reviews))
    return [row for i in order for row in reviews[i]]


if __name__ == "__main__":
    inner = member(Path(sys.argv[1]).read_bytes(), INNER)
    for kind, name in FILES.items():
        rows = shuffled(lines(member(inner, f"hutto_ICWSM_2014/{name}")))
        text = "".join(f"{rating}\t{sentence}\n" for _, rating, sentence in rows)
        (Path(sys.argv[2]) / f"{kind}_reviews.tsv.bz2").write_bytes(bz2.compress(text.encode()))
        ends = [i for i in range(1, len(rows)) if rows[i][0] != rows[i - 1][0]]
        cuts = [min(ends, key=lambda end: abs(end - wanted)) for wanted in (2000, 2500)]
        print(f"{kind}: {len(rows)} sentences; a review ends at {cuts[0]} and at {cuts[1]}")
