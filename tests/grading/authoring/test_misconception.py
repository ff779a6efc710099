"""A misconception made of a student's answer works at once, and brings nothing else into the course."""

import shutil
import sys
import types
from dataclasses import asdict
from pathlib import Path

import pytest

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.mutants import implement
from helpers.checks.task import Misconception, Task
from helpers.grading import CourseError
from helpers.grading.authoring.misconception import SAYS, added, definitions
from helpers.grading.course import Course

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"
TASKS = lessons.tasks(LESSON)
SQUARED = '''
"""My answer. Jane Doe"""
import os as system
import numpy as np

def softmax(z):
    """By Jane."""
    # squares, not powers
    e = (z - z.max(axis=-1, keepdims=True)) ** 2 + 1
    return e / e.sum(axis=-1, keepdims=True)

print(softmax(np.ones(3)))
'''


def loaded(text: str, name: str) -> dict[str, Task]:
    module = types.ModuleType("one_more")
    exec(compile(text, name, "exec"), vars(module))
    return {t.id: t for t in vars(module).values() if isinstance(t, Task)}


@pytest.fixture(scope="module")
def written() -> tuple[Path, str]:
    [(path, text)] = added(
        Course(ROOT), LESSON, TASKS["softmax"], SQUARED, {"values", "does not overflow"}
    ).items()
    return path, text


def test_it_stands_at_the_end_of_the_list_and_nothing_else_changes(written: tuple[Path, str]) -> None:
    path, text = written
    before, after = path.read_text("utf-8").splitlines(), text.splitlines()
    new = [line for line in after if line not in before]
    assert path.name == "softmax.py"
    assert len(after) > len(before)
    assert all(line in after for line in before)
    task = loaded(text, str(path))["softmax"]
    assert [*map(asdict, task.misconceptions[:-1])] == [*map(asdict, TASKS["softmax"].misconceptions)]
    assert task.misconceptions[-1].says == SAYS
    assert "Jane" not in "".join(new)
    assert "system" not in "".join(new)
    assert "print" not in "".join(new)


def test_it_is_named_at_once(written: tuple[Path, str]) -> None:
    path, text = written
    names = [part.name for part in TASKS["softmax"].parts]
    own = {"np": __import__("numpy")}
    exec(definitions(TASKS["softmax"], SQUARED), own)
    fails = {p.part for p in assess(TASKS["softmax"], dict(own), [], 3).parts if p.state != "passed"}
    assert fails
    [(path, text)] = added(Course(ROOT), LESSON, TASKS["softmax"], SQUARED, fails, "You squared.").items()
    task = loaded(text, str(path))["softmax"]
    new = task.misconceptions[-1]
    assert new.fails == fails <= {*names}
    for seed in range(2):
        verdict = assess(task, implement(task, new), [], seed)
        assert "You squared." in [part.named[0] for part in verdict.parts if part.named]


def test_it_is_in_the_courses_style(written: tuple[Path, str], tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "softmax.py").write_text(written[1])
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for words in (["check", "--no-cache", "--ignore", "E501,I001"], ["format", "--no-cache", "--check"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "softmax.py"], cwd=tmp_path, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_list_that_stands_in_another_module_is_found() -> None:
    answer = TASKS["Perceptron"].source
    [(path, text)] = added(
        Course(ROOT), LESSON, TASKS["Perceptron"], answer, {"learns"}, 'It\'s "late".'
    ).items()
    assert path.name == "mistakes.py"
    space: dict = {}
    exec(text, space)
    new: Misconception = space["MISTAKES"][-1]
    assert new.says == 'It\'s "late".'
    assert new.fails == {"learns"}
    assert "class Perceptron" in (new.wrong or "")


@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_every_task_has_a_place_for_one_more(lesson: str) -> None:
    for task in lessons.tasks(lesson).values():
        [(path, text)] = added(Course(ROOT), lesson, task, task.source, {task.parts[0].name}).items()
        compile(text, str(path), "exec")
        assert SAYS in text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("def softmax(z):\n    return open('/etc/passwd')", "reaches beyond it"),
        ("def softmax(z):\n    return eval('z')", "reaches beyond it"),
        ("def softmax(z):\n    import os\n    return os", "reaches beyond it"),
        ("def softmax(z):\n    return ().__class__.__bases__", "reaches beyond it"),
        ("softmax = __import__('os').system", "reaches beyond it"),
        ("def softmax(z):\n    return np.load('x')", "reaches beyond it"),
        ("def softmax(z):\n    return mine(z)", "uses `mine`"),
        ("def other(z):\n    return z", "does not define `softmax`"),
        ("def softmax(z:", "can't be parsed"),
        ("(" * 5000, "can't be parsed"),
        ("", "does not define"),
    ],
)
def test_what_no_check_should_run_is_refused(answer: str, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        added(Course(ROOT), LESSON, TASKS["softmax"], answer, {"values"})
