"""A tar archive, packed or not, as a zip archive in memory: all that guards against the one guards both."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

from helpers.grading.bounded import BYTES

PACKED: dict[bytes, Callable[[IO[bytes]], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip archive can tell
BROKEN = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


def as_zip(file: IO[bytes], most: int) -> io.BytesIO | None:
    """Return a zip archive with the entries of a tar archive; None where it is none.

    Args:
        file: at its beginning.
        most: how many entries it may have.

    Raises:
        ValueError: if it is broken, or more than we read.
    """
    head = file.read(512)
    file.seek(0)
    unpack = next((opener for magic, opener in PACKED.items() if head.startswith(magic)), None)
    if unpack is None and head[257:262] != b"ustar":
        return None
    try:
        data = (unpack(file) if unpack else file).read(BYTES + 1)
        if len(data) > BYTES:
            raise ValueError(f"unpacked it has more than {BYTES / 1e6:.0f} MB")
        packed = io.BytesIO()
        with (
            tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar,
            zipfile.ZipFile(packed, "w") as archive,
        ):
            for count, member in enumerate(tar, 1):
                if count > most:
                    raise ValueError(f"it has more than {most} entries")
                body = tar.extractfile(member) if member.isreg() else None
                archive.writestr(_info(member), body.read() if body else b"")
    except BROKEN as error:
        raise ValueError(str(error) or type(error).__name__) from None
    return packed


def _info(member: tarfile.TarInfo) -> zipfile.ZipInfo:
    """Return an entry's name and kind; of what is no file and no folder we say that it is a link."""
    when = time.localtime(member.mtime)[:6] if 0 <= member.mtime < 2**32 else EARLIEST
    info = zipfile.ZipInfo(member.name + "/" * member.isdir(), max(when, EARLIEST))
    kind = stat.S_IFREG if member.isreg() else stat.S_IFDIR if member.isdir() else stat.S_IFLNK
    info.external_attr = (kind | 0o644) << 16
    return info
