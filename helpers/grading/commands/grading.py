"""Grade a class."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import Lesson, app, folder
from helpers.grading.commands.sandboxed import Sandbox, bare
from helpers.grading.course import CONFIG, Course, known
from helpers.grading.plain import plain


@app.command()
def grade(
    lesson: Lesson,
    submitted: Annotated[
        Path | None, typer.Option(help="A folder that holds one for each student.", show_default=False)
    ] = None,
    student: Annotated[
        list[str] | None,
        typer.Option(help="Grade this student alone, again; without --submitted, what is there already."),
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Judge this task alone, again; the others' marks stay.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--class", "--to", help="The class's folder; by default the checkout.")
    ] = None,
    sandbox: Sandbox = "bwrap",
    new_seed: Annotated[
        bool, typer.Option("--new-seed", help="Draw new random cases; everything is run again.")
    ] = False,
    cluster: Annotated[
        str, typer.Option(help="Run on a dask.distributed cluster, such as tcp://10.0.0.1:8786.")
    ] = "",
    feedback: Annotated[bool, typer.Option(help="Write feedback pages for whose marks are new.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print a summary only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, for scripts.")] = False,
) -> None:
    """Grade what students handed in: gradebook, feedback pages and marks.

    Interrupted at any moment, it goes on where it stopped; a submission that did not change is not run
    again, unless its student is named. The exit code is 1 where the grader itself failed on a submission:
    run it once more.
    """
    import nbformat

    from helpers.grading.intake.named import before, named
    from helpers.grading.intake.people.absent import absent
    from helpers.grading.intake.people.excluded import without
    from helpers.grading.intake.roster import Roster
    from helpers.grading.intake.submission import taken

    students = student or []
    if new_seed and students:
        raise CourseError("--new-seed is for the whole class: it changes the cases that everybody is asked")
    if not submitted and not students:
        raise CourseError(
            "say what to grade: --submitted FOLDER for a class, --student ID to grade one again"
        )
    course = replace(Course.here(), bare=bare(sandbox))
    course.require(lesson)
    again = _tasks(lesson, task or [], students)
    if task and course.bare:
        raise CourseError("without a sandbox a notebook is graded as a whole: leave out --task")
    roster = Roster.read(Course(to) if to else course)
    if submitted and submitted.resolve() == course.root:
        raise CourseError(
            f"{submitted} is the course's own checkout: name the folder that the class's are in"
        )
    if submitted:
        blank = nbformat.read(course.student(lesson), as_version=4)
        found = named(lesson, submitted, students, blank, roster)
    if to:
        course = course.copy_to(folder(to), lesson)
    if not submitted:
        found = before(course, lesson, students)
    elif not students:
        found += absent(course, lesson, roster, found)
    found, left_out = without(course, found)
    if left_out:
        why = f"left out, as {CONFIG} says with CourseDirectory.student_id_exclude"
        typer.echo(f"{len(left_out)} {why}: {plain(', '.join(left_out))}.", err=True)

    from helpers.grading.atomic import alone
    from helpers.grading.classroom.grade import grade as grade_class
    from helpers.grading.commands import console
    from helpers.grading.intake.called import remember
    from helpers.grading.judging.assignment import seed_of
    from helpers.grading.marks.release import release

    gc.freeze()  # what is imported by now stays: it need not be looked through again and again
    with alone(course.work("lock")):
        release(course, lesson)
        seed_of(course, lesson, new_seed)
        if submitted:
            found = taken(course, lesson, found)
            remember(course, lesson, found)
        whole = sum(not submission.reason for submission in found)
        try:
            with console.progress("Grading", whole, quiet or as_json) as on_done:
                rows = grade_class(course, lesson, found, on_done, cluster, feedback, again)
        except KeyboardInterrupt:
            typer.echo("Interrupted. What was graded is kept: the same command goes on from there.", err=True)
            raise typer.Exit(130) from None
    counts = console.summary(rows)
    if as_json:
        print(console.as_json(lesson, rows))
    else:
        if not quiet:
            console.show(course, lesson, rows)
            console.where(course, lesson)
        print(console.told(counts), *console.lacking(rows), sep="\n")
    if counts["infrastructure error"]:
        raise typer.Exit(1)


def _tasks(lesson: str, tasks: list[str], students: list[str]) -> set[str]:
    """Return the tasks to judge again: those named, or all where only students are.

    Raises:
        CourseError: for a task that the lesson has not, or without a student.
    """
    have = known(lesson)
    if tasks and not students:
        raise CourseError("say whose task is to be judged again: --student ID")
    if unknown := [task for task in tasks if task not in have]:
        raise CourseError(f"{lesson} has no task {unknown[0]!r}: its tasks are {', '.join(have)}")
    return set(tasks or (have if students else ()))
