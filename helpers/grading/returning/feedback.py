"""Feedback pages: for the students who need a new one, on all cores.

A page ends with a hash of what it was made from, so that none is sent that is older than a mark or a comment.
"""

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path

from helpers.grading import CourseError
from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.environment import digest
from helpers.grading.intake.submission import EXCHANGED
from helpers.grading.judging import store
from helpers.grading.marks.reader import fingerprints
from helpers.grading.returning.feedback_page import Writer, made_of
from helpers.grading.sandbox.pools import cores
from helpers.grading.settings import spare_imports

STAMP = "\n<!-- made from {} -->\n"  # the end of a page; one without it is made again
ALONE = 60  # pages that are sooner written here than by processes that have to start first


def refresh(course: Course, lesson: str, students: Sequence[str]) -> None:
    """Write the pages of which these students have no current one; one that fails is missing, no more.

    A page is current where it was made from the graded notebook, the marks and the comments as they are now.
    """
    sources = _sources(course, lesson, students)
    old = [student for student in students if not _current(course, lesson, student, sources)]
    drop(course, lesson, old)
    todo = {student: sources[student] for student in old if student in sources}
    n = cores() if len(todo) > ALONE else 1
    if n == 1:
        _write(course, lesson, todo)
    else:
        shares = [dict(sorted(todo.items())[i::n]) for i in range(n)]
        with ThreadPoolExecutor(n) as threads:
            for done in [threads.submit(_write_apart, course, lesson, share) for share in shares]:
                done.result()
    for student in students:
        _beside(course, lesson, student)


def current(course: Course, lesson: str, students: Sequence[str]) -> set[str]:
    """Return the students whose page says what the gradebook says now."""
    sources = _sources(course, lesson, students)
    return {student for student in students if _current(course, lesson, student, sources)}


def drop(course: Course, lesson: str, students: Iterable[str]) -> None:
    """Remove pages that are no longer true."""
    for student in students:
        with suppress(OSError):  # what stands in its place is no page
            page(course, lesson, student).unlink()


def page(course: Course, lesson: str, student: str) -> Path:
    """Return where a student's page is."""
    return course.work("feedback", student, lesson, f"{lesson}.html")


def _beside(course: Course, lesson: str, student: str) -> None:
    """Put beside a page what `nbgrader release_feedback` wants to know, as it is now."""
    folder = page(course, lesson, student).parent
    for name in EXCHANGED if folder.is_dir() else ():
        with suppress(OSError):
            shutil.copyfile(course.work("autograded", student, lesson, name), folder / name)


def _sources(course: Course, lesson: str, students: Iterable[str]) -> dict[str, str]:
    """Return a hash of what each page is to be made from, where there is a graded notebook."""
    told, found, pages = fingerprints(course, lesson), {}, made_of(course, lesson)
    for student in students:
        with suppress(OSError):
            notebook = course.work("autograded", student, lesson, f"{lesson}.ipynb").read_bytes()
            record = store.path(course, lesson, student)
            kept = record.read_bytes() if record.is_file() else b""
            hashes = [hashlib.sha256(data).hexdigest() for data in (notebook, kept)]
            found[student] = digest([*hashes, told.get(student, ""), pages])
    return found


def _current(course: Course, lesson: str, student: str, sources: Mapping[str, str]) -> bool:
    stamp = STAMP.format(sources.get(student, "nothing")).encode()
    try:
        with page(course, lesson, student).open("rb") as file:
            file.seek(-len(stamp), os.SEEK_END)
            return file.read() == stamp
    except OSError:
        return False


def _write_apart(course: Course, lesson: str, sources: Mapping[str, str]) -> None:
    """Write pages in a process; where that ends, go on one by one: what ends a second is not written."""
    with suppress(BrokenProcessPool), _process() as process:
        process.submit(_write, course, lesson, sources).result()
    left = {student: s for student, s in sources.items() if not _current(course, lesson, student, sources)}
    while left:
        with suppress(BrokenProcessPool), _process() as process:
            for student in [*left]:
                process.submit(_write, course, lesson, {student: left.pop(student)}).result()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), spare_imports)


def _write(course: Course, lesson: str, sources: Mapping[str, str]) -> None:
    """Write pages; one that can't be made keeps no other from being."""
    pages = Writer(course, lesson) if sources else None
    for student, made_from in sources.items():
        with suppress(CourseError, OSError, LookupError, ValueError, TypeError, AttributeError):
            assert pages is not None
            replace(page(course, lesson, student), pages.page(student) + STAMP.format(made_from))
