"""What a lesson runs with in a test: no network, the light core alone, this checkout's helpers."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode

from helpers.grading.course import Course
from helpers.grading.site import execute

ROOT = Path(__file__).parents[1]
PATHS = os.pathsep.join([str(Path(__file__).parent / "offline"), str(ROOT)])
LIGHT = {"PYTHONPATH": PATHS, "COURSE_STATIC": ""}


def light(**variables: str) -> dict[str, str]:
    """Return the environment of such a lesson."""
    return {**os.environ, **LIGHT, **variables}


def once_for_all(folder: Path) -> Callable[[str], NotebookNode]:
    """Return what runs a lesson's solved notebook with all its experiments: once for all that use this folder."""
    folder.mkdir(parents=True, exist_ok=True)

    def run(lesson: str) -> NotebookNode:
        with (folder / lesson).open("w") as lock, pytest.MonkeyPatch.context() as patch:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed: another process may be running it
            for name, value in LIGHT.items():
                patch.setenv(name, value)
            return execute.executed(Course(ROOT), [lesson], folder / "executed", 1, print)[lesson]

    return run
