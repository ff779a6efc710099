"""The class list: a person is one student, however the systems write the name, and nobody is ever guessed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.people import tables
from helpers.grading.intake.people.lists import people
from helpers.grading.intake.roster import FILE, Person, Roster, moodle, team, wrong_with

LESSON = "01-perceptron"
ANNA = Person("anna1", "Anna Schmidt", "anna1@example.org", "Team 2", {moodle(LESSON): "8", "Canvas": "4001"})
OTHER = Person("anna2", "Anna Schmidt", "anna2@example.org", "Team 2", {moodle(LESSON): "18"})
NG = Person("ng", "Ng O'Brien", "noid@example.org", "Team 2", {team(LESSON): "Team_Ä 1"})
CLASS = Roster((ANNA, OTHER, NG))


def course_with(tmp_path: Path, text: str | bytes) -> Course:
    (tmp_path / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Course(tmp_path)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert Roster.read(Course(tmp_path)) == Roster()
    CLASS.write(Course(tmp_path))
    assert Roster.read(Course(tmp_path)) == CLASS


def test_a_lookup_finds_exactly_one_person_or_none() -> None:
    assert CLASS.by_id(" ANNA1 ") is ANNA
    assert CLASS.by_email("Anna2@Example.org") is OTHER
    assert CLASS.by_number("8", moodle(LESSON)) is ANNA
    assert CLASS.by_number("8", moodle("02-gradient-descent")) is None
    assert CLASS.by_number("4001", "Canvas") is ANNA
    assert CLASS.by_name("Ng OBrien") is NG
    assert CLASS.by_name("Anna Schmidt") is None  # there are two
    assert CLASS.by_name("") is CLASS.by_email("") is CLASS.by_id("") is None
    doubled = Roster((ANNA, Person("x", numbers={"Canvas": "4001"})))
    assert doubled.by_number("4001", "Canvas") is None


def test_a_group_is_of_a_lesson_where_that_is_said() -> None:
    assert CLASS.members("Team 2", LESSON) == (ANNA, OTHER)
    assert CLASS.members("Team Ä 1", LESSON) == (NG,)  # as Moodle writes it in the name of a file
    assert CLASS.members("Team 2", "02-gradient-descent") == (ANNA, OTHER, NG)
    assert CLASS.members("", LESSON) == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_a_spreadsheet_saves_is_read(tmp_path: Path, encoding: str) -> None:
    text = "ID;Name;Canvas;Notes\r\n jo ;José;7;late?\r\n;;;\r\n"
    [person] = Roster.read(course_with(tmp_path, text.encode(encoding))).people
    assert person == Person("jo", "José", numbers={"Canvas": "7", "Notes": "late?"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,email\nAnna,a@x\n", "needs the column `id`"),
        ("id,name\nanna,A\nANNA ,B\n", "has an id twice: anna, ANNA"),
        ("id,name\n,Anna\n", "in the row ', Anna': the id '' is empty"),
        ("name,id\nAnna\n", "in the row 'Anna': the id '' is empty"),
        ("id,name\na/b,Anna\n", "a folder in a folder"),
        ("id,id\na,b\n", "no column twice"),
        (b"id,name\na,M\xfcller\n", "is not UTF-8"),
        ('id,name\n"a,b\n', "is no CSV table"),
        ("", "needs the column `id`"),
    ],
)
def test_a_list_that_can_not_be_right_is_refused(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        Roster.read(course_with(tmp_path, text))


def test_columns_without_a_head_and_fields_without_a_column_are_left_out(tmp_path: Path) -> None:
    text = "id,name,,\nada,Ada,,,more\nbob\n"
    found = Roster.read(course_with(tmp_path, text)).people
    assert found == (Person("ada", "Ada"), Person("bob"))
    assert people(tmp_path / FILE) == [Person("ada", "Ada"), Person("bob")]


@pytest.mark.parametrize("student", ["a*b", "a?", "[a]", "a/b", "..", " a", "a\n", "", "é" * 101])
def test_an_id_that_nbgrader_can_not_take_is_told(student: str) -> None:
    assert "give a" in wrong_with(student)


@pytest.mark.parametrize("student", ["ada", "_ada", "伟 王", "o'brien", "a@x.org", "1016", "=1+1"])
def test_any_other_id_will_do(student: str) -> None:
    assert wrong_with(student) == ""


def test_a_name_is_never_run_as_a_formula(tmp_path: Path) -> None:
    wild = Roster((Person("=1+1", "@SUM(A1)", "-x@y", "+1"),))
    wild.write(Course(tmp_path))
    assert [row[0] for row in tables.read(tmp_path / FILE)[1:]] == ["'=1+1"]
    assert Roster.read(Course(tmp_path)) == wild


FIELD = st.text(st.sampled_from("ab ,;\"'\n=é-"), max_size=5)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=2), min_size=1, max_size=3))
def test_any_field_survives(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("table") / "a.csv"
    tables.write(path, [["id,", "name"], *rows])
    kept = [[field.strip() for field in row] for row in rows]
    again = [[tables.bare(field).strip() for field in row] for row in tables.read(path)[1:]]
    assert again == [row for row in kept if any(row)]
