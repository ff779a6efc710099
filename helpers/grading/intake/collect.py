"""Find what a class handed in: a folder for each student, or what Moodle or Canvas made; plain or zipped."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from helpers.grading import CourseError
from helpers.grading.intake.archives import Unsafe, files, members
from helpers.grading.intake.choose import Pile, choose
from helpers.grading.intake.submission import Submission
from helpers.grading.plain import harmless

MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_[a-z]+_?(?P<file>.*)")
CANVAS = re.compile(r"(?P<student>[^_/]+)_(?:LATE_)?(?P<user>\d+)_\d+_(?P<file>[^/]+)")
WANTED = (".ipynb", ".zip")


def find(lesson: str, path: Path, release: NotebookNode | None = None) -> list[Submission]:
    """Look through what a class handed in, a folder or a zip archive of it; nothing is written.

    A student's id is the name of the folder or file; Moodle's `Name_number`; Canvas' first field, with the
    user's number where two share it.

    Args:
        lesson: its name.
        path: the folder or archive.
        release: the student's notebook, to choose the one meant where somebody handed in several.

    Raises:
        CourseError: if there is nothing to grade.
    """
    if not path.is_dir() and not (path.is_file() and path.suffix.lower() == ".zip"):
        raise CourseError(f"there is no folder {path}")
    piles = _piles(path)
    found = [
        replace(choose(lesson, student, piles[student], release), called=piles[student].called)
        for student in sorted(piles)
    ]
    if all(submission.reason for submission in found):
        why = f" ({found[0].student}: {found[0].reason})" if found else ""
        raise CourseError(f"nothing to grade in {path}: expected STUDENT/{lesson}.ipynb in it{why}")
    return found


def _piles(path: Path) -> dict[str, Pile]:
    """Sort the files by student."""
    listed = [(PurePosixPath(_clean(name)), name, wrong) for name, wrong in files(path)]
    listed = [entry for entry in listed if entry[0].parts and not _hidden(entry[0])]
    tops = {shown.parts[0] for shown, *_ in listed}
    deep = [shown for shown, *_ in listed if shown.suffix in WANTED]
    wrapped = path.is_file() and len(tops) == 1 and deep and all(len(shown.parts) > 2 for shown in deep)
    users: dict[str, set[str]] = {}
    for shown, *_ in listed:
        if len(shown.parts) == 1 and (canvas := CANVAS.fullmatch(shown.name)):
            users.setdefault(canvas["student"], set()).add(canvas["user"])
    piles: dict[str, Pile] = {}
    for shown, name, wrong in listed:
        if wrapped and len(shown.parts) == 1:
            continue
        inner = PurePosixPath(*shown.parts[1:]) if wrapped else shown
        student, file = _whose(inner, name.endswith("/"), users)
        student = harmless(student)
        if not student:
            continue
        pile = piles.setdefault(student, Pile())
        pile.called = pile.called or _called(inner.parts[0])
        if file.lower().endswith(WANTED):
            _add(pile, path, name, file, wrong)
    return piles


def _whose(shown: PurePosixPath, folder: bool, users: dict[str, set[str]]) -> tuple[str, str]:
    """Return the student's id and what the student called the file; no id where it is nobody's."""
    top, rest = shown.parts[0], "/".join(shown.parts[1:])
    if moodle := MOODLE.fullmatch(top):
        return moodle["student"], rest or moodle["file"]
    if rest or folder:
        return top, rest
    if canvas := CANVAS.fullmatch(top):
        shared = len(users[canvas["student"]]) > 1 if canvas["student"] in users else False
        return canvas["student"] + f"_{canvas['user']}" * shared, canvas["file"]
    return (shown.stem, top) if top.lower().endswith(WANTED) else ("", "")


def _called(top: str) -> str:
    """Return a folder's or file's name where Moodle or Canvas gave it."""
    return top if MOODLE.fullmatch(top) or CANVAS.fullmatch(top) else ""


def _add(pile: Pile, path: Path, name: str, file: str, wrong: str) -> None:
    """Put a notebook, or those in an archive, on a student's pile."""
    home, inside = (path / name, ()) if path.is_dir() else (path, (name,))
    if wrong:
        pile.wrong.append(f"{file}: {wrong}")
    elif file.lower().endswith(".ipynb"):
        pile.notebooks.append((home, inside, file))
    else:
        try:
            for entry, bad in members(home, inside):
                if entry.lower().endswith(".ipynb") and not _hidden(PurePosixPath(_clean(entry))):
                    if bad:
                        pile.wrong.append(f"{file}: {entry}: {bad}")
                    else:
                        pile.notebooks.append((home, (*inside, entry), _clean(entry)))
        except Unsafe as error:
            pile.wrong.append(f"{file}: {error}")


def _clean(name: str) -> str:
    """Return a path as it is shown: relative, without the parts that lead nowhere."""
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def _hidden(shown: PurePosixPath) -> bool:
    return shown.parts[0].startswith("_") or any(part.startswith(".") for part in shown.parts)
