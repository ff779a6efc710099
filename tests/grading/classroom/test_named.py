"""One student or one task is graded again and nothing else changes; class files are about the whole class."""

import csv
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from small_class import ESSAY, LESSON, RIGHT, WRONG, course, essay_of, hand_in, open_

from helpers.grading import CourseError, cli
from helpers.grading.classroom.grade import grade
from helpers.grading.course import CONFIG, Course
from helpers.grading.intake.named import before, named
from helpers.grading.intake.roster import Person, Roster
from helpers.grading.intake.submission import Submission
from helpers.grading.judging import store
from helpers.grading.judging.assignment import released
from helpers.grading.marks.reader import read

__all__ = ["course"]
ROOT = Path(__file__).resolve().parents[3]


def submissions(course: Course, *students: str) -> list[Submission]:
    return [Submission(s, course.work("submitted", s, LESSON, f"{LESSON}.ipynb")) for s in students]


def table(course: Course) -> dict[str, dict[str, str]]:
    with course.work("marks", f"{LESSON}.csv").open() as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def command(monkeypatch: pytest.MonkeyPatch, *words: str, code: str = "0") -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["course", "grade", LESSON, *words])
    with pytest.raises(SystemExit, match=code):
        cli.main()


def test_class_files_are_of_the_gradebook_whoever_was_graded_last(course: Course) -> None:
    grade(course, LESSON, [*submissions(course, "ada", "bob"), Submission("eve", None, "it was lost")])
    before, exported = table(course), course.work("export", f"{LESSON}.csv").read_text()
    rows = grade(course, LESSON, submissions(course, "bob"))
    assert [row.student for row in rows] == ["bob"]
    assert table(course) == before
    assert [*before] == ["ada", "bob", "eve"]
    assert (before["eve"]["total"], before["eve"]["remark"]) == ("", "it was lost")
    assert course.work("export", f"{LESSON}.csv").read_text() == exported
    assert "eve" not in exported


def test_one_student_is_graded_again_and_no_other(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(course.work("submitted"), course.root / "in")
    command(monkeypatch, "--submitted", str(folder), "--to", str(course.root), "--quiet")
    ada = store.read(course, LESSON, "ada")
    course.work("verdicts", LESSON, "eve.json").write_text("{}")
    course.work("verdicts", LESSON, "bob.json").write_text("{}")
    command(monkeypatch, "--student", "bob", "--to", str(course.root), "--quiet")
    assert store.read(course, LESSON, "bob")
    assert store.read(course, LESSON, "eve") is None
    assert store.read(course, LESSON, "ada") == ada
    assert [*table(course)] == ["ada", "bob", "eve"]


def test_one_task_is_judged_again_and_no_other(course: Course) -> None:
    grade(course, LESSON, submissions(course, "ada", "bob"))
    path = course.work("verdicts", LESSON, "ada.json")
    told: dict[str, Any] = json.loads(path.read_text())
    told["origin"]["environment"] = "another"
    for name in ("heaviside", "neuron"):
        told["checks"][name].update(points=0.25, definition="another")
    path.write_text(json.dumps(told))
    [row] = grade(course, LESSON, submissions(course, "ada"), again={"neuron"})
    assert (row.marks["heaviside"], row.marks["neuron"]) == (0.25, 0.0)
    record = store.read(course, LESSON, "ada")
    assert record
    assert record.origin.environment == "another"  # so that all is judged by one in the next run
    [row] = grade(course, LESSON, submissions(course, "ada"))
    assert row.marks["heaviside"] == 1.0


def test_one_task_of_something_else_is_refused(course: Course) -> None:
    grade(course, LESSON, submissions(course, "ada"))
    marks = read(course, LESSON)["ada"]
    hand_in(course, "ada", WRONG, "Something else.")
    with pytest.raises(CourseError, match="handed in something else since"):
        grade(course, LESSON, submissions(course, "ada"), again={"neuron"})
    assert read(course, LESSON)["ada"] == marks


def test_what_a_person_wrote_stays_when_one_is_graded_again(course: Course) -> None:
    grade(course, LESSON, submissions(course, "ada"))
    with open_(course) as gradebook:
        found = gradebook.find_grade(essay_of(course), LESSON, LESSON, "ada")
        found.manual_score, found.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    [row] = grade(course, LESSON, submissions(course, "ada"), again=set(store.lessons.tasks(LESSON)))
    assert row.total == 2.5


@pytest.mark.parametrize("place", ["", LESSON])
def test_one_students_own_folder_says_what_it_is(course: Course, tmp_path: Path, place: str) -> None:
    notebook = course.work("submitted", "bob", LESSON, f"{LESSON}.ipynb").read_bytes()
    path = tmp_path / "in" / "bob" / place / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(notebook)
    release = released(course, LESSON)
    for folder in (tmp_path / "in" / "bob", path):
        with pytest.raises(CourseError, match=r"what one student handed in.*--student ID"):
            named(LESSON, folder, [], release, Roster())
        [found] = named(LESSON, folder, ["bob"], release, Roster())
        assert (found.student, found.read()) == ("bob", notebook)
    [found] = named(LESSON, tmp_path / "in", [], release, Roster())
    assert found.student == "bob"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "say what to grade"),
        (["--student", "adda"], "nobody called 'adda' .* did you mean ada"),
        (["--student", "ada", "--task", "soft"], "no task 'soft': its tasks are heaviside, neuron"),
        (["--submitted", ".", "--task", "neuron"], "say whose task"),
        (["--student", "ada", "--new-seed"], "for the whole class"),
        (["--student", "ada", "--task", "neuron", "--sandbox", "none"], "leave out --task"),
    ],
)
def test_what_can_not_be_meant_is_refused(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
) -> None:
    command(monkeypatch, *words, "--to", str(course.root), code="2")
    assert re.search(told, " ".join(capsys.readouterr().err.split()))


def test_who_is_named_twice_is_graded_once(course: Course) -> None:
    hand_in(course, "ada", RIGHT, ESSAY)
    assert [s.student for s in before(course, LESSON, ["ada", "ada"])] == ["ada"]


def test_a_name_that_formgrader_would_take_for_markup_is_shown_with_other_signs(
    course: Course, tmp_path: Path
) -> None:
    for name in ("<img src=x onerror=alert(1)>", 'a";alert(1)//', "O'Neil & co"):
        shutil.copytree(course.work("submitted", "bob"), tmp_path / "in" / name)
    found = named(LESSON, tmp_path / "in", [], released(course, LESSON), Roster())
    assert [s.student for s in found] == ["O'Neil & co", "a”;alert(1)", "‹img src=x onerror=alert(1)›"]


def test_who_is_excluded_by_nbgraders_setting_has_no_row_and_it_is_told(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (course.root / CONFIG).open("a") as file:
        file.write('\nget_config().CourseDirectory.student_id_exclude = "BOB, cy,eve"\n')
    Roster(
        (Person("ada"), Person("bob"), Person("cy"), Person("eve", group="G"), Person("dan", group="G"))
    ).write(course)
    folder = shutil.copytree(course.work("submitted"), course.root / "in")
    (folder / "eve").rename(folder / "G")
    shutil.rmtree(course.work("submitted"))
    command(monkeypatch, "--submitted", str(folder), "--to", str(course.root), "--json")
    out, err = capsys.readouterr()
    assert [row["student"] for row in json.loads(out)["rows"]] == ["dan", "ada"]
    assert (
        "3 left out, as nbgrader_config.py says with CourseDirectory.student_id_exclude: bob, cy, eve." in err
    )
    assert [*table(course)] == ["dan", "ada"]
    assert not course.work("submitted", "bob").exists()
    command(monkeypatch, "--student", "ada", "--to", str(course.root), "--quiet")
    assert "left out" not in capsys.readouterr().err
    with (course.root / CONFIG).open("a") as file:
        file.write('\nget_config().CourseDirectory.student_id_exclude = "ada"\n')
    command(monkeypatch, "--student", "ada", "--to", str(course.root), "--quiet")
    out, err = capsys.readouterr()
    assert (out.strip(), err.count("1 left out")) == ("0 students.", 1)
    assert [*table(course)] == ["dan", "ada"]  # a mark that is there stays
