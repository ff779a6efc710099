"""Read files in folders and archives without ever unpacking one: nothing is written, no link followed."""

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

from helpers.grading import CourseError
from helpers.grading.bounded import BYTES
from helpers.grading.intake.archives.tars import as_zip

ENTRIES, RATIO, SMALL = 20_000, 200, 1_000_000
LISTED = 1024  # bytes that an entry may take in an archive's own list; the least is 46
TAIL, LONG = 70_000, 0xFFFFFFFF  # where that list's size is told; what stands there for a longer one
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")


class Unsafe(CourseError):
    """Raised where a file can't be read, or had better not be; its text says why."""


def is_archive(name: str) -> bool:
    """Whether a file is called as the archives that we read are."""
    return name.lower().endswith(ARCHIVES)


def files(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the files in a folder or archive and why they can't be read; folders end in a slash.

    Raises:
        Unsafe: if it is neither, or too much of it.
    """
    if path.is_dir():
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            here = Path(folder).relative_to(path).as_posix()
            for name in sorted(folders):
                yield f"{here}/{name}/".removeprefix("./"), _not_plain(os.path.join(folder, name), True)
            for name in sorted(names):
                yield f"{here}/{name}".removeprefix("./"), _not_plain(os.path.join(folder, name), False)
        for error in closed:
            here = Path(os.fsdecode(error.filename)).relative_to(path).as_posix()
            yield f"{here}/", f"it can't be looked into: {error.strerror}"
    else:
        yield from members(path, ())


def _not_plain(path: str, folder: bool) -> str:
    """Say why something in a folder is not read; empty where it is."""
    try:
        mode = os.lstat(path).st_mode
    except OSError as error:
        return f"it can't be read: {error.strerror}"
    if stat.S_ISLNK(mode):
        return "it is a link"
    return "" if folder or stat.S_ISREG(mode) else "it is no plain file"


def members(path: Path, inside: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the entries of an archive, which may be in another, and why they can't be read."""
    with _opened(path, inside) as archive:
        for info in archive.infolist():
            yield info.filename, _wrong(info)


def modified(path: Path, inside: tuple[str, ...]) -> tuple[int, ...]:
    """Return when an entry of an archive was last changed; nothing where it does not tell."""
    if not inside:  # of a plain file it is when somebody unpacked it
        return ()
    *outer, name = inside
    try:
        with _opened(path, tuple(outer)) as archive:
            return archive.getinfo(name).date_time
    except (Unsafe, OSError, KeyError):
        return ()


def read(path: Path, inside: tuple[str, ...] = ()) -> bytes:
    """Return the bytes of a file, or of an entry of an archive, or of an entry of an archive in it.

    Raises:
        Unsafe: if that can't be done.
    """
    try:
        if not inside:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise Unsafe("it is a link or no plain file")
            with path.open("rb") as file:
                return _all(file)
        *outer, name = inside
        with _opened(path, tuple(outer)) as archive:
            info = archive.getinfo(name)
            if wrong := _wrong(info):
                raise Unsafe(wrong)
            with archive.open(info) as entry:
                return _all(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise Unsafe(f"it can't be read: {error}") from None


def _opened(path: Path, inside: tuple[str, ...]) -> zipfile.ZipFile:
    """Open an archive, or one that is in it."""
    try:
        if inside:
            data = io.BytesIO(read(path, inside))
            return _open(as_zip(data, ENTRIES) or data)
        told = path.stat()
        packed = _as_zip(path, told.st_mtime_ns, told.st_size)
        return _open(io.BytesIO(packed) if packed else path.open("rb"))
    except (OSError, ValueError) as error:
        raise Unsafe(f"the archive can't be read: {error}") from None


@lru_cache(maxsize=1)
def _as_zip(path: Path, *state: int) -> bytes | None:
    """Return a tar archive as a zip archive, made once for all that is read of it; None for any other."""
    with path.open("rb") as file:
        made = as_zip(file, ENTRIES)
        return made.getvalue() if made else None


def _open(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        if _list_size(file) > ENTRIES * LISTED:
            raise ValueError(f"it has more than {ENTRIES} entries")
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unsafe(f"the archive can't be read: {error}") from None
    if len(archive.infolist()) > ENTRIES:
        raise Unsafe(f"the archive has more than {ENTRIES} entries: unpack it yourself")
    return archive


def _list_size(file: IO[bytes]) -> int:
    """Return how many bytes the list of a zip archive has, which is read as a whole."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
    tail = file.read(TAIL)
    at = tail.rfind(b"PK\5\6") + 12
    size = int.from_bytes(tail[at : at + 4], "little")
    if size == LONG:
        at = tail.rfind(b"PK\6\6") + 40
        size = int.from_bytes(tail[at : at + 8], "little")
    file.seek(0)
    return size


def _all(file: IO[bytes]) -> bytes:
    data = file.read(BYTES + 1)
    if len(data) > BYTES:
        raise Unsafe(f"it has more than {BYTES / 1e6:.0f} MB")
    return data


def _wrong(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    if (
        name.startswith(("/", "\\"))
        or ":" in name[:3]
        or ".." in PurePosixPath(name.replace("\\", "/")).parts
    ):
        return "its path leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link"
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.file_size > BYTES:
        return f"it has more than {BYTES / 1e6:.0f} MB"
    if info.file_size > SMALL and info.file_size > RATIO * info.compress_size:
        return "it is packed so densely that it looks like a zip bomb"
    return ""
