"""The file that is handed out: what is in it, and that it runs where nothing of the course is installed."""

import base64
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from helpers.checks import lessons
from helpers.grading.authoring.bundle import SET_UP, bundle, with_cell, zipped
from helpers.grading.course import Course

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"
TRY = """
import importlib, sys
import helpers
from helpers.checks import lessons
from helpers.questions import questions
for name in lessons.MODULES:
    lessons.tasks(name), questions(name)
assert not [name for name in sys.modules if name.startswith("helpers.grading")]
print(helpers.__file__)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    zipfile.ZipFile(io.BytesIO(bundle(Course(ROOT), [LESSON]))).extractall(folder)
    [only] = folder.iterdir()
    return only


def test_it_holds_notebooks_and_a_wheel_that_says_what_it_is(unpacked: Path) -> None:
    [wheel] = unpacked.glob("*.whl")
    assert {path.name for path in unpacked.iterdir()} == {wheel.name, "START.txt", f"{LESSON}.ipynb"}
    assert wheel.name in (unpacked / "START.txt").read_text()
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert not [name for name in names if name.startswith("helpers/grading/") or "__pycache__" in name]
    [record] = [name for name in names if name.endswith("/RECORD")]
    lines = [line.split(",") for line in archive.read(record).decode().splitlines()]
    assert [path for path, _, _ in lines] == names
    for path, digest, size in lines[:-1]:
        content = archive.read(path)
        found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        assert (digest, size) == (f"sha256={found}", str(len(content)))
    [metadata] = [archive.read(name).decode() for name in names if name.endswith("/METADATA")]
    assert "\nName: deep-learning-course\n" in metadata
    assert "\nRequires-Dist: torch>=2.4\n" in metadata
    assert "nbgrader" not in metadata


def test_the_wheel_is_all_that_lessons_need(unpacked: Path, tmp_path: Path) -> None:
    [wheel] = unpacked.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    env = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    told = subprocess.run(
        [sys.executable, "-c", TRY], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith(str(tmp_path / "installed"))


def first_cell(unpacked: Path) -> tuple[str, str]:
    """The source of the first cell, and the name of the wheel."""
    [wheel] = unpacked.glob("*.whl")
    cell = nbformat.read(unpacked / f"{LESSON}.ipynb", as_version=4).cells[0]
    assert cell.id == SET_UP
    return cell.source, wheel.name


def test_the_first_cell_installs_what_lies_beside_it(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, wheel = first_cell(unpacked)
    asked: list[list[str]] = []
    monkeypatch.setattr("subprocess.check_call", asked.append)
    exec(source, {})
    assert asked == []  # the course is installed here
    monkeypatch.setitem(sys.modules, "helpers", None)
    for folder in (unpacked, unpacked / "notebooks"):
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        exec(source, {})
        assert asked.pop()[1:] == ["-m", "pip", "install", "-q", str(unpacked / wheel)]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=f"Put {wheel}"):
        exec(source, {})


def test_it_takes_the_place_of_a_cell_that_fetches_the_course() -> None:
    cells = [nbformat.v4.new_code_cell(f"# {name}", id=name) for name in ("in-colab", SET_UP, "cell-00")]
    made = nbformat.reads(
        with_cell(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), "a.whl"), as_version=4
    )
    assert [cell.id for cell in made.cells] == [SET_UP, "in-colab", "cell-00"]
    assert "a.whl" in made.cells[0].source


def test_two_bundles_are_identical() -> None:
    files = {"a": b"one", "b/c": b"two"}
    assert zipped(files) == zipped(files)
    assert {*lessons.MODULES} == {path.stem for path in ROOT.glob("course/*/*.ipynb")}
