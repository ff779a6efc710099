"""The lessons' cells, run without a kernel."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import nbformat
import pytest
from fixed_cases import patched

from helpers import start
from helpers.checks import lessons
from helpers.checks.task import Task
from helpers.grading.percent import read

ROOT = Path(__file__).parents[2]

Ran = tuple[list[str], dict]  # the cells, and the namespace they leave
Alternative = tuple[Task, str, str, list[str], dict]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of a task run one after the other: what its wrong answers give is kept for so long."""
    known = [task for lesson in lessons.MODULES for task in lessons.tasks(lesson).values()]
    order = {id(task): number for number, task in enumerate(known)}
    mine = [i for i, item in enumerate(items) if item.path.name == "test_tasks.py"]
    by_task = sorted((items[i] for i in mine), key=lambda item: order.get(id(task_of(item)), -1))
    for i, item in zip(mine, by_task, strict=True):
        items[i] = item


def task_of(item: pytest.Item) -> object:
    """The task that a test is about, None where it is about all."""
    return item.callspec.params.get("task") if hasattr(item, "callspec") else None


def run(cells: list[str]) -> Ran:
    namespace: dict = {}
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), namespace)
    return cells, namespace


@cache
def solved(lesson: str) -> Ran:
    cells = read(ROOT / "solutions" / lesson / f"{lesson}.py")
    wanted = [c for c in cells if c.kind == "code" and "check" not in c.keys and "tags" not in c.keys]
    return run([c.source for c in wanted])


@cache
def unfilled(lesson: str) -> Ran:
    notebook = nbformat.read(ROOT / "course" / lesson / f"{lesson}.ipynb", as_version=4)
    cells = [c for c in notebook.cells if c.cell_type == "code" and "tags" not in c.metadata]
    return run([c.source for c in cells if not c.source.startswith("check(")])


def opened(lesson: str) -> Ran:
    """What a lesson's solutions leave, with that lesson open, whichever was opened since it was run."""
    found = solved(lesson)
    with redirect_stdout(io.StringIO()):
        start(lesson)
    return found


@pytest.fixture
def fixed_cases_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a case that is the same with every seed with two of them."""
    patched(monkeypatch)


@pytest.fixture(scope="session")
def solution_cells() -> Callable[[str], Ran]:
    return opened


@pytest.fixture(scope="session")
def experiments_of() -> Callable[[str, str], tuple[str, dict]]:
    """What all experiments of a lesson print, run with its solutions, and the names that they leave.

    Cells that hold the second argument are left out.
    """

    def run_all(lesson: str, without: str) -> tuple[str, dict]:
        namespace, out = dict(opened(lesson)[1]), io.StringIO()
        with redirect_stdout(out):
            for cell in read(ROOT / "solutions" / lesson / f"{lesson}.py"):
                if "tags" in cell.keys and without not in cell.source:
                    exec(compile(cell.source, f"<line {cell.line}>", "exec"), namespace)
        return out.getvalue(), namespace

    return run_all


@pytest.fixture(scope="session")
def stub_cells() -> Callable[[str], Ran]:
    return unfilled


@cache
def others(lesson: str) -> list[Alternative]:
    found = []
    cells, namespace = solved(lesson)
    for cell in read(ROOT / "tests" / "alternatives" / f"{lesson}.py"):
        own = dict(namespace)
        exec(compile(cell.source, f"<{cell.keys['title']}>", "exec"), own)
        task = lessons.task(lesson, cell.keys["answer"])
        found.append((task, cell.keys["title"], cell.source, cells, own))
    return found


@pytest.fixture(scope="session")
def alternatives() -> Callable[[str], list[Alternative]]:
    """Other right answers to a lesson's tasks, each run on top of the lesson's solutions."""
    return others
