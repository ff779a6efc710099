"""What one student hands in is one student's row: nothing of it takes for ever, fills memory or ends the run."""

import ast
import json
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from small_class import ESSAY, LESSON, RIGHT, ROOT, course, hand_in, told

from helpers.checks import source
from helpers.checks.evidence import describe
from helpers.checks.verdict import State
from helpers.grading import CourseError
from helpers.grading import bounded as bounds
from helpers.grading.atomic import no_room
from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.run import Ending, execute
from helpers.grading.course import Course
from helpers.grading.intake.collect import find
from helpers.grading.intake.rebuild import rebuild
from helpers.grading.intake.submission import Submission, taken
from helpers.grading.intake.untrusted import Unreadable, read
from helpers.grading.judging import judge, store
from helpers.grading.judging.cells import READ, readable
from helpers.grading.judging.replies import _judged, seen
from helpers.grading.marks.entry import Entry, entry
from helpers.grading.marks.writer import Writer
from helpers.grading.plain import kept
from helpers.probes.plain import decode, encode

__all__ = ["course"]
MAGICS = "\n".join(f"%time x{i} = {i}" for i in range(400))
DEEP = "x = " + "+".join(["1"] * 1500)


def test_the_marks_of_the_others_do_not_change(course: Course) -> None:
    def without(student: str, change: Callable[[Any], None]) -> None:
        hand_in(course, student, RIGHT, None)
        path = course.work("submitted", student, LESSON, f"{LESSON}.ipynb")
        notebook = json.loads(path.read_text())
        change(notebook)
        path.write_text(json.dumps(notebook))

    def check_of(text: str) -> Callable[[Any], None]:
        def change(notebook: Any) -> None:
            next(c for c in notebook["cells"] if c["id"] == "check-heaviside")["source"] = text

        return change

    without("deep", check_of('check("heaviside")\n' + DEEP))
    without("dots", lambda n: n["cells"].append(nbformat.v4.new_code_cell("heaviside.a" + ".a" * 3000)))
    without("magics", lambda n: n["cells"].append(nbformat.v4.new_code_cell(MAGICS)))
    without("long", lambda n: n["cells"].append(nbformat.v4.new_code_cell("x = 1\n" * 200_000)))
    without("nested", lambda n: n["cells"][0]["metadata"].update(nbgrader={"points": [[[]]]}))
    hand_in(course, "year", RIGHT, None, "0001-01-01 00:00:00 +14:00")
    hand_in(course, "late", RIGHT, None, "9999-12-31 23:59:59 -14:00")
    course.work("verdicts", LESSON, "folder.json").mkdir(parents=True)
    hand_in(course, "folder", RIGHT, None)
    course.work("submitted", "none", LESSON, f"{LESSON}.ipynb").mkdir(parents=True)
    everyone = ["ada", "deep", "dots", "magics", "long", "nested", "year", "late", "folder", "none"]
    rows = {r.student: r for r in grade(course, LESSON, [Submission(s, None) for s in everyone], pages=False)}
    assert [*rows] == everyone
    for student in everyone[:-2]:
        assert (rows[student].ending, rows[student].marks["heaviside"]) == (Ending.GRADED, 1.0), rows[student]
    for student in ("folder", "none"):
        assert (rows[student].ending, rows[student].total) == (Ending.PERSON, None)
        assert "directory" in rows[student].remark
        assert told(course)[student, "check-heaviside"] == (None, None, True, 0.0)
    assert (told(course)["year", "when"], told(course)["late", "when"]) == (None, None)
    assert "the code of a check was changed" in rows["deep"].remark


def test_what_stands_in_the_way_of_one_students_files_costs_that_one(course: Course, tmp_path: Path) -> None:
    (came := tmp_path / "in").mkdir()
    for student in ("ada", "bob", "eve"):
        shutil.move(course.work("submitted", student, LESSON), came / student)
    grade(course, LESSON, taken(course, LESSON, find(LESSON, came)))
    shutil.rmtree(course.work("submitted", "bob"))
    course.work("submitted", "bob").write_text("")
    graded = course.work("autograded", "eve", LESSON, f"{LESSON}.ipynb")
    graded.write_text(graded.read_text().replace('"metadata"', '"meta"'))
    shutil.rmtree(course.work("feedback", "bob"))
    course.work("feedback", "bob").write_text("")
    rows = {r.student: r for r in grade(course, LESSON, taken(course, LESSON, find(LESSON, came)))}
    assert [rows[s].ending for s in ("ada", "bob", "eve")] == [
        Ending.UNCHANGED, Ending.PERSON, Ending.GRADED,
    ]  # fmt: skip
    assert "it can't be copied" in rows["bob"].remark


def test_words_that_no_file_can_hold_end_no_run(course: Course, tmp_path: Path) -> None:
    for student, about in (
        ("bob", {"lesson": "\ud83d other"}),
        ("eve", {"lesson": LESSON, "tasks": {"\ud83d" + "x" * 9000: 1}}),
    ):
        path = course.work("submitted", student, LESSON, f"{LESSON}.ipynb")
        notebook = json.loads(path.read_text())
        notebook["metadata"]["course"] = about
        notebook["cells"] = notebook["cells"][:9] if student == "bob" else notebook["cells"]
        path.write_text(json.dumps(notebook))
    found = find(LESSON, course.work("submitted"), nbformat.read(Course(ROOT).student(LESSON), as_version=4))
    rows = {r.student: r for r in grade(course, LESSON, found, pages=False)}
    assert "is the notebook of ? other, not of" in rows["bob"].remark
    assert "made from another release, which differs in heaviside" in rows["eve"].remark
    assert len(rows["eve"].remark) < 1000
    assert kept("\ud83d" + "x" * 9000, 5) == "?xxxx …"


def test_what_an_exception_says_of_a_file_is_its_row(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(course, "bob", "# bob was here", None)

    def broken(release: Any, data: bytes) -> Any:
        if b"bob was here" in data:
            raise ZeroDivisionError("nobody thought of that")
        return rebuild(release, data)

    monkeypatch.setattr("helpers.grading.judging.underway.rebuild", broken)
    outcomes = execute(course, LESSON, ["ada", "bob", "eve"])
    assert (outcomes["ada"].ending, outcomes["bob"].ending) == (Ending.GRADED, Ending.PERSON)
    assert "ZeroDivisionError: nobody thought of that" in outcomes["bob"].reason


def test_what_takes_too_long_is_its_row_and_a_task_that_does_is_left_open(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: Any) -> Any:
        while True:
            pass

    with pytest.raises(bounds.TooMuch, match="Reading it takes too long"), bounds.bounded("Reading it", 0.1):
        endless()
    real, whole = judge.examine, judge.bounded
    with monkeypatch.context() as patch:
        patch.setattr(judge, "examine", lambda t, *x: endless() if t.id == "heaviside" else real(t, *x))
        patch.setattr(judge, "bounded", lambda what: whole(what, 0.5))
        assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.GRADED
    record = store.read(course, LESSON, "ada")
    assert record
    states = {name: verdict.state for name, verdict in record.verdicts.items()}
    assert states.pop("heaviside") == State.NOT_JUDGED
    assert {*states.values()} == {State.NOT_ATTEMPTED}


def test_an_answer_in_a_cell_too_large_to_be_read_is_a_persons(course: Course) -> None:
    hand_in(course, "bob", RIGHT + "\n#" + "x" * READ, None)
    outcome = execute(course, LESSON, ["bob"])["bob"]
    assert outcome.ending == Ending.GRADED
    assert outcome.left_open == (
        f"`heaviside` was not judged: A cell of more than {READ} characters holds it: read that.",
    )
    assert told(course)["bob", "check-heaviside"] == (None, None, True, 0.0)


@pytest.mark.parametrize(
    ("cell", "means"),
    [
        ("%time x = 1\nx = 2", "get_ipython().run_line_magic('time', 'x = 1')\nx = 2\n"),
        ("%%time\nx = softmax", "x = softmax"),
        ("%%timeit -n 1\nx = 1", "x = 1"),
        ("%%time\nx = (", "get_ipython().run_cell_magic('time', '', 'x = (\\n')\n"),
        (MAGICS, "pass\n" * 399 + "pass"),
        ("if 1:\n" + "    %time x\n" * 400, "if 1:\n" + "    pass\n" * 400),
        ("x = 1\n" * READ, ""),
        ("(" * 5000, "(" * 5000 + "\n"),
    ],
)
def test_a_cell_is_read_without_its_magics(cell: str, means: str) -> None:
    assert readable(cell) == means


def test_names_and_trees_have_bounds() -> None:
    node = ast.parse("x" + ".a" * 800, mode="eval").body
    assert source._dotted(node) is None
    assert (
        source._dotted(ast.parse("torch.nn.functional.softmax", mode="eval").body)
        == "torch.nn.functional.softmax"
    )
    assert len(describe({f"key {i}": 1 for i in range(10_000)})) < 500
    with pytest.raises(SyntaxError) as told:
        source.tree("x = = " + "1" * 10_000)
    assert len(source._syntax(told.value)) < 200


@pytest.mark.parametrize("data", [b"[" + b"[]," * 600_000 + b"0]", b"[" + b"0," * 6_000_000 + b"0]"])
def test_a_file_of_nothing_but_lists_is_never_parsed(data: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(Unreadable, match="no notebook needs so many"):
        read(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000


@pytest.mark.parametrize(
    "value",
    [
        ["x" * 2000, *["y"] * 100_000],
        [[1], [1, 2], *["z" * 2000] * 20_000],
        [0] * 300_000,
        np.zeros(20 << 20, bool),
        {str(i): {} for i in range(300_000)},
    ],
)
def test_evidence_that_numpy_would_blow_up_is_not_compared(value: Any) -> None:
    assert "more values than can be judged" in str(_judged({"value": value}))


def test_evidence_as_large_as_a_right_answers_is_compared() -> None:
    tree = {"value": [np.zeros(1 << 20), ["token"] * 50_000]}
    assert _judged(tree) is tree


def test_a_forged_number_is_no_infrastructure_error() -> None:
    forged = encode({"seconds": 1.0}).replace(b"1.0", b"7" * 3)
    assert decode(forged)
    text = b'{"dict": {"values": ' + b"7" * 4000 + b"}}"
    data = len(text).to_bytes(8, "little") + (len(blob := encode({})[16 + len(b'{"dict": {}}') :])).to_bytes(
        8, "little"
    )
    with pytest.raises(ValueError, match="too large"):
        decode(data + text + blob)
    event = {"check": "heaviside", "evidence": np.frombuffer(data + text + blob, np.uint8), "ended": "ended"}
    found = seen(LESSON, {"events": [event], "ended": "ended", "left out": {}}, ["heaviside"])
    [failure, *_] = found["heaviside"][0].failures
    assert failure.message == "handed over evidence that can't be read"


@pytest.mark.parametrize("stamp", ["", "x" * 10_000, "0001-01-01 00:00:00 +14:00", "9999-12-31 23:00:00 -5", "99999999999999999999"])  # fmt: skip
def test_a_time_of_no_sense_is_none(tmp_path: Path, stamp: str) -> None:
    (tmp_path / "timestamp.txt").write_text(stamp)
    assert entry(nbformat.v4.new_notebook(), tmp_path / "timestamp.txt", False).submitted is None


def test_an_entry_that_no_table_holds_keeps_no_other_from_being_written(course: Course) -> None:
    with Writer(course, LESSON) as writer:
        for student in ("ada", "not utf-8 \udcff", "eve"):
            writer.add(student, Entry({"check-heaviside": 1.0}))
    assert [*writer.refused] == ["not utf-8 \udcff"]
    assert "UnicodeEncodeError" in writer.refused["not utf-8 \udcff"]
    assert (told(course)["ada", "check-heaviside"][0], told(course)["eve", "check-heaviside"][0]) == (
        1.0,
        1.0,
    )


def test_a_full_disk_is_said_and_the_next_run_goes_on(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "bob", RIGHT, ESSAY)
    real = store.write

    def write(course: Course, lesson: str, student: str, record: Any) -> None:
        if student == "bob":
            raise OSError(28, "No space left on device", "bob.json")
        real(course, lesson, student, record)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", write)
        with pytest.raises(CourseError, match=r"No space left on device \(bob.json\): make room and run the"):
            execute(course, LESSON, ["ada", "bob"])
    assert {o.ending for o in execute(course, LESSON, ["ada", "bob"]).values()} <= {
        Ending.GRADED,
        Ending.UNCHANGED,
    }
    assert told(course)["bob", "check-heaviside"][0] == 1.0
    assert not no_room(OSError(13, "Permission denied"))
