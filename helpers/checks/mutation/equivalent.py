"""Mutants that are no slips: declared in `tests/equivalent/NN-lesson.toml`, each with its reason.

A lesson's file says for each task which changes make no difference, as `course prove` prints them::

    [[softmax]]
    reason = "Any number may be subtracted from a row: the largest is the one that keeps e^z finite."
    changes = ['''
    - ...
    + ...
    ''']

It stands beside the tests and not in the Task, as it decides no verdict.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

OPEN = "open"  # a lesson whose survivors are not all worked through yet says `open = true`


class BadList(ValueError):
    """Raised for a list of equivalents that can't be read as one."""


@dataclass(frozen=True)
class Equivalents:
    """What a lesson declares: by task, each change and its reason."""

    reasons: dict[str, dict[str, str]] = field(default_factory=dict)
    open: bool = False

    def of(self, task: str) -> list[str]:
        """Return the changes of a task that make no difference."""
        return list(self.reasons.get(task, {}))


def read(path: Path) -> Equivalents:
    """Return what a file declares; nothing where there is none.

    Raises:
        BadList: where an entry has no reason or no changes.
    """
    if not path.is_file():
        return Equivalents()
    told = tomllib.loads(path.read_text("utf-8"))
    reasons: dict[str, dict[str, str]] = {}
    for task, entries in told.items():
        if task == OPEN:
            continue
        for entry in entries:
            if set(entry) != {"reason", "changes"} or not entry["reason"] or not entry["changes"]:
                raise BadList(f"{path.name}, {task}: an entry has a `reason` and `changes`, not {set(entry)}")
            reasons.setdefault(task, {}).update(
                {_lines(change): entry["reason"] for change in entry["changes"]}
            )
    return Equivalents(reasons, bool(told.get(OPEN)))


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())
