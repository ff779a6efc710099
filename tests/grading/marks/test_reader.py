"""What this grader wrote, read by nbgrader's own programs and by what formgrader asks."""

import csv
import os
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from small_class import LESSON, course, essay_of, hand_in, open_
from stock import NBGRADER

from helpers.grading.classroom.run import execute
from helpers.grading.course import Course
from helpers.grading.marks.reader import read

__all__ = ["course"]
NAMES = ["ada", "bob", "eve"]


def nbgrader(course: Course, *words: str) -> str:
    """Run one of nbgrader's programs in the class's folder."""
    run = subprocess.run(
        [*NBGRADER, *words],
        cwd=course.root,
        env={**os.environ, "HOME": str(course.root)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def test_formgrader_lists_what_was_graded(course: Course) -> None:
    execute(course, LESSON, NAMES)
    api = NbGraderAPI(CourseDirectory(config=course.config), config=course.config)
    told = {row["student"]: row for row in api.get_submissions(LESSON)}
    ours = read(course, LESSON, NAMES)
    assert {name: row["score"] for name, row in told.items()} == {n: m.total for n, m in ours.items()}
    assert all(row["autograded"] for row in told.values())
    assert [told[name]["needs_manual_grade"] for name in NAMES] == [True, False, True]  # bob wrote nothing


def test_nbgraders_programs_go_on_from_there(course: Course, tmp_path: Path) -> None:
    execute(course, LESSON, NAMES)
    with open_(course) as gradebook:
        grade = gradebook.find_grade(essay_of(course), LESSON, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.db.commit()
    nbgrader(course, "generate_feedback", LESSON)
    page = course.work("feedback", "ada", LESSON, f"{LESSON}.html").read_text()
    assert "heaviside: 1 of 1 point" in page
    nbgrader(course, "export", "--to", str(tmp_path / "all.csv"))
    with (tmp_path / "all.csv").open() as file:
        told = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert told == {name: m.total for name, m in read(course, LESSON, NAMES).items()}
    assert told == {"ada": 3.0, "bob": 0.5, "eve": 0.0}


def test_plain_autograde_takes_the_same_path(course: Course) -> None:
    hand_in(course, "mal", f"import os\nos.system('touch {course.root}/out')\nos._exit(1)", None)
    nbgrader(
        course,
        "autograde",
        LESSON,
        "--student",
        "mal",
        "--CourseDirectory.release_directory=.nbgrader/release",
    )
    assert not (course.root / "out").exists()
    shown = nbformat.read(course.work("autograded", "mal", LESSON, f"{LESSON}.ipynb"), as_version=4)
    check = next(cell for cell in shown.cells if cell.id == "check-heaviside")
    assert "ended itself with exit code 1" in check.outputs[0].data["text/html"]
    assert read(course, LESSON, ["mal"])["mal"].total == 0.0


@pytest.mark.parametrize("name", ["ada", "bob"])
def test_formgrader_shows_the_verdict_table_under_each_check(course: Course, name: str) -> None:
    execute(course, LESSON, [name])
    shown = nbformat.read(course.work("autograded", name, LESSON, f"{LESSON}.ipynb"), as_version=4)
    tables = [c.outputs[0].data["text/html"] for c in shown.cells if c.id.startswith("check-")]
    assert all("<table" in table and "scope='row'" in table for table in tables)
