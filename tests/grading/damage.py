"""Damaged submissions, drawn by hypothesis from real notebooks of the course: none may cost anybody else a mark."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

LESSON = "01-perceptron"
DEEP = 900  # lists in each other, which JSON's parser just takes
SOURCES: list[Any] = [
    10**4000, -(10**308),
    "", "(" * 300, "+".join(["1"] * 1500), "x" + ".a" * 3000, "%time x = 1\n" * 400, "%%bash\nrm -rf /", "x = 1\n" * 40_000,
    "def heaviside(z):\n    return (z > 0) * 1.0", "def heaviside(z: '''", "\x00", "\ud800", "\r\n\x0c\t if", "heaviside = 2 ** 64",
    "check('heaviside')", 'check("heaviside")\n', "\u202eheaviside = 1", "[bold]x[/bold] [/b]", "<script>alert(1)</script>" * 50,
    "![x](attachment:x.png) [y](javascript:alert(1))", "$" * 500, "`" * 500, "def f():\n" * 90, "lambda: " * 400, "not " * 2000 + "x",
    "from torch import *\nheaviside = softmax", "async def heaviside(): await x", "?" * 999, "!" * 999, "x = '''" + "y" * 100_000 + "'''",
]  # fmt: skip
STAMPS = [
    "", "2026-03-01 12:00:00 UTC", "0001-01-01 00:00:00 +14:00", "9999-12-31 23:59:59 -14:00", "now", "\x00", "99" * 400,
    "2026-13-45", "2026-03-01 12:00:00 Europe/Nowhere", "\ud83d",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from([2**63, 2**64, 10**30, -1, "\ud83d", "code", "markdown", "heaviside", "check-heaviside", 4, 3, 99]),
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "set",
                "set",
                "set",
                "drop",
                "double",
                "turn",
                "source",
                "source",
                "text",
                "nest",
                "many",
                "rename",
                "about",
            ]
        ),
        st.integers(0, 1 << 30),
        TREES,
    ),
    max_size=6,
)
LIES: list[Any] = [
    None, True, 2**64, 2**1022, -1, 1e308, float("nan"), "x" * 5000, ["x" * 2000, *["y"] * 20_000], [[1], [1, 2]], {}, [],
    {"value": 1}, {"array": "0", "shape": [1]}, {str(i): i for i in range(3000)}, [[[[]]]], "NaN",
]  # fmt: skip
LISTS = b"[" + b"[]," * 600_000 + b"0]"
WRAPPINGS = st.sampled_from(
    ["plain"] * 8 + ["cut", "flip", "utf-16", "bom", "latin-1", "zip", "zip in zip", "many in zip", "bomb", "empty", "lists", "folder"]
)  # fmt: skip


class Damaged:
    """What somebody hands in: files by their path in the student's folder, and how they came about."""

    def __init__(self, files: dict[str, bytes], recipe: str):
        self.files, self.recipe = files, recipe

    def __repr__(self) -> str:
        return f"Damaged({self.recipe[:300]})"


def copied(tree: Any) -> Any:
    """Return a copy, as deep as `copy.deepcopy` makes it, in half of its time."""
    return pickle.loads(pickle.dumps(tree, pickle.HIGHEST_PROTOCOL))


def changed(notebook: Any, changes: list[tuple[str, int, Any]]) -> Any:
    """Return a notebook's JSON after changes: (what, where, with which value)."""
    tree = copied(notebook)
    for what, at, value in changes:
        cells = tree.get("cells") if isinstance(tree, dict) else None
        if what == "nest":
            for _ in range(DEEP):
                value = [value]
        elif what == "text":
            value = SOURCES[value % len(SOURCES)] if isinstance(value, int) else SOURCES[at % len(SOURCES)]
        what = "set" if what in ("nest", "text") else what
        if what == "about" and isinstance(tree, dict):
            told = {"lesson": value} if at % 2 else {"tasks": {str(value): at, "heaviside": value}}
            tree["metadata"] = {"course": told, "kernelspec": {"name": value}}
        elif what in ("set", "drop"):
            holders = list(_holders(tree))
            holder, key = holders[at % len(holders)] if holders else ({}, "x")
            if what == "set":
                holder[key] = value
            elif isinstance(holder, dict | list):
                del holder[key]
        elif isinstance(cells, list) and cells:
            cell = cells[at % len(cells)]
            if what == "double":
                cells.insert(at % 7, copied(cell))
            elif what == "turn":
                cells[:] = cells[at % len(cells) :] + cells[: at % len(cells)]
            elif what == "many":
                cells += [copied(cell) for _ in range(at % 500)]
            elif what == "source" and isinstance(cell, dict):
                cell["source"] = SOURCES[at % len(SOURCES)]
            elif what == "rename" and isinstance(cell, dict):
                cell["id"], cell["metadata"] = (
                    "check-heaviside",
                    {"nbgrader": {"grade_id": "heaviside", "points": value}},
                )
    return tree


def _holders(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a tree: what holds it, and its key there."""
    queue = [tree]
    while queue:
        node = queue.pop()
        if isinstance(node, dict | list):
            keys = node if isinstance(node, dict) else range(len(node))
            for key in keys:
                yield node, key
                queue.append(node[key])


def wrapped(data: bytes, how: str, at: int) -> dict[str, bytes]:
    """Return files that hold a notebook, well or badly."""
    name = f"{LESSON}.ipynb"
    if how == "cut":
        data = data[: at % max(1, len(data))]
    elif how == "flip" and data:
        at %= len(data)
        data = data[:at] + bytes([data[at] ^ 0xA5]) + data[at + 1 :]
    elif how in ("utf-16", "latin-1"):
        data = data.decode("utf-8", "replace").encode(how, "replace")
    elif how == "bom":
        data = b"\xef\xbb\xbf" + data
    elif how == "empty":
        data = b" " * (at % 9)
    elif how == "lists":
        data = LISTS
    elif how == "folder":
        return {f"{name}/x.txt": b"x"}
    elif how == "zip":
        return {"all.zip": _zip({name: data})}
    elif how == "zip in zip":
        return {"all.zip": _zip({"more.zip": _zip({name: data})})}
    elif how == "many in zip":
        return {"all.zip": _zip({f"{i}/{name}": data for i in range(40)})}
    elif how == "bomb":
        return {"all.zip": _bomb()}
    return {name: data}


def _zip(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


@cache
def _bomb() -> bytes:
    return _zip({f"{LESSON}.ipynb": b'{"cells": [' + b"[]," * 16_000_000 + b"0]}"})


def damaged(bases: list[Any]) -> st.SearchStrategy[Damaged]:
    """Draw a damaged submission from one of these notebooks."""

    def make(base: int, changes: Any, how: str, at: int, stamp: str | None) -> Damaged:
        try:
            tree = changed(bases[base % len(bases)], changes)
            text = json.dumps(tree, ensure_ascii=at % 2 == 0)
        except RecursionError:  # how deep is too deep for Python depends on who calls
            text = '{"cells": ' + "[" * 100_000
        files = wrapped(text.encode("utf-8", "surrogatepass"), how, at)
        if stamp is not None:
            files["timestamp.txt"] = stamp.encode("utf-8", "surrogatepass")
        return Damaged(files, f"{base} {changes} {how} {at} {stamp}")

    numbers, stamps = st.integers(0, 1 << 30), st.none() | st.sampled_from(STAMPS)
    return st.tuples(st.integers(0, 99), CHANGES, WRAPPINGS, numbers, stamps).map(lambda drawn: make(*drawn))


def forged(tree: Any, draw: Callable[[int], int]) -> Any:
    """Return evidence with something of it replaced, as a worker that was taken over might say it."""
    tree = copied(tree)
    holders = list(_holders(tree))
    holder, key = holders[draw(len(holders))]
    lie = [*LIES, holder][draw(len(LIES) + 1)]
    holder[key] = copied(lie) if lie is not holder else "itself"
    return tree
