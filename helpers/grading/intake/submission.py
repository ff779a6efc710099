"""What one student handed in, in a folder or in an archive, and how it gets to where nbgrader looks."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from helpers.grading.course import Course
from helpers.grading.intake.archives import Unsafe, read

STAMP = "timestamp.txt"


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: the id.
        path: the notebook, where there is one, or the archive that it is in.
        reason: why it can't be graded; empty where it can.
        remark: what the teacher should know, though it costs nothing.
        members: the notebook's name in the archive, and in an archive in that one.
        called: what Moodle or Canvas called it: the folder or file that it came in, empty elsewhere.
    """

    student: str
    path: Path | None
    reason: str = ""
    remark: str = ""
    members: tuple[str, ...] = ()
    called: str = ""

    def read(self) -> bytes:
        """Return the notebook's bytes; raises Unsafe, saying why not."""
        return read(self.path, self.members) if self.path else b""

    def beside(self, name: str) -> bytes:
        """Return the bytes of another file in the notebook's folder; raises Unsafe where there is none."""
        if not self.path or not self.members:
            return read(self.path.with_name(name)) if self.path else b""
        *outer, own = self.members
        return read(self.path, (*outer, str(PurePosixPath(own).with_name(name))))


def take(course: Course, lesson: str, submission: Submission) -> None:
    """Copy a submission to .nbgrader/submitted, in place of an earlier one of the same student."""
    folder = course.work("submitted", submission.student, lesson)
    shutil.rmtree(folder, ignore_errors=True)
    if submission.path and not submission.reason:
        folder.mkdir(parents=True)
        (folder / f"{lesson}.ipynb").write_bytes(submission.read())
        with suppress(Unsafe):
            (folder / STAMP).write_bytes(submission.beside(STAMP))
