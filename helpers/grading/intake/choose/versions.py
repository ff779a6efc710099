"""Which of several attempts is the last one, as far as their names tell it."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

ENDING = re.compile(r"(?i)\.ipynb(\.txt|\.json)?$")
GIVEN = re.compile(r"-(\d{1,4})$")  # Canvas numbers what is handed in again so
YEAR_FIRST = r"(?P<y>20\d\d)(?P<s>[-_. ]?)(?P<m>[01]\d)(?P=s)(?P<d>[0-3]\d)"
DAY_FIRST = r"(?P<d2>[0-3]?\d)\.(?P<m2>[01]?\d)\.(?P<y2>20\d\d)"
TIME = r"(?:[T_ .,-]*(?:at )?(?P<h>[0-2]\d)(?P<t>[-:._h]?)(?P<min>[0-5]\d)(?:(?P=t)(?P<sec>[0-5]\d))?)?(?!\d)"
WHEN = re.compile(rf"(?<!\d)(?:{YEAR_FIRST}|{DAY_FIRST}){TIME}")
COUNT = re.compile(
    r"(?i)(?:\((\d{1,3})\)|(?:^|[^a-z])(?:v|version|attempt|try|copy|rev)[ _.-]?(\d{1,3}))(?!\d)"
)
LAST = re.compile(r"(?i)(?:^|[^a-z])(final|last|new|latest|corrected|fixed)(?![a-z])")


@dataclass(frozen=True)
class Attempt:
    """Which attempt a file is.

    Attributes:
        given: the number that the school's system gave it.
        when: the time in its name, from the year on.
        count: whether its name says that it is the final one, and the number in it.
    """

    given: int
    when: tuple[int, ...]
    count: tuple[int, int]


def attempt(lesson: str, file: str) -> Attempt:
    """Return which attempt a file is, as its name and the folders that it lies in tell it."""
    name = unicodedata.normalize("NFC", ENDING.sub("", file)).replace(lesson, "")
    given = GIVEN.search(PurePosixPath(name).name) if PurePosixPath(file).name.startswith(lesson) else None
    times = [
        tuple(int(found[a] or found[b] or 0) for a, b in (("y", "y2"), ("m", "m2"), ("d", "d2")))
        + tuple(int(found[part] or 0) for part in ("h", "min", "sec"))
        for found in WHEN.finditer(name)
    ]
    rest = WHEN.sub("", name)
    numbers = [int(a or b) for a, b in COUNT.findall(rest)]
    count = bool(LAST.search(rest)) + 0, max(numbers, default=0)
    return Attempt(int(given[1]) if given else 0, max(times, default=()), count)


def spoken(file: str) -> str:
    """Return a file's name without folders and ending."""
    return unicodedata.normalize("NFC", PurePosixPath(ENDING.sub("", file)).name)
