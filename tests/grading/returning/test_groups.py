"""Answers in groups by what they did: whoever comes first, up to rounding, and whatever they hold."""

import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.checks import lessons
from helpers.checks.assess import assess
from helpers.checks.mutants import implement
from helpers.checks.task import Observations, Task
from helpers.checks.verdict import Answer, decide
from helpers.grading import CourseError, cli
from helpers.grading.authoring import misconception
from helpers.grading.bench.groups import compared
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.judging.store import Check, Origin, Record
from helpers.grading.judging.traces import APART, Trace, trace
from helpers.grading.marks.entry import Entry
from helpers.grading.marks.release import release
from helpers.grading.marks.writer import Writer
from helpers.grading.returning.class_report.groups import Grouped, group
from helpers.grading.returning.class_report.groups.approaches import approach
from helpers.grading.returning.class_report.groups.cluster import cluster, linked
from helpers.grading.returning.class_report.groups.section import _row

ROOT = Path(__file__).resolve().parents[3]
TASKS = lessons.tasks("01-perceptron")
SOFTMAX, NEURON = TASKS["softmax"], TASKS["neuron"]
SEED = 4


def checked(task: Task, source: str, seed: int = SEED) -> Check:
    space = dict(task.right) | {"np": np}
    exec(source, space)
    return judged(task, task.observe(space, seed), seed)


def judged(task: Task, seen: Observations, seed: int = SEED) -> Check:
    verdict = decide(task, seed, seen, Answer())
    return Check(verdict, "", trace=trace(task, seed, seen, verdict))


def of_slips(task: Task, n: int = 6) -> dict[str, Check]:
    return {
        f"s{i}-{k}": judged(task, task.observe(implement(task, slip), SEED))
        for i, slip in enumerate(task.misconceptions[:n])
        for k in range(3)
    }


def sets(found: Grouped) -> set[frozenset[str]]:
    return {frozenset(one.students) for one in found.groups}


@pytest.fixture(scope="module")
def slips() -> dict[str, Check]:
    return of_slips(SOFTMAX)


def test_each_slip_is_a_group_with_its_name(slips: dict[str, Check]) -> None:
    found = group(slips, dict.fromkeys(slips, "def softmax(z): ..."))
    assert sets(found) == {frozenset(f"s{i}-{k}" for k in range(3)) for i in range(6)}
    for one in found.groups:
        i = int(one.students[0][1])
        assert one.name == SOFTMAX.misconceptions[i].says
        assert one.declared
        assert {*one.fails} == SOFTMAX.misconceptions[i].fails
        assert one.shown
        assert one.shown.expected != one.shown.got
    assert [one.number for one in found.groups] == [1, 2, 3, 4, 5, 6]


@settings(max_examples=20, deadline=None)
@given(st.randoms())
def test_the_order_of_students_changes_nothing(slips: dict[str, Check], rng: random.Random) -> None:
    sources = {who: f"x = {len(who) + int(who[1])}" for who in slips}
    names = rng.sample([*slips], len(slips))
    assert group({who: slips[who] for who in names}, sources) == group(slips, sources)


def test_two_slips_with_the_same_results_are_one_group() -> None:
    one = "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum()"
    two = "def softmax(scores):\n    total = 0.0\n    for v in scores.flat: total += np.exp(v)\n    return np.exp(scores) / total"
    other = "def softmax(z):\n    return np.exp(z)"
    checks = {"a": checked(SOFTMAX, one), "b": checked(SOFTMAX, two), "c": checked(SOFTMAX, other)}
    assert sets(group(checks, {})) == {frozenset("ab"), frozenset("c")}


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-0.9, 0.9))
def test_what_agrees_up_to_the_tolerance_is_one(factor: float, off: float) -> None:
    """Wherever the numbers lie: on no side of a border of rounding."""
    base = TASKS["neuron"].observe(NEURON.right, SEED)

    def scaled(by: float) -> Check:
        rows = {
            name: [_with(o, (np.asarray(o.value, float) + 1) * factor * by) for o in seen]
            for name, seen in base.items()
        }
        return judged(NEURON, rows)

    tiny = scaled(1 + off * 1e-9 / (2 * max(factor, 1)))
    assert sets(group({"a": scaled(1.0), "b": tiny}, {})) == {frozenset("ab")}
    assert sets(group({"a": scaled(1.0), "b": scaled(1.001)}, {})) == {frozenset("a"), frozenset("b")}


def _with(o: Any, value: np.ndarray) -> Any:
    return type(o)(value=value)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("return z * np.nan", "return z * np.inf"),
        ("return z * np.nan", "return None"),
        ("return None", "raise ValueError('no')"),
        ("raise ValueError('no')", "raise ValueError('other')"),
        ("raise ValueError('no')", "raise KeyError('no')"),
        ("return 'no'", "return [1, 2]"),
        ("return z[..., None]", "return z * 1.0"),
        ("return np.where(z == z.max(), np.nan, z)", "return np.where(z == z.min(), np.nan, z)"),
    ],
)
def test_each_kind_of_ending_is_its_own(one: str, two: str) -> None:
    checks = {
        name: checked(SOFTMAX, f"def softmax(z):\n    {body}")
        for name, body in zip("abcd", (one, two, one, two), strict=True)
    }
    with np.errstate(all="ignore"):
        assert sets(group(checks, {})) == {frozenset("ac"), frozenset("bd")}


def test_an_old_verdict_is_in_no_group_and_told(slips: dict[str, Check]) -> None:
    old = Check(slips["s0-0"].verdict, "")
    found = group({**slips, "old": old}, {})
    assert found.unknown == ("old",)
    assert not any("old" in one.students for one in found.groups)


def test_right_ones_are_grouped_by_approach() -> None:
    texts = {
        "a": "def softmax(z):\n    e = np.exp(z - z.max(-1, keepdims=True))\n    return e / e.sum(-1, keepdims=True)",
        "b": "def softmax(s):\n    # mine\n    big = np.max(s, axis=-1, keepdims=True)\n    out = np.exp(s - big)\n    print(1)\n    return out / np.sum(out, axis=-1, keepdims=True)",
        "c": "def softmax(z):\n    out = np.zeros(z.shape)\n    for i in np.ndindex(z.shape[:-1]):\n        e = np.exp(z[i] - z[i].max())\n        out[i] = e / e.sum()\n    return out",
    }
    found = group({who: checked(SOFTMAX, text) for who, text in texts.items()}, texts)
    assert [one.students for one in found.groups] == [("a", "b"), ("c",)]
    assert [one.fails for one in found.groups] == [(), ()]
    assert found.groups[0].name == "`exp`, `max`, `sum`"
    assert found.groups[0].whose == "a"
    assert "a loop" in found.groups[1].name


@pytest.mark.parametrize("source", ["def f(:", "(" * 5000, "x" * 60_000, "\0", "lambda: 0"])
def test_any_text_has_an_approach(source: str) -> None:
    assert approach(source)


def test_a_trace_is_small_and_survives_its_file(slips: dict[str, Check]) -> None:
    for check in slips.values():
        assert check.trace
        text = json.dumps(check.trace.to_plain())
        assert len(text) < 10_000
        assert Trace.from_plain(json.loads(text)) == check.trace


def test_rows_are_linked_whoever_is_first() -> None:
    rows = [(0, 0), (APART, 1), (2 * APART, 2), (2 * APART, 90), (500, 0)]
    for order in (rows, rows[::-1], [rows[2], rows[0], rows[4], rows[1], rows[3]]):
        assert {frozenset(one) for one in linked(order)} == {
            frozenset(rows[:3]),
            frozenset(rows[3:4]),
            frozenset(rows[4:]),
        }
    assert cluster({}) == []


def test_hostile_answers_are_shown_as_text() -> None:
    nasty = '<script>alert(1)</script>`*"&'
    check = checked(SOFTMAX, f"def softmax(z):\n    raise ValueError({nasty!r})")
    (one,) = group({"<b>eve</b>": check}, {"<b>eve</b>": f"'''{nasty}'''"}).groups
    shown = "".join(map(str, (str(cell) for cell in _row(one, 1)[4:])))
    assert "<script" not in shown
    assert "<b>eve" not in shown
    assert "&lt;script&gt;" in shown


def test_a_group_that_is_not_there_is_told(slips: dict[str, Check]) -> None:
    with pytest.raises(CourseError, match="there is no group 9: the task has 6"):
        group(slips, {}).numbered(9)


def test_purity_and_completeness_are_counted(slips: dict[str, Check]) -> None:
    found = group(slips, {}).groups
    right = compared(found, {who: who[:2] for who in slips})
    assert (right.wrong, right.slips, right.groups, right.pure, right.whole) == (18, 6, 6, 18, 18)
    mixed = compared(found, dict.fromkeys(slips, "one"))
    assert (mixed.pure, mixed.whole) == (18, 3)
    apart = compared(found, {who: who for who in slips})
    assert (apart.pure, apart.whole) == (6, 18)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class of three beside a copy of the lesson's checks: two made one slip that nobody declared."""
    course = Course(ROOT).copy_to(tmp_path, "01-perceptron")
    release(course, "01-perceptron")
    shutil.copytree(ROOT / "helpers/checks/perceptron", tmp_path / "helpers/checks/perceptron")
    blank = course.work("release", "01-perceptron", "01-perceptron.ipynb")
    text = "def softmax(z):\n    return np.tanh(z) ** 2 + z"
    slip = SOFTMAX.misconceptions[0]
    checks = dict.fromkeys(("ada", "bob"), checked(SOFTMAX, text))
    checks["eve"] = judged(SOFTMAX, SOFTMAX.observe(implement(SOFTMAX, slip), SEED))
    with Writer(course, "01-perceptron") as writer:
        for student, check in checks.items():
            notebook = nbformat.read(blank, as_version=4)
            next(cell for cell in notebook.cells if cell.id == "softmax").source = text
            writer.lay_out(student, notebook)
            writer.add(student, Entry({"check-softmax": check.verdict.points}))
            store.write(
                course, "01-perceptron", student, Record(Origin("", "", "", SEED), checks={"softmax": check})
            )
    monkeypatch.setattr(Course, "here", lambda: course)
    monkeypatch.setattr(misconception, "package", lambda course: course.root / "helpers")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["course", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


def test_a_group_becomes_a_misconception_by_one_command(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "new-misconception", "01-perceptron", "softmax", "--class", str(checkout)
    path = checkout / "helpers/checks/perceptron/softmax.py"
    before = path.read_text()
    assert run(monkeypatch, *words, "--group", "2") == 2
    assert "group 2 of softmax is declared already" in capsys.readouterr().err
    assert run(monkeypatch, *words, "--group", "3") == 2
    assert "there is no group 3" in capsys.readouterr().err
    assert path.read_text() == before
    assert not run(monkeypatch, *words, "--group", "1", "--says", "You took the tanh.")
    out = capsys.readouterr().out
    assert "of an answer of 2 students" in out
    assert "read it first" in out
    space: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    new = space["SOFTMAX"].misconceptions[-1]
    assert new.says == "You took the tanh."
    assert "tanh" in (new.wrong or "")
    verdict = assess(space["SOFTMAX"], implement(space["SOFTMAX"], new), [], SEED)
    assert {part.part for part in verdict.parts if part.named == (new.says,)} == new.fails
