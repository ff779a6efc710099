"""What a worker's reply says of each task. Whoever wrote it may have lied, so all of it is checked."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from helpers.checks import lessons
from helpers.checks.kept import kept
from helpers.checks.task import Observations, Task
from helpers.probes.observe import Failure, Observation
from helpers.probes.plain import Plain, decode

UNWATCHED = "ended what watches over it"  # as a worker says it
EVIDENCE = 64 << 20  # bytes of one check that are read
TEXT, ROWS = 2000, 100_000  # characters of a text, length of a list
LEAVES, LETTERS = (
    200_000,
    16 << 20,
)  # values that are no arrays, in one; as many texts of the longest's length
ENTRIES = 16 << 20  # of all its arrays
SMALL, KEPT = 16 << 10, 1024  # bytes of evidence that is kept after it was read; how many such


@dataclass(frozen=True, eq=False)
class Evidence:
    """What checks of a task saw that handed over the same bytes and ended alike.

    Attributes:
        observations: what they saw.
        found: what follows from these, by all else that decides it: found once, as most answers in a class
            do what another has done.
    """

    observations: Observations
    found: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """The exceptions among them."""
        return tuple(o.failure for rows in self.observations.values() for o in rows if o.failure)


Seen = dict[str, tuple[Evidence, float]]  # by task: what its check saw, and the seconds that the answers ran


def seen(lesson: str, reply: Any, names: Iterable[str] | None = None, kind: str = "check") -> Seen:
    """Read a worker's reply on these tasks: observations, made up where evidence is missing or malformed."""
    told, found = first(reply, kind), Seen()
    tasks = lessons.tasks(lesson)
    for task in [tasks[name] for name in (tasks if names is None else names)]:
        event = told.get(task.id)
        ended, data = (reply["ended"], None) if event is None else (str(event.get("ended"))[:200], b"")
        if left := [c for c in (task.id, f"check-{task.id}") if c in reply["left out"]]:
            ended, data = reply["left out"][left[0]], None  # this cell took the process with it
        elif event is not None and type(event.get("evidence")) is np.ndarray:
            data = event["evidence"].tobytes()
        read = _read_once if len(data or b"") <= SMALL else _read
        found[task.id] = read(task, data, str(ended)), _number(event or {}, "seconds")
    return found


def first(reply: Any, kind: str) -> dict[str, Any]:
    """Return the events of a kind by task, the first of each: later ones may know too much."""
    told: dict[str, Any] = {}
    for event in reply["events"]:
        if type(event.get(kind)) is str:
            told.setdefault(event[kind], event)
    return told


def _read(task: Task, data: bytes | None, ended: str) -> Evidence:
    """Read what the check of a task handed over; nothing where it came to none."""
    trees: Any = {}
    if data is not None:
        try:
            trees = cut(decode(data, EVIDENCE))
        except (KeyError, ValueError, AttributeError):
            ended = "handed over evidence that can't be read" if ended == "ended" else ended
    return Evidence(_observations(task, trees, ended))


_read_once = kept(_read, KEPT)


def told_again(reply: Any) -> set[str]:
    """Name the tasks that were asked once more, with the course's own earlier answers."""
    return {event["again"] for event in reply["events"] if type(event.get("again")) is str}


def memory(reply: Any) -> dict[str, float]:
    """Return the MiB that checks took at most, as far as the worker could tell."""
    told = [event for event in reply["events"] if type(event.get("check")) is str]
    return {event["check"]: _number(event, "memory") for event in told}


def seconds(reply: Any) -> float:
    """Return how long the cells ran, checks left out, as far as the worker could tell."""
    return sum(_number(event, "seconds") for event in reply["events"] if "cell" in event)


def _number(event: Any, name: str) -> float:
    value = event.get(name)
    return float(value) if type(value) in (int, float) and 0 <= value < 1e6 else 0.0


def _observations(task: Task, trees: Any, ended: str) -> Observations:
    found: Observations = {}
    for part in task.parts:
        rows = trees.get(part.name, []) if isinstance(trees, dict) else []
        try:
            found[part.name] = [Observation.from_plain(tree) for tree in map(_judged, rows)]
        except Exception:  # whatever else somebody made up
            found[part.name] = []
        if not found[part.name]:
            kinds = {"ran out of time": "TimeLimit", "ran out of memory": "MemoryError"}
            kind = kinds.get(ended, "Crashed")
            said = ended if ended != "ended" else "ended before it gave an answer"
            found[part.name] = [Observation(failure=Failure(kind, said))]
    return found


def _judged(tree: Plain) -> Plain:
    """Return an observation, or that it holds more than can be judged: comparing must not take for ever.

    NumPy makes of a list with one long text an array with as much room for every other entry.
    """
    leaves, longest, entries, queue = 0, 0, 0, [tree]
    while queue:
        node = queue.pop()
        if isinstance(node, dict | list):
            leaves += 1
            queue += node.values() if isinstance(node, dict) else node
        elif isinstance(node, np.ndarray):
            entries += node.size
        else:
            leaves += 1
            longest = max(longest, len(node)) if isinstance(node, str) else longest
        if leaves > LEAVES or entries > ENTRIES or leaves * longest > LETTERS:
            return {"failure": {"kind": "NotPlain", "message": "more values than can be judged"}}
    return tree


def cut(told: Plain, most: int = TEXT) -> Plain:
    """Cut every text in evidence to what a page can bear, and make it one that can be written to a file."""
    if isinstance(told, dict):
        return {cut(key, 200): cut(value, most) for key, value in told.items()}
    if isinstance(told, list):
        return [cut(value, most) for value in told[:ROWS]]
    return told[:most].encode("utf-8", "replace").decode() if isinstance(told, str) else told
