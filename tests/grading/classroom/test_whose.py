"""A group's submission is graded once and counts for each; who handed in nothing is a row; strangers are none."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from small_class import LESSON, RIGHT, WRONG, course, hand_in, open_

from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Ending, Outcome
from helpers.grading.course import Course
from helpers.grading.intake.called import remember
from helpers.grading.intake.collect import find
from helpers.grading.intake.people.absent import absent
from helpers.grading.intake.roster import Person, Roster
from helpers.grading.intake.submission import Submission, take
from helpers.grading.marks.entry import Entry
from helpers.grading.marks.writer import Writer
from helpers.grading.returning.totals import totals

__all__ = ["course"]


@pytest.fixture
def told_only(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was handed in so far, and no code is run: a right answer is right, all others are wrong."""
    shutil.rmtree(course.work("submitted"))

    def execute(course: Course, lesson: str, students: list[str], *_: Any) -> dict[str, Outcome]:
        with Writer(course, lesson) as writer:
            for student in students:
                text = course.work("submitted", student, lesson, f"{lesson}.ipynb").read_text()
                writer.add(student, Entry({"check-heaviside": 1.0 if "(z > 0)" in text else 0.5}))
        return {student: Outcome(student) for student in students}

    monkeypatch.setattr("helpers.grading.classroom.grade.execute", execute)


def run(course: Course, folder: Path, *people: Person) -> dict[str, dict[str, str]]:
    """Grade a folder with this class list; return the class's file of marks."""
    roster = Roster(people)
    found = find(LESSON, folder, None, roster)
    found += absent(course, LESSON, roster, found)
    for submission in found:
        take(course, LESSON, submission)
    remember(course, LESSON, found)
    rows = grade(course, LESSON, found, pages=False)
    assert len({row.student for row in rows}) == len(rows)
    return marks(course)


def marks(course: Course) -> dict[str, dict[str, str]]:
    with course.work("marks", f"{LESSON}.csv").open(newline="", encoding="utf-8") as file:
        told = [*csv.DictReader(file)]
    assert len({row["student"] for row in told}) == len(told)
    return {row["student"]: row for row in told}


def lay(course: Course, folder: Path, **answers: str) -> Path:
    """Write submissions into a folder, by the name of each one's own."""
    for name, answer in answers.items():
        hand_in(course, name, answer, None)
        course.work("submitted", name).rename(folder / name)
    return folder


def test_a_group_a_stranger_and_who_handed_in_nothing(course: Course) -> None:
    hand_in(course, "Team 2", RIGHT, None)
    path = course.work("submitted", "Team 2", LESSON, f"{LESSON}.ipynb")
    roster = Roster(
        tuple(Person(who, group=group) for who, group in (("a", "Team 2"), ("b", "Team 2"), ("c", "")))
    )
    found = [
        Submission("Team 2", path, people=("a", "b")),
        Submission("who", None, "nobody knows this one", stranger=True),
    ]
    remember(course, LESSON, found)
    found += absent(course, LESSON, roster, found)
    rows = grade(course, LESSON, found, pages=False)
    assert [(row.student, row.ending) for row in rows] == [
        ("a", Ending.GRADED), ("b", Ending.GRADED), ("who", Ending.PERSON), ("c", Ending.NOTHING),
    ]  # fmt: skip
    assert [row.marks.get("heaviside") for row in rows] == [1.0, 1.0, None, None]
    with open_(course) as gradebook:
        assert [s.student.id for s in gradebook.assignment_submissions(LESSON)] == ["Team 2"]
    told = marks(course)
    assert set(told) == {"a", "b", "c", "who"}
    assert told["a"]["heaviside"] == told["b"]["heaviside"] == "1.0"
    assert "handed in with Team 2" in told["b"]["remark"]
    assert (told["c"]["total"], told["c"]["remark"]) == ("", "handed in nothing")


def test_who_handed_in_before_is_not_absent(course: Course) -> None:
    roster = Roster((Person("ada"), Person("Bob"), Person("new")))
    assert [s.student for s in absent(course, LESSON, roster, [Submission("BOB", None)])] == ["new"]


@pytest.mark.usefixtures("told_only")
def test_a_stranger_is_no_row_any_more_once_the_list_is_mended_or_the_folder_renamed(
    course: Course, tmp_path: Path
) -> None:
    (folder := tmp_path / "in").mkdir()
    lay(course, folder, ada=RIGHT, Doe=RIGHT, who=RIGHT)
    ada, bob, eve = Person("ada"), Person("bob"), Person("eve")
    told = run(course, folder, ada, bob)
    assert {"ada", "bob", "Doe", "who"} == {*told}
    (folder / "who").rename(folder / "bob")
    told = run(course, folder, ada, bob, eve, Person("d1", "Doe"))
    assert {"ada", "bob", "eve", "d1"} == {*told}
    assert told["d1"]["heaviside"] == told["bob"]["heaviside"] == "1.0"
    assert {"ada", "bob", "d1"} == {*run(course, folder, ada, bob, Person("d1", "Doe"))}


@pytest.mark.usefixtures("told_only")
def test_another_folder_forgets_no_stranger_of_the_first(course: Course, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    run(course, lay(course, tmp_path / "first", ada=RIGHT, who=RIGHT), Person("ada"), Person("bob"))
    told = run(course, lay(course, tmp_path / "second", bob=RIGHT), Person("ada"), Person("bob"))
    assert {"ada", "bob", "who"} == {*told}


@pytest.mark.usefixtures("told_only")
def test_who_was_graded_before_there_was_a_list_is_one_person(course: Course, tmp_path: Path) -> None:
    (folder := tmp_path / "in").mkdir()
    lay(course, folder, ada=RIGHT, Doe=RIGHT)
    assert {"ada", "Doe"} == {*run(course, folder)}
    told = run(course, folder, Person("ada"), Person("d1", "Doe"))
    assert {"ada", "d1"} == {*told}
    assert told["d1"]["remark"].startswith("graded before as Doe, which does not count")
    assert {mark.student for mark in totals(course, LESSON, "Moodle")[0]} == {"ada", "d1"}


@pytest.mark.usefixtures("told_only")
def test_who_joins_a_group_has_the_groups_marks_and_who_leaves_it_their_own(
    course: Course, tmp_path: Path
) -> None:
    for name in ("alone", "together", "again"):
        (tmp_path / name).mkdir()
    people = Person("ada", group="pair"), Person("bob", group="pair")
    told = run(course, lay(course, tmp_path / "alone", ada=WRONG), *people)
    assert (told["ada"]["heaviside"], told["bob"]["remark"]) == ("0.5", "handed in nothing")
    told = run(course, lay(course, tmp_path / "together", pair=RIGHT), *people)
    assert [told[who]["heaviside"] for who in ("ada", "bob")] == ["1.0", "1.0"]
    assert told["ada"]["remark"].startswith("handed in with pair; handed in alone as well, which does not")
    found = {mark.student: mark.total for mark in totals(course, LESSON, "Moodle", unfinished=True)[0]}
    assert found == {"ada": 1.0, "bob": 1.0}
    told = run(course, lay(course, tmp_path / "again", ada=WRONG), *people)
    assert [told[who]["heaviside"] for who in ("ada", "bob")] == ["0.5", "1.0"]
    assert len(told) == 2
