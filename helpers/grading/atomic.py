"""Files that are written whole or not at all."""

import errno
from pathlib import Path

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


def replace(path: Path, text: str) -> None:
    """Write a file so that whoever is killed meanwhile leaves the old one or the new one, never a piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
