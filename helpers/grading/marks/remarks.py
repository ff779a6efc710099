"""What grading remarked on each student, kept beside the gradebook, whose tables have no room for it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.grading.atomic import replace
from helpers.grading.course import Course


@dataclass(frozen=True)
class Remark:
    """What the teacher should know of a student's submission, as its last grading told.

    Attributes:
        reason: why it could not be graded; empty where it was.
        intake: what was odd about how it was handed in.
        others: what else there is to know, a sentence each.
    """

    reason: str = ""
    intake: str = ""
    others: tuple[str, ...] = ()


def read(course: Course, lesson: str) -> dict[str, Remark]:
    """Return what was remarked by student; nothing where nothing is kept that can be read."""
    try:
        told = json.loads(_path(course, lesson).read_text("utf-8"))
        return {
            str(student): Remark(str(t["reason"]), str(t["intake"]), tuple(map(str, t["others"])))
            for student, t in told.items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def keep(course: Course, lesson: str, told: Mapping[str, Remark]) -> None:
    """Keep remarks; those on other students stay."""
    kept = {student: asdict(remark) for student, remark in (read(course, lesson) | dict(told)).items()}
    replace(_path(course, lesson), json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False))


def _path(course: Course, lesson: str) -> Path:
    return course.work("remarks", f"{lesson}.json")
