"""Downloads that say themselves whose each folder is: Gradescope's by its list, ILIAS' by their place."""

from dataclasses import replace
from pathlib import Path

import pytest
from test_collect import BLANK, LESSON, RELEASE, lay, zipped

from helpers.grading import CourseError
from helpers.grading.course import Course
from helpers.grading.intake.called import remember
from helpers.grading.intake.collect import find
from helpers.grading.intake.people import groups
from helpers.grading.intake.people.absent import absent
from helpers.grading.intake.people.lists import people
from helpers.grading.intake.roster import FILE, Person, Roster
from helpers.grading.intake.submission import Submission, take

NOTEBOOK = f"{LESSON}.ipynb"
LIST = b"""\
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: 0042
    :email: ada@example.org
  :created_at: 2026-03-01 12:30:05.391770000 Z
  :score: 0.0
  :results: !ruby/object:Thing
    output: "!!python/object/apply:os.system [false]"
submission_12:
  :submitters:
  - :name: Bob
    :sid:
    :email: bob@example.org
  - :name: Eve
    :sid: '77'
    :email: eve@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-01 11:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/Los_Angeles
submission_13:
  :submitters:
  - :name: Nobody Filed
    :email: none@example.org
  :created_at: '2026-03-01T04:00:00.5-08:00'
"""
FILES = {
    "submission_metadata.yml": LIST,
    f"submission_11/{NOTEBOOK}": BLANK,
    "submission_11/timestamp.txt": b"2001-01-01 00:00:00 UTC",
    f"submission_12/hw/{NOTEBOOK}": BLANK,
    f"submission_99/{NOTEBOOK}": BLANK,
}
WHOSE = {
    "ada": ("", (), "2026-03-01 12:30:05 UTC"),
    "bob+eve": ("", ("bob", "eve"), "2026-03-01 11:00:00 UTC"),
    "none": (f"no {NOTEBOOK} was handed in", (), "2026-03-01 12:00:00 UTC"),
    "submission_99": ("Gradescope does not say whose submission_99 is: look at it there", (), ""),
}


def exported(
    tmp_path: Path, files: dict[str, bytes], packed: bool, top: str = "assignment_5_export/"
) -> Path:
    if not packed:
        return lay(tmp_path / "in", files)
    path = tmp_path / "in.zip"
    path.write_bytes(zipped({top + name: data for name, data in files.items()}))
    return path


def told(found: list[Submission]) -> dict[str, tuple[str, tuple[str, ...], str]]:
    return {s.student: (s.reason, tuple(sorted(s.people)), s.when if not s.stranger else "") for s in found}


@pytest.mark.parametrize("packed", [False, True])
def test_gradescopes_list_says_whose_and_when(tmp_path: Path, packed: bool) -> None:
    found = find(LESSON, exported(tmp_path, FILES, packed), RELEASE)
    assert told(found) == WHOSE
    course = Course(tmp_path / "class")
    for submission in found:
        take(course, LESSON, submission)
    stamp = course.work("submitted", "ada", LESSON, "timestamp.txt")
    assert stamp.read_text() == "2026-03-01 12:30:05 UTC"  # not the one that she packed


def test_gradescopes_people_are_those_of_the_class_list(tmp_path: Path) -> None:
    roster = Roster((
        Person("a1", "Ada L", numbers={"Moodle ID number": "0042"}), Person("b1", "Bob", group="Red"),
        Person("e1", "Eve E", "EVE@example.org", group="Red"), Person("n1", "Nobody Filed"), Person("z1"),
    ))  # fmt: skip
    found = find(LESSON, exported(tmp_path, FILES, True), RELEASE, roster)
    assert [(s.student, s.people) for s in found] == [
        ("Red", ("b1", "e1")), ("a1", ()), ("n1", ()), ("submission_99", ()),
    ]  # fmt: skip
    course = Course(tmp_path)
    remember(course, LESSON, found)
    assert groups.members(course, LESSON) == {"Red": ("b1", "e1")}
    assert [s.student for s in absent(course, LESSON, roster, found)] == ["z1"]


@pytest.mark.parametrize(
    "people",
    [
        (Person("b1", "Robert"), Person("e1", email="eve@example.org")),  # nobody is Bob
        (Person("b1", "Bob"), Person("e1", email="eve@example.org"), Person("e2", numbers={"School": "77"})),
        (Person("b1", "Bob"), Person("b2", "Bob"), Person("e1", email="eve@example.org")),
    ],
)
def test_whom_the_class_list_does_not_tell_is_not_guessed(tmp_path: Path, people: tuple[Person, ...]) -> None:
    path = exported(tmp_path, FILES, False)
    roster = Roster((*people, Person("ada@example.org")))
    found = {s.student: s for s in find(LESSON, path, RELEASE, roster)}
    assert found["ada@example.org"].reason == ""
    assert found["submission_12"].stranger
    assert f"{FILE} does not tell who " in found["submission_12"].reason


def test_one_who_is_there_twice_has_the_later_one_and_same_beginnings_stay_apart(tmp_path: Path) -> None:
    again = """\
submission_{}:
  :submitters:
  - :email: {}
  :created_at: 2026-03-0{} 12:00:00 Z
"""
    rows = [again.format(1, "ada@x.org", 1), again.format(2, "ada@x.org", 2), again.format(3, "ada@y.org", 1)]
    files = {f"submission_{i}/{NOTEBOOK}": BLANK for i in (1, 2, 3)}
    path = exported(tmp_path, {"submission_metadata.yml": "".join(rows).encode(), **files}, False)
    ada, other = find(LESSON, path, RELEASE)
    assert (ada.student, other.student) == ("ada@x.org", "ada@y.org")
    assert ada.path == path / "submission_2" / NOTEBOOK


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a: [", "can't be read, and it says whose"),
        (b"- 1", "does not say whose each folder is"),
        (b"\xff\xfe\x00", "can't be read"),
        (b"[" * 100_000, "can't be read|nested too deep"),
    ],
)
def test_a_list_that_can_not_be_read_is_told(tmp_path: Path, data: bytes, says: str) -> None:
    path = exported(tmp_path, FILES | {"submission_metadata.yml": data}, True)
    with pytest.raises(CourseError, match=says):
        find(LESSON, path, RELEASE)


def test_a_student_can_not_pack_a_list(tmp_path: Path) -> None:
    files = {f"ada/{name}": data for name, data in FILES.items()} | {f"bob/{NOTEBOOK}": BLANK}
    assert [s.student for s in find(LESSON, lay(tmp_path, files), RELEASE)] == ["ada", "bob"]


STATUS = """\
update;usr_id;login;lastname;firstname;status;mark;notice;comment
0;261;jdoe;Doe;Jane;notgraded;;;
0;262;b_oe;Oe;Bo;notgraded;;;
0;263;cli;Li;Chen Yu;notgraded;;;
"""
ALONE = {
    f"Doe_Jane_jdoe_261/{NOTEBOOK}": BLANK,
    f"Oe_Bo_b_oe_262/{NOTEBOOK}": BLANK,
    "Li_Chen Yu_cli_263/essay.pdf": b"",
}
TEAMS = {
    f"Team 7/Doe_Jane_jdoe_261/{NOTEBOOK}": BLANK,
    "Team 7/Oe_Bo_b_oe_262/x.pdf": b"",
    f"Team 8/Li_Chen Yu_cli_263/{NOTEBOOK}": BLANK,
}


@pytest.fixture
def ilias(tmp_path: Path) -> Roster:
    (tmp_path / "status.csv").write_text(STATUS)
    return Roster(tuple(people(tmp_path / "status.csv")))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("top", ["", "Blatt 1/Abgaben/"])
def test_ilias_folders_are_told_by_their_login(tmp_path: Path, ilias: Roster, packed: bool, top: str) -> None:
    files = {top + name: data for name, data in ALONE.items()} | {f"{top}status.xlsx": b""}
    path = exported(tmp_path, files, packed, "")
    found = find(LESSON, path, RELEASE)
    assert [s.student for s in found] == ["Oe_Bo_b_oe_262", "cli", "jdoe"]  # no login is guessed
    assert [bool(s.reason) for s in found] == [False, True, False]
    found = find(LESSON, path, RELEASE, ilias)
    assert [(s.student, s.stranger) for s in found] == [("b_oe", False), ("cli", False), ("jdoe", False)]


def test_what_came_late_to_ilias_says_so(tmp_path: Path, ilias: Roster) -> None:
    files = {f"Doe_Jane_jdoe_261/{NOTEBOOK}": BLANK, f"Oe_Bo_b_oe_262/Verspaetete Abgabe - {NOTEBOOK}": BLANK}
    late, other = find(LESSON, exported(tmp_path, files, True, ""), RELEASE, ilias)
    assert "ILIAS writes 'Verspaetete Abgabe' before its name: if that says late, nothing" in late.remark
    assert (other.student, other.remark) == ("jdoe", "")


@pytest.mark.parametrize("packed", [False, True])
def test_a_team_of_ilias_is_a_group_of_the_class_list(tmp_path: Path, ilias: Roster, packed: bool) -> None:
    path = exported(tmp_path, TEAMS, packed, "Blatt 1/Abgaben/")
    assert [(s.student, s.people) for s in find(LESSON, path, RELEASE)] == [("Team 7", ()), ("Team 8", ())]
    jane, bo, chen = ilias.people
    grouped = Roster(
        (
            replace(jane, group="Red"),
            replace(bo, group="Red"),
            replace(chen, group="Team 8"),
            Person("n", group="Team 8"),
        )
    )
    found = find(LESSON, path, RELEASE, grouped)
    assert [(s.student, s.people) for s in found] == [("Red", ("jdoe", "b_oe")), ("Team 8", ("cli", "n"))]
    found = find(LESSON, path, RELEASE, Roster((replace(jane, group="Red"), replace(bo, group="Red"), chen)))
    assert [(s.student, s.stranger) for s in found] == [("Red", False), ("Team 8", True)]
    assert "does not tell who is in Team 8" in found[1].reason


def test_a_folder_among_others_is_not_ilias(tmp_path: Path) -> None:
    path = lay(tmp_path, {f"Doe_Jane_jdoe_261/{NOTEBOOK}": BLANK, f"ada/{NOTEBOOK}": BLANK})
    assert [s.student for s in find(LESSON, path, RELEASE)] == ["Doe_Jane_jdoe_261", "ada"]
