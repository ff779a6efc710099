"""A page is never older than the mark, the comment or the notebook that it shows."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from small_class import LESSON, RIGHT, WRONG, course, essay_of, hand_in, open_

from helpers.grading import CourseError
from helpers.grading.classroom.grade import grade
from helpers.grading.course import Course
from helpers.grading.intake.called import remember
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.stock import Log
from helpers.grading.returning import feedback
from helpers.grading.returning.feedback_zip import zipped
from helpers.grading.returning.totals import Mark

__all__ = ["course"]
COMMENT = "Well put."


def submissions(course: Course, *students: str) -> list[Submission]:
    return [
        Submission(
            student,
            course.work("submitted", student, LESSON, f"{LESSON}.ipynb"),
            called=f"{student}_{n + 7}_assignsubmission_file_",
        )
        for n, student in enumerate(students)
    ]


def by_hand(course: Course, score: float = 1.5, comment: str = COMMENT) -> None:
    """Grade ada's essay as formgrader does."""
    with open_(course) as gradebook:
        name = essay_of(course)
        found = gradebook.find_grade(name, LESSON, LESSON, "ada")
        found.manual_score, found.needs_manual_grade = score, False
        gradebook.find_comment(name, LESSON, LESSON, "ada").manual_comment = comment
        gradebook.db.commit()


def page(course: Course) -> str:
    return feedback.page(course, LESSON, "ada").read_text()


MARKS = [Mark(s, number, 18.0, keys=(s,), graded=s) for s, number in (("ada", "7"), ("bob", "8"))]


def sent(course: Course, to: Path) -> str:
    remember(course, LESSON, submissions(course, "ada", "bob"))
    zipped(course, LESSON, MARKS, to)
    with zipfile.ZipFile(to) as archive:
        return archive.read(f"ada_7_assignsubmission_file_/{LESSON}-feedback.html").decode()


def test_after_grading_by_hand_neither_an_old_page_is_kept_nor_sent(course: Course, tmp_path: Path) -> None:
    found = submissions(course, "ada", "bob")
    grade(course, LESSON, found)
    assert COMMENT not in page(course)
    by_hand(course)
    assert COMMENT in sent(course, tmp_path / "first.zip")
    by_hand(course, 2.0, "Better on second reading.")
    grade(course, LESSON, found)
    assert "Better on second reading." in page(course)
    assert "You got 2 of 2 points." in page(course)
    assert page(course) == sent(course, tmp_path / "second.zip")


def test_a_page_that_is_current_is_not_written_again(course: Course) -> None:
    grade(course, LESSON, submissions(course, "ada", "bob"))
    before = feedback.page(course, LESSON, "ada").stat().st_mtime_ns
    by_hand(course)
    grade(course, LESSON, submissions(course, "bob"))
    assert feedback.page(course, LESSON, "ada").stat().st_mtime_ns == before
    assert feedback.current(course, LESSON, ["ada", "bob"]) == {"bob"}
    feedback.refresh(course, LESSON, ["ada", "bob"])
    assert feedback.current(course, LESSON, ["ada", "bob"]) == {"ada", "bob"}


def test_a_page_that_nbgrader_wrote_is_written_again(course: Course) -> None:
    grade(course, LESSON, submissions(course, "ada"))
    config = course.config
    config.CourseDirectory.assignment_id = LESSON
    by_hand(course)
    GenerateFeedback(CourseDirectory(config=config), config=config, log=Log()).start()
    assert COMMENT in page(course)
    assert feedback.current(course, LESSON, ["ada"]) == set()


def unreadable(course: Course) -> None:
    course.work("submitted", "ada", LESSON, f"{LESSON}.ipynb").write_text("no notebook")
    grade(course, LESSON, submissions(course, "ada"))


def anew(course: Course) -> None:
    hand_in(course, "ada", WRONG, "Something else.")


@pytest.mark.parametrize(
    ("change", "why"), [(unreadable, "could not be graded"), (anew, "handed in anew and not graded since")]
)
def test_a_page_of_something_else_than_was_handed_in_is_not_sent(
    course: Course, tmp_path: Path, change: Callable[[Course], None], why: str
) -> None:
    hand_in(course, "ada", RIGHT, "An essay.")
    found = submissions(course, "ada")
    grade(course, LESSON, found)
    remember(course, LESSON, found)
    change(course)
    with pytest.raises(CourseError, match=why):
        zipped(course, LESSON, MARKS[:1], tmp_path / "pages.zip")


def test_a_page_that_can_not_be_made_is_not_there(course: Course) -> None:
    grade(course, LESSON, submissions(course, "ada"))
    course.work("autograded", "ada", LESSON, f"{LESSON}.ipynb").write_text("damaged")
    feedback.refresh(course, LESSON, ["ada"])
    assert not feedback.page(course, LESSON, "ada").exists()


DEADLY = """
import multiprocessing, os
from helpers.grading.returning import feedback_page

def page(self, student, write=feedback_page.Writer.page):
    if student == "bob":
        open({tried!r}, "a").write("x")
        os._exit(1)
    return write(self, student)

if multiprocessing.parent_process():
    feedback_page.Writer.page = page
"""


def test_a_page_that_ends_its_process_costs_nobody_else_theirs(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade(course, LESSON, submissions(course, "ada", "bob", "eve"), pages=False)
    tried = course.root / "tried"
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\n{DEADLY.format(tried=str(tried))}")
    monkeypatch.setattr(feedback, "ALONE", 0)
    monkeypatch.setattr(feedback, "cores", lambda: 2)
    feedback.refresh(course, LESSON, ["ada", "bob", "eve"])
    assert feedback.current(course, LESSON, ["ada", "bob", "eve"]) == {"ada", "eve"}
    assert tried.read_text() == "xx"
