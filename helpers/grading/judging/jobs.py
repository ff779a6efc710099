"""What a worker loads and is asked: cells, the inputs of each check, the pieces that it may borrow."""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.kept import kept
from helpers.checks.source import tree
from helpers.checks.task import Task
from helpers.grading.judging.cells import SKIPPED, checked, readable
from helpers.probes.plain import Plain, encode

CELL, NOTEBOOK = 60.0, 240.0  # seconds of the processor at most
SLEEP, IDLE = 60.0, 20.0  # seconds that a submission may sleep, and a check
HEAVY = {  # what code may import, and what is then loaded; each fork of a process with it takes longer
    b"torch": "torch",  # seconds, and a fork takes several times as long
    b"matplotlib": "matplotlib.pyplot",  # half a second, with its list of fonts
}
IMPORTS = re.compile(rb"(?:\b|\\n)(?:import|from) +([\w., ]+)")  # in JSON, where a new line is \n
NAMES = re.compile(rb"(?:^|,) *(\w+)")


def job(
    lesson: str, notebook: NotebookNode, seed: int, names: Iterable[str] | None = None, borrowed: bool = False
) -> Plain:
    """Return what a worker needs to run a notebook: its cells, and the inputs of each check.

    Args:
        lesson: its name.
        notebook: rebuilt from the release; experiments are left out.
        seed: what the random cases are drawn from.
        names: the tasks to ask for; by default all.
        borrowed: whether they are asked with the course's own earlier answers in place of the student's,
            each in a process of its own.
    """
    asked = {t.id: t for t in lessons.tasks(lesson).values() if names is None or t.id in set(names)}
    cells = [
        {"id": cell.id, "source": cell.source, "check": checked(cell)}
        for cell in notebook.cells
        if cell.cell_type == "code" and SKIPPED not in cell.metadata.get("tags", [])
    ]
    return {
        "cells": [cell for cell in cells if not cell["check"] or cell["check"] in asked],
        "tasks": {name: _asked(task, seed, borrowed) for name, task in asked.items()},
        "seconds": NOTEBOOK,
        "cell seconds": CELL,
        "idle": SLEEP,
        "careful": borrowed,
    }


def pieces(lesson: str, names: Iterable[str]) -> dict[str, str]:
    """Return the source of the earlier answers that these tasks use, by task."""
    tasks = lessons.tasks(lesson)
    return {name: _pieces(tasks[name]) for name in names if tasks[name].uses}


def rounds(lesson: str, names: Iterable[str]) -> list[list[str]]:
    """Part tasks so that what one of them borrows is never the answer to another that is asked with it."""
    tasks, found = lessons.tasks(lesson), list[list[str]]()
    for name in names:
        answers = {answer for other in (found[-1] if found else []) for answer in tasks[other].answers}
        if not found or answers.intersection(tasks[name].uses):
            found.append([])
        found[-1].append(name)
    return found


def failing(lesson: str, seed: int) -> dict[str, str]:
    """Return the tasks whose definition fails here before anybody is asked, with the cause."""
    found = {}
    for name, task in lessons.tasks(lesson).items():
        try:
            encode([_asked(task, seed, borrowed) for borrowed in {False, bool(task.uses)}])
        except Exception as error:  # which costs this task, and no other
            found[name] = f"Its definition failed here ({type(error).__name__}: {str(error)[:200]})."
    return found


def imported(release: NotebookNode) -> list[str]:
    """Return the modules that the course's own cells import: what a worker loads before the first job."""
    found: dict[str, None] = {}
    for cell in release.cells:
        if cell.cell_type == "code" and SKIPPED not in cell.metadata.get("tags", []):
            for node in ast.walk(tree(readable(cell.source))):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return list(found)


def probes(lesson: str) -> list[str]:
    """Return the modules of the probes that a lesson's answers are asked with."""
    tasks = lessons.tasks(lesson).values()
    found = [part.probe or task.probe for task in tasks for part in task.parts]
    return list(dict.fromkeys(probe.rpartition(".")[0] for probe in found))


def by_imports(
    students: Sequence[str], usual: Sequence[str], path: Callable[[str], Path], given: Path
) -> list[tuple[list[str], list[str]]]:
    """Return the modules that workers load before the first job, and the students whose code uses them.

    Those who use what the lesson does without have workers of their own: loaded for all it would slow
    down every fork, and not loaded it would be imported again in each of theirs. What loads longest comes
    first.

    Args:
        students: whose submissions are to be run.
        usual: the modules that the lesson's own cells import.
        path: says where a student's notebook is.
        given: the notebook that they were given, with experiments that are not run.
    """
    groups, theirs = dict[tuple[str, ...], list[str]](), _heavy(given)
    for student in students:
        own = _heavy(path(student)) - theirs
        more = tuple(module for name, module in HEAVY.items() if own[name] and module not in usual)
        groups.setdefault(more, []).append(student)
    slowest_first = sorted(groups, key=lambda more: [name in more for name in HEAVY.values()], reverse=True)
    return [([*usual, *more], groups[more]) for more in slowest_first]


def _heavy(path: Path) -> Counter[bytes]:
    """Count what is imported of what is heavy."""
    with suppress(OSError):
        told = IMPORTS.findall(path.read_bytes())
        return Counter(name for names in told for name in NAMES.findall(names) if name in HEAVY)
    return Counter()


class Asked(dict[str, Plain]):
    """What a worker is asked of a task: the same for a whole class, and encoded once for it."""

    @cached_property
    def encoded(self) -> np.ndarray:
        """It as bytes."""
        return np.frombuffer(encode(self), np.uint8)


def packed(job: Plain) -> bytes:
    """Return a job as bytes."""
    return encode({**job, "tasks": {name: asked.encoded for name, asked in job["tasks"].items()}})


@kept
def _asked(task: Task, seed: int, borrowed: bool) -> Asked:
    told = {
        "answers": list(task.answers),
        "seconds": task.seconds,
        "most": 4 * task.seconds + 10,
        "idle": IDLE,
        "uses": list(task.uses),
        "borrow": _pieces(task) if borrowed else "",
        "parts": [
            {
                "name": part.name,
                "probe": part.probe or task.probe,
                "cases": [_plain(dict(case.inputs)) for case in task.cases_of(part, seed)],
            }
            for part in task.parts
        ],
    }
    return Asked(told)


def _plain(inputs: dict[str, Any]) -> Plain:
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in inputs.items()}


@kept
def _pieces(task: Task) -> str:
    """The source of the earlier answers that a task uses, with the imports that they need."""
    return "\n".join(
        [task.imports, *(inspect.getsource(inspect.unwrap(task.right[name])) for name in task.uses)]
    )
