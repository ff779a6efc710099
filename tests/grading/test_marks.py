"""The one writer says what nbgrader's own Autograde would, and leaves alone what people wrote."""

import csv
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from helpers.grading import CourseError
from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Ending, execute
from helpers.grading.course import Course
from helpers.grading.intake.submission import STAMP, Submission
from helpers.grading.marks import writer
from helpers.grading.marks.reader import Marks, read
from helpers.grading.marks.release import release
from helpers.grading.marks.stock import autograde

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01-perceptron"
RIGHT = "def heaviside(z):\n    return (z > 0) * 1.0"
WRONG = "def heaviside(z):\n    return (z >= 0) * 1.0"
ESSAY = "Because a line can't bend."


def hand_in(course: Course, student: str, heaviside: str | None, essay: str | None, stamp: str = "") -> None:
    """Write a submission."""
    notebook = nbformat.read(course.work("release", LESSON, f"{LESSON}.ipynb"), as_version=4)
    for cell in notebook.cells:
        if cell.id == "heaviside" and heaviside is not None:
            cell.source = heaviside
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata and essay is not None:
            cell.source = essay
    path = course.work("submitted", student, LESSON, f"{LESSON}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    if stamp:
        path.with_name(STAMP).write_text(stamp)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(ROOT).copy_to(tmp_path, LESSON)
    release(course, LESSON)
    hand_in(course, "ada", RIGHT, ESSAY, "2026-03-01 12:00:00 UTC")
    hand_in(course, "bob", WRONG, None)
    hand_in(course, "eve", None, ESSAY)
    return course


def told(course: Course) -> dict[str, Any]:
    """Return all that the gradebook says of the lesson, by nbgrader's own interface."""
    found: dict[str, Any] = {}
    with open_(course) as gradebook:
        for submission in gradebook.assignment_submissions(LESSON):
            student = submission.student.id
            found[student, "when"] = submission.timestamp
            for notebook in submission.notebooks:
                found[student, "late"] = notebook.late_submission_penalty
                for grade in notebook.grades:
                    row = grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.score
                    found[student, grade.name] = row
                for comment in notebook.comments:
                    found[student, "to", comment.name] = comment.auto_comment, comment.comment
    return found


def open_(course: Course) -> Gradebook:
    settings = course.config.CourseDirectory
    return Gradebook(settings.db_url, settings.course_id)


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


def essay_of(course: Course) -> str:
    cells = nbformat.read(course.instructor(LESSON), as_version=4).cells
    return next(
        c.id for c in cells if c.cell_type == "markdown" and c.metadata.get("nbgrader", {}).get("grade")
    )


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
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = course.config
    config.LateSubmissionPlugin.penalty_method = "zero"
    monkeypatch.setattr(Course, "config", property(lambda self: config.copy()))
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


def test_feedback_and_export_are_nbgraders_own_and_say_the_same(course: Course) -> None:
    found = [
        Submission(name, course.work("submitted", name, LESSON, f"{LESSON}.ipynb")) for name in ("ada", "bob")
    ]
    rows = grade(course, LESSON, found)
    page = course.work("feedback", "bob", LESSON, f"{LESSON}.html").read_text()
    assert "Comments" in page
    assert "heaviside: 0" in page
    with course.work("export", f"{LESSON}.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == {row.student: row.total for row in rows} == {"ada": 1.0, "bob": 0.5}
