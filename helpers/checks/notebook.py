"""What a lesson's notebook calls: start, check, counterexample, hint, ask, needs and progress."""

import asyncio
import importlib
import os
import platform
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from helpers import __version__
from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.counterexample import Counterexample, smallest
from helpers.checks.figures import Needs, Session, install, shell
from helpers.checks.progress import Progress
from helpers.checks.score import Score, to_text
from helpers.checks.source import cell_of
from helpers.checks.verdict import State, Verdict

IDLE = 0.2  # seconds after a cell has begun; a kernel that has nothing to do then can load what comes later

_session: Session | None = None


class CheckFailed(Exception):
    """Raised by `check` where an exception is what gets shown: in `nbgrader validate`, and in CI."""

    def _render_traceback_(self) -> list[str]:  # IPython: the verdict without our stack
        return [str(self)]


class NotStarted(RuntimeError):
    """Raised where the notebook's first code cell has not been run."""


def start(lesson: str, release: str | None = None) -> None:
    """Open a lesson: checks and hints after this are its own.

    Args:
        lesson: its name, such as "01-perceptron".
        release: a hash of the task definitions that the notebook was built with; where the installed
            course has others, that is said.
    """
    global _session
    install()
    tasks, _session = lessons.tasks(lesson), Session(lesson)
    try:
        asyncio.get_running_loop().call_later(IDLE, _load, lesson)
    except RuntimeError:  # in no notebook, so that nobody reads meanwhile
        _load(lesson)
    points = sum(task.points for task in tasks.values())
    print(
        f"Lesson {lesson}: {len(tasks)} checks, {points:g} points and a written question. "
        f"helpers {__version__}, Python {platform.python_version()}, {_versions()}."
    )
    if release and release != lessons.release(lesson):
        print(
            f"This notebook was made for another version of the course (release {release}, installed "
            f"{lessons.release(lesson)}). Checks may ask for something else than the text says: get the "
            "notebook again, or the version of the package that came with it."
        )


def _load(lesson: str) -> None:
    """Import what answers of a lesson make torch import, before any clock runs."""
    for name in lessons.lazily(lesson):
        importlib.import_module(name)


def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("numpy", "torch"))


def check(task: str) -> Score:
    """Check an exercise and return its Score, which shows itself as a table.

    Raises:
        NotStarted: if the lesson's first cell was not run.
        UnknownTask: if the lesson has no such task.
        CheckFailed: under `nbgrader validate`, or where COURSE_EXPECT is set, on any other outcome.
    """
    session = _current()
    found = lessons.task(session.lesson, task)
    _load(session.lesson)
    namespace, cells = _student()
    session.asked[task] = [cell_of(name, cells) for name in found.answers]
    verdict = assess(found, namespace, cells, seed=int(os.environ.get("COURSE_SEED", "0")))
    score = session.scores[task] = Score(verdict)
    _expect(verdict)
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and verdict.state != State.PASSED:
        raise CheckFailed(to_text(verdict))
    return score


@dataclass(frozen=True)
class Hint:
    """One hint, shown as text with formulas."""

    text: str
    level: int

    def __repr__(self) -> str:
        return f"Hint {self.level} of 3: {self.text}"

    def _repr_markdown_(self) -> str:
        return f"**Hint {self.level} of 3.** {self.text}"


def hint(task: str, level: int | None = None) -> Hint:
    """Return the next hint of an exercise: a nudge, the formula, then almost the code.

    Args:
        task: its id, as in `check`.
        level: 1, 2 or 3, to see that one again.
    """
    session = _current()
    hints = lessons.task(session.lesson, task).hints
    level = min(3, session.hints.get(task, 0) + 1) if level is None else max(1, min(3, level))
    session.hints[task] = max(level, session.hints.get(task, 0))
    return Hint(hints[level - 1], level)


def ask(name: str) -> Any:
    """Return one of the lesson's predict-then-run questions; it explains itself once it is answered."""
    from helpers.questions import questions

    known = questions(_current().lesson)
    if name not in known:
        raise KeyError(f"this lesson has no question {name!r}; it has: {', '.join(known)}")
    return known[name]


def progress() -> Progress:
    """Return what this kernel's checks found so far, and what is left of the lesson."""
    session = _current()
    return Progress(lessons.tasks(session.lesson), dict(session.scores))


def counterexample(task: str) -> Counterexample | None:
    """Return the smallest case that your answer fails, with what was expected and what came.

    Its inputs can be used in the next cell: `X, w = counterexample("neuron")`. None where it passes all.
    """
    session = _current()
    found = lessons.task(session.lesson, task)
    _load(session.lesson)
    return smallest(found, _student()[0], seed=int(os.environ.get("COURSE_SEED", "0")))


def needs(*names: str, guarded: bool = False) -> Needs:
    """Return a context for a figure or an experiment that is left out until these checks have passed.

    The body runs where each has passed in this kernel, for the answers as they stand in their cells. Where
    it stops on its way, what its cell would have defined is taken away, so that nothing is built on a half.

    Args:
        names: tasks of the lesson.
        guarded: set by the shell that leaves the body out; a plain script always runs it.

    Raises:
        UnknownTask: if the lesson has no such task.
    """
    session = _current()
    tasks = {name: lessons.task(session.lesson, name) for name in names}
    namespace, cells = _student()
    strict = os.environ.get("COURSE_EXPECT") == "full" and guarded
    return Needs(session, tasks, namespace, cells, strict, guarded)


def _current() -> Session:
    if _session is None:
        raise NotStarted("Run the first code cell of the lesson: it says which lesson this is.")
    return _session


def _student() -> tuple[MutableMapping[str, Any], list[str]]:
    """Return the student's globals and the cells that were run, in IPython or a plain script."""
    if runs := shell():
        return runs.user_ns, list(runs.user_ns.get("In", []))
    return vars(sys.modules["__main__"]), []


def _expect(verdict: Verdict) -> None:
    """In CI, a notebook whose checks do not end as they must fails: nbval passes any result."""
    wanted = {"full": State.PASSED, "unattempted": State.NOT_ATTEMPTED}.get(
        os.environ.get("COURSE_EXPECT", "")
    )
    if wanted and verdict.state != wanted:
        raise CheckFailed(f"COURSE_EXPECT={os.environ['COURSE_EXPECT']}, but\n{to_text(verdict)}")
