"""Files as Moodle wrote them, in English and with every head and word translated, and as Canvas and ILIAS do."""

import re
from pathlib import Path

import pytest

from helpers.grading import CourseError
from helpers.grading.returning.fill import Filled, fill
from helpers.grading.returning.systems import CANVAS, ILIAS, MOODLE, System
from helpers.grading.returning.totals import Mark

FILES = Path(__file__).parents[1] / "fixtures"
LESSON = "01-perceptron"
GERMAN = {
    "Identifier": "ID",
    "Full name": "Vollständiger Name",
    "Email address": "E-Mail-Adresse",
    "Grade can be changed": "Bewertung kann geändert werden",
    "Maximum grade": "Höchstwert",
    "Status": "Zustand",
    "Grade": "Bewertung",
    "Participant ": "Teilnehmer/in",
    "Submitted for grading -  - ": "Zur Bewertung abgegeben",
    "Yes": "Ja",
    "Group": "Gruppe",
}


def given(tmp_path: Path, name: str, words: dict[str, str] | None = None) -> Path:
    """Return a copy of a file, with words translated."""
    text = (FILES / name).read_text("utf-8")
    for word, other in (words or {}).items():
        text = text.replace(word, other)
    (path := tmp_path / "given.csv").write_text(text, "utf-8")
    return path


def lines(found: Filled, holding: str) -> list[str]:
    return [line for line in found.sheet.data().decode("utf-8-sig").splitlines() if holding in line]


ZOE = Mark("zoe", "14", 17.5, name="Zoë Größenwahn-Çelik")
ANNA = Mark("anna2", "18", 3.0, name="Anna Schmidt", keys=("anna2", "anna2@example.org"))


@pytest.mark.parametrize("words", [{}, GERMAN])
def test_a_worksheet_in_any_language_gets_marks_in_its_column(tmp_path: Path, words: dict[str, str]) -> None:
    path = given(tmp_path, "moodle/plain.csv", words)
    found = fill(MOODLE, path, [ZOE, ANNA], 20.0, LESSON)
    assert (found.written, found.not_written) == (2, {})
    assert re.search(r",17.5,20.00,(Yes|Ja),", lines(found, "zoe@")[0])
    assert re.search(r",3,20.00,", lines(found, "anna2@")[0])
    assert ",,20.00," in lines(found, "anna1@")[0]


@pytest.mark.parametrize("words", [{}, GERMAN])
def test_the_maximum_is_checked_whatever_its_head_is_called(tmp_path: Path, words: dict[str, str]) -> None:
    path = given(tmp_path, "moodle/hundred.csv", words)
    zoe = Mark("zoe", "48", 18.0, name="Zoë Größenwahn-Çelik")
    with pytest.raises(CourseError, match="counts out of 100 points, the lesson out of 20: --scale"):
        fill(MOODLE, path, [zoe], 20.0, LESSON)
    assert ",90,100.00," in lines(fill(MOODLE, path, [zoe], 20.0, LESSON, scale=True), "zoe@")[0]


def test_another_assignments_number_or_a_groups_gives_nobody_a_mark(tmp_path: Path) -> None:
    path = given(tmp_path, "moodle/plain.csv")
    other = [Mark("zoe", "17", 17.5, name=ZOE.name), Mark("Team 2_2", "2", 9.0, name="Team 2")]
    found = fill(MOODLE, path, other, 20.0, LESSON)
    assert (found.written, [*map(len, found.not_written.values())]) == (0, [2])


def test_anonymous_submissions_are_found_by_number(tmp_path: Path) -> None:
    found = fill(
        MOODLE, given(tmp_path, "moodle/blind.csv"), [Mark("x", "31", 4.0, name="Participant")], 20.0, LESSON
    )
    assert lines(found, "Participant 31")[0].startswith(
        '"Participant 31","Submitted for grading -  - ",4,20.00'
    )


def test_every_member_of_a_group_gets_its_mark(tmp_path: Path) -> None:
    jose = Mark("jose", "67", 9.0, name="José Núñez García", keys=("jose",), graded="Team_Ä 1")
    zoe = Mark("zoe", "61", 9.0, name=ZOE.name, keys=("zoe",), graded="Team_Ä 1")
    found = fill(MOODLE, given(tmp_path, "moodle/team.csv", GERMAN), [jose, zoe], 20.0, LESSON)
    assert [",9,20.00," in line for line in lines(found, "Team_Ä 1")] == [True, True]


def test_moodles_gradebook_is_filled_by_the_class_list(tmp_path: Path) -> None:
    path = given(tmp_path, "moodle/gradebook.csv")
    marks = [
        Mark("zoe", "", 13.5, keys=("zoe", "zoe@example.org")),
        Mark("jr", "", 8.0, name='J. R. Ewing, "Jr."', keys=("jr",)),
        Mark("x", "", 1.0, keys=("1015",)),
    ]
    with pytest.raises(CourseError, match="does not say how many points a mark is out of"):
        fill(MOODLE, path, marks, 20.0, LESSON)
    found = fill(MOODLE, path, marks, 20.0, LESSON, out_of=20, replace=True)
    assert (found.written, found.not_written) == (3, {})
    assert "zoe@example.org,13.5,-," in lines(found, "zoe@")[0]
    assert "dots@example.org,8,-," in lines(found, "dots@")[0]
    assert "comma@example.org,1,-," in lines(found, "comma@")[0]
    column = "Assignment: Team work (Real)"
    assert (
        "zoe@example.org,12.00,-,-,13.5,"
        in lines(fill(MOODLE, path, marks[:1], 20.0, LESSON, column=column, scale=False), "zoe@")[0]
    )


def test_two_of_a_name_are_never_told_apart_by_it(tmp_path: Path) -> None:
    anna = Mark("a", "", 1.0, name="Anna Schmidt", keys=("a",))
    found = fill(MOODLE, given(tmp_path, "moodle/plain.csv"), [anna], 20.0, LESSON)
    assert found.not_written == {"twice in the file": ["a"]}


@pytest.mark.parametrize("name", ["plain", "bom", "semi", "names"])
def test_canvas_gradebook_in_its_forms(tmp_path: Path, name: str) -> None:
    jane = Mark("jd", "4001", 10.0)
    found = fill(CANVAS, given(tmp_path, f"canvas/{name}.csv"), [jane], 20.0, LESSON, scale=True)
    wanted = "50" if name == "names" else "10"
    row = next(i for i in range(len(found.sheet.rows)) if "4001" in found.sheet.rows[i])
    column = next(j for j, head in enumerate(found.sheet.heads) if head.startswith(LESSON))
    assert found.sheet.get(row, column) == wanted
    assert found.written == 1
    assert not any("Test" in text or "Points" in text for text in found.not_here)


STATUS = (
    '"update","usr_id","login","lastname","firstname","status","mark","notice","comment"\n'
    '"0","301","jd","Doe","Jane","notgraded","","",""\n"0","302","so","O\'Neil","Sean","notgraded","","",""\n'
)


def test_ilias_status_file_is_filled_and_the_row_is_chosen(tmp_path: Path) -> None:
    (path := tmp_path / "status.csv").write_text(STATUS)
    jane = Mark("x", "", 7.5, name="Jane Doe", keys=("x",))
    found = fill(ILIAS, path, [jane], 20.0, LESSON, scale=False)
    assert found.sheet.data().decode() == STATUS.replace(
        '"0","301","jd","Doe","Jane","notgraded",""', '"1","301","jd","Doe","Jane","notgraded","7.5"'
    )


@pytest.mark.parametrize("system", [MOODLE, CANVAS, ILIAS])
def test_a_table_of_something_else_is_refused(tmp_path: Path, system: System) -> None:
    (path := tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CourseError):
        fill(system, path, [ZOE], 20.0, LESSON)
