"""Bounds on what one student's file makes this side do: what goes beyond them is that student's row."""

from collections.abc import Iterator
from contextlib import contextmanager

from helpers.grading import CourseError
from helpers.probes.limit import TimeLimit, limit

SECONDS = 10.0  # of the processor: many times what the largest notebook of a real class takes
BYTES = 50_000_000  # of a file
OBJECTS, ITEMS = 500_000, 5_000_000  # lists and dicts of a notebook's JSON, and values: as Python objects


class TooMuch(CourseError):
    """Raised where a file asks for more than one submission may take; its text is the row's reason."""


@contextmanager
def bounded(what: str, seconds: float = SECONDS) -> Iterator[None]:
    """Do something with a student's file; whatever it does to us is told of that file.

    Args:
        what: what is done, as the sentence "… takes too long" begins.
        seconds: of the processor.

    Raises:
        TooMuch: where it takes longer, or ends in an exception that tells nothing of the file.
    """
    try:
        with limit(seconds):
            yield
    except TimeLimit:
        raise TooMuch(f"{what} takes too long, more than {seconds:g} s: look at the file yourself") from None
    except (CourseError, OSError):
        raise
    except RecursionError:
        raise TooMuch(f"{what} fails, as something in it is nested too deep: look at it yourself") from None
    except Exception as error:
        told = f"{type(error).__name__}: {str(error)[:200]}".rstrip(": ")
        raise TooMuch(f"{what} fails ({told}): look at the file yourself") from None


def excess(data: bytes) -> str:
    """Say what there is too much of in a file, before it is parsed; empty where it can be."""
    if len(data) > BYTES:
        return f"the file has {len(data) / 1e6:.0f} MB, more than {BYTES / 1e6:.0f}"
    if data.count(b"[") + data.count(b"{") > OBJECTS or data.count(b",") > ITEMS:
        return f"the file holds more than {OBJECTS} lists or {ITEMS} values: no notebook needs so many"
    return ""
