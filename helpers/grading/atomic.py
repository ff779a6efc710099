"""Files that are written whole or not at all, and by one command at a time."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from helpers.grading import CourseError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # what ends every student's grading, not one's


def no_room(error: OSError) -> str:
    """Say what to do where nothing more can be written anywhere; empty where it is one file's trouble."""
    if error.errno not in NO_ROOM:
        return ""
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"{error.strerror}{where}: make room and run the command again; what was graded is kept, and it "
        "goes on from there"
    )


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Do what two commands at once would spoil for each other; whoever is killed leaves no lock behind.

    Raises:
        CourseError: where another one is at it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with suppress(ImportError, OSError):  # Windows has no such locks, some disks neither
            import fcntl

            file = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
            held.callback(os.close, file)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CourseError(
                    f"another `course` command is at work in {path.parent}: wait until it is done, or end it"
                ) from None
        yield


def replace(path: Path, text: str) -> None:
    """Write a file so that whoever is killed meanwhile leaves the old one or the new one, never a piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
