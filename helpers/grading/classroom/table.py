"""The class table: a row for every student, on the screen and in a file."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers.checks import lessons
from helpers.grading.classroom.run import Ending, Outcome
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.reader import Marks


@dataclass(frozen=True)
class Row:
    """One student's line in the class table.

    Attributes:
        student: the id.
        ending: how grading ended.
        marks: points by task or essay; None where a person has to decide.
        total: what they add up to so far; None where the submission could not be graded.
        remark: why it could not be graded, or what else the teacher should know.
        repaired: whether something in the notebook was repaired, at no cost.
        lacking: what this machine lacks that the submission asks for.
    """

    student: str
    ending: Ending = Ending.PERSON
    marks: Mapping[str, float | None] = field(default_factory=dict)
    total: float | None = None
    remark: str = ""
    repaired: bool = False
    lacking: tuple[str, ...] = ()


def row_of(
    lesson: str,
    known: Sequence[str],
    submission: Submission,
    outcome: Outcome,
    told: Marks | None,
    pageless: bool,
) -> Row:
    """Return a student's row.

    Args:
        lesson: its name.
        known: its tasks and essays, in order.
        submission: what was handed in.
        outcome: how grading it ended.
        told: what the gradebook says of it.
        pageless: whether a feedback page was wanted and could not be written.
    """
    student, remarks = submission.student, [outcome.reason, submission.remark]
    remarks += [f"repaired: {', '.join(outcome.repairs)}"] * bool(outcome.repairs)
    remarks += [f"looks tampered with: {', '.join(outcome.signs)}"] * bool(outcome.signs)
    if outcome.reason or told is None:
        return Row(student, outcome.ending, remark="; ".join(filter(None, remarks)))
    gone = [f"check-{n}" for n, mark in told.marks.items() if mark is None and n in lessons.tasks(lesson)]
    remarks += outcome.left_open or [f"not in the notebook: {name}" for name in sorted(gone)]
    remarks += [f"handed in late: {told.penalty:g} points less"] * bool(told.penalty)
    remarks += ["no feedback page"] * pageless
    by_task = {name: told.marks[name] for name in known if name in told.marks}
    remark, repaired = "; ".join(filter(None, remarks)), bool(outcome.repairs)
    return Row(student, outcome.ending, by_task, told.total, remark, repaired, outcome.lacking)


def write_csv(rows: list[Row], tasks: list[str], path: Path) -> None:
    """Write every student's marks, task by task; what a person has to decide stays empty."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", *tasks, "total", "remark"])
        writer.writerows([r.student, *(r.marks.get(t) for t in tasks), r.total, r.remark] for r in rows)
