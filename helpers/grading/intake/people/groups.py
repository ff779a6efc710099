"""Who handed in together: a submission is graded once, under the group's name, and counts for each member."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.grading.atomic import replace
from helpers.grading.course import Course


def remember(course: Course, lesson: str, groups: Mapping[str, Iterable[str]]) -> None:
    """Keep whose each group's submission is; what is known of other groups of the lesson stays."""
    if groups:
        kept = members(course, lesson) | {group: tuple(who) for group, who in groups.items()}
        replace(_path(course, lesson), json.dumps(kept, indent=1, ensure_ascii=False))


def members(course: Course, lesson: str) -> dict[str, tuple[str, ...]]:
    """Return the ids of the members of each group, by what the gradebook calls the group."""
    try:
        told = json.loads(_path(course, lesson).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {group: tuple(who) for group, who in told.items()}


def whose(course: Course, lesson: str, student: str) -> tuple[str, ...]:
    """Return for whom a submission counts: the members of the group, or the student alone."""
    return members(course, lesson).get(student, (student,))


def _path(course: Course, lesson: str) -> Path:
    return course.work("groups", f"{lesson}.json")
