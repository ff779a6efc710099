"""Where student code runs, and the only place that knows how: in sandboxed workers, or else in bare kernels.

What comes before and after this seam never runs student code.
"""

import copy
import json
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers.checks.verdict import Verdict
from helpers.grading import CourseError, scoring
from helpers.grading.course import Course
from helpers.grading.intake import Rebuilt, rebuild
from helpers.grading.submissions import STAMP
from helpers.grading.workers import Workers

REBUILT = "rebuilt"  # the folder of rebuilt notebooks, beside what was handed in


@dataclass(frozen=True)
class Outcome:
    """How grading one submission ended; its marks are in the gradebook.

    Attributes:
        student: whose it is.
        reason: why it could not be graded; empty where it was.
        repairs: what was repaired in the notebook, at no cost.
        signs: what looks like tampering: for a person to look at, never a verdict.
    """

    student: str
    reason: str = ""
    repairs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graded:
    """A submission that was run and judged.

    Attributes:
        rebuilt: what was made of what the student handed in.
        notebook: the same with outputs and verdict tables.
        verdicts: by task.
    """

    rebuilt: Rebuilt
    notebook: NotebookNode
    verdicts: dict[str, Verdict]


Done = Callable[[Outcome], None]


def nothing(outcome: Outcome) -> None:
    """Do nothing with an outcome."""


def execute(
    course: Course, lesson: str, students: Iterable[str], on_done: Done = nothing
) -> dict[str, Outcome]:
    """Run and score the submissions under .nbgrader/submitted; one that breaks stops no other.

    Args:
        course: the class's folder.
        lesson: its name.
        students: whose submissions.
        on_done: called with each outcome as it is known.

    Raises:
        NoSandbox: where student code can't be run safely; nothing is run then.
    """
    outcomes = {}
    run = _in_kernels if course.bare else _in_sandboxes
    for outcome in run(course, lesson, list(students)):
        outcomes[outcome.student] = outcome
        on_done(outcome)
    return outcomes


def grade_one(course: Course, lesson: str, student: str) -> Graded:
    """Run and judge a single submission, as formgrader's Autograde button asks for it."""
    [(_, graded)] = judged(course, lesson, [student])
    if isinstance(graded, str):
        raise CourseError(f"{student}: {graded}")
    return graded


def judged(course: Course, lesson: str, students: list[str]) -> Iterator[tuple[str, Graded | str]]:
    """Yield each student with what became of the submission, or with why it could not be graded.

    The workers run what comes next while this thread judges. A task that fails and uses earlier answers
    is asked once more, in a second run, with the course's own in their place.
    """
    release = nbformat.read(course.work("release", lesson, f"{lesson}.ipynb"), as_version=4)
    seed = seed_of(course, lesson)
    with Workers(course, lesson, len(students)) as workers:
        running: dict[Future[Any], tuple[str, Rebuilt, Any, dict[str, Verdict] | None]] = {}
        for student in students:
            try:
                handed_in = course.work("submitted", student, lesson, f"{lesson}.ipynb").read_bytes()
                rebuilt = rebuild(release, handed_in)
            except (CourseError, OSError) as error:
                yield student, str(error)
                continue
            job = scoring.job(lesson, rebuilt.notebook, seed)
            running[workers.submit(job)] = student, rebuilt, None, None
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                student, rebuilt, first, earlier = running.pop(future)
                try:
                    reply = future.result()
                    found = scoring.seen(lesson, reply, seed)
                    verdicts = scoring.verdicts(lesson, rebuilt.notebook, found, seed, earlier)
                    if earlier is None and (names := scoring.wanting(lesson, verdicts)):
                        job = scoring.job(lesson, rebuilt.notebook, seed, names)
                        running[workers.submit(job)] = student, rebuilt, reply, verdicts
                        continue
                    filled = scoring.fill(copy.deepcopy(rebuilt.notebook), first or reply, verdicts)
                    yield student, Graded(rebuilt, filled, verdicts)
                except Exception as error:  # this student's row, not the end of the class
                    yield student, str(error) or type(error).__name__


def seed_of(course: Course, lesson: str) -> int:
    """Return the seed of an assignment: drawn once, kept beside the gradebook, so that marks are stable."""
    path = course.work("seeds.json")
    seeds = json.loads(path.read_text()) if path.is_file() else {}
    if lesson not in seeds:
        seeds[lesson] = secrets.randbits(48)
        path.write_text(json.dumps(seeds))
    return seeds[lesson]


def _in_sandboxes(course: Course, lesson: str, students: list[str]) -> Iterator[Outcome]:
    from helpers.grading import preprocessors

    for student, graded in judged(course, lesson, students):
        if isinstance(graded, str):
            yield Outcome(student, graded)
            continue
        preprocessors.ready[student] = graded
        _lay_out(course, lesson, student, graded.rebuilt)
        reason = _autograde(course, lesson, student, REBUILT)
        preprocessors.ready.pop(student, None)
        _keep(course, lesson, student, graded)
        yield Outcome(student, reason, graded.rebuilt.repairs, graded.rebuilt.signs)


def _in_kernels(course: Course, lesson: str, students: list[str]) -> Iterator[Outcome]:
    for student in students:
        yield Outcome(student, _autograde(course, lesson, student))


def _lay_out(course: Course, lesson: str, student: str, rebuilt: Rebuilt) -> None:
    """Write the rebuilt notebook where nbgrader is to read it: it can't read all that can be repaired."""
    path = course.work(REBUILT, student, lesson, f"{lesson}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(rebuilt.notebook, path)
    with suppress(FileNotFoundError):
        shutil.copyfile(course.work("submitted", student, lesson, STAMP), path.with_name(STAMP))


def _keep(course: Course, lesson: str, student: str, graded: Graded) -> None:
    """Keep the verdicts beside the gradebook: a file for each submission, to read, to merge, to delete."""
    path = course.work("verdicts", lesson, f"{student}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "repairs": graded.rebuilt.repairs,
        "signs": graded.rebuilt.signs,
        "checks": {name: {**asdict(v), "state": v.state} for name, v in graded.verdicts.items()},
    }
    path.with_suffix(".part").write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    path.with_suffix(".part").replace(path)


def _autograde(course: Course, lesson: str, student: str, source: str = "submitted") -> str:
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    config = course.config
    config.CourseDirectory.assignment_id = lesson
    config.CourseDirectory.student_id = student
    config.CourseDirectory.submitted_directory = f".nbgrader/{source}"
    log = Log()
    try:
        Autograde(CourseDirectory(config=config), config=config, log=log, force=True).start()
    except Exception as error:  # whatever it is, it is this student's row, not the end of the class
        return log.cause or f"{type(error).__name__}: {error}"
    finally:
        os.environ.pop("NBGRADER_EXECUTION", None)  # nbgrader leaves it behind after an exception
    return ""


class Log(logging.Logger):
    """A logger that keeps nbgrader's errors and prints nothing."""

    def __init__(self) -> None:
        super().__init__("nbgrader", logging.ERROR)
        self.errors: list[str] = []

    def handle(self, record: logging.LogRecord) -> None:
        """Keep an error."""
        self.errors.append(record.getMessage())

    @property
    def cause(self) -> str:
        """The exception that the first traceback ends with."""
        return next((e.strip().splitlines()[-1] for e in self.errors if e.startswith("Traceback")), "")
