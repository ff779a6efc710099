"""What one student handed in, in a folder or in an archive, and how it gets to where nbgrader looks."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from helpers.grading import CourseError
from helpers.grading.atomic import no_room
from helpers.grading.course import Course
from helpers.grading.intake.archives import Unsafe, read
from helpers.grading.intake.pictures import shown_beside

STAMP, SECRET = "timestamp.txt", "submission_secret.txt"
FORM = "%Y-%m-%d %H:%M:%S UTC"  # of the time in nbgrader's files
EXCHANGED = (STAMP, SECRET)  # what nbgrader's exchange puts beside a notebook
ROOM = 50_000_000  # bytes of pictures that are copied: a small archive may hold more than the disk
BEFORE = ".before"  # what is replaced is kept beside, under this ending


@dataclass(frozen=True)
class Submission:
    """What one student, or one group, handed in.

    Attributes:
        student: the id; a group's is its name.
        path: the notebook, where there is one, or the archive that it is in; of a stranger, where that is
            told: the class's folder or archive.
        reason: why it can't be graded; empty where it can.
        remark: what the teacher should know, though it costs nothing.
        members: the notebook's name in the archive, and in an archive in that one.
        called: what Moodle or Canvas called it: the folder or file that it came in, empty elsewhere.
        people: the ids of a group's members; empty for a student's own.
        names: what it is called where the class list does not tell whose it is.
        stranger: whether it is nobody's of the class; it is told, and not entered into the gradebook.
        absent: whether somebody of the class handed in nothing.
        stamped: whether a timestamp beside it is nbgrader's; a student may pack one of his own.
        when: when it was handed in, in nbgrader's form, where the school's system told it.
    """

    student: str
    path: Path | None
    reason: str = ""
    remark: str = ""
    members: tuple[str, ...] = ()
    called: str = ""
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    stranger: bool = False
    absent: bool = False
    stamped: bool = True
    when: str = ""

    def read(self) -> bytes:
        """Return the notebook's bytes; raises Unsafe, saying why not."""
        return read(self.path, self.members) if self.path else b""

    def beside(self, name: str) -> bytes:
        """Return the bytes of another file in the notebook's folder; raises Unsafe where there is none."""
        if not self.path or not self.members:
            return read(self.path.parent / name) if self.path else b""
        *outer, own = self.members
        return read(self.path, (*outer, str(PurePosixPath(own).parent / name)))


def taken(course: Course, lesson: str, found: Iterable[Submission]) -> list[Submission]:
    """Copy submissions to .nbgrader/submitted, and return them; one that can't be copied says why.

    Raises:
        CourseError: where nothing more can be written.
    """
    told = list[Submission]()
    for submission in found:
        try:
            take(course, lesson, submission)
        except (CourseError, OSError) as error:
            if isinstance(error, OSError) and (why := no_room(error)):
                raise CourseError(why) from None
            submission = replace(submission, reason=f"it can't be copied: {error}")
        told.append(submission)
    return told


def take(course: Course, lesson: str, submission: Submission) -> None:
    """Copy a submission to .nbgrader/submitted; what is there already is kept beside, as NAME.before.

    It may be there already, where nbgrader's own commands put it; then nothing is removed.

    Raises:
        Unsafe: if it can't be read; nothing is changed then.
    """
    if submission.stranger or submission.absent:
        return
    folder = course.work("submitted", submission.student, lesson)
    target = folder / f"{lesson}.ipynb"
    there = submission.path and folder in (
        submission.path.resolve().parent,
        *submission.path.resolve().parents,
    )
    data = None if submission.reason else submission.read()
    beside = dict[str, bytes | None].fromkeys(EXCHANGED)
    for name in EXCHANGED if submission.stamped and data is not None else ():
        with suppress(Unsafe):
            beside[name] = submission.beside(name)
    if submission.when and data is not None:
        beside[STAMP] = submission.when.encode()
    if there and (data is None or submission.path == target):
        return
    if data is not None:
        folder.mkdir(parents=True, exist_ok=True)
    _put(target, data)
    room = ROOM
    for name in shown_beside(data) if data is not None else ():
        picture = None
        with suppress(Unsafe):
            picture = submission.beside(name)
        room -= len(picture or b"")
        picture = picture if room >= 0 else None
        if (
            picture is not None or not there
        ):  # an earlier one is not shown in the place of one that is missing
            with suppress(OSError):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                _put(folder / name, picture)
    for name, told in beside.items():
        if not there or told is not None:
            _put(folder / name, told)


def _put(path: Path, data: bytes | None) -> None:
    """Write a file, or none, in place of another one, which is kept beside."""
    with suppress(FileNotFoundError):
        if data is not None and path.read_bytes() == data:
            return
        path.replace(path.with_name(path.name + BEFORE))
    if data is not None:
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(data)
        os.replace(part, path)
