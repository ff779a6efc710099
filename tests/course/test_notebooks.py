"""Every notebook runs top to bottom, as nbval runs it, without a network."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from light import light
from nbformat import NotebookNode

from helpers.checks import lessons

ROOT = Path(__file__).parents[2]


def nbval(path: Path, expect: str) -> subprocess.CompletedProcess[str]:
    """Run a notebook, with no plugin of pytest but this one: to load them all takes a second."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "nbval.plugin",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore",
        "-c",
        os.devnull,
    ]
    return subprocess.run(
        [*command, "--nbval-lax", str(path)],
        env=light(COURSE_EXPECT=expect, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        cwd=path.parent,
        capture_output=True,
        text=True,
    )


def runs(path: Path, expect: str) -> None:
    ran = nbval(path, expect)
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert " passed" in ran.stdout


EXPECTED = [("solutions", "full"), ("course", "unattempted")]


@pytest.mark.parametrize(("folder", "expect"), EXPECTED)
@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_a_notebook_runs_under_nbval(lesson: str, folder: str, expect: str, tmp_path: Path) -> None:
    notebook = json.loads((ROOT / folder / lesson / f"{lesson}.ipynb").read_text())
    notebook["cells"] = [c for c in notebook["cells"] if "experiment" not in c["metadata"].get("tags", [])]
    (path := tmp_path / f"{lesson}.ipynb").write_text(json.dumps(notebook))
    runs(path, expect)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_an_unfilled_notebook_runs_with_all_its_experiments(lesson: str) -> None:
    runs(ROOT / "course" / lesson / f"{lesson}.ipynb", "unattempted")


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons.MODULES)
def test_a_solved_notebook_runs_with_all_its_experiments(
    lesson: str, whole: Callable[[str], NotebookNode]
) -> None:
    assert all(cell.execution_count for cell in whole(lesson).cells if cell.cell_type == "code")


def test_nbval_fails_where_a_check_does_not_end_as_it_must(tmp_path: Path) -> None:
    lesson = "01-perceptron"
    notebook = json.loads((ROOT / "course" / lesson / f"{lesson}.ipynb").read_text())
    first = next(i for i, cell in enumerate(notebook["cells"]) if cell["id"].startswith("check-"))
    notebook["cells"] = notebook["cells"][: first + 1]
    (path := tmp_path / "student.ipynb").write_text(json.dumps(notebook))
    assert nbval(path, "unattempted").returncode == 0
    failed = nbval(path, "full")
    assert failed.returncode == 1
    assert "COURSE_EXPECT=full" in failed.stdout


def test_the_network_is_really_off(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": []}
    cell["source"] = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    notebook = {
        "cells": [cell],
        "metadata": {"kernelspec": {"name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (path := tmp_path / "n.ipynb").write_text(json.dumps(notebook))
    assert "no network while lessons run" in nbval(path, "").stdout


@pytest.mark.parametrize(
    "path",
    sorted(path for folder, _ in EXPECTED for path in ROOT.glob(f"{folder}/*/*.ipynb")),
    ids=lambda p: f"{p.parts[-3]}/{p.name}",
)
def test_no_output_is_committed(path: Path) -> None:
    cells = json.loads(path.read_text())["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
