"""Lessons on a machine that is many times slower: every point, every figure, and no sentence that is not true."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from light import light
from slow_machine import busy, slowed

from helpers.checks import lessons

ROOT = Path(__file__).parents[2]
AT_ONCE = 7  # lessons: each takes half a gigabyte
FALSE = (
    "This appears when",
    "This stopped with",
    "This needs",
    "timed out",
    "not judged",
    "s of the processor",
)


def executed(lesson: str, tmp_path: Path, before: Sequence[str] = (), **variables: str) -> list[str]:
    """Run a solved lesson without its experiments, and return what its cells show."""
    notebook = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text())
    notebook["cells"] = [c for c in notebook["cells"] if "experiment" not in c["metadata"].get("tags", [])]
    (path := tmp_path / f"{lesson}.ipynb").write_text(json.dumps(notebook))
    env = light(COURSE_EXPECT="full", **variables)
    run = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(path)]
    patient = ["--ExecutePreprocessor.timeout=-1", "--ExecutePreprocessor.startup_timeout=600"]
    ran = subprocess.run([*before, *run, *patient], env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return [
        "".join(o.get("text", o.get("data", {}).get("text/html", o.get("data", {}).get("text/plain", ""))))
        for cell in json.loads(path.read_text())["cells"]
        for o in cell.get("outputs", [])
    ]


def holds(lesson: str, shown: Sequence[str]) -> None:
    said = [text for text in shown if any(words in text for words in FALSE)]
    assert said == []
    for task in lessons.tasks(lesson).values():
        full = (
            f"{task.id}: {task.points:g} of {task.points:g}"
            if task.points
            else f"{task.id} (practice): passed"
        )
        assert any(full in text for text in shown), f"{task.id} is not full"


def test_a_lesson_at_a_tenth_of_a_processor(tmp_path: Path) -> None:
    with slowed(0.1) as before:
        holds("01-perceptron", executed("01-perceptron", tmp_path, before))


@pytest.mark.slow
def test_a_lesson_whose_libraries_take_long_to_import(tmp_path: Path) -> None:
    lesson = "09-transfer-learning"
    holds(lesson, executed(lesson, tmp_path, COURSE_SLOW_IMPORT="sympy"))


def wrong(run: Callable[[str], None]) -> list[str]:
    """Run all lessons, several at once, and tell what fails of which."""

    def told(lesson: str) -> str:
        try:
            run(lesson)
        except Exception as error:
            return f"{lesson}: {error}"
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [says for says in pool.map(told, lessons.MODULES) if says]


@pytest.mark.slow
def test_every_lesson_at_a_twentieth_of_a_processor(tmp_path: Path) -> None:
    """Each has its own twentieth: one after the other they would leave the processor idle for half an hour."""

    def run(lesson: str) -> None:
        with slowed(0.05) as before:
            holds(lesson, executed(lesson, tmp_path, before, COURSE_SLOW_IMPORT="sympy"))

    assert wrong(run) == []


@pytest.mark.slow
def test_every_lesson_beside_eight_busy_programs(tmp_path: Path) -> None:
    with busy(8):
        assert wrong(lambda lesson: holds(lesson, executed(lesson, tmp_path))) == []
