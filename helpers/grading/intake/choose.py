"""Choose the notebook that is meant among all that a student handed in."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from nbformat import NotebookNode

from helpers.grading import CourseError
from helpers.grading.course import skew
from helpers.grading.intake.match import likeness
from helpers.grading.intake.submission import Submission
from helpers.grading.intake.untrusted import read

VERSION = re.compile(r"-(\d+)$")


@dataclass
class Pile:
    """What one student handed in.

    Attributes:
        notebooks: archive or file, members and name of each.
        wrong: what can't be read.
        called: what Moodle or Canvas called the first of it.
    """

    notebooks: list[tuple[Path, tuple[str, ...], str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    called: str = ""


def choose(lesson: str, student: str, pile: Pile, release: NotebookNode | None) -> Submission:
    """Choose the notebook that is meant: this lesson's, the last version, the fullest, the best named."""
    if set(student) & set("*?[]"):
        return Submission(
            student, None, "nbgrader can't take a name with * ? [ or ] in it: rename the folder"
        )
    wrong = "; ".join(pile.wrong)
    if not pile.notebooks:
        return Submission(student, None, f"no {lesson}.ipynb was handed in" + f" ({wrong})" * bool(wrong))
    ranked: list[tuple[tuple[bool, bool, int, int, bool, int], int, Submission, str]] = []
    why, notebooks = {}, {}
    for home, inside, file in sorted(pile.notebooks, key=lambda entry: entry[2]):
        entry = Submission(student, home, members=inside)
        alike, filled = True, 0
        try:
            data = entry.read()
            notebooks[file] = read(data)
            if release is not None and len(pile.notebooks) > 1:
                alike, filled = likeness(release, data)
        except CourseError as error:
            why[file], alike = f"its notebook can't be read: {error}", False
        stem = unicodedata.normalize("NFC", PurePosixPath(file).stem)
        version = VERSION.search(stem.removeprefix(lesson))
        rank = file not in why, alike, int(version[1]) if version else 0, filled, stem == lesson, -len(file)
        ranked.append((rank, len(ranked), entry, file))
    _, _, best, chosen = max(ranked, key=lambda r: (r[0], -r[1]))
    if chosen in why:
        return Submission(student, best.path, why[chosen], wrong, best.members)
    others = [file for *_, file in ranked if file != chosen]
    remarks = [f"{chosen} counts, not {', '.join(others)}"] if others else []
    if PurePosixPath(chosen).name != f"{lesson}.ipynb" and not others:
        remarks.append(f"the notebook is called {PurePosixPath(chosen).name}")
    remarks += pile.wrong
    if other := _older(lesson, notebooks[chosen].metadata):
        remarks.append(f"made from another release, which differs in {', '.join(other)}")
    return Submission(student, best.path, "", "; ".join(remarks), best.members)


def _older(lesson: str, metadata: Mapping[str, Any]) -> list[str]:
    course = metadata.get("course")
    tasks = course.get("tasks") if isinstance(course, dict) else None
    return skew(lesson, {"course": {"tasks": tasks}}) if isinstance(tasks, dict) else []
