"""ILIAS' download of all submissions: a folder for each person, `Doe_Jane_jdoe_261`, or for each team.

A name alone does not tell that it is ILIAS'. It is where every notebook lies in such a folder, and these are
side by side: at the top, or below the folders of the exercise and its submissions.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from helpers.grading.intake.people.layouts import Export, Source, Submitter, System

PERSON = re.compile(r"(?P<name>.+_.+)_(?P<login>[^_]+)_(?P<number>\d+)", re.DOTALL)
TEAM = re.compile(r"[^\W\d_]+[ _](?P<number>\d+)")  # in any language; persons' folders are in it
LATE = re.compile(r"([^\W\d_][^\d_/]*?) - ")  # in any language, before the name of a file that came late
LEVELS = range(3)  # how many folders they may be below


def export(
    listed: Sequence[tuple[PurePosixPath, str]], wanted: Callable[[PurePosixPath], bool]
) -> Export | None:
    """Return what ILIAS exported; None where the folders are not ILIAS'.

    Args:
        listed: each file, as it is shown and as it is called; folders end in a slash.
        wanted: whether a file may be what somebody handed in.
    """
    files = [shown for shown, name in listed if not name.endswith("/") and wanted(shown)]
    for level in LEVELS:
        tops = {shown.parts[:level] for shown in files}
        if len(tops) == 1 and all(_is_below(shown.parts[level:-1]) for shown in files):
            top = tops.pop()
            folders = [
                shown.parts[level : len(shown.parts) - (not name.endswith("/"))]
                for shown, name in listed
                if shown.parts[:level] == top
            ]
            return Export(PurePosixPath(*top), _sources(folders))
    return None


def _is_below(folders: Sequence[str]) -> bool:
    """Whether a file in these folders lies in a person's, or in a person's of a team."""
    inner = folders[1:] if folders and TEAM.fullmatch(folders[0]) else folders
    return bool(inner and PERSON.fullmatch(inner[0]))


def _sources(folders: Sequence[Sequence[str]]) -> dict[str, Source]:
    found: dict[str, set[str]] = {}
    for one in folders:
        if one and (PERSON.fullmatch(one[0]) or TEAM.fullmatch(one[0])):
            found.setdefault(one[0], set()).update(one[1:2])
    return {folder: _source(folder, inner) for folder, inner in found.items()}


def _source(folder: str, inner: set[str]) -> Source:
    team = TEAM.fullmatch(folder)
    people = (
        tuple(map(_submitter, sorted(filter(PERSON.fullmatch, inner)))) if team else (_submitter(folder),)
    )
    return Source(System.ILIAS, folder, team["number"] if team else "", folder, "", people)


def _submitter(folder: str) -> Submitter:
    """Return what a folder tells of a person; a login with a _ in it, or a name, can't be told apart."""
    told = PERSON.fullmatch(folder)
    assert told
    return Submitter("", "", told["login"] if told["name"].count("_") == 1 else "", told["number"])
