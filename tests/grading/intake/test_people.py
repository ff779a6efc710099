"""Files as a real Moodle wrote them: a person is one student over all lessons, and nobody gets another's mark."""

import csv
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.grading import CourseError, cli
from helpers.grading.course import Course
from helpers.grading.intake.called import recall, remember
from helpers.grading.intake.collect import find
from helpers.grading.intake.people import groups
from helpers.grading.intake.people.absent import absent
from helpers.grading.intake.people.layouts import MOODLE as LAYOUT
from helpers.grading.intake.people.lists import people
from helpers.grading.intake.people.merge import merge
from helpers.grading.intake.roster import CANVAS, FILE, Person, Roster, moodle
from helpers.grading.intake.submission import Submission

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
MOODLE = FIXTURES / "moodle"
ROOT = Path(__file__).resolve().parents[3]
LESSON, SECOND, THIRD = "01-perceptron", "02-gradient-descent", "03-backprop"
BLANK = (ROOT / "course" / LESSON / f"{LESSON}.ipynb").read_bytes()
FOLDERS = {  # of plain.zip, with the addresses of those whose they are
    "Anna 2 Bell 42_7": "num", "Smith, Jr. Bob_13": "comma", "Trun Cated_1": "trunc", "J. R. Ewing, Jr._9": "dots",
    "Zoë Größenwahn-Çelik_14": "zoe", "José Núñez García_17": "jose", "Ng OBrien_4": "noid", "Only Pdf_16": "pdf",
    "Sam [he] Q_uark__3": "bracket", "Anna Schmidt_8": "anna1", "Anna Schmidt_18": "anna2",
    "Lee Roy Under Score_15": "under", "Two Versions_6": "two", "Под Иванов_2": "zip", "محمد علي_5": "arab",
    "伟 王_10": "wang",
    "Maximiliana Theodora Wilhelmine Alexandra von und zu Hohenlohe-Langenburg-Schillingsfürst-Waldenburg_12": "long1",
}  # fmt: skip


def listed(*files: tuple[str, str]) -> Roster:
    """Return the class list that Moodle's files make, each with the lesson that it is of."""
    roster = Roster()
    for name, lesson in files:
        merged = merge(roster, people(MOODLE / name, lesson))
        assert (merged.double, merged.wrong) == ([], [])
        roster = merged.roster
    return roster


def packed(path: Path, folders: list[str], flat: bool = False) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for folder in folders:
            archive.writestr(f"{folder}_assignsubmission_file{'_' if flat else '/'}{LESSON}.ipynb", BLANK)
    return path


def addresses(roster: Roster, found: list[Submission]) -> dict[str, str]:
    told = {}
    for submission in found:
        person = roster.by_id(submission.student)
        assert person is not None, submission.reason
        told[submission.called.partition("_assignsubmission")[0]] = person.email.partition("@")[0]
    return told


@pytest.mark.parametrize("flat", [False, True])
def test_moodles_folders_find_their_students(tmp_path: Path, flat: bool) -> None:
    roster = listed(("gradebook.csv", ""), ("plain.csv", LESSON))
    found = find(LESSON, packed(tmp_path / "a.zip", [*FOLDERS], flat), None, roster)
    assert addresses(roster, found) == FOLDERS
    assert [s.student for s in absent(Course(tmp_path), LESSON, roster, found)] == ["1014"]


def test_a_class_over_three_lessons_is_one_student_each(tmp_path: Path) -> None:
    roster = listed(
        ("plain.csv", LESSON), ("hundred.csv", SECOND), ("text.csv", THIRD), ("gradebook.csv", "")
    )
    assert len(roster.people) == 18
    first = find(LESSON, packed(tmp_path / "a.zip", [*FOLDERS]), None, roster)
    second = find(SECOND, MOODLE / "hundred.zip", None, roster)
    third = find(THIRD, MOODLE / "text.zip", None, roster)
    ids = {p.email: p.id for p in roster.people}
    assert {s.student for s in first} == {ids[f"{who}@example.org"] for who in FOLDERS.values()}
    of_four = {f"{who}@example.org" for who in ("zoe", "jose", "anna1", "anna2")}
    assert {s.student for s in second} == of_four  # the address is the id, as the worksheet came first
    told = {s.student: s.reason for s in third}
    assert {who for who, why in told.items() if not why} == {"zoe@example.org", "jose@example.org"}
    assert "what came: onlinetext.html" in told["none@example.org"]


def test_a_groups_number_is_never_a_students(tmp_path: Path) -> None:
    """In the file, participant 100 is Ng O'Brien, and the group G100 has the number 100."""
    roster = listed(("gradebook.csv", ""), ("team2.csv", LESSON))
    ng = roster.by_number("100", moodle(LESSON))
    assert ng is not None
    assert ng.name == "Ng O'Brien"
    found = find(LESSON, MOODLE / "team2.zip", None, roster)
    names = {s.student: {p.name for who in s.people if (p := roster.by_id(who))} for s in found}
    assert names == {"G100": {"Anna_2 Bell 42", "Smith, Jr. Bob"}, "G104": {"محمد علي", "伟 王"}}
    course = Course(tmp_path)
    remember(course, LESSON, found)
    assert recall(course, LESSON) == {}
    assert set(groups.members(course, LESSON)["G100"]) == {"1016", "1015"}
    without = {s.student for s in absent(course, LESSON, roster, found)}
    assert len(without) == 14
    assert ng.id in without
    assert not {"1016", "1015", "1009", "1017"} & without


def test_older_moodles_write_each_members_folder(tmp_path: Path) -> None:
    roster = listed(("team2.csv", LESSON))
    folders = ["G100-Anna 2 Bell 42_95", "G100-Smith, Jr. Bob_105"]
    [found] = find(LESSON, packed(tmp_path / "a.zip", folders), None, roster)
    assert (found.student, len(found.people)) == ("G100", 2)


def test_hidden_names_stay_hidden(tmp_path: Path) -> None:
    roster = listed(("gradebook.csv", ""), ("plain.csv", SECOND))
    path = packed(tmp_path / "a.zip", ["Participant_19", "Participant_22"])
    found = find(LESSON, path, None, roster)
    assert [s.student for s in found] == ["Participant_19", "Participant_22"]
    assert [s.called.split("_")[1] for s in found] == ["19", "22"]
    assert absent(Course(tmp_path), LESSON, roster, found) == []
    with pytest.raises(CourseError, match="hides the names"):
        people(MOODLE / "blind.csv", LESSON)


@pytest.mark.parametrize(
    "folder", ["student_3", "smithj_201", "submission_990001", "Anna Schmidt_99", "Anna Schmidt", "8", "G7_8"]
)
def test_a_number_is_never_guessed(tmp_path: Path, folder: str) -> None:
    roster = listed(("plain.csv", LESSON))
    moodles = folder.startswith(("Anna Schmidt_", "G7"))
    names = [f"{folder}_assignsubmission_file" if moodles else folder, "jose@example.org"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{LESSON}.ipynb").write_bytes(BLANK)
    found = {s.student: s for s in find(LESSON, tmp_path, None, roster)}
    assert found.pop("jose@example.org").reason == ""
    [nobody] = found.values()
    assert nobody.stranger
    assert FILE in nobody.reason


def test_a_students_file_name_can_not_claim_anothers_number(tmp_path: Path) -> None:
    roster = listed(("plain.csv", LESSON))
    wild = f"José Núñez García_17_assignsubmission_file_x_14_assignsubmission_file_{LESSON}.ipynb"
    (tmp_path / wild).write_bytes(BLANK)
    [found] = find(LESSON, tmp_path, None, roster)
    assert found.student == "jose@example.org"
    read = LAYOUT.fullmatch(found.called)
    assert read
    assert read["number"] == "17"


def test_two_with_one_name_and_no_numbers_are_nobody(tmp_path: Path) -> None:
    roster = Roster((Person("anna", "Anna Schmidt"), Person("bo", "Bo")))
    path = packed(tmp_path / "a.zip", ["Anna Schmidt_8", "Anna Schmidt_18", "Bo_2"])
    found = find(LESSON, path, None, roster)
    assert [(s.student, s.stranger) for s in found] == [
        ("Anna Schmidt_18", True), ("Anna Schmidt_8", True), ("bo", False),
    ]  # fmt: skip


def test_ids_in_other_letters_are_one_student(tmp_path: Path) -> None:
    for name in ("ada", "ADA", "ada "):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{LESSON}.ipynb").write_bytes(BLANK)
    [found] = find(LESSON, tmp_path)
    assert found.student.strip().lower() == "ada"
    assert "handed in as" in found.remark
    [found] = find(LESSON, tmp_path, None, Roster((Person("Ada"),)))
    assert (found.student, found.stranger) == ("Ada", False)


@pytest.mark.parametrize("name", ["plain", "names", "bom", "semi", "twice"])
def test_canvas_gradebooks_make_the_list(name: str) -> None:
    found = people(FIXTURES / "canvas" / f"{name}.csv")
    assert [p.id for p in found] == ["jd", "so", "jd2", "av", "um", "nh"]
    assert found[3].name == "Ana Van der Berg"
    assert found[3].numbers[CANVAS] == "4004"


@pytest.mark.parametrize("packed", [False, True])
def test_canvas_names_tell_what_came_late(tmp_path: Path, packed: bool) -> None:
    late = {
        "ada": (True, [f"ada_LATE_1_10_{LESSON}.ipynb"]), "bob": (False, [f"bob_2_20_{LESSON}.ipynb"]),
        "eve": (True, [f"eve_3_30_{LESSON}.ipynb", f"eve_LATE_3_31_{LESSON}-1.ipynb"]),
        "late": (False, [f"late_4_40_LATE_{LESSON}.ipynb"]),
        "max": (False, [f"max_LATE_5_50_{LESSON}.ipynb", f"max_5_51_{LESSON}-1.ipynb"]),
    }  # fmt: skip
    (path := tmp_path / "in").mkdir()
    for name in [name for _, names in late.values() for name in names]:
        (path / name).write_bytes(BLANK)
    if packed:
        path = Path(shutil.make_archive(str(tmp_path / "a"), "zip", path))
    found = {s.student: "Canvas marks it as late" in s.remark for s in find(LESSON, path)}
    assert found == {student: told for student, (told, _) in late.items()}


def test_hubs_and_nbgraders_lists(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ada\nbob\n")
    (tmp_path / "b.json").write_text('[{"name": "ada", "admin": false}, {"name": "prof", "admin": true}]')
    (tmp_path / "c.csv").write_text("id,first_name,last_name,email,lms_user_id\nada,Ada,L,a@x.org,\n")
    assert [p.id for p in people(tmp_path / "a.txt")] == ["ada", "bob"]
    assert [p.id for p in people(tmp_path / "b.json")] == ["ada"]
    assert people(tmp_path / "c.csv") == [Person("ada", "Ada L", "a@x.org")]


def test_any_language_is_read_by_what_the_columns_hold(tmp_path: Path) -> None:
    rows = list(csv.reader((MOODLE / "team.csv").open(encoding="utf-8-sig")))
    rows[0] = [f"Spalte {i}" for i in range(len(rows[0]))]
    for row in rows[1:]:
        row[0] = row[0].replace("Participant ", "Teilnehmer/in")
        row[3] = "Zur Bewertung abgegeben - "
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert people(tmp_path / "a.csv", LESSON) == people(MOODLE / "team.csv", LESSON)


def test_who_is_new_known_gone_or_double() -> None:
    old = Roster((Person("ada", "Ada L", "ada@x.org"), Person("gone", "Gone")))
    found = [
        Person("A1", "Ada Lovelace", "ADA@x.org", numbers={CANVAS: "7"}), Person("", "Bo", "bo@x.org"),
        Person("", "Cy"), Person("", "Same"), Person("", "Same"), Person("d", "Di"), Person("D", "Di again"),
        Person("a/b", "Wrong"),
    ]  # fmt: skip
    merged = merge(old, found)
    assert (merged.known, merged.new, merged.gone) == (["ada"], ["bo@x.org", "Cy"], ["gone"])
    assert merged.double == ["Same", "Same", "Di", "Di again"]
    assert "a folder in a folder" in merged.wrong[0]
    ada = merged.roster.by_id("ada")
    assert ada == Person("ada", "Ada Lovelace", "ADA@x.org", numbers={CANVAS: "7"})


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["course", "students", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


def test_the_command_makes_the_list_and_checks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    worksheet = MOODLE / "plain.csv"
    assert run(monkeypatch, worksheet, "--class", tmp_path) == 2
    assert "say which lesson's it is with --lesson" in capsys.readouterr().err
    assert not (tmp_path / FILE).exists()
    assert run(monkeypatch, worksheet, "--lesson", LESSON, "--class", tmp_path) == 0
    assert "18 new: " in capsys.readouterr().out
    before = (tmp_path / FILE).read_bytes()
    assert run(monkeypatch, worksheet, "--lesson", LESSON, "--class", tmp_path) == 0
    assert "18 known already" in capsys.readouterr().out
    assert (tmp_path / FILE).read_bytes() == before
    (tmp_path / "twice.csv").write_text("id,name\na,A\na,B\n")
    assert run(monkeypatch, tmp_path / "twice.csv", "--class", tmp_path) == 1
    assert run(monkeypatch, "--class", tmp_path) == 0
    assert f"{tmp_path / FILE}: 18 students." in capsys.readouterr().out
