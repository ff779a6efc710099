"""A course in a temporary folder, with a tiny lesson or a real one; nbgrader's own warnings are let through."""

import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_class import LESSON
from tiny_lesson import TINY

from helpers.checks import lessons
from helpers.checks.perceptron.neuron import HEAVISIDE, NEURON
from helpers.grading.course import Course
from helpers.grading.sandbox.process import Worker

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
NOT_OURS = [
    "ignore:Object of type <Submitted:sqlalchemy.exc.SAWarning",
    "ignore::ResourceWarning",  # nbgrader leaves its database engines to the garbage collector
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::DeprecationWarning:(nbgrader|nbconvert|nbclient|jupyter_client|jupyter_core|zmq|tornado|traitlets)",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            for told in NOT_OURS:
                item.add_marker(pytest.mark.filterwarnings(told))


@pytest.fixture(scope="module")
def lone_worker() -> Iterator[Worker]:
    """A worker for lesson 01, in a sandbox of its own."""
    worker = Worker(LESSON, 9, [])
    yield worker
    worker.close()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """An empty course whose one lesson has the tasks heaviside and neuron."""
    module = types.ModuleType("tiny_tasks")
    module.TASKS = [HEAVISIDE, NEURON]
    monkeypatch.setitem(sys.modules, "tiny_tasks", module)
    monkeypatch.setitem(lessons.MODULES, TINY, "tiny_tasks")
    empty = Course(tmp_path.resolve() / "course")
    empty.source(TINY).parent.mkdir(parents=True)
    (empty.root / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    return empty
