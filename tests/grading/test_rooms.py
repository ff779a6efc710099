"""The house of grading: rooms along the way of a submission, and imports between them in one direction."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2] / "helpers" / "grading"
LINES, MODULES = 250, 12  # of a module, of a room at most
FLOOR = {  # of every room
    "atomic",
    "bounded",
    "course",
    "environment",
    "formulas",
    "percent",
    "plain",
    "settings",
}
MAY_USE = {  # each room, and those that it may take from; of the floor and itself each may
    "worker": set(),
    "sandbox": {"worker"},
    "doctor": {"sandbox", "worker"},
    "authoring": set(),
    "intake": set(),
    "judging": {"intake", "sandbox"},
    "marks": {"intake", "judging"},
    "returning": {"intake", "judging", "marks", "sandbox"},
    "classroom": {"intake", "judging", "marks", "returning", "sandbox"},
    "tournament": {"intake", "judging", "returning", "sandbox", "worker"},
    "sample": {"classroom", "intake", "marks"},
    "bench": {"classroom", "intake", "judging", "marks", "returning", "sample", "sandbox", "tournament"},
    "site": {"authoring", "classroom", "returning", "sample", "sandbox"},
    "commands": {
        *("authoring", "bench", "classroom", "doctor", "intake", "judging"),
        *("marks", "returning", "sample", "sandbox", "site", "tournament"),
    },
    "cli": {"commands"},
}
SEEN_INSIDE = {"worker"}  # imports nothing of this package, as nothing else of it is in a sandbox


def modules() -> Iterator[tuple[str, Path]]:
    """Yield each module and the room that it is in, or its own name where it is in none."""
    for path in sorted(HOUSE.rglob("*.py")):
        first = path.relative_to(HOUSE).parts[0]
        yield first.removesuffix(".py"), path


def taken(source: str) -> Iterator[str]:
    """Yield what of this package a module imports, at its top or later: rooms, and modules of the floor."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import hides where it leads"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for parts in (name.split(".") for name in names):
            if parts[:2] == ["helpers", "grading"] and len(parts) > 2 and parts[2] != "CourseError":
                yield parts[2]


def test_every_module_is_in_a_room_or_on_the_floor() -> None:
    assert {room for room, _ in modules()} == {*MAY_USE, *FLOOR, "__init__"}


def test_the_table_itself_goes_one_way() -> None:
    assert [*TopologicalSorter(MAY_USE).static_order()]


@pytest.mark.parametrize("room", [*MAY_USE, *sorted(FLOOR)])
def test_a_room_takes_from_those_below_it_only(room: str) -> None:
    used = {other for name, path in modules() if name == room for other in taken(path.read_text("utf-8"))}
    used -= {room}
    if room in SEEN_INSIDE:
        assert not used
    assert used - FLOOR == MAY_USE.get(room, set()), (
        "a door that is not in the table, or one that nobody uses"
    )


def test_rooms_and_modules_can_be_taken_in() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for _, path in modules()}
    assert {path: n for path, n in lines.items() if n > LINES} == {}
    folders = {path.parent for path in lines}
    crowded = {folder: n for folder in folders if (n := len([*folder.glob("[!_]*.py")])) > MODULES}
    assert crowded == {}


def test_what_is_seen_inside_a_sandbox_is_one_room() -> None:
    from helpers.grading.sandbox.command import SHIPPED_GRADING

    assert {*SHIPPED_GRADING} == {"grading/__init__.py", *(f"grading/{room}" for room in SEEN_INSIDE)}


def test_what_decides_a_verdict_is_there() -> None:
    from helpers.grading.environment import DECIDING

    assert [name for name in DECIDING if not (HOUSE.parent / name).exists()] == []


def test_imports_are_found_wherever_they_stand() -> None:
    source = """
from helpers.grading import CourseError, course
import helpers.grading.marks.writer
def f():
    from helpers.grading.judging.store import Record
"""
    assert sorted(taken(source)) == ["course", "judging", "marks"]
