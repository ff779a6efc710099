"""Frames on a pipe: a size, then as many bytes."""

import os
import struct
from typing import Any

SIZE = struct.Struct("<Q")
EVIDENCE = 64 << 20  # bytes that a submission may hand over in all
MOST = 2 * EVIDENCE  # of a frame: JSON says some of them anew, and longer
ASKS = b"it asks:"  # how a frame begins that asks for something: a reply begins with a length


def read(file: Any) -> bytes | None:
    """Read a frame: its size, then as many bytes; None at the end."""
    if len(head := _exactly(file, SIZE.size)) < SIZE.size:
        return None
    (size,) = SIZE.unpack(head)
    if size > MOST:
        raise ValueError("a frame that is too large")
    data = _exactly(file, size)
    return data if len(data) == size else None


def _exactly(file: Any, size: int) -> bytes:
    """Read so many bytes, fewer at the end; of an unbuffered file, one read may give less than there is."""
    data = bytearray()
    while len(data) < size and (chunk := file.read(size - len(data))):
        data += chunk
    return bytes(data)


def write(file: Any, data: bytes) -> None:
    """Write a frame."""
    file.write(SIZE.pack(len(data)) + data)
    file.flush()


def send(pipe: int, data: bytes) -> None:
    """Write all of some bytes to a descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
