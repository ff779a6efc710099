"""Prove that tasks tell wrong from right: each change by rule of a reference must be rejected."""

from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import app
from helpers.grading.course import Course

Chosen = Annotated[str, typer.Argument(help="Such as 01-perceptron; by default all lessons.")]
Named = Annotated[str, typer.Argument(help="A task's id; by default all of the lesson's.")]


@app.command()
def prove(
    lesson: Chosen = "",
    task: Named = "",
    seeds: Annotated[int, typer.Option(help="How many sets of random cases each change is tried on.")] = 20,
    most: Annotated[int, typer.Option(help="Changes for each task at most; 0 for all.")] = 0,
    names: Annotated[bool, typer.Option(help="Count the changes that a check names, too.")] = True,
) -> None:
    """Change each reference by rule; print the changes that keep full marks, and the case that is missing."""
    from helpers.checks import lessons
    from helpers.checks.mutation import equivalent
    from helpers.checks.mutation import prove as proving
    from helpers.grading.course import known

    course = Course.here()
    if lesson:
        known(lesson)
    if task and task not in lessons.tasks(lesson):
        raise CourseError(f"lesson {lesson} has no task {task!r}; it has: {', '.join(lessons.tasks(lesson))}")
    total, left = [0] * 6, 0
    for name in [lesson] if lesson else lessons.MODULES:
        declared = equivalent.read(course.root / "tests" / "equivalent" / f"{name}.toml")
        for one in lessons.tasks(name).values():
            if task and one.id != task:
                continue
            found = proving.prove(one, range(seeds), declared.of(one.id), most or None, names)
            counts = [
                found.mutants,
                found.rejected,
                found.equivalent,
                len(found.survivors),
                found.named or 0,
                found.failing or 0,
            ]
            total = [a + b for a, b in zip(total, counts, strict=True)]
            print(f"{name} {one.id}: {_counted(counts, names)}")
            for survivor in found.survivors:
                print("  " + str(survivor).replace("\n", "\n  ") + "\n")
            for change in found.stale:
                print("  declared equivalent, but it is told apart, or no rule makes it:")
                print("  " + change.replace("\n", "\n  ") + "\n")
            left += len(found.survivors) + len(found.stale)
    print(f"all: {_counted(total, names)}")
    if left:
        raise typer.Exit(1)


def _counted(counts: list[int], names: bool) -> str:
    made, rejected, equivalent, survivors, named, failing = counts
    told = f"{made} mutants, {rejected} rejected, {equivalent} equivalent, {survivors} with full marks"
    return told + (f", {named} named of {failing} that raise nothing" if names else "")
