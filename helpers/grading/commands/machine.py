"""Say whether this machine can grade."""

import json
from typing import Annotated

import typer

from helpers.grading import CourseError
from helpers.grading.commands.app import app
from helpers.grading.course import Course


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> None:
    """Say what is there on this machine, what is missing, and what mends it.

    The exit code is 0 where one can grade, else 1.
    """
    from helpers.grading import doctor

    try:
        root = Course.here().root
    except CourseError:
        root = None
    found = doctor.examine(root)
    signs = {"ok": "✓", "note": "–", "missing": "✗"}
    print(
        json.dumps(doctor.as_data(found), indent=1, ensure_ascii=False)
        if as_json
        else doctor.told(found, signs)
    )
    if not doctor.can_grade(found):
        raise typer.Exit(1)
