"""What `course new-lesson` and `course new-task` write runs, is checked, and passes ruff, mypy and the tests."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.checks import lessons
from helpers.grading import CourseError
from helpers.grading.authoring import skeleton
from helpers.grading.course import Course

ROOT = Path(__file__).resolve().parents[3]
LESSON = "10-generative-models"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with no other lesson, in which a lesson was begun, and a second task."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("helpers", "tests/course", "tests/conftest.py", "pyproject.toml", "nbgrader_config.py"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        (root / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, root / name)
    (root / "tests" / "alternatives").mkdir()
    (root / "solutions").mkdir()
    for path in (root / "helpers/checks/lessons.py", root / "helpers/questions/__init__.py"):
        path.write_text(re.sub(r"MODULES = \{.*?\n\}", "MODULES = {\n}", path.read_text(), flags=re.DOTALL))
    course(root, "new-lesson", LESSON)
    course(root, "new-task", LESSON, "shifted", "--points", "0.5")
    return root


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
    )


def course(root: Path, *words: str) -> str:
    ran = run(root, "-c", "from helpers.grading.cli import main; main()", *words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_it_builds_and_passes_the_tests_of_every_task(checkout: Path) -> None:
    assert f"wrote course/{LESSON}/{LESSON}.ipynb" in course(checkout, "build")
    ran = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/course/test_tasks.py")
    assert "1 failed" in ran.stdout, ran.stdout[-3000:]  # the lesson is not whole yet
    assert "FAILED tests/course/test_tasks.py::test_ids_are_unique_and_points_add_up_to_18" in ran.stdout
    passed = re.search(r"1 failed, (\d+) passed", ran.stdout)
    assert passed, ran.stdout[-3000:]
    assert int(passed[1]) > 20, "of two tasks"
    ran = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/course/test_mutation.py")
    assert "3 passed" in ran.stdout, ran.stdout[-3000:]
    assert "0 with full marks" in course(checkout, "prove", LESSON, "shifted", "--seeds", "3")


def test_it_is_in_the_courses_style(checkout: Path) -> None:
    ran = run(
        checkout,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "helpers/checks",
        "helpers/probes",
        "helpers/reference",
        "helpers/questions",
        "solutions",
        "tests/alternatives",
    )
    assert ran.returncode == 0, ran.stdout
    ran = run(
        checkout,
        "-m",
        "ruff",
        "format",
        "--no-cache",
        "--check",
        "helpers/checks",
        "helpers/probes",
        "helpers/reference",
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
def test_its_types_are_right(checkout: Path) -> None:
    names = [f"helpers/{kind}/generative_models" for kind in ("checks", "probes", "reference", "questions")]
    files = [str(p.relative_to(checkout)) for n in names for p in checkout.glob(f"{n}*/*.py")]
    files += [f"{n}.py" for n in names[1:]]
    ran = run(checkout, "-m", "mypy", "--cache-dir", "/dev/null", "--follow-imports", "silent", *files)
    assert ran.returncode == 0, ran.stdout


def test_nothing_is_overwritten(checkout: Path) -> None:
    before = {path: path.read_bytes() for path in checkout.rglob("*.py")}
    for words in (["new-lesson", LESSON], ["new-lesson", "10-other"], ["new-task", LESSON, "shifted"]):
        ran = run(checkout, "-c", "from helpers.grading.cli import main; main()", *words)
        assert ran.returncode == 2
        assert "already" in ran.stderr
    assert {path: path.read_bytes() for path in checkout.rglob("*.py")} == before


@pytest.mark.parametrize("lesson", list(lessons.MODULES))
def test_a_task_fits_into_every_lesson(lesson: str, tmp_path: Path) -> None:
    files = skeleton.task(Course(ROOT), lesson, "quite_new")
    for path, text in files.items():
        (copy := tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
        compile(text, str(path), "exec")
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for kind in ("", "checks", "probes", "reference"):  # else ruff takes them for somebody else's
        (tmp_path / "helpers" / kind / "__init__.py").write_text('"""Ours."""\n')
    for words in (["check", "--ignore", "D104"], ["format", "--check"]):
        ran = run(tmp_path, "-m", "ruff", *words, "--no-cache", ".")
        assert ran.returncode == 0, ran.stdout
    assert not (
        ROOT / "helpers" / "checks" / lessons.MODULES[lesson].rpartition(".")[2] / "quite_new.py"
    ).exists()


@pytest.mark.parametrize("name", ["class", "x-y", "_a", "é", "1a", ""])
def test_a_name_that_can_not_be_is_refused(name: str) -> None:
    with pytest.raises(CourseError, match="a task is called as its answer is"):
        skeleton.task(Course(ROOT), "01-perceptron", name)


@pytest.mark.parametrize("name", ["generative", "1-a", "10_a", "10-A", "10", "../10-a"])
def test_a_lessons_name_that_can_not_be_is_refused(name: str) -> None:
    with pytest.raises(CourseError, match="a lesson is called like"):
        skeleton.lesson(Course(ROOT), name, "first")


def test_what_is_taken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="there is a lesson 01-perceptron already"):
        skeleton.lesson(Course(ROOT), "01-other", "first")
    with pytest.raises(CourseError, match="'softmax' already"):
        skeleton.task(Course(ROOT), "01-perceptron", "softmax")
    with pytest.raises(CourseError, match="counted in quarters"):
        skeleton.task(Course(ROOT), "01-perceptron", "quite_new", 0.3)
    with pytest.raises(CourseError, match="from another checkout"):
        skeleton.lesson(Course(tmp_path), "90-other", "first")
