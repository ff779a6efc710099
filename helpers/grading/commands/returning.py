"""What becomes of marks: the class report, and the files that a school's system takes."""

import json
from pathlib import Path
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import Class, GroupNumber, Lesson, TaskName, app, graded
from helpers.grading.plain import plain

NAMED = 12  # students that are named in a line


@app.command()
def report(
    lesson: Lesson,
    to: Annotated[
        Path | None,
        typer.Option(help="The page; by default under .nbgrader/report. The CSV file goes beside it."),
    ] = None,
    where: Class = None,
) -> None:
    """Write the class report: one page with pictures, and a table."""
    course = graded(lesson, where)

    from helpers.grading.returning import class_files
    from helpers.grading.returning.class_report import write

    page, table = write(course, lesson, to)
    class_files.write(course, lesson)
    print(f"Page:  {page}\nTable: {table}")


@app.command()
def comment(
    lesson: Lesson,
    task: TaskName,
    says: Annotated[str, typer.Argument(metavar="TEXT", help="The comment.", show_default=False)],
    group: GroupNumber,
    where: Class = None,
) -> None:
    """Comment on a task to all students of a group of answers, as if written to each in formgrader.

    What a teacher wrote to one of them stays, and the comment comes after it; who has it already gets no
    second one.
    """
    course = graded(lesson, where)

    from helpers.grading.marks import comments
    from helpers.grading.returning import feedback
    from helpers.grading.returning.class_report.gather import gather
    from helpers.grading.returning.class_report.groups import grouped

    found = grouped(gather(course, lesson), task).numbered(group)
    done = comments.comment(course, lesson, task, found.students, says)
    feedback.refresh(course, lesson, done.written)
    print(plain(f"{task}, group {group}: {found.name or 'without a name'}"))
    print(f"{len(done.written)} written, {len(done.there)} already there")
    if done.beside:
        print(plain(f"after a comment by hand: {', '.join(done.beside[:NAMED])}"))


@app.command()
def export(
    lesson: Lesson,
    moodle: Annotated[
        Path | None,
        typer.Option(help="Fill the grading worksheet that Moodle gave, or its gradebook as CSV."),
    ] = None,
    canvas: Annotated[Path | None, typer.Option(help="Fill the gradebook file that Canvas gave.")] = None,
    ilias: Annotated[Path | None, typer.Option(help="Fill the status file that ILIAS gave, as CSV.")] = None,
    feedback: Annotated[
        Path | None, typer.Option(help="Write feedback pages into this zip, which Moodle or ILIAS takes.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="The filled file; by default beside the other, as NAME-filled.csv.")
    ] = None,
    ids: Annotated[
        str, typer.Option("--id", help="The column with our students' ids; by default the system's number.")
    ] = "",
    column: Annotated[str, typer.Option(help="The column that gets the marks.")] = "",
    scale: Annotated[
        bool | None,
        typer.Option("--scale/--no-scale", help="Convert marks where the file counts out of other points."),
    ] = None,
    out_of: Annotated[
        float | None, typer.Option(help="The points that the file counts out of, where it does not say.")
    ] = None,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Also write totals of which a part is not graded yet.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Put ours in the place of other marks.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    where: Class = None,
) -> None:
    """Fill marks into a school's system's own file, or zip the feedback pages for Moodle or ILIAS.

    Students are matched by the system's number and what the class list (students.csv) says of them; whoever
    does not match is told, and nothing is guessed. A group's mark goes to every member. The file that was
    given is not changed. The exit code is 1 where a mark or a page could not be written.
    """
    files = [path for path in (moodle, canvas, ilias) if path]
    if len(files) > 1 or not (files or feedback) or (feedback and canvas):
        raise CourseError(
            "say one of --moodle FILE, --canvas FILE, --ilias FILE and --feedback ZIP, this with --moodle, "
            "with --ilias or alone"
        )
    course = graded(lesson, where)

    from helpers.grading.returning import class_files
    from helpers.grading.returning.fill import fill, told
    from helpers.grading.returning.systems import CANVAS, ILIAS, MOODLE
    from helpers.grading.returning.totals import totals

    class_files.write(course, lesson)
    given = [(s, path) for s, path in ((MOODLE, moodle), (CANVAS, canvas), (ILIAS, ilias)) if path]
    if feedback:
        from helpers.grading.returning.feedback_zip import zipped  # it brings all that draws a page

        wanted = ILIAS if ilias else MOODLE
        marks, _ = totals(course, lesson, wanted.name)
        pages, left_out = zipped(course, lesson, marks, feedback, moodle or ilias, wanted)
        tell(feedback, {"written": pages, "not written": left_out}, as_json)
        return
    (system, path), *_ = given
    marks, most = totals(course, lesson, system.name, unfinished)
    out = to or path.with_name(f"{path.stem}-filled{path.suffix}")
    if out.exists():
        raise CourseError(f"{out} is there already: it is not overwritten")
    found = fill(system, path, marks, most, lesson, ids, column, scale, replace, out_of)
    try:
        out.write_bytes(found.sheet.data())
    except OSError as error:
        raise CourseError(f"{out} can't be written: {error.strerror}") from None
    tell(out, told(found), as_json)


@app.command()
def late(
    lesson: Lesson,
    moodle: Annotated[Path, typer.Option(help="The grading worksheet that Moodle gave.", show_default=False)],
    due: Annotated[
        str,
        typer.Option(help="When it was due, such as '2026-11-30 23:59'; by default as the gradebook says."),
    ] = "",
    zone: Annotated[
        str, typer.Option(help="Whose time that is, such as Europe/Berlin; by default this machine's.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    where: Class = None,
) -> None:
    """Enter when each handed in, by Moodle's own times; late ones lose what nbgrader_config.py says.

    nbgrader takes nothing off by default: LateSubmissionPlugin in nbgrader_config.py is the policy. The exit
    code is 1 where somebody's time is not known.
    """
    from zoneinfo import ZoneInfo

    course = graded(lesson, where)

    from helpers.grading.returning import class_files, lateness
    from helpers.grading.returning.systems import MOODLE
    from helpers.grading.returning.totals import totals

    try:
        place = ZoneInfo(zone) if zone else None
    except (LookupError, ValueError):
        raise CourseError(f"there is no time zone {zone!r}: say one such as Europe/Berlin") from None
    if due:
        lateness.set_due(course, lesson, due, place)
    marks, _ = totals(course, lesson, MOODLE.name)
    entered, missing = lateness.enter(course, lesson, marks, moodle, place)
    class_files.write(course, lesson)
    tell(moodle, {"written": entered, "not written": missing}, as_json)


def tell(path: Path, told: dict[str, object], as_json: bool) -> None:
    """Print what became of an export; exit with 1 where something of ours is not in it."""
    if as_json:
        print(json.dumps({"file": str(path), **told}, indent=1, ensure_ascii=False))
    else:
        there = f", {told['already there']} already there" if "already there" in told else ""
        print(f"{path}: {told['written']} written{there}")
        missing = told["not written"]
        assert isinstance(missing, dict)
        for why, who in [
            *missing.items(),
            ("in the file, and without a mark here", told.get("in the file, not here")),
        ]:
            if who:
                more = f" and {len(who) - NAMED} more" * (len(who) > NAMED)
                print(plain(f"  {len(who)} {why}: {', '.join(who[:NAMED])}{more}"))
    if told["not written"]:
        raise typer.Exit(1)
