"""A group's submission is graded once and counts for each; who handed in nothing is a row; strangers are none."""

import csv

from small_class import LESSON, RIGHT, course, hand_in, open_

from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Ending
from helpers.grading.course import Course
from helpers.grading.intake.called import remember
from helpers.grading.intake.people.absent import absent
from helpers.grading.intake.roster import Person, Roster
from helpers.grading.intake.submission import Submission

__all__ = ["course"]


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
    with course.work("marks", f"{LESSON}.csv").open(newline="", encoding="utf-8") as file:
        told = {row["student"]: row for row in csv.DictReader(file)}
    assert set(told) == {"a", "b", "c", "who"}
    assert told["a"]["heaviside"] == told["b"]["heaviside"] == "1.0"
    assert "handed in with Team 2" in told["b"]["remark"]
    assert (told["c"]["total"], told["c"]["remark"]) == ("", "handed in nothing")


def test_who_handed_in_before_is_not_absent(course: Course) -> None:
    roster = Roster((Person("ada"), Person("Bob"), Person("new")))
    assert [s.student for s in absent(course, LESSON, roster, [Submission("BOB", None)])] == ["new"]
