"""Measure grading against nbgrader's own, on the same submissions and machine, in pairs."""

import gc
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import nbformat

from helpers.grading.classroom.run import execute
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.marks.release import release
from helpers.grading.marks.stock import autograde
from helpers.grading.sample.students import draw, notebook
from helpers.grading.sandbox.pools import cores

LESSON = "01-perceptron"
PAIRS = 3
STOCK = 4  # submissions that nbgrader grades in each pair: it takes as long for each, however many there are


def measure(course: Course, students: int) -> dict[str, Any]:
    """Return the figures; the first is how many times as many submissions are graded in the same time.

    In each pair this grader takes a whole class from nothing, start of its workers included, up to the
    marks in the gradebook, and nbgrader's autograde, already imported and with experiments left out, a
    few submissions of the same class. Feedback pages are nbgrader's in both cases, and left out.
    """
    with handed_in(course, students) as folder:
        names = sorted(path.name for path in folder.work("submitted").iterdir())
        gc.freeze()  # as `course grade` does
        pairs = []
        for i in range(PAIRS):
            theirs = stock(folder, names[i * STOCK : (i + 1) * STOCK])
            own, compute = _own(folder, names)
            pairs.append((theirs, own, compute))
        return {
            "ratio": median(theirs / own for theirs, own, _ in pairs),
            "ratios": [theirs / own for theirs, own, _ in pairs],
            "submissions": students,
            "cores": cores(),
            "nbgrader, seconds a submission": median(theirs for theirs, _, _ in pairs),
            "course grade, seconds a submission": median(own for _, own, _ in pairs),
            "overhead, seconds a submission": median(own - compute / cores() for _, own, compute in pairs),
            "one submission, cold, seconds": median(_cold(course, folder, names[i]) for i in range(PAIRS)),
        }


def growth(course: Course, few: int, many: int) -> dict[str, Any]:
    """Return what a large class takes, feedback left out, and its time for each against a small one's."""
    found: dict[str, Any] = {}
    with handed_in(course, many) as folder:
        names = sorted(path.name for path in folder.work("submitted").iterdir())
        small = [_own(folder, names[:few])[0] for _ in range(PAIRS)]
        began = time.perf_counter()
        large, _ = _own(folder, names)
        found["wall, seconds"] = time.perf_counter() - began
        found["peak memory of the grader, MiB"] = _peak(resource.RUSAGE_SELF)
        found["peak memory of a worker, MiB"] = _peak(resource.RUSAGE_CHILDREN)
        found[f"seconds a submission at {few}"] = median(small)
        found[f"seconds a submission at {many}"] = large
        found["growth"] = large / median(small)
    return found


@contextmanager
def handed_in(course: Course, students: int) -> Iterator[Course]:
    """A sample class, handed in and not graded, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="course-bench-") as root:
        folder = course.copy_to(Path(root), LESSON)
        release(folder, LESSON)
        for student in draw(course, LESSON, students, 0):
            path = folder.work("submitted", student.name, LESSON, f"{LESSON}.ipynb")
            path.parent.mkdir(parents=True)
            nbformat.write(notebook(folder, LESSON, student), path)
        yield folder


def _own(folder: Course, names: Sequence[str]) -> tuple[float, float]:
    """Grade all from nothing; return seconds for each, and those that the student's own code took."""
    for made in ("autograded", "verdicts"):
        shutil.rmtree(folder.work(made), ignore_errors=True)
    began = time.perf_counter()
    outcomes = execute(folder, LESSON, names)
    seconds = time.perf_counter() - began
    if wrong := [outcome.reason for outcome in outcomes.values() if outcome.reason]:
        raise AssertionError(wrong[0])
    kept = [store.read(folder, LESSON, name) for name in names]
    compute = sum(r.seconds + sum(v.seconds for v in r.verdicts.values()) for r in kept if r)
    return seconds / len(names), compute / len(names)


def stock(folder: Course, names: Sequence[str]) -> float:
    """Let nbgrader grade these in its own way; return seconds for each."""
    bare = Course(folder.root, bare=True)
    began = time.perf_counter()
    for name in names:
        if reason := autograde(bare, LESSON, name, steps=False):
            raise AssertionError(f"{name}: {reason}")
    return (time.perf_counter() - began) / len(names)


def _cold(course: Course, folder: Course, name: str) -> float:
    """Grade one from the command line, in a new class, as a teacher would; return seconds."""
    with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
        shutil.copytree(folder.work("submitted", name), Path(place, "in", name))
        words = ["grade", LESSON, "--submitted", f"{place}/in", "--to", f"{place}/class", "--quiet"]
        program = "from helpers.grading.cli import main; main()"
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", program, *words], cwd=course.root, check=True, stdout=subprocess.DEVNULL
        )
        return time.perf_counter() - began


def _peak(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def told(figures: dict[str, Any]) -> str:
    """Return the figures as lines of text."""
    rows = [(n, v if isinstance(v, list) else [v]) for n, v in figures.items()]
    return os.linesep.join(f"{name}: {', '.join(f'{v:.3g}' for v in values)}" for name, values in rows)
