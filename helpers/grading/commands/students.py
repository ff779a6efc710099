"""Make and check the class list."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers.grading.commands.app import Class, app
from helpers.grading.course import Course, known

if TYPE_CHECKING:
    from helpers.grading.intake.people.merge import Merged

NAMED = 12  # people that are named in a line
SAYS = {
    "new": "new",
    "known": "known already",
    "gone": "in the list and not in the file; who has left the class can be deleted there",
    "double": "not taken, as they are in the file twice or can't be told from others",
    "wrong": "not taken",
    "alike": "names that several people have; folders with such a name need a number or an id",
}


@app.command()
def students(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="From Moodle, Canvas, ILIAS or a Hub; none to check the list.", show_default=False
        ),
    ] = None,
    lesson: Annotated[
        str,
        typer.Option(help="The lesson of Moodle's grading worksheet: its numbers hold there only."),
    ] = "",
    ids: Annotated[str, typer.Option("--id", help="The column that holds the ids we are to use.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    where: Class = None,
) -> None:
    """Make and check the class list, students.csv in the class's folder: who is new, double or gone.

    A person is one student over all lessons and systems. Who is in the list keeps the id there; you may
    edit it before the first lesson is graded. The exit code is 1 where somebody could not be taken.
    """
    from helpers.grading.intake.people.lists import people
    from helpers.grading.intake.people.merge import merge
    from helpers.grading.intake.roster import FILE, Roster

    course = Course(where.resolve()) if where else Course.here()
    if lesson:
        known(lesson)
    roster, told = Roster.read(course), []
    for path in files or []:
        merged = merge(roster, people(path, lesson, ids))
        roster = merged.roster
        told.append((path, merged))
    if files:
        roster.write(course)
    if as_json:
        print(json.dumps([_plain(path, merged) for path, merged in told], indent=1, ensure_ascii=False))
    else:
        for path, merged in told:
            print(f"{path}:")
            for name, says in SAYS.items():
                if who := getattr(merged, name):
                    more = f" and {len(who) - NAMED} more" * (len(who) > NAMED)
                    print(f"  {len(who)} {says}: {', '.join(who[:NAMED])}{more}")
        groups = len({person.group_in(lesson) for person in roster.people} - {""})
        handed_in = f", {groups} groups" * bool(groups)
        print(f"{course.root / FILE}: {len(roster.people)} students{handed_in}.")
    if any(merged.double or merged.wrong for _, merged in told):
        raise typer.Exit(1)


def _plain(path: Path, merged: "Merged") -> dict[str, object]:
    told = {name: getattr(merged, name) for name in SAYS}
    return {"file": str(path), **told}
