"""Choose the notebook that is meant among all that a student handed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from helpers.grading import CourseError
from helpers.grading.bounded import bounded
from helpers.grading.course import known, skew
from helpers.grading.intake.archives import modified
from helpers.grading.intake.choose.versions import attempt, spoken
from helpers.grading.intake.given import Release
from helpers.grading.intake.match import Likeness, likeness
from helpers.grading.intake.submission import Submission
from helpers.grading.intake.untrusted import Handed, read
from helpers.grading.plain import kept

SHOWN = 5  # files that a sentence names
MANY, SECONDS = 100, 30.0  # notebooks of one student that are read, and the time of the processor for them
MARKER = "### BEGIN SOLUTION"  # stands in the course's own notebook, and in no student's


@dataclass
class Pile:
    """What one student handed in.

    Attributes:
        notebooks: archive or file, members and name of each.
        wrong: what can't be read.
        others: files that are no notebooks.
        archives: how many were opened.
    """

    notebooks: list[tuple[Path, tuple[str, ...], str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    archives: int = 0

    @property
    def names(self) -> list[str]:
        """What the notebooks are called."""
        return [file for _, _, file in self.notebooks]


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be the one that is meant.

    Attributes:
        file: what the student called it.
        entry: where it is.
        why: why it can't be graded; empty where it can.
        remark: what is odd about it, though it can.
        rank: the more, the rather it is meant.
        older: the tasks that differ in the release that it was made from.
    """

    file: str
    entry: Submission
    why: str = ""
    remark: str = ""
    rank: tuple[Any, ...] = ()
    older: tuple[str, ...] = ()


def choose(lesson: str, student: str, pile: Pile, release: Release | None) -> Submission:
    """Choose the notebook that is meant: this lesson's, the last attempt, the fullest, the best named."""
    wrong = "; ".join(pile.wrong)
    if not pile.notebooks:
        came = f"; what came: {_some(pile.others)}" if pile.others else ""
        return Submission(
            student, None, f"no {lesson}.ipynb was handed in" + f" ({wrong})" * bool(wrong) + came
        )
    if len(pile.notebooks) > MANY:
        told = f"more than {MANY} notebooks were handed in: leave the one that is meant ({_some(pile.names)})"
        return Submission(student, None, told, wrong)
    several = len(pile.notebooks) > 1
    try:
        with bounded("Choosing among the notebooks", SECONDS):
            found = [
                _candidate(lesson, student, entry, release, several)
                for entry in sorted(pile.notebooks, key=lambda entry: entry[2])
            ]
    except (CourseError, OSError) as error:
        return Submission(student, None, f"{error} ({_some(pile.names)})", wrong)
    best = max(reversed(found), key=lambda c: (not c.why, c.rank))
    if best.why:
        return Submission(student, best.entry.path, best.why, wrong, best.entry.members)
    others = [c.file for c in found if c is not best]
    remarks = [f"{best.file} counts, not {_some(others)}"] if others else []
    if PurePosixPath(best.file).name != f"{lesson}.ipynb" and not others:
        remarks.append(f"the notebook is called {PurePosixPath(best.file).name}")
    remarks += [*pile.wrong, *filter(None, [best.remark])]
    if best.older:
        remarks.append(f"made from another release, which differs in {', '.join(best.older)}")
    return Submission(student, best.entry.path, "", "; ".join(remarks), best.entry.members)


def _candidate(
    lesson: str,
    student: str,
    entry: tuple[Path, tuple[str, ...], str],
    release: Release | None,
    several: bool,
) -> Candidate:
    home, inside, file = entry
    submission, remark = Submission(student, home, members=inside), ""
    version, like = attempt(lesson, file), Likeness(True, 0, 0)
    try:
        notebook = read(submission.read())
        if release is not None:
            like = likeness(release, notebook.cells)
            other = _lesson(notebook)
            if not like.whole and (not like.code or other not in ("", lesson)):
                return Candidate(file, submission, _foreign(lesson, file, notebook, other))
            remark = (
                "" if like.whole else f"little of the lesson is in {file}: look whether it is this lesson's"
            )
    except CourseError as error:
        return Candidate(file, submission, f"its notebook can't be read: {error}")
    ours = "solutions" in PurePosixPath(file).parts or any(MARKER in cell.source for cell in notebook.cells)
    if ours:
        remark = f"{remark}; {file} is the course's own notebook, with the solutions".removeprefix("; ")
    last = modified(home, inside) if several else ()
    rank = (
        not ours,
        like.whole,
        version.given,
        like.filled > 0,
        version.when,
        version.count,
        last,
        like.filled,
        spoken(file) == lesson,
        -len(file),
    )
    return Candidate(file, submission, "", remark, rank, tuple(_older(lesson, notebook.metadata)))


def _lesson(notebook: Handed) -> str:
    """Return the lesson that a notebook says it is of; empty where it says none."""
    course = notebook.metadata.get("course")
    told = course.get("lesson") if isinstance(course, dict) else None
    return kept(told, 40) if isinstance(told, str) else ""


def _foreign(lesson: str, file: str, notebook: Handed, other: str) -> str:
    if not notebook.cells:
        return f"{file} has no cells"
    if other not in ("", lesson):
        return f"{file} is the notebook of {other}, not of {lesson}"
    return f"{file} is not the notebook of {lesson}: hardly any of its cells are in it"


def _older(lesson: str, metadata: Mapping[str, Any]) -> list[str]:
    course = metadata.get("course")
    tasks = course.get("tasks") if isinstance(course, dict) else None
    differ = skew(lesson, {"course": {"tasks": tasks}}) if isinstance(tasks, dict) else []
    return [name for name in differ if name in known(lesson)]


def _some(files: list[str]) -> str:
    more = f" and {len(files) - SHOWN} more" * (len(files) > SHOWN)
    return ", ".join(files[:SHOWN]) + more
