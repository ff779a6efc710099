"""Measure how long things take."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import app
from helpers.grading.course import Course


@app.command()
def bench(
    what: Annotated[
        str,
        typer.Argument(
            help="lessons, reference, device, grading, loop, class (its size), report, groups, feedback, "
            "maze, players, tournament."
        ),
    ] = "lessons",
    students: Annotated[
        int | None, typer.Option(min=12, help="How many are graded, by default 200; or play, by default 30.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Measure the figures that the README quotes, on this machine."""
    course = Course.here()

    from helpers.checks.lessons import MODULES
    from helpers.grading.bench import grading, groups, lessons, loop, reference, report

    many, few = (200, 30) if students is None else (students, students)
    known: dict[str, Callable[[], tuple[Any, Callable[[Any], str]]]] = {
        "lessons": lambda: (lessons.measure(course, MODULES), lessons.told),
        "reference": lambda: (reference.measure(), reference.told),
        "device": _device,
        "maze": _maze,
        "players": _players,
        "grading": lambda: (grading.measure(course, many), grading.told),
        "loop": lambda: (loop.measure(course, many), grading.told),
        "report": lambda: (report.measure(course, max(5, many // 40), many), report.told),
        "feedback": lambda: (report.pages(course, many), report.pages_told),
        "groups": lambda: (groups.measure(many), groups.told),
        "class": lambda: (grading.growth(course, many // 10, many), grading.told),
        "tournament": lambda: _tournament(few),
    }
    if what not in known:
        raise CourseError(f"there is no benchmark {what!r}; there are: {', '.join(known)}")
    figures, told = known[what]()
    print(json.dumps(figures, indent=2) if as_json else told(figures))


# Those below load torch, which the others do without: it would count in their time and memory.
Measured = tuple[dict[str, Any], Callable[[dict[str, Any]], str]]


def _device() -> Measured:
    from helpers.grading.bench import device

    return device.measure(), device.told


def _maze() -> Measured:
    from helpers.grading.bench.mazes import speed

    return speed.measure(), speed.told


def _players() -> Measured:
    from helpers.grading.bench.mazes import players

    return players.measure(), players.told


def _tournament(players: int) -> Measured:
    from helpers.grading.bench import tournament

    return tournament.measure(players), tournament.told
