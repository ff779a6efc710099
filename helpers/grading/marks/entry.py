"""What the gradebook is to say of one submission."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, parse_utc

from helpers.grading.judging.outputs import left_open

LONGEST, YEARS = 100, range(2000, 2200)  # characters of a time, in any form; when somebody may hand in


@dataclass(frozen=True)
class Entry:
    """What the gradebook is to say of one submission.

    Attributes:
        scores: by the name of the graded cell; None where a person has to decide.
        comments: by the name of the answer; "No response." where it was left as it was.
        submitted: when it was handed in, in UTC, where that is known.
        again: whether a person who gave a mark should look at it again, as something else was handed in.
    """

    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None] = field(default_factory=dict)
    submitted: datetime | None = None
    again: bool = False


def entry(notebook: NotebookNode, stamp: Path, again: bool) -> Entry:
    """Read what a graded notebook's cells say, by nbgrader's own rules; what was not judged is left open."""
    graded = {
        c.metadata.nbgrader.grade_id: None if left_open(c) else determine_grade(c)[0]
        for c in notebook.cells
        if is_grade(c)
    }
    blank = {
        c.metadata.nbgrader.grade_id: c.metadata.nbgrader.get("checksum") == compute_checksum(c)
        for c in notebook.cells
        if is_solution(c)
    }
    comments = {name: "No response." if so else None for name, so in blank.items()}
    return Entry(graded, comments, _when(stamp), again)


def _when(stamp: Path) -> datetime | None:
    """Return the time in a file that somebody handed in; None where it says no time of our days."""
    with suppress(OSError, ValueError, OverflowError), stamp.open() as file:
        told = parse_utc(file.read(LONGEST).strip())
        return told if told.year in YEARS else None
    return None
