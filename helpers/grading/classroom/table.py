"""The class table: a row for every student of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from helpers.grading.classroom.run import Ending, Outcome
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.reader import Marks
from helpers.grading.marks.remarks import Remark
from helpers.grading.plain import kept
from helpers.grading.returning.class_files import said


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
    student, remark = submission.student, remark_of(submission, outcome)
    told = None if outcome.reason else told
    remarks = [*said(lesson, told, remark), *["no feedback page"] * pageless]
    marks = {name: told.marks[name] for name in known if name in told.marks} if told else {}
    total = told.total if told else None
    ending, repaired = outcome.ending, bool(outcome.repairs)
    return Row(student, ending, marks, total, "; ".join(remarks), repaired, outcome.lacking)


def for_each(row: Row, people: Mapping[str, str]) -> list[Row]:
    """Return a submission's row for each of those for whom it counts, with what is said of that."""
    return [
        replace(row, student=person, remark="; ".join(filter(None, [said_of, row.remark])))
        for person, said_of in people.items()
    ]


def remark_of(submission: Submission, outcome: Outcome) -> Remark:
    """Return what is to be kept beside a student's marks."""
    others = [f"repaired: {', '.join(outcome.repairs)}"] * bool(outcome.repairs)
    others += [f"looks tampered with: {', '.join(outcome.signs)}"] * bool(outcome.signs)
    nobodys = submission.stranger or submission.absent
    place = str(submission.path.resolve()) if nobodys and submission.path else ""
    told = [kept(text) for text in (outcome.reason, submission.remark, *others, *outcome.left_open)]
    return Remark(told[0], told[1], tuple(told[2:]), place)
