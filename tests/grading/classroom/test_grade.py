"""One submission that breaks stops no other: each student has a row, and a reason where something went wrong."""

import csv
import json
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from tiny_lesson import LESSON as LESSON_TEXT
from tiny_lesson import TINY

from helpers.grading import cli
from helpers.grading.authoring.build import build, write
from helpers.grading.course import Course
from helpers.grading.judging.assignment import seed_of
from helpers.grading.marks.release import release

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"


Graded = tuple[Course, dict[str, dict[str, str]]]


def hand_in_all(handed_in: Path) -> None:
    """Write a class with all kinds of trouble."""
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


def grade(handed_in: Path, folder: Path, *options: str) -> Graded:
    """Run `course grade` and read the marks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        words = ["course", "grade", LESSON, "--submitted", str(handed_in), "--to", str(folder), *options]
        patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit, match="0"):
            cli.main()
    with (folder / ".nbgrader" / "marks" / f"{LESSON}.csv").open() as file:
        return Course(folder), {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class as it is graded."""
    hand_in_all(handed_in := tmp_path_factory.mktemp("in"))
    return grade(handed_in, tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """A part of the class, graded without a sandbox."""
    hand_in_all(handed_in := tmp_path_factory.mktemp("in"))
    for student in handed_in.iterdir():
        if student.name not in ("ada", "cut", "dead", "mute", "sly"):
            shutil.rmtree(student)
    return grade(handed_in, tmp_path_factory.mktemp("class"), "--sandbox", "none")


def test_every_student_has_a_row(graded: Graded) -> None:
    assert [*graded[1]] == ["ada", "bob (é)", "bob [1]", "cut", "dead", "mute", "old", "sly", "text", "void"]


@pytest.mark.parametrize("student", ["ada", "bob (é)", "old"])
def test_the_others_are_graded(graded: Graded, student: str) -> None:
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
        ("bob [1]", "nbgrader takes it for a pattern: give another id, in the name of its folder"),
        ("text", "its notebook can't be read"),
        ("void", f"no {LESSON}.ipynb was handed in"),
    ],
)
def test_what_could_not_be_graded_has_a_reason_and_no_zero(graded: Graded, student: str, reason: str) -> None:
    from nbgrader.api import Gradebook

    course, rows = graded
    assert reason in rows[student]["remark"]
    assert rows[student]["total"] == rows[student]["heaviside"] == ""
    assert student not in course.work("export", f"{LESSON}.csv").read_text()  # where nbgrader would say 0.0
    with Gradebook(course.config.CourseDirectory.db_url, "deep-learning") as gradebook:
        assert gradebook.find_submission(LESSON, student).needs_manual_grade


@pytest.mark.parametrize(("student", "reason"), [("dead", "DeadKernelError"), ("mute", "gave no score")])
def test_without_a_sandbox_too_nothing_is_silently_zero(bare: Graded, student: str, reason: str) -> None:
    course, rows = bare
    assert reason in rows[student]["remark"]
    assert rows[student]["total"] == ""
    assert student not in course.work("export", f"{LESSON}.csv").read_text()


def test_without_a_sandbox_a_deleted_check_is_left_open_and_a_tag_skips_none(bare: Graded) -> None:
    rows = bare[1]
    assert (rows["cut"]["heaviside"], rows["cut"]["neuron"]) == ("", "0.0")
    assert rows["cut"]["remark"] == "not in the notebook: check-heaviside"
    assert rows["sly"]["heaviside"] == "0.0"
    assert rows["ada"]["heaviside"] == "1.0"


def test_a_deleted_check_is_put_back_and_told(graded: Graded) -> None:
    row = graded[1]["cut"]
    assert (row["heaviside"], row["neuron"]) == ("0.0", "0.0")
    assert "repaired: " in row["remark"]
    assert "check-heaviside" in row["remark"]


def test_a_tag_in_a_submission_skips_no_check_and_looks_tampered_with(graded: Graded) -> None:
    assert graded[1]["sly"]["heaviside"] == "0.0"
    assert "looks tampered with: a check was given the tag 'experiment'" in graded[1]["sly"]["remark"]


def test_an_answer_that_ends_the_process_is_told_and_the_rest_is_graded(graded: Graded) -> None:
    course, rows = graded
    assert (rows["dead"]["heaviside"], rows["dead"]["total"]) == ("0.0", "0.0")
    told = json.loads(course.work("verdicts", LESSON, "dead.json").read_text())["checks"]
    assert told["heaviside"]["state"] == "crashed"
    assert "ended itself with exit code 1" in told["heaviside"]["parts"][0]["says"]
    assert told["neuron"]["state"] == "not attempted"
    assert (
        "ended itself with exit code 1"
        in course.work("feedback", "dead", LESSON, f"{LESSON}.html").read_text()
    )


def test_marks_are_stable_and_the_seed_is_kept(graded: Graded) -> None:
    seeds = json.loads(graded[0].work("seeds.json").read_text())
    assert seed_of(graded[0], LESSON) == seeds[LESSON]


def test_a_submission_made_from_another_release_says_so(
    graded: Graded,
) -> None:
    assert graded[1]["old"]["remark"] == "made from another release, which differs in neuron"


def test_no_source_is_released(course: Course) -> None:
    course.source(TINY).write_text(LESSON_TEXT)
    write(build(course, [TINY]))
    release(course, TINY)
    assert [p.name for p in course.work("release").rglob("*") if p.is_file()] == [f"{TINY}.ipynb"]


def test_a_script_can_have_it_short_or_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"ada": Course(ROOT).student(LESSON).read_text(), "bob": "not a notebook"}.items():
        path = tmp_path / "in" / name / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    grade(tmp_path / "in", tmp_path / "class", "--quiet")
    assert capsys.readouterr().out == "2 students, 1 graded, 1 needs a person.\n"
    grade(tmp_path / "in", tmp_path / "class", "--json", "--new-seed")
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["graded"] == 1
    assert [(row["student"], row["total"], row["ending"]) for row in told["rows"]] == [
        ("ada", 0.0, "graded"),
        ("bob", None, "needs a person"),
    ]
    grade(tmp_path / "in", tmp_path / "class", "--quiet")
    assert capsys.readouterr().out == "2 students, 1 unchanged, 1 needs a person.\n"
