"""Let a class's players play against each other."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import Class, Lesson, app
from helpers.grading.course import Course
from helpers.grading.plain import plain


@app.command()
def tournament(
    lesson: Lesson,
    submitted: Annotated[
        Path, typer.Option(help="A folder that holds one for each student.", show_default=False)
    ],
    games: Annotated[
        int,
        typer.Option(min=2, help="Of each pair that meets; even, as each board is played from both sides."),
    ] = 2,
    seed: Annotated[
        int | None,
        typer.Option(
            help="The same one gives the same games again; by default the class's own, which nobody knows."
        ),
    ] = None,
    to: Class = None,
    cluster: Annotated[
        str, typer.Option(help="Play on a dask.distributed cluster, such as tcp://10.0.0.1:8786.")
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print a summary only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, for scripts.")] = False,
) -> None:
    """Play the players that students handed in against each other and against the course's.

    Interrupted at any moment, it goes on where it stopped; a pair whose players did not change is not
    played again. Marks are not touched. The exit code is 1 where the sandboxes failed on a pair.
    """
    import nbformat

    from helpers.grading.intake.named import named
    from helpers.grading.intake.people.absent import absent
    from helpers.grading.intake.people.excluded import without
    from helpers.grading.intake.roster import Roster
    from helpers.grading.sandbox.command import program

    if games % 2:
        raise CourseError(f"--games {games} is odd: each board is played twice, once from either side")
    course = Course.here()
    course.require(lesson)
    program()
    blank = nbformat.read(course.student(lesson), as_version=4)
    roster = Roster.read(Course(to) if to else course)
    found = named(lesson, submitted, [], blank, roster)
    if to:
        course = course.copy_to(to.resolve(), lesson)
    found, _ = without(course, found + absent(course, lesson, roster, found))

    from helpers.grading.atomic import alone
    from helpers.grading.commands import console
    from helpers.grading.commands.tournament.shown import show
    from helpers.grading.judging.assignment import released, seed_of
    from helpers.grading.marks.release import release
    from helpers.grading.tournament.entrants import entrants
    from helpers.grading.tournament.page import page
    from helpers.grading.tournament.run import tournament as play

    with alone(course.work("lock")):
        release(course, lesson)
        seed = seed_of(course, lesson) if seed is None else seed
        everyone = entrants(lesson, released(course, lesson), found)
        try:
            with console.counting("Playing", quiet or as_json) as begin:
                played = play(course, lesson, everyone, games, seed, begin, cluster)
        except KeyboardInterrupt:
            typer.echo("Interrupted. What was played is kept: the same command goes on from there.", err=True)
            raise typer.Exit(130) from None
        path = course.work("tournament", f"{lesson}.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(lesson, played), "utf-8")
    if as_json:
        print(json.dumps([asdict(row) for row in played.rows], indent=2, ensure_ascii=False))
    else:
        if not quiet:
            show(lesson, played.rows)
        count = sum(map(len, played.results.values()))
        print(
            f"{sum(row.rank > 0 for row in played.rows)} players, {count} games, seed {seed}.\nPage: {path}"
        )
    if played.missing:
        (a, b), why = next(iter(played.missing.items()))
        told = f"{len(played.missing)} pairs could not play, as {a} against {b}: {why}. Run it once more."
        typer.echo(plain(told), err=True)
        raise typer.Exit(1)
