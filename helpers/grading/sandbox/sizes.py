"""How large a job and a reply may be: no notebook and no worker decides on this side's memory."""

import re

from helpers.grading import CourseError
from helpers.grading.worker.frames import MOST
from helpers.probes.plain import Plain, decode, head

VALUES = 1_000_000  # lists, dicts and members of a reply: 10,000 events have a tenth of that
TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)  # in JSON, closed or not


def sendable(job: bytes) -> bytes:
    """Return an encoded job.

    Raises:
        CourseError: where it is larger than what a worker reads.
    """
    if len(job) > MOST:
        raise CourseError(f"its cells are too long to be run, {len(job) >> 20} MiB: look at it yourself")
    return job


def decoded(reply: bytes) -> Plain:
    """Return a worker's reply as plain data.

    Its JSON is parsed only where it holds few values: as Python objects, they take 50 times as much.

    Raises:
        ValueError: where no worker sends such a one.
    """
    text = head(reply)
    if _values(text) > VALUES and _values(TEXT.sub(b"", text)) > VALUES:
        raise ValueError(f"a reply with more than {VALUES} values")
    return decode(reply, MOST, MOST)


def _values(text: bytes) -> int:
    return sum(map(text.count, (b"[", b"{", b",")))
