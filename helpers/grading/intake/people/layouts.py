"""What the name of a folder or file tells of whose it is: how Moodle, Canvas and nbgrader write it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)", re.DOTALL
)
CANVAS = re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>[^/]+)", re.DOTALL)
EXCHANGE = re.compile(
    r"(?P<name>.+)\+(?P<lesson>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(?:\+[^+]*)?", re.DOTALL
)


class System(Enum):
    """What gave a folder or file its name."""

    MOODLE = "Moodle"
    CANVAS = "Canvas"
    EXCHANGE = "nbgrader's exchange"
    GRADESCOPE = "Gradescope"
    ILIAS = "ILIAS"
    NONE = ""


@dataclass(frozen=True)
class Submitter:
    """Somebody who handed in, as the school's system tells it; empty where it does not.

    Attributes:
        name: in full.
        email: the address.
        school: the id that the school gave.
        number: the system's own.
    """

    name: str = ""
    email: str = ""
    school: str = ""
    number: str = ""


@dataclass(frozen=True)
class Source:
    """Where a submission came from, as the name of its folder or file tells it.

    Attributes:
        system: what gave it that name.
        name: a student's, or a group's.
        number: what the system calls the student or, where groups hand in, the group.
        called: the name of the folder or file as a whole.
        when: the time that it was handed in, in nbgrader's form, where that is told.
        people: who handed in, where the system says more of them than a name.
    """

    system: System
    name: str
    number: str = ""
    called: str = ""
    when: str = ""
    people: tuple[Submitter, ...] = ()


@dataclass(frozen=True)
class Export:
    """A system's download of a whole assignment, which says of each folder in it whose it is.

    Attributes:
        top: the folder that these folders are in.
        sources: where what is in each came from, by its name.
    """

    top: PurePosixPath
    sources: Mapping[str, Source]

    def source_of(self, shown: PurePosixPath) -> tuple[Source | None, str]:
        """Return where a file came from and what the student called it; None where it is nobody's."""
        level = len(self.top.parts)
        if len(shown.parts) <= level or shown.parts[:level] != self.top.parts:
            return None, ""
        return self.sources.get(shown.parts[level]), "/".join(shown.parts[level + 1 :])


def source_of(
    shown: PurePosixPath, folder: bool, lesson: str, wanted: Callable[[str], bool]
) -> tuple[Source | None, str]:
    """Return where a file came from and what the student called it; None where it is nobody's.

    Args:
        shown: its path below the class's folder.
        folder: whether it is one itself.
        lesson: the lesson's name; what nbgrader collected of others is nobody's.
        wanted: whether a file of this name may be handed in without a folder.
    """
    top, rest = shown.parts[0], "/".join(shown.parts[1:])
    if found := MOODLE.fullmatch(top):
        return Source(System.MOODLE, found["name"], found["number"], top), rest or found["file"]
    if rest or folder:
        if found := EXCHANGE.fullmatch(top):
            source = Source(System.EXCHANGE, found["name"], "", top, found["when"])
            return (source if found["lesson"] == lesson else None), rest
        return Source(System.NONE, top), rest
    if found := CANVAS.fullmatch(top):
        return Source(System.CANVAS, found["name"], found["number"], top), found["file"]
    return (Source(System.NONE, _stem(top)), top) if wanted(top) else (None, "")


def _stem(name: str) -> str:
    """Return a file's name without its endings: `ada.ipynb.txt` is ada's."""
    return re.sub(r"(?i)(\.(ipynb|json|txt|zip|tar|tgz|gz|bz2|xz))+$", "", name)
