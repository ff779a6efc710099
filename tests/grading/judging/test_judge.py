"""The trusted side: evidence that nobody vouches for, and outputs that an instructor can open."""

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.verdict import PartVerdict, State, Verdict
from helpers.grading.judging import jobs, replies
from helpers.grading.judging.judge import verdicts_of
from helpers.grading.judging.outputs import fill
from helpers.probes.plain import encode

LESSON = "01-perceptron"
SEED = 3
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    """The solved lesson."""
    return nbformat.read(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)


def judge(notebook: nbformat.NotebookNode, task: str, evidence: Any, ended: str = "ended") -> Verdict:
    """Judge one task on made-up evidence."""
    data = evidence if isinstance(evidence, bytes) else encode(evidence)
    event = {"check": task, "evidence": np.frombuffer(data, np.uint8), "ended": ended}
    reply = {"events": [event], "ended": "ended", "left out": {}}
    return verdicts_of(LESSON, notebook, replies.seen(LESSON, reply), SEED)[task]


def right(task: str) -> dict[str, list[dict[str, Any]]]:
    """What a right answer would have handed over."""
    from dataclasses import asdict

    found = lessons.task(LESSON, task)
    return {name: [asdict(o) for o in rows] for name, rows in found.observe(found.right, SEED).items()}


def test_right_evidence_gets_full_marks(notebook: nbformat.NotebookNode) -> None:
    assert judge(notebook, "softmax", right("softmax")).points == 2


@pytest.mark.parametrize(
    "evidence",
    [
        b"",
        b"x" * 1000,
        {},
        [],
        {"values": []},
        {"values": 3},
        {"values": [3]},
        {"values": [{"value": 1}]},
        {"values": [{"failure": {"kind": 3}}]},
        {"values": [{"value": None, "failure": {"kind": "ValueError", "nonsense": 1}}]},
        {"nothing": []},
    ],
)
def test_malformed_evidence_is_a_state_and_no_exception(
    notebook: nbformat.NotebookNode, evidence: Any
) -> None:
    verdict = judge(notebook, "softmax", evidence)
    assert verdict.points == 0
    assert verdict.state == State.CRASHED


@pytest.mark.parametrize(
    "change",
    [{"printed": 3}, {"warned": [1]}, {"changed": [None]}, {"seconds": "1"}, {"seconds": None}, {"more": 1}],
)
def test_an_observation_of_another_form_is_refused(notebook: nbformat.NotebookNode, change: Any) -> None:
    evidence = right("softmax")
    evidence["values"][0] |= change
    verdict = judge(notebook, "softmax", evidence)
    assert [part.state for part in verdict.parts] == [State.CRASHED, State.PASSED, State.PASSED]


@pytest.mark.parametrize("value", [[[1], [1, 2]], {"a": []}, "text", None, float("nan"), np.zeros((3, 0))])
def test_a_value_of_any_form_is_judged(notebook: nbformat.NotebookNode, value: Any) -> None:
    for task in ("Perceptron", "softmax", "gates"):
        evidence = right(task)
        for rows in evidence.values():
            for row in rows:
                row["value"] = value
        assert judge(notebook, task, evidence).points == 0


def test_cases_that_were_not_answered_fail(notebook: nbformat.NotebookNode) -> None:
    evidence = right("softmax")
    evidence["values"] = evidence["values"][:1]
    assert judge(notebook, "softmax", evidence).parts[0].says == "Not all of its cases were run."


@pytest.mark.parametrize(
    ("ended", "state"),
    [("was ended by SIGSEGV", State.CRASHED), ("ended itself with exit code 3", State.CRASHED), ("ran out of time", State.TIMED_OUT)],
)  # fmt: skip
def test_how_a_process_ended_is_told(notebook: nbformat.NotebookNode, ended: str, state: State) -> None:
    verdict = judge(notebook, "softmax", b"", ended)
    assert verdict.state == state
    assert ended.replace("ran out of time", "Stopped") in verdict.parts[0].says


def shown(notebook: nbformat.NotebookNode, **data: str) -> dict[str, str]:
    """What an output of the student's own first cell becomes."""
    import json

    output = {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
        "metadata": {},
    }
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    verdicts = {
        name: Verdict(name, 0, task.points, (PartVerdict("p", State.FAILED),))
        for name, task in lessons.tasks(LESSON).items()
    }
    reply = {"events": [{"cell": cell.id, "outputs": json.dumps([output])}]}
    fill(notebook, reply, verdicts)
    return cell.outputs[0].data


def test_no_script_reaches_the_instructors_browser(notebook: nbformat.NotebookNode) -> None:
    told = shown(
        notebook,
        text_html="<table onclick=go()><tr><td>7</td></tr></table><script>go()</script><img src=x onerror=go()>",
        image_png='x" onerror="go()',
        application_javascript="go()",
        text_plain="plain",
        **{"image_svg+xml": "<svg onload=go()></svg>"},
    )
    assert set(told) == {"text/html", "text/plain"}
    assert "<table><tbody><tr><td>7</td></tr></tbody></table>" in told["text/html"]
    assert "<script" not in told["text/html"]
    assert "<img" not in told["text/html"]


def test_figures_of_the_course_stay_and_nothing_else_of_their_tags(notebook: nbformat.NotebookNode) -> None:
    drawn = '<img alt="a &lt; b" style="x" onload="go()" src="data:image/png;base64,iVBORw0KGgo=">'
    other = '<img src="data:image/svg+xml;base64,iVBO"><img src="http://example.org/x.png">'
    told = shown(notebook, text_html=f"<div>{drawn}</div>{other}", text_plain="x")["text/html"]
    assert told.startswith('<div><img alt="a &lt; b" src="data:image/png;base64,iVBORw0KGgo="></div>')
    assert told.count("<img") == 1


def test_pictures_stay(notebook: nbformat.NotebookNode) -> None:
    assert shown(notebook, image_png="iVBORw0KGgo=\n")["image/png"] == "iVBORw0KGgo=\n"


def test_the_students_words_are_escaped_and_ours_are_not(notebook: nbformat.NotebookNode) -> None:
    own = nbformat.v4.new_markdown_cell("1 < 2 <script>go()</script>", id="own-1")
    ours = notebook.cells[0].source
    notebook.cells.append(own)
    shown(notebook, text_plain="x")
    assert own.source == "<div><p>1 &lt; 2 &lt;script&gt;go()&lt;/script&gt;</p>&#10;</div>"
    assert notebook.cells[0].source == ours


def test_experiments_are_not_run_and_checks_are_asked(notebook: nbformat.NotebookNode) -> None:
    job = jobs.job(LESSON, notebook, SEED)
    sources = [cell["source"] for cell in job["cells"]]
    assert not any("playground" in source for source in sources)
    assert [cell["check"] for cell in job["cells"] if cell["check"]] == list(lessons.tasks(LESSON))
    assert not any(task["borrow"] for task in job["tasks"].values())


def test_the_courses_own_answers_are_only_in_the_second_run(notebook: nbformat.NotebookNode) -> None:
    job = jobs.job(LESSON, notebook, SEED, ["softmax_gradient"], True)
    assert [cell["check"] for cell in job["cells"] if cell["check"]] == ["softmax_gradient"]
    assert "def softmax(" in job["tasks"]["softmax_gradient"]["borrow"]
    assert "def softmax_gradient(" not in job["tasks"]["softmax_gradient"]["borrow"]


def test_what_one_task_borrows_is_never_the_answer_to_another_in_the_same_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uses = {"a": [], "b": ["a"], "c": ["b"], "d": ["a"], "e": ["a", "c"]}
    tasks = {name: SimpleNamespace(uses=uses[name], answers=[name]) for name in uses}
    monkeypatch.setattr(lessons, "tasks", lambda lesson: tasks)
    for k in range(1, 6):
        for names in itertools.combinations(uses, k):
            parted = jobs.rounds("any", names)
            assert [name for part in parted for name in part] == list(names)
            for part in parted:
                assert not {piece for name in part for piece in uses[name]} & set(part)
    assert jobs.rounds("any", ["a", "d"]) == [["a"], ["d"]]
    assert jobs.rounds("any", ["b", "d"]) == [["b", "d"]]


def test_of_several_events_on_one_task_the_first_counts(notebook: nbformat.NotebookNode) -> None:
    wrong, good = {}, right("heaviside")
    events = [
        {"check": "heaviside", "evidence": np.frombuffer(encode(told), np.uint8), "ended": "ended"}
        for told in (wrong, good)
    ]
    for told, points in ((events, 0.0), (events[::-1], 1.0)):
        found = replies.seen(LESSON, {"events": told, "ended": "ended", "left out": {}}, ["heaviside"])
        assert verdicts_of(LESSON, notebook, found, SEED)["heaviside"].points == points
