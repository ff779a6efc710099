"""What is the same for a whole class is read, judged and encoded once."""

from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from helpers.checks import lessons
from helpers.checks.kept import forget
from helpers.grading.judging import judge, pipeline, replies
from helpers.grading.judging.jobs import job, packed
from helpers.grading.judging.judge import verdicts_of
from helpers.probes.plain import decode, encode

LESSON, TASK, SEED = "01-perceptron", "softmax", 3
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    """The solved lesson."""
    return nbformat.read(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)


def told(more: str = "", seconds: float = 0.0) -> replies.Seen:
    """Read a reply in which a right answer printed something."""
    task = lessons.task(LESSON, TASK)
    seen = {
        part: [{**row.to_plain(), "seconds": 0.0, "printed": more} for row in rows]
        for part, rows in task.observe(task.right, SEED).items()
    }
    evidence = np.frombuffer(encode(seen), np.uint8)
    event = {"check": TASK, "ended": "ended", "evidence": evidence, "seconds": seconds}
    return replies.seen(LESSON, {"events": [event], "ended": "ended", "left out": {}}, [TASK])


def test_equal_bytes_are_read_once_and_each_has_its_own_time() -> None:
    (one, took), (other, longer) = told(seconds=1.0)[TASK], told(seconds=2.0)[TASK]
    assert one is other
    assert (took, longer) == (1.0, 2.0)
    assert told("!")[TASK][0] is not one
    forget()
    assert told()[TASK][0] is not one


def test_what_is_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "SMALL", 10)
    assert told()[TASK][0] is not told()[TASK][0]


def test_equal_bytes_are_judged_once_for_all_answers_of_which_as_much_is_known(
    notebook: nbformat.NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = list[Any]()
    decide = judge.decide
    monkeypatch.setattr(judge, "decide", lambda *args, **more: judged.append(args) or decide(*args, **more))
    forget()
    first, second = (verdicts_of(LESSON, notebook, told(seconds=s), SEED)[TASK] for s in (1.0, 2.0))
    assert len(judged) == 1
    assert (first.points, first.seconds, second.seconds) == (2, 1.0, 2.0)
    for cell in notebook.cells:
        if cell.id == TASK:
            cell.source = "from scipy.special import softmax as s\n\ndef softmax(z):\n    return s(z, -1)"
    assert (
        verdicts_of(LESSON, notebook, told(), SEED)[TASK].points == 0
    )  # the same bytes, of what is forbidden
    assert len(judged) == 2


def test_a_job_is_packed_as_it_is(notebook: nbformat.NotebookNode) -> None:
    asked = job(LESSON, notebook, SEED)
    sent = decode(packed(asked), most_text=1 << 30)
    sent["tasks"] = {name: decode(data.tobytes()) for name, data in sent["tasks"].items()}
    assert encode(sent) == encode(asked)
    assert asked["tasks"][TASK].encoded is job(LESSON, notebook, SEED)["tasks"][TASK].encoded


@pytest.mark.parametrize(
    ("group", "everyone", "share"), [(166, 200, 4), (34, 200, 1), (2, 2, 2), (0, 5, 0), (0, 0, 0), (1, 2, 1)]
)
def test_each_part_of_a_class_has_its_share_of_workers(
    monkeypatch: pytest.MonkeyPatch, group: int, everyone: int, share: int
) -> None:
    monkeypatch.setattr(pipeline, "cores", lambda: 4)
    assert pipeline._share(group, everyone) == share
