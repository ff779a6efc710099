"""A comment to a group of students: theirs alone, once, and after what a teacher wrote."""

import sys

import pytest
from small_class import LESSON, WRONG, course, hand_in, open_, told

from helpers.grading import CourseError, cli
from helpers.grading.classroom.run import execute
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.marks.comments import Commented, comment
from helpers.grading.marks.entry import Entry
from helpers.grading.marks.writer import Writer
from helpers.grading.returning.class_report.gather import gather
from helpers.grading.returning.class_report.groups import grouped

__all__ = ["course"]
SAYS = "Look at z = 0."


@pytest.fixture
def marked(course: Course) -> Course:
    with Writer(course, LESSON) as writer:
        for student in ("ada", "bob", "eve"):
            writer.add(student, Entry({"check-heaviside": 0.0}))
    return course


def test_it_is_written_once_to_those_who_are_named(marked: Course) -> None:
    for wanted in (Commented(("ada", "bob"), (), ()), Commented((), (), ("ada", "bob"))):
        assert comment(marked, LESSON, "heaviside", ["bob", "ada"], f" {SAYS}\n") == wanted
        assert told(marked)["ada", "to", "heaviside"][1] == SAYS
        assert told(marked)["bob", "to", "heaviside"][1] == SAYS
        assert told(marked)["eve", "to", "heaviside"][1] is None
        assert told(marked)["bob", "to", "neuron"][1] is None


def test_a_teachers_own_comment_stays_before_it(marked: Course) -> None:
    with open_(marked) as gradebook:
        gradebook.find_comment("heaviside", LESSON, LESSON, "bob").manual_comment = "Come and see me."
        gradebook.db.commit()
    done = comment(marked, LESSON, "heaviside", ["ada", "bob"], SAYS)
    assert done == Commented(("ada", "bob"), ("bob",), ())
    for _ in range(2):
        assert told(marked)["bob", "to", "heaviside"][1] == f"Come and see me.\n\n{SAYS}"
        assert comment(marked, LESSON, "heaviside", ["bob"], SAYS).there == ("bob",)


def test_a_comment_that_says_nothing_is_refused(marked: Course) -> None:
    with pytest.raises(CourseError, match="an empty comment"):
        comment(marked, LESSON, "heaviside", ["bob"], " \n")


def test_from_what_was_handed_in_to_a_comment(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Judged in the sandbox, grouped, and told to the group by the command."""
    hand_in(course, "kim", WRONG.replace("z", "score"), None)
    execute(course, LESSON, ["ada", "bob", "kim"])
    record = store.read(course, LESSON, "bob")
    assert record
    assert record.checks["heaviside"].trace
    assert record.checks["neuron"].trace is None
    found = grouped(gather(course, LESSON), "heaviside")
    assert [one.students for one in found.groups] == [("bob", "kim"), ("ada",)]
    assert found.groups[0].declared
    assert found.groups[0].shown
    assert (found.groups[0].shown.given, found.groups[0].shown.got) == ("z = [0]", "[1]")
    words = ["course", "comment", LESSON, "heaviside", SAYS, "--group", "1", "--class", str(course.root)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    assert "2 written, 0 already there" in capsys.readouterr().out
    assert told(course)["kim", "to", "heaviside"][1] == SAYS
    assert told(course)["ada", "to", "heaviside"][1] is None
    page = course.work("feedback", "kim", LESSON, f"{LESSON}.html").read_text("utf-8")
    assert SAYS in page
