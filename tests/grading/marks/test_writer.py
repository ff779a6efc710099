"""The one writer says what nbgrader's own Autograde would, and leaves alone what people wrote."""

import csv
import sqlite3
from datetime import timedelta

import pytest
from small_class import LESSON, RIGHT, course, essay_of, hand_in, open_, told

from helpers.grading import CourseError
from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Ending, execute
from helpers.grading.course import CONFIG, Course
from helpers.grading.intake.submission import Submission
from helpers.grading.marks import writer
from helpers.grading.marks.reader import Marks, read
from helpers.grading.marks.stock import autograde

__all__ = ["course"]


def test_the_writer_says_what_nbgraders_own_autograde_does(course: Course) -> None:
    students = ["ada", "bob", "eve"]
    assert {o.ending for o in execute(course, LESSON, students).values()} == {Ending.GRADED}
    ours = told(course)
    for student in students:
        assert autograde(course, LESSON, student) == ""
    assert told(course) == ours
    assert ours["ada", "check-heaviside"][0] == 1.0
    assert ours["bob", "to", essay_of(course)] == ("No response.", "No response.")
    assert ours["ada", "to", essay_of(course)] == (None, None)
    assert ours["ada", "when"] is not None


def test_what_a_person_wrote_stays_until_something_else_is_handed_in(course: Course) -> None:
    execute(course, LESSON, ["ada"])
    name = essay_of(course)
    with open_(course) as gradebook:
        grade = gradebook.find_grade(name, LESSON, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment(name, LESSON, LESSON, "ada").manual_comment = "Well put."
        gradebook.db.commit()
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.UNCHANGED
    assert told(course)["ada", name] == (None, 1.5, False, 1.5)
    hand_in(course, "ada", RIGHT, "Something else.")
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.GRADED
    assert told(course)["ada", name] == (None, 1.5, True, 1.5)
    assert told(course)["ada", "to", name] == (None, "Well put.")
    assert read(course, LESSON, ["ada"])["ada"].total == 2.5


def test_a_late_submission_is_fined_by_nbgraders_plugin_and_an_extension_takes_it_back(
    course: Course,
) -> None:
    with (course.root / CONFIG).open("a") as file:
        file.write('\nget_config().LateSubmissionPlugin.penalty_method = "zero"\n')
    with open_(course) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate="2026-03-01 11:00:00 UTC")
    execute(course, LESSON, ["ada"])
    assert told(course)["ada", "late"] == 1.0
    assert read(course, LESSON, ["ada"])["ada"] == Marks(read(course, LESSON, ["ada"])["ada"].marks, 0.0, 1.0)
    with open_(course) as gradebook:
        gradebook.grant_extension(LESSON, "ada", hours=2)
        assert gradebook.find_submission(LESSON, "ada").extension == timedelta(hours=2)
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.UNCHANGED
    assert told(course)["ada", "late"] is None


def test_a_gradebook_that_is_locked_loses_nothing(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "WAIT", 100)
    other = sqlite3.connect(course.work("gradebook.db"))
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(CourseError, match="close what else has it open"):
            execute(course, LESSON, ["ada"])
    finally:
        other.close()
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.UNCHANGED
    assert told(course)["ada", "check-heaviside"][0] == 1.0


def test_what_could_not_be_graded_waits_for_a_person(course: Course) -> None:
    course.work("submitted", "bob", LESSON, f"{LESSON}.ipynb").write_text("not a notebook")
    outcome = execute(course, LESSON, ["ada", "bob"])["bob"]
    assert outcome.ending == Ending.PERSON
    assert told(course)["bob", "check-heaviside"] == (None, None, True, 0.0)


def test_feedback_says_the_same_as_nbgraders_own_export(course: Course) -> None:
    found = [
        Submission(name, course.work("submitted", name, LESSON, f"{LESSON}.ipynb")) for name in ("ada", "bob")
    ]
    rows = grade(course, LESSON, found)
    page = course.work("feedback", "bob", LESSON, f"{LESSON}.html").read_text()
    assert "0.5</b><span>of 20 points" in page
    assert "heaviside: 0.5 of 1 point" in page
    with course.work("export", f"{LESSON}.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {row.student: row.total for row in rows} == {"ada": 1.0, "bob": 0.5}
