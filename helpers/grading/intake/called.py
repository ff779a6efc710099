"""What the school's system called each submission, kept so that marks and pages find their way back."""

import json
from collections.abc import Iterable
from pathlib import Path

from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.intake.people import groups
from helpers.grading.intake.submission import Submission


def remember(course: Course, lesson: str, found: Iterable[Submission]) -> None:
    """Keep what the school's system called each submission, where it did, and for whom it counts.

    A group's folder tells the group's number, which is no student's: it is not kept.
    """
    found = list(found)
    groups.remember(course, lesson, found)
    kept = recall(course, lesson)
    kept |= {s.student: s.called for s in found if s.called and not (s.stranger or s.people)}
    if kept:
        replace(_path(course, lesson), json.dumps(kept, indent=1, ensure_ascii=False))


def recall(course: Course, lesson: str) -> dict[str, str]:
    """Return what the school's system called submissions, by student."""
    try:
        told = json.loads(_path(course, lesson).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in told.items()} if isinstance(told, dict) else {}


def _path(course: Course, lesson: str) -> Path:
    return course.work("called", f"{lesson}.json")
