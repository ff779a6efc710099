"""What only this machine lacks, a package or a file: that is nobody's slip, and a person's to decide."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from nbformat import NotebookNode

from helpers.checks.source import bound
from helpers.checks.verdict import State, Verdict
from helpers.grading.bounded import bounded
from helpers.grading.environment import PACKAGES
from helpers.grading.judging.cells import readable
from helpers.grading.judging.replies import Seen

PACKAGE = re.compile(r"No module named '(\w{1,60})'")
FILE = re.compile(r"No such file or directory: '([^'\n]{1,100})'")
NAME = re.compile(r"name '(\w{1,100})' is not defined")
LIKE = 0.8  # of 1: how like a known package's name a misspelt one is
SAYS = "This machine lacks "


def lacks(kind: str, message: str) -> str:
    """Return what an exception says is missing on this machine; empty where it is another's fault.

    A part of a package that is here is not missing, and a name that is all but a known package's is a slip.
    """
    if kind == "ModuleNotFoundError" and (found := PACKAGE.search(message)):
        name = found[1]
        return "" if get_close_matches(name, [*PACKAGES, "helpers"], 1, LIKE) else f"the package `{name}`"
    if kind == "FileNotFoundError" and (found := FILE.search(message)):
        return f"the file `{found[1]}`"
    return ""


def lacking(notebook: NotebookNode, reply: Any, seen: Seen) -> dict[str, str]:
    """Return what tasks could not be answered for want of on this machine, by task."""
    with bounded("Reading what its cells said"):
        names = lost(notebook, reply)
    return wants(seen, names)


def lost(notebook: NotebookNode, reply: Any) -> dict[str, str]:
    """Return what cells stopped for want of, by the names that they would have bound."""
    sources = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    names: dict[str, str] = {}
    for event in reply["events"]:
        cell = event.get("cell")
        for kind, message in _errors(event.get("outputs")) if type(cell) is str and cell in sources else ():
            name = NAME.search(message) if kind == "NameError" else None
            if what := names.get(name[1], "") if name else lacks(kind, message):
                names |= dict.fromkeys(_bound(sources[cell]) - names.keys(), what)
    return names


def wants(seen: Seen, names: Mapping[str, str]) -> dict[str, str]:
    """Return what tasks could not be answered for want of, by task.

    Args:
        seen: what was seen of them.
        names: what `lost` returned.
    """
    found: dict[str, str] = {}
    for task, (evidence, _) in seen.items():
        for failure in evidence.failures:
            what = lacks(failure.kind, failure.message)
            if failure.kind == "NameError":
                what = names.get(failure.missing or "", "")
            if what:
                found.setdefault(task, what)
    return found


def named(verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """Name what this machine lacks, as verdicts say it."""
    told = [v.parts[0].says.partition(SAYS)[2] for v in verdicts.values() if v.state == State.NOT_JUDGED]
    return tuple(dict.fromkeys(what.removesuffix(".") for what in told if what))


def _errors(outputs: object) -> Iterator[tuple[str, str]]:
    """Yield the exceptions among a cell's outputs, in whatever form a submission has told them."""
    try:
        told = json.loads(outputs) if type(outputs) is str else []
    except (ValueError, RecursionError):
        return
    for output in told if isinstance(told, list) else []:
        match output:
            case {"ename": str(kind), "evalue": str(message)}:
                yield kind, message


def _bound(source: str) -> set[str]:
    try:
        return {*bound(readable(source))}
    except (SyntaxError, RecursionError):
        return set[str]()
