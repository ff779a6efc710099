"""What grading remarked on each student, kept beside the gradebook, whose tables have no room for it."""

import json
from collections.abc import Iterable, Mapping
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
        place: of nobody's submission, and of who handed in nothing: what the remark is true of, the folder or
            archive that was looked through, or the class list.
    """

    reason: str = ""
    intake: str = ""
    others: tuple[str, ...] = ()
    place: str = ""


def read(course: Course, lesson: str) -> dict[str, Remark]:
    """Return what was remarked by student; nothing where nothing is kept that can be read."""
    try:
        told = json.loads(_path(course, lesson).read_text("utf-8"))
        return {
            str(student): Remark(
                str(t["reason"]), str(t["intake"]), tuple(map(str, t["others"])), str(t.get("place", ""))
            )
            for student, t in told.items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def keep(course: Course, lesson: str, told: Mapping[str, Remark], looked: Iterable[Path] = ()) -> None:
    """Keep remarks; those on other students stay, but for what is no longer true of a place.

    Args:
        course: the class's folder.
        lesson: its name.
        told: by student.
        looked: what the whole of was looked through, or is somewhere in such a place.
    """
    places = {str(part) for path in map(Path.resolve, looked) for part in (path, *path.parents)}
    before = {student: r for student, r in read(course, lesson).items() if r.place not in places}
    kept = {student: asdict(remark) for student, remark in (before | dict(told)).items()}
    replace(_path(course, lesson), json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False))


def _path(course: Course, lesson: str) -> Path:
    return course.work("remarks", f"{lesson}.json")
