"""Run the instructors' notebooks, and keep what they showed: what did not change is not run again."""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import helpers
from helpers.grading import CourseError
from helpers.grading.authoring.build import notebook_text
from helpers.grading.course import Course

SECONDS = 1800  # for one cell, on a slow machine
QUIET = ["--log-level=ERROR"]
GRADING = "grading"  # of the package, the only part that no lesson uses


def executed(
    course: Course, lessons: Iterable[str], kept: Path, at_once: int, say: Callable[[str], object]
) -> Mapping[str, NotebookNode]:
    """Return the run notebooks of lessons, from `kept` where nothing that they run has changed.

    Args:
        course: where they are.
        lessons: their names.
        kept: the folder with those that were run before.
        at_once: how many are run at the same time.
        say: is told of each that was run.

    Raises:
        CourseError: for a lesson that fails.
    """
    code = package()
    with ThreadPoolExecutor(at_once) as threads:
        runs = {name: threads.submit(_one, course, name, kept, code, say) for name in lessons}
        return {name: run.result() for name, run in runs.items()}


def package() -> bytes:
    """Return a hash of all that lessons may import of this package, data included."""
    root = Path(helpers.__file__).parent
    told = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and name.parts[0] != GRADING and "__pycache__" not in name.parts:
            told.update(name.as_posix().encode() + path.read_bytes())
    return told.digest()


def _one(course: Course, lesson: str, kept: Path, code: bytes, say: Callable[[str], object]) -> NotebookNode:
    course.require(lesson)
    text = course.instructor(lesson).read_text("utf-8")
    path = kept / f"{lesson}-{hashlib.sha256(code + text.encode()).hexdigest()[:16]}.ipynb"
    if not path.is_file():
        began = time.monotonic()
        notebook = _run(lesson, nbformat.reads(text, as_version=4))
        say(f"ran {lesson} in {time.monotonic() - began:.0f} s")
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob(f"{lesson}-*.ipynb"):
            old.unlink()
        path.write_text(notebook_text(notebook), "utf-8")
    return nbformat.read(path, as_version=4)


def _run(lesson: str, notebook: NotebookNode) -> NotebookNode:
    """Run a notebook from top to bottom; a check that is not passed fails, and what it guards is shown."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            extra_arguments=QUIET,
            resources={"metadata": {"path": folder}},
        )
        try:
            asyncio.run(client.async_execute(env=os.environ | {"COURSE_EXPECT": "full"}))  # closes its loop
        except CellExecutionError as error:
            raise CourseError(f"{lesson} can't be shown, a cell of its notebook fails: {error}") from None
    return notebook
