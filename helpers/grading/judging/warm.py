"""What a worker imports before its first job, and whose submissions it is then used for."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

HEAVY = "torch"  # seconds to import, and a process with it takes several times as long to fork
DRAWS = ("helpers.figures", "helpers.widgets")  # which import what they draw with at the first picture
DRAWING = "matplotlib.pyplot"  # half a second of every fork, with its list of fonts
IMPORTS = re.compile(rf"\b(import|from) +{HEAVY}\b".encode())


def by_imports(
    students: Sequence[str], usual: Sequence[str], path: Callable[[str], Path]
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the modules that workers load before the first job, and the students whose code uses them.

    Those who use what the lesson does without have workers of their own: loaded for all it would slow
    down every fork, and not loaded it would be imported again in each of theirs.

    Args:
        students: whose submissions are to be run.
        usual: the modules that the lesson's own cells import.
        path: says where a student's notebook is.
    """
    usual = [*usual, *[DRAWING] * bool({*usual} & {*DRAWS})]
    heavy = [] if HEAVY in usual else [student for student in students if _uses_heavy(path(student))]
    light = [student for student in students if student not in set(heavy)]
    yield from [(list(usual), light)] * bool(light) + [([*usual, HEAVY], heavy)] * bool(heavy)


def _uses_heavy(path: Path) -> bool:
    with suppress(OSError):
        return IMPORTS.search(path.read_bytes()) is not None
    return False
