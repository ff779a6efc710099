"""Measure what the README promises of the lessons: import, checks, and a notebook from top to bottom."""

import importlib
import subprocess
import sys
import time
from collections.abc import Iterable
from statistics import mean, median
from typing import Any

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.kept import forget
from helpers.checks.mutants import implement
from helpers.checks.task import Task
from helpers.grading.course import Course

IMPORT = """
import sys, time
began = time.perf_counter()
import helpers
print(time.perf_counter() - began, "torch" in sys.modules)
"""
FIRST = """
import asyncio, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
async def first(cell):  # in a loop, as in a kernel
    began = time.perf_counter()
    (await shell.run_cell_async(cell, transformed_cell=shell.transform_cell(cell))).raise_error()
    print(time.perf_counter() - began)
asyncio.run(first(sys.argv[1]))
"""
QUIET = ["--log-level=ERROR"]
SEED = 0  # the one that a student's own check uses


def measure(course: Course, names: Iterable[str]) -> dict[str, Any]:
    """Return all figures, in seconds.

    `checks` are cold, as when a student runs one for the first time: `right` for the reference's
    answer, `wrong` for the misconception that takes longest to name.
    """
    names = list(names)
    for module in {module for lesson in names for module in lessons.lazily(lesson)}:
        importlib.import_module(module)  # as a kernel does after a lesson's first cell
    checks = {
        f"{lesson}/{task.id}": _check(task) for lesson in names for task in lessons.tasks(lesson).values()
    }
    every = [value for row in checks.values() for value in row.values()]
    return {
        "import helpers": _import(),
        "first cell": {name: _first(str(course.student(name))) for name in names},
        "check, mean": mean(every),
        "check, slowest": max(every),
        "checks": checks,
        "solution, top to bottom": {name: _run(str(course.instructor(name))) for name in names},
        "student, top to bottom": {name: _run(str(course.student(name))) for name in names},
    }


def told(figures: dict[str, Any]) -> str:
    """Return the figures as lines of text, the checks slowest first."""
    lines = []
    for name, value in figures.items():
        if name == "checks":
            slowest = sorted(value.items(), key=lambda row: -max(row[1].values()))
            lines += [
                f"  {task}: right {row['right']:.3f} s, wrong {row['wrong']:.3f} s" for task, row in slowest
            ]
        elif isinstance(value, dict):
            lines += [f"{name}, {lesson}: {seconds:.1f} s" for lesson, seconds in value.items()]
        else:
            lines.append(f"{name}: {value:.3f} s")
    return "\n".join(lines)


def _import() -> float:
    """The median of seven fresh interpreters."""
    runs = [subprocess.check_output([sys.executable, "-c", IMPORT], text=True).split() for _ in range(7)]
    if any(torch == "True" for _, torch in runs):
        raise AssertionError("importing helpers imports torch")
    return median(float(seconds) for seconds, _ in runs)


def _first(path: str) -> float:
    """The median of three fresh interpreters that run a lesson's first cell, with all that it imports."""
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    source = next(cell.source for cell in cells if cell.cell_type == "code")
    command = [sys.executable, "-c", FIRST, source]
    runs = [subprocess.check_output(command, text=True).split()[-1] for _ in range(3)]
    return median(map(float, runs))


def _check(task: Task) -> dict[str, float]:
    wrong = [implement(task, misconception) for misconception in task.misconceptions]
    return {"right": _cold(task, dict(task.right)), "wrong": max(_cold(task, answer) for answer in wrong)}


def _cold(task: Task, namespace: dict[str, Any]) -> float:
    forget()
    began = time.perf_counter()
    assess(task, namespace, [], SEED)
    return time.perf_counter() - began


def _run(path: str) -> float:
    """Run a notebook as a student would, kernel start and experiments included."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    began = time.perf_counter()
    NotebookClient(notebook, kernel_name="python3", extra_arguments=QUIET).execute()
    return time.perf_counter() - began
