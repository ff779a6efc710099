"""What goes back through nbgrader's own commands: its exchange with feedback, its export."""

import csv
import os
from pathlib import Path

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash
from small_class import ESSAY, LESSON, RIGHT, course, hand_in

from helpers.grading.classroom.grade import grade
from helpers.grading.course import Course
from helpers.grading.intake.submission import SECRET, STAMP, Submission, take
from helpers.grading.returning import feedback

__all__ = ["course"]


def graded(course: Course, *students: str) -> None:
    grade(
        course,
        LESSON,
        [Submission(s, course.work("submitted", s, LESSON, f"{LESSON}.ipynb")) for s in students],
    )


def released(course: Course) -> set[str]:
    config = course.config
    config.CourseDirectory.assignment_id = LESSON
    config.CourseDirectory.student_id = "*"
    Path(config.Exchange.root).mkdir(exist_ok=True)
    ExchangeReleaseFeedback(
        CourseDirectory(config=config), Authenticator(config=config), config=config
    ).start()
    return set(os.listdir(Path(config.Exchange.root, config.CourseDirectory.course_id, "feedback")))


def page_of(secret: str) -> str:
    return f"{notebook_hash(secret=secret, notebook_id=LESSON)}.html"


def test_feedback_goes_back_through_the_exchange_and_follows_what_was_handed_in_last(course: Course) -> None:
    secret = course.work("submitted", "ada", LESSON, SECRET)
    secret.write_text("of ada")
    graded(course, "ada", "bob")  # bob's came by mail: no time, no secret
    pages = released(course)
    assert page_of("of ada") in pages
    assert len(pages) == 2
    secret.write_text("of ada, again")
    secret.with_name(STAMP).write_text("2026-03-02 12:00:00 UTC")
    graded(course, "ada", "bob")
    assert page_of("of ada, again") in released(course)
    beside = feedback.page(course, LESSON, "ada").with_name(STAMP)
    assert beside.read_text() == "2026-03-02 12:00:00 UTC"


def test_what_the_exchange_put_beside_a_notebook_is_taken_along(course: Course, tmp_path: Path) -> None:
    there = course.work("submitted", "ada", LESSON)
    there.joinpath(SECRET).write_text("of ada")
    there.rename(tmp_path / "ada")
    take(course, LESSON, Submission("ada", tmp_path / "ada" / f"{LESSON}.ipynb"))
    assert [(there / name).read_text() for name in (SECRET, STAMP)] == ["of ada", "2026-03-01 12:00:00 UTC"]
    take(course, LESSON, Submission("eve", tmp_path / "ada" / f"{LESSON}.ipynb", stamped=False))
    assert not course.work("submitted", "eve", LESSON, SECRET).exists()


@pytest.mark.parametrize("name", ["=1+1", "Smith, J"])
def test_a_name_is_a_field_of_the_export_and_no_formula(course: Course, name: str) -> None:
    hand_in(course, name, RIGHT, ESSAY)
    graded(course, name)
    for path in (course.work("export", f"{LESSON}.csv"), course.work("marks", f"{LESSON}.csv")):
        heads, row = csv.reader(path.read_text("utf-8").splitlines())
        told = dict(zip(heads, row, strict=True))
        assert told.get("student_id", told.get("student")) == name.replace("=", "'=")
