"""The option `--sandbox`: whether student code runs in one."""

from typing import Annotated

import typer

from helpers.grading import CourseError

Sandbox = Annotated[
    str, typer.Option(help="bwrap, or none for a class that you trust.", metavar="bwrap|none")
]


def bare(sandbox: str) -> bool:
    """Return whether student code is to run without a sandbox.

    Raises:
        CourseError: for a word that is neither, or where there is no sandbox on this machine.
    """
    if sandbox not in ("bwrap", "none"):
        raise CourseError(f"there is no sandbox {sandbox!r}; there are: bwrap, none")
    if sandbox == "bwrap":
        from helpers.grading.sandbox.command import program

        program()
    return sandbox == "none"


def without(sandbox: str) -> bool:
    """Like `bare`, for the sample class: install bubblewrap where we may, else do without it, and say so."""
    from helpers.grading.sandbox.command import NoSandbox, install

    if sandbox == "bwrap":
        install()
    try:
        return bare(sandbox)
    except NoSandbox as error:
        print(f"Graded without a sandbox, and without its broken and hostile students: {error}.")
        return True
