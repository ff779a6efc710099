"""A student's feedback as one page: nothing is loaded from elsewhere, no script, all texts are cleaned."""

import re
from functools import cache
from pathlib import Path

from helpers.checks.lessons import tasks
from helpers.grading.bounded import bounded
from helpers.grading.course import Course
from helpers.grading.environment import digest
from helpers.grading.marks.reader import tell
from helpers.grading.returning.class_report.html import Markup, document, told
from helpers.grading.returning.feedback_page import lesson as lessons
from helpers.grading.returning.feedback_page.answers import answers, essays, own
from helpers.grading.returning.feedback_page.student import Pupil, pupil
from helpers.grading.returning.feedback_page.top import earned, following, opening

PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
HERE = Path(__file__).parent
PARTS = {
    "earned": "What you earned",
    "next": "What to try next",
    "answers": "Your answers",
    "essays": "In your own words",
    "own": "Cells of your own",
}
BYTES = 108_000  # of a page's parts, pictures apart
LENGTHS = (12_000, 3_000, 800)  # characters of an answer that are shown, the first that fit


class Writer:
    """Makes the pages of a lesson, one after the other, from what the gradebook says when it is begun."""

    def __init__(self, course: Course, lesson: str):
        self._course = course
        self._lesson = lessons.of(course, lesson)
        self._told = tell(course, lesson)

    def page(self, student: str) -> str:
        """Return a student's page.

        Raises:
            CourseError: where what was handed in asks for more than one page may take.
            OSError, LookupError: where there is no graded notebook, or nothing in the gradebook.
        """
        known = self._told[student]
        with bounded("Its feedback page"):
            return page(self._lesson, pupil(self._course, self._lesson, student, known))


def page(lesson: lessons.Lesson, about: Pupil) -> str:
    """Return the page."""
    parts = _parts(about)
    when = about.told.submitted
    handed_in = f", handed in on {when.day} {when:%B %Y at %H:%M} UTC" if when else ""
    links = "".join(f'<a href="#{name}">{told(PARTS[name])}</a>' for name in parts)
    top = [
        Markup(f'<p class="soft">For <span class="id">{told(about.student)}</span>{handed_in}.</p>'),
        opening(about),
        Markup(f'<nav aria-label="On this page">{links}</nav>'),
    ]
    title = f"{lesson.title}: your feedback"
    return document(title, top, "\n".join(parts.values()), own_style(), pictures=True)


def _parts(about: Pupil) -> dict[str, Markup]:
    """Return the parts of a page that there are, with as much of answers and lesson as it has room for."""
    for most in LENGTHS:
        parts = {
            "earned": earned(about),
            "next": following(about, 0),
            "answers": answers(about, most),
            "essays": essays(about),
            "own": own(about, most),
        }
        room = BYTES - sum(len(PICTURE.sub("", part).encode()) for part in parts.values())
        if room >= 0:
            parts["next"] = following(about, room)
            break
    return {name: part for name, part in parts.items() if part}


@cache
def own_style() -> str:
    """Return the rules of the page that others don't have: of answers and formulas."""
    return "\n" + (HERE / "page.css").read_text("utf-8")


def made_of(course: Course, lesson: str) -> str:
    """Return a hash of what all pages of a lesson share, so that those of another version are made again."""
    hints = [task.hints for task in tasks(lesson).values()]
    return digest([_look(), course.instructor(lesson).read_text("utf-8"), hints])


@cache
def _look() -> str:
    files = sorted([*HERE.glob("*.py"), *HERE.glob("*.css")])
    return digest([document("", [], ""), *(path.read_text("utf-8") for path in files)])
