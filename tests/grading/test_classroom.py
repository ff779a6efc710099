"""One submission that breaks stops no other: each student has a row, and a reason where something went wrong."""

import csv
import json
import sys
from pathlib import Path

import nbformat
import pytest
from test_build import LESSON as LESSON_TEXT
from test_build import TINY

from helpers.grading import cli
from helpers.grading.build import build, write
from helpers.grading.classroom import release
from helpers.grading.course import Course

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01-perceptron"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, dict[str, dict[str, str]]]:
    """What `course grade` makes of a class with all kinds of trouble."""
    handed_in = tmp_path_factory.mktemp("in")
    blank = Course(ROOT).student(LESSON).read_text()

    def hand_in(student: str, text: str, *folders: str) -> None:
        path = handed_in.joinpath(student, *folders, f"{LESSON}.ipynb")
        path.parent.mkdir(parents=True)
        path.write_text(text)

    def edited(name: str, source: str | None) -> str:
        notebook = nbformat.reads(blank, as_version=4)
        notebook.cells = [c for c in notebook.cells if c.id != name or source is not None]
        for cell in notebook.cells:
            cell.source = source if cell.id == name and source is not None else cell.source
        return nbformat.writes(notebook)

    heaviside = "def heaviside(z):\n    return (z > 0) * 1.0"
    hand_in("ada", edited("heaviside", heaviside), LESSON)
    hand_in("bob (é)", edited("heaviside", heaviside))
    hand_in("bob [1]", blank)
    hand_in("cut", edited("check-heaviside", None))
    hand_in("dead", edited("heaviside", "import os; os._exit(1)"))
    sly = nbformat.reads(blank, as_version=4)
    next(c for c in sly.cells if c.id == "check-heaviside").metadata.tags = ["experiment"]
    hand_in("sly", nbformat.writes(sly))
    hand_in("mute", edited("heaviside", "check = lambda task: None"))
    old = json.loads(edited("heaviside", heaviside))
    old["metadata"]["course"]["tasks"]["neuron"]["digest"] = "older"
    hand_in("old", json.dumps(old))
    hand_in("text", "not a notebook")
    (handed_in / "void").mkdir()
    folder = tmp_path_factory.mktemp("class")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(
            sys, "argv", ["course", "grade", LESSON, "--submitted", str(handed_in), "--to", str(folder)]
        )
        with pytest.raises(SystemExit, match="0"):
            cli.main()
    with (folder / ".nbgrader" / "marks.csv").open() as file:
        return Course(folder), {row["student"]: row for row in csv.DictReader(file)}


def test_every_student_has_a_row(graded: tuple[Course, dict[str, dict[str, str]]]) -> None:
    assert [*graded[1]] == ["ada", "bob (é)", "bob [1]", "cut", "dead", "mute", "old", "sly", "text", "void"]


@pytest.mark.parametrize("student", ["ada", "bob (é)", "old"])
def test_the_others_are_graded(graded: tuple[Course, dict[str, dict[str, str]]], student: str) -> None:
    course, rows = graded
    assert (rows[student]["heaviside"], rows[student]["neuron"], rows[student]["total"]) == (
        "1.0",
        "0.0",
        "1.0",
    )
    assert course.work("feedback", student, LESSON, f"{LESSON}.html").is_file()


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("bob [1]", "rename the folder"),
        ("dead", "DeadKernelError"),
        ("mute", "gave no score"),
        ("text", "its notebook can't be read"),
        ("void", f"no {LESSON}.ipynb was handed in"),
    ],
)
def test_what_could_not_be_graded_has_a_reason_and_no_zero(
    graded: tuple[Course, dict[str, dict[str, str]]], student: str, reason: str
) -> None:
    from nbgrader.api import Gradebook

    course, rows = graded
    assert reason in rows[student]["remark"]
    assert rows[student]["total"] == rows[student]["heaviside"] == ""
    assert student not in course.work("grades.csv").read_text()  # where nbgrader would say 0.0
    with Gradebook(course.config.CourseDirectory.db_url, "deep-learning") as gradebook:
        assert gradebook.find_submission(LESSON, student).needs_manual_grade


def test_a_check_that_was_deleted_is_named_and_left_open(
    graded: tuple[Course, dict[str, dict[str, str]]],
) -> None:
    row = graded[1]["cut"]
    assert (row["heaviside"], row["neuron"]) == ("", "0.0")
    assert row["remark"] == "not in the notebook: check-heaviside"


def test_a_tag_in_a_submission_skips_no_check(graded: tuple[Course, dict[str, dict[str, str]]]) -> None:
    assert graded[1]["sly"]["heaviside"] == "0.0"
    assert graded[1]["sly"]["remark"] == ""


def test_a_submission_made_from_another_release_says_so(
    graded: tuple[Course, dict[str, dict[str, str]]],
) -> None:
    assert graded[1]["old"]["remark"] == "made from another release, which differs in neuron"


def test_no_source_is_released(course: Course) -> None:
    course.source(TINY).write_text(LESSON_TEXT)
    write(build(course, [TINY]))
    release(course, TINY)
    assert [p.name for p in course.work("release").rglob("*") if p.is_file()] == [f"{TINY}.ipynb"]
