"""Who takes part: what a player is made of, or why somebody's can't play."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode

from helpers.checks.source import cell_of
from helpers.grading import CourseError
from helpers.grading.bounded import bounded
from helpers.grading.intake.archives import Unsafe
from helpers.grading.intake.given import Release
from helpers.grading.intake.people.layouts import CANVAS
from helpers.grading.intake.rebuild import rebuild
from helpers.grading.intake.submission import Submission
from helpers.grading.judging.cells import SKIPPED, checked, readable
from helpers.grading.plain import kept
from helpers.grading.tournament.needed import needed
from helpers.grading.tournament.ours import OURS

ANSWER, FILE = "player", "player.npz"
BYTES = 1_000_000  # of that file
COURSES = "the course's "  # how a player of the course is called, and its name
IMPORTED = re.compile(r"^\s*(?:import|from)\s+([\w.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Entrant:
    """Somebody who takes part, or would.

    Attributes:
        name: the student's id, or what a player of the course is called.
        cells: the sources that its player needs, in order.
        data: the file beside the notebook that it may load; empty where there is none.
        ours: the name of a player of the course; empty for a student's.
        reason: why it can't play; empty where it can.
        remark: what else the teacher should know.
    """

    name: str
    cells: tuple[str, ...] = ()
    data: bytes = b""
    ours: str = ""
    reason: str = ""
    remark: str = ""

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides how it plays."""
        told = json.dumps([self.ours, self.cells]).encode()
        return hashlib.sha256(told + hashlib.sha256(self.data).digest()).hexdigest()[:20]

    @property
    def imports(self) -> set[str]:
        """The modules that its cells import, as far as a look tells."""
        return {name for cell in self.cells for name in IMPORTED.findall(cell)}


def courses() -> list[Entrant]:
    """Return the players of the course."""
    return [Entrant(f"{COURSES}{name}", ours=name) for name in OURS]


def entrants(lesson: str, release: NotebookNode, submissions: Iterable[Submission]) -> list[Entrant]:
    """Return what each submission enters; one that breaks stops no other.

    Args:
        lesson: its name.
        release: the notebook that students were given.
        submissions: as `course grade` finds them.

    Raises:
        CourseError: where the lesson has no player.
    """
    blank = cell_of(ANSWER, _sources(release))
    if blank is None:
        raise CourseError(f"{lesson} has no tournament: no cell of it is there for a `{ANSWER}`")
    given = Release(release)
    return [_entrant(given, blank, submission) for submission in submissions]


def _entrant(release: Release, blank: str, submission: Submission) -> Entrant:
    name, remark = submission.student, kept(submission.remark)
    if name in {entrant.name for entrant in courses()}:
        return Entrant(
            f"{name} (a student)", reason="it is called as a player of the course is", remark=remark
        )
    if submission.reason:
        return Entrant(name, reason=kept(submission.reason), remark=remark)
    try:
        with bounded("Reading it"):
            rebuilt = rebuild(release, submission.read())
            sources = _sources(rebuilt.notebook)
            own = cell_of(ANSWER, [readable(source) for source in sources])
            cells = tuple(needed(sources, ANSWER))
        data = _data(submission)
    except (CourseError, OSError) as error:
        return Entrant(name, reason=kept(str(error)), remark=remark)
    except Exception as error:  # this student's row, not the end of the class
        return Entrant(name, reason=f"it can't be read here ({type(error).__name__})", remark=remark)
    repaired = [f"repaired: {', '.join(rebuilt.repairs)}"] * bool(rebuilt.repairs)
    remark = "; ".join(filter(None, [remark, *map(kept, repaired)]))
    if own is None or own.strip() == blank.strip():
        return Entrant(name, reason=f"`{ANSWER}` is as it was given: nothing to play with", remark=remark)
    if len(data) > BYTES:
        why = f"{FILE} has {len(data) / 1e6:.1f} MB, more than {BYTES / 1e6:g}"
        return Entrant(name, reason=why, remark=remark)
    return Entrant(name, cells, data, remark=remark)


def _sources(notebook: NotebookNode) -> list[str]:
    """Return the code cells that are run: no check, no experiment."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not checked(cell) and SKIPPED not in cell.metadata.get("tags", [])
    ]


def _data(submission: Submission) -> bytes:
    """Return the file beside a notebook, or nothing; Canvas writes all files into one folder."""
    for name in _names(submission):
        with suppress(Unsafe):
            return submission.beside(name)
    return b""


def _names(submission: Submission) -> Iterator[str]:
    path = submission.path
    whose = CANVAS.fullmatch(path.name) if path and not submission.members else None
    if whose is None or path is None:
        yield FILE
        return
    for other in sorted(path.parent.iterdir()):
        found = CANVAS.fullmatch(other.name)
        if found and found["file"] == FILE and found["number"] == whose["number"]:
            yield other.name


def able(found: Sequence[Entrant]) -> list[Entrant]:
    """Return those that can play, as far as is known."""
    return [entrant for entrant in found if not entrant.reason]
