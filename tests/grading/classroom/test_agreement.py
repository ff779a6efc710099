"""A check gives the same points in the notebook, in nbgrader's own autograder, in ours, in validate and the API."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import nbformat
import pytest
from stock import NBGRADER

from helpers.checks import lessons
from helpers.checks.mutants import wrong_source
from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.table import Row
from helpers.grading.course import Course
from helpers.grading.intake.submission import Submission
from helpers.grading.marks.reader import points
from helpers.grading.marks.release import release

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"
FULL, PARTIAL, ZERO, BLANK, BROKEN = "heaviside", "neuron", "xor_network", "hinge", "gates"
STUDENTS = {"plain": None, "precise": "%precision 0", "ugly": "%pprint"}
KEPT = (
    "kept = __import__('sys').stderr  # as a logging handler keeps it: what it gets shows up under the check"
)
NOISE = "print('hm', file=kept, flush=True)"


def answers() -> dict[str, tuple[str | None, float]]:
    """A few tasks' sources, and the points that each must get; the others stay blank."""
    tasks = lessons.tasks(LESSON)
    partial = next(m for m in tasks[PARTIAL].misconceptions if 0 < len(m.fails) < len(tasks[PARTIAL].parts))
    passed = [part.name for part in tasks[PARTIAL].parts if part.name not in partial.fails]
    wrong = wrong_source(tasks[PARTIAL], partial)
    assert 0 < tasks[PARTIAL].score(passed) < tasks[PARTIAL].points
    return {
        FULL: (tasks[FULL].source, tasks[FULL].points),
        PARTIAL: (
            KEPT + "\n" + wrong.replace("    return", f"    {NOISE}\n    return"),
            tasks[PARTIAL].score(passed),
        ),
        ZERO: ("def xor_network():\n    return 1", 0.0),
        BROKEN: ("def gates(:\n    return {}", 0.0),
    }


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, dict[str, Row]]:
    """The real lesson, handed in by three students who answer alike but for one cell at the top."""
    course = Course(ROOT, bare=True).copy_to(tmp_path_factory.mktemp("class"), LESSON)
    release(course, LESSON)
    known = answers()
    for student, line in STUDENTS.items():
        notebook = nbformat.read(course.work("release", LESSON, f"{LESSON}.ipynb"), as_version=4)
        for cell in notebook.cells:
            cell.source = known.get(cell.id, (cell.source, 0))[0]
        if line:
            notebook.cells.insert(0, nbformat.v4.new_code_cell(line))
        path = course.work("submitted", student, LESSON, f"{LESSON}.ipynb")
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    rows = grade(course, LESSON, [Submission(student, None) for student in STUDENTS])
    return course, {row.student: row for row in rows}


@pytest.mark.parametrize("student", STUDENTS)
def test_the_class_table_has_the_known_points(graded: tuple[Course, dict[str, Row]], student: str) -> None:
    row = graded[1][student]
    known = answers()
    tasks = lessons.tasks(LESSON)
    assert row.remark == ""
    assert {task: row.marks[task] for task in tasks} == {
        task: known.get(task, (None, 0))[1] for task in tasks
    }
    assert row.total == sum(points for _, points in known.values())


@pytest.mark.parametrize("student", STUDENTS)
def test_formgraders_data_agree(graded: tuple[Course, dict[str, Row]], student: str) -> None:
    from nbgrader.apps.api import NbGraderAPI

    course, rows = graded
    told = NbGraderAPI(config=course.config).get_submission(LESSON, student)
    assert told["score"] == rows[student].total
    assert told["max_score"] == sum(points(course, LESSON).values())
    assert told["autograded"] is True
    assert told["code_score"] == rows[student].total


@pytest.mark.parametrize("student", STUDENTS)
def test_the_notebooks_own_check_agrees(graded: tuple[Course, dict[str, Row]], student: str) -> None:
    from nbclient import NotebookClient

    course, rows = graded
    notebook = nbformat.read(course.work("submitted", student, LESSON, f"{LESSON}.ipynb"), as_version=4)
    NotebookClient(notebook, allow_errors=True, skip_cells_with_tag="experiment").execute()
    shown = {
        cell.id.removeprefix("check-"): float(output.data["text/plain"])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if cell.id.startswith("check-") and output.output_type == "execute_result"
    }
    assert shown == {task: rows[student].marks[task] for task in lessons.tasks(LESSON)}


def test_nbgraders_own_commands_agree(graded: tuple[Course, dict[str, Row]]) -> None:
    """`nbgrader autograde` and `nbgrader validate`, started in the folder, read its nbgrader_config.py.

    With it, autograde runs student code in the sandbox.
    """
    course, rows = graded
    student = "precise"
    shutil.rmtree(course.work("autograded", student))
    run(course, "autograde", LESSON, f"--student={student}", "--force")
    from nbgrader.api import Gradebook

    with Gradebook(course.config.CourseDirectory.db_url, "deep-learning") as gradebook:
        submission = gradebook.find_submission(LESSON, student)
        grades = {g.name.removeprefix("check-"): g.score for n in submission.notebooks for g in n.grades}
    assert {task: grades[task] for task in lessons.tasks(LESSON)} == {
        task: rows[student].marks[task] for task in lessons.tasks(LESSON)
    }
    told = run(course, "validate", str(course.work("submitted", student, LESSON, f"{LESSON}.ipynb")))
    graded_tasks = [task for task in lessons.tasks(LESSON).values() if task.id != FULL]
    assert f'check("{FULL}")' not in told
    for task in graded_tasks:
        assert f'check("{task.id}")' in told
    assert f"{PARTIAL}: {rows[student].marks[PARTIAL]:g} of " in told  # the verdict, not "partial credit"


def run(course: Course, *args: str) -> str:
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    done = subprocess.run(
        [*NBGRADER, *args], cwd=course.root, text=True, capture_output=True, check=False,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
