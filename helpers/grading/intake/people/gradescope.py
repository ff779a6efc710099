"""Gradescope's download of all submissions: a folder for each, and a list that says whose, and when."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from helpers.grading import CourseError
from helpers.grading.bounded import bounded
from helpers.grading.intake.archives import Unsafe, read
from helpers.grading.intake.people.layouts import Export, Source, Submitter, System
from helpers.grading.intake.submission import FORM

LIST = "submission_metadata.yml"
TOP = re.compile(r"assignment_\d+_export")
SECONDS = 60.0  # to read the list, which holds what Gradescope's own grader printed as well
WHEN = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)")


def export(path: Path, listed: Sequence[tuple[PurePosixPath, str]]) -> Export | None:
    """Return what Gradescope exported; None where its list is not where Gradescope puts it.

    Args:
        path: the folder or archive.
        listed: each file in it, as it is shown and as it is called; folders end in a slash.

    Raises:
        CourseError: where the list can't be read.
    """
    lists = [
        (shown, name)
        for shown, name in listed
        if shown.name == LIST
        and (len(shown.parts) == 1 or (len(shown.parts) == 2 and TOP.fullmatch(shown.parts[0])))
    ]
    if len(lists) != 1:
        return None
    shown, name = lists[0]
    try:
        data = read(path / name) if path.is_dir() else read(path, (name,))
    except Unsafe as error:
        raise CourseError(f"{shown}, which says whose each folder is: {error}") from None
    told = _parsed(data, shown)
    top = shown.parent
    level = len(top.parts)
    there = [
        s.parts[level]
        for s, called in listed
        if s.parts[:level] == top.parts and len(s.parts) > level + (not called.endswith("/"))
    ]
    return Export(
        top, {folder: _source(folder, told.get(folder)) for folder in {**told, **dict.fromkeys(there)}}
    )


def _parsed(data: bytes, shown: PurePosixPath) -> dict[str, Any]:
    """Return what the list says, all of it as texts, lists and dicts: no tag in it makes anything else."""
    import yaml

    with bounded(f"reading {shown}", SECONDS):
        try:
            told = yaml.load(data, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        except (yaml.YAMLError, ValueError) as error:
            why = " ".join(str(error).split())[:200]
            raise CourseError(f"{shown} can't be read, and it says whose each folder is: {why}") from None
    if not isinstance(told, dict):
        raise CourseError(f"{shown} does not say whose each folder is: download the submissions once more")
    return {name: entry for name, entry in told.items() if isinstance(name, str)}


def _source(folder: str, entry: object) -> Source:
    told = entry if isinstance(entry, dict) else {}
    people = told.get(":submitters")
    found = [_submitter(one) for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    known = tuple(dict.fromkeys(one for one in found if one != Submitter()))
    return Source(System.GRADESCOPE, folder, "", folder, _when(told.get(":created_at")), known)


def _submitter(told: dict[Any, Any]) -> Submitter:
    texts = [told.get(key) for key in (":name", ":email", ":sid")]
    name, email, school = (text.strip() if isinstance(text, str) else "" for text in texts)
    return Submitter(name, email, school)


def _when(told: object) -> str:
    """Return a time in nbgrader's form; empty where none is told, or none with its zone."""
    if isinstance(told, dict):  # a time of Ruby's with its zone
        told = told.get("utc")
    found = WHEN.fullmatch(told.strip()) if isinstance(told, str) else None
    if not found:
        return ""
    day, time, zone = found.groups()
    try:
        when = datetime.fromisoformat(f"{day} {time}{'+00:00' if zone in ('Z', 'UTC') else zone}")
        return when.astimezone(UTC).strftime(FORM)
    except (ValueError, OverflowError):
        return ""
