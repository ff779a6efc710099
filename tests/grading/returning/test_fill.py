"""Files shaped like Moodle's and Canvas' come back with the marks in them, and else as they were."""

import json
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.grading import CourseError, cli
from helpers.grading.bench.made_up import make
from helpers.grading.course import Course
from helpers.grading.intake.called import remember
from helpers.grading.intake.collect import find
from helpers.grading.intake.roster import Person, Roster
from helpers.grading.intake.submission import Submission
from helpers.grading.returning import sheets
from helpers.grading.returning.fill import Filled, fill
from helpers.grading.returning.systems import CANVAS, MOODLE, System
from helpers.grading.returning.totals import Mark

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-perceptron"
HEAD = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
WORKSHEET = f"""\
{HEAD}\r
Participant 1001,"Ada, Countess",ada@x.org,Submitted for grading,,20.00,Yes,"Monday, 2 March 2026, 9:00 AM",-,\r
Participant 1002,Bob Ü,bob@x.org,Submitted for grading,,20.00,Yes,-,-,"says ""hm"",\r
and more"\r
Participant 1003,Eve,eve@x.org,No submission,,20.00,Yes,-,-,\r
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,01-perceptron (77),Essay (78),Current Score,Final Score
,,,,,Manual Posting,,,
    Points Possible,,,,,20.0,5.0,(read only),(read only)
"Lovelace, Ada",501,s1,ada,Deep Learning,,4.5,90.0,45.0
"Ü, Bob",502,s2,bob,Deep Learning,11.5,,,
"Eve",503,s3,eve,Deep Learning,,,,
"Student, Test",599,,abc,Deep Learning,,,,
"""


def filled(tmp_path: Path, system: System, data: str | bytes, *marks: Mark, **options: object) -> Filled:
    path = tmp_path / "given.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return fill(system, path, marks, 20.0, "01-perceptron", **options)  # type: ignore[arg-type]


UNKNOWN = (
    "Moodle's number is not known: say which column of the file holds our ids with --id, or make a class list "
    "with `course students`"
)
SOMEBODY_ELSE = (
    "the file gives Moodle's number to somebody else: it is another assignment's file; or a group handed in, "
    "and a class list (`course students`) tells who is in it"
)
ADA, BOB = Mark("Ada Countess_1001", "1001", 17.5), Mark("Bob Ü_1002", "1002", 9.0)


def test_a_moodle_worksheet_gets_marks_and_is_else_as_it_was(tmp_path: Path) -> None:
    found = filled(tmp_path, MOODLE, "\ufeff" + WORKSHEET, ADA, BOB)
    expected = WORKSHEET.replace("ada@x.org,Submitted for grading,,", "ada@x.org,Submitted for grading,17.5,")
    expected = expected.replace("bob@x.org,Submitted for grading,,", "bob@x.org,Submitted for grading,9,")
    assert found.sheet.data() == b"\xef\xbb\xbf" + expected.encode()
    assert (found.written, found.not_written, found.not_here) == (2, {}, ["Participant 1003"])


def test_a_canvas_gradebook_gets_marks_and_is_else_as_it_was(tmp_path: Path) -> None:
    found = filled(tmp_path, CANVAS, GRADEBOOK, Mark("ada", "501", 20.0), Mark("bob", "502", 11.5))
    expected = GRADEBOOK.replace("ada,Deep Learning,,", "ada,Deep Learning,20,")
    assert found.sheet.data().decode() == expected
    assert (found.written, found.same, found.not_here) == (1, 1, ["Eve"])


def test_what_came_back_can_be_filled_again_without_a_change(tmp_path: Path) -> None:
    once = filled(tmp_path, MOODLE, WORKSHEET, ADA, BOB).sheet.data()
    again = filled(tmp_path, MOODLE, once, ADA, BOB)
    assert (again.sheet.data(), again.written, again.same) == (once, 0, 2)


def test_our_ids_may_be_in_another_column(tmp_path: Path) -> None:
    ada = Mark("ada@x.org", "", 3.0)
    assert filled(tmp_path, MOODLE, WORKSHEET, ada, id_column="Email address").written == 1
    assert filled(tmp_path, CANVAS, GRADEBOOK, Mark("s1", "", 3.0), id_column="SIS User ID").written == 1


def test_who_does_not_match_is_told_and_nothing_is_guessed(tmp_path: Path) -> None:
    twice = WORKSHEET + "Participant 1002,Bob again,b@x.org,,,20.00,Yes,-,-,\r\n"
    found = filled(
        tmp_path, MOODLE, twice, BOB, Mark("one", "1001", 1.0), Mark("two", "1001", 2.0), Mark("ida", "1009", 3.0),
        Mark("team", "1003", 5.0, name="Team 3"),
        Mark("Ada Countess", "", 4.0), Mark("eve", "1003", None, "could not be graded"),
    )  # fmt: skip
    assert found.sheet.data().decode() == twice
    assert found.not_written == {
        "twice in the file": ["Bob Ü_1002"],
        "two of ours are one in the file": ["one (Participant 1001)", "two (Participant 1001)"],
        "not in the file": ["ida"],
        SOMEBODY_ELSE: ["team"],
        UNKNOWN: ["Ada Countess"],
        "could not be graded": ["eve"],
    }


def test_nothing_is_overwritten_unless_it_is_asked(tmp_path: Path) -> None:
    bob = Mark("bob", "502", 12.0)
    found = filled(tmp_path, CANVAS, GRADEBOOK, bob)
    assert found.sheet.data().decode() == GRADEBOOK
    assert [*found.not_written.values()] == [["bob: 11.5, not 12"]]
    assert b"bob,Deep Learning,12,," in filled(tmp_path, CANVAS, GRADEBOOK, bob, replace=True).sheet.data()
    locked = filled(tmp_path, MOODLE, WORKSHEET.replace("Yes", "No"), ADA, replace=True)
    assert [*locked.not_written] == ["Moodle says that the mark can't be changed"]


def test_points_are_converted_only_when_asked(tmp_path: Path) -> None:
    other = WORKSHEET.replace("20.00", "100.00")
    with pytest.raises(CourseError, match="out of 100 points, the lesson out of 20: --scale"):
        filled(tmp_path, MOODLE, other, ADA)
    assert b"grading,87.5,100.00" in filled(tmp_path, MOODLE, other, ADA, scale=True).sheet.data()
    assert b"grading,17.5,100.00" in filled(tmp_path, MOODLE, other, ADA, scale=False).sheet.data()


def test_semicolons_commas_in_numbers_and_utf_16_are_kept(tmp_path: Path) -> None:
    text = 'Identifier;Name;Grade;Maximum Grade\nTeilnehmer/in1001;"Ada; C";;"20,00"\n'
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        found = filled(tmp_path, MOODLE, text.encode(encoding), ADA)
        assert found.sheet.data() == text.replace('C";;', 'C";17,5;').encode(encoding)


@pytest.mark.parametrize(
    ("system", "text", "options", "says"),
    [
        (MOODLE, WORKSHEET.replace("20.00", ""), {}, "which column gets the marks with --column; there are: Ident"),
        (MOODLE, WORKSHEET.replace("20.00", ""), {"column": "Grade"}, "not say how many points .* --out-of N"),
        (MOODLE, WORKSHEET, {"id_column": "Login"}, "the column 'Login' is not there; there are: Identifier, "),
        (CANVAS, GRADEBOOK.replace("01-perceptron (77)", "Lesson (77)"), {}, r"are: Lesson \(77\), Essay \(78\)"),
        (CANVAS, GRADEBOOK, {"column": "Final Score"}, "'Final Score' is read only"),
        (MOODLE, 'Identifier,Grade\n"Participant 1001,3\n', {}, "broken in line 2: a quotation mark"),
        (MOODLE, b"Identifier,Grade\nM\xfcller,3\n", {}, "is not UTF-8"),
        (MOODLE, "", {}, "is no CSV table"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_do_is_refused(
    tmp_path: Path, system: System, text: str, options: dict[str, str], says: str
) -> None:
    with pytest.raises(CourseError, match=says):
        filled(tmp_path, system, text, Mark("ada", "501", 1.0), ADA, **options)


FIELDS = st.lists(
    st.lists(st.text(st.sampled_from('ab,;"\n é='), max_size=4), min_size=2, max_size=4),
    min_size=1,
    max_size=4,
)


@given(FIELDS, st.sampled_from(["\n", "\r\n"]))
def test_any_table_survives(rows: list[list[str]], end: str) -> None:
    raw = [[f'"{text.replace(chr(34), chr(34) * 2)}"' for text in row] for row in rows]
    text = "".join(",".join(row) + end for row in raw)
    split, ends = sheets._split(text, ",")
    assert "".join(",".join(row) + end for row, end in zip(split, ends, strict=True)) == text
    assert [[sheets.value(field) for field in row] for row in split] == rows


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class whose submissions came from Moodle, some of them, with feedback pages."""
    course = Course(ROOT).copy_to(tmp_path_factory.mktemp("class"), LESSON)
    names = make(course, LESSON, 3)
    called = ["Ada, Countess_1001_assignsubmission_file_", "Bob Ü_1002_assignsubmission_file"]
    remember(
        course, LESSON, [Submission(s, None, called=c) for s, c in zip(names, [*called, ""], strict=True)]
    )
    for student in names:
        path = course.work("feedback", student, LESSON, f"{LESSON}.html")
        path.parent.mkdir(parents=True)
        path.write_text(f"feedback for {student}")
    return course


def run(course: Course, monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(
        sys, "argv", ["course", "export", LESSON, "--class", str(course.root), *map(str, words)]
    )
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


def test_the_command_fills_a_copy_and_tells_who_is_missing(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (path := tmp_path / "grades.csv").write_text(WORKSHEET)
    assert run(course, monkeypatch, "--moodle", path) == 1
    out = capsys.readouterr().out
    assert "grades-filled.csv: 2 written, 0 already there" in out
    assert f"1 {UNKNOWN}: student-3" in out
    assert "1 in the file, and without a mark here: Participant 1003" in out
    assert path.read_bytes() == WORKSHEET.encode()
    assert run(course, monkeypatch, "--moodle", path) == 2
    assert "is there already: it is not overwritten" in capsys.readouterr().err
    assert run(course, monkeypatch, "--moodle", path, "--to", tmp_path / "b.csv", "--json") == 1
    assert json.loads(capsys.readouterr().out)["written"] == 2
    assert run(course, monkeypatch, "--moodle", path, "--canvas", path) == 2


def test_feedback_goes_into_a_zip_that_moodle_takes(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (path := tmp_path / "grades.csv").write_text(WORKSHEET)
    assert run(course, monkeypatch, "--feedback", tmp_path / "a.zip") == 2, (
        "a folder's number may be a group's"
    )
    assert "number is not known for certain" in capsys.readouterr().err
    assert run(course, monkeypatch, "--feedback", tmp_path / "a.zip", "--moodle", path) == 1
    assert "2 written" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert b"feedback for student-1" not in archive.read(names[0])  # which is older than the marks
    assert names == [
        f"Ada Countess_1001_assignsubmission_file_/{LESSON}-feedback.html",
        f"Bob Ü_1002_assignsubmission_file_/{LESSON}-feedback.html",
    ]
    for name in names:  # as Moodle reads it: name, number, type and name of the plugin, the rest
        parts = name.partition("/")[0].split("_", 4)
        assert len(parts) >= 4
        assert parts[1].isdigit()
        assert parts[2:4] == ["assignsubmission", "file"]
    assert run(course, monkeypatch, "--feedback", tmp_path / "a.zip", "--moodle", path) == 2


def test_feedback_goes_into_a_zip_that_ilias_takes(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (path := tmp_path / "status.csv").write_text(
        "update,usr_id,login,lastname,firstname,status,mark,notice,comment,plagiarism\n"
        "0,261,student-1,Doe,Jane,notgraded,,,,none\n0,262,student-2,Oe,Bo,notgraded,,,,none\n"
    )
    roster = Roster((Person("student-1", "Jane Doe", numbers={"ILIAS": "261"}), Person("student-2", "Bo_Oe")))
    with monkeypatch.context() as patch:
        patch.setattr(Roster, "read", lambda course: roster)
        assert run(course, patch, "--feedback", tmp_path / "a.zip", "--ilias", path) == 1
    assert "2 written" in (told := capsys.readouterr().out)
    assert "student-3" in told
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
    for name, number in zip(names, ("261", "262"), strict=True):  # as ILIAS' source reads it
        top, folder, file = name.split("/")
        assert top.startswith("multi_feedback")
        assert folder.split("_")[-1] == number
        assert file == f"{LESSON}-feedback.html"


def test_what_moodle_and_canvas_called_a_submission_is_kept(tmp_path: Path) -> None:
    blank = Course(ROOT).student(LESSON).read_bytes()
    for name in ("Ada L_12_assignsubmission_file_/a.ipynb", "bob_5_6_b.ipynb", "eve/c.ipynb"):
        (path := tmp_path / name).parent.mkdir(exist_ok=True)
        path.write_bytes(blank)
    told = {s.student: s.called for s in find(LESSON, tmp_path)}
    assert told == {"Ada L_12": "Ada L_12_assignsubmission_file_", "bob": "bob_5_6_b.ipynb", "eve": ""}
