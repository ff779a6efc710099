"""The course's own earlier answers are lent where they may still change a verdict, once, and nowhere else."""

from typing import Any

import nbformat
import pytest
from small_class import LESSON, ROOT, WRONG, filled

from helpers.checks import lessons
from helpers.checks.verdict import State
from helpers.grading.judging import jobs, replies
from helpers.grading.judging.judge import verdicts_of
from helpers.grading.judging.underway import Running, settled
from helpers.grading.sandbox.lending import Lender, Lent
from helpers.grading.sandbox.process import Worker
from helpers.probes.plain import decode, encode

SEED = 3
TASKS = lessons.tasks(LESSON)
USING = [name for name, task in TASKS.items() if task.uses]
ASKS = """
import os, fcntl
from helpers.grading.worker.frames import SIZE, send
from helpers.probes.plain import encode
pipes = [int(fd) for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
pipes = [fd for fd in pipes if "pipe" in os.readlink(f"/proc/self/fd/{fd}")]
[told] = [fd for fd in pipes if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY]
event = encode({"ready": "Perceptron"})
for task in TASKS:
    checked = encode({"check": task, "ended": "ended", "evidence": __import__("numpy").zeros(0, "uint8")})
    send(told, SIZE.pack(len(checked)) + checked)
for _ in range(20_000):
    send(told, SIZE.pack(len(event)) + event)
"""


def solved(**others: str) -> nbformat.NotebookNode:
    """Return it solved, but for these."""
    return filled(**{name: f"{t.imports}\n\n{t.source}" for name, t in TASKS.items()} | others)


def run(worker: Worker, lender: Lender, notebook: nbformat.NotebookNode) -> Any:
    """Run a notebook and let the lender know what came of it."""
    job = encode(jobs.job(LESSON, notebook, SEED))
    reply = decode(worker.run(job, 400, lender.lent(jobs.pieces(LESSON, TASKS))), most_text=1 << 28)
    told: Any = None
    work = Running("", ROOT, told, told, {}, [], reply=reply)
    work.earlier = verdicts_of(LESSON, notebook, replies.seen(LESSON, reply), SEED)
    for name, evidence in settled(LESSON, work):
        lender.settle(name, evidence)
    return reply


def test_what_another_has_shown_is_not_asked_again(lone_worker: Worker) -> None:
    lender = Lender()
    assert replies.told_again(run(lone_worker, lender, solved())) == {*USING}, "nothing is known yet"
    assert not replies.told_again(run(lone_worker, lender, solved()))
    first, second = (replies.told_again(run(lone_worker, lender, solved(heaviside=WRONG))) for _ in range(2))
    assert first == second == {"Perceptron"}, "only what it uses may be to blame, however often it is seen"


def test_a_stub_is_settled(lone_worker: Worker) -> None:
    lender = Lender()
    assert replies.told_again(run(lone_worker, lender, filled())) == {*USING}
    assert not replies.told_again(run(lone_worker, lender, filled()))


def test_what_is_lent_later_can_still_be_judged(lone_worker: Worker) -> None:
    """The second of two tasks is lent what it uses although the first needs nothing."""
    lender, notebook = Lender(), solved(softmax="def softmax(z):\n    return z")
    run(lone_worker, lender, solved())
    reply = run(lone_worker, lender, notebook)
    assert replies.told_again(reply) == {"softmax_gradient"}
    found = replies.seen(LESSON, reply, ["softmax_gradient"], "again")
    assert verdicts_of(LESSON, notebook, found, SEED)["softmax_gradient"].state == State.PASSED


def test_who_asks_a_thousand_times_is_given_it_once(lone_worker: Worker) -> None:
    asks = ASKS.replace("TASKS", repr(list(TASKS)))
    reply = run(lone_worker, Lender(), filled(heaviside=asks))
    assert reply["ended"] == "ended"
    assert not run(lone_worker, Lender(), filled())["left out"], "and the worker goes on"


@pytest.mark.parametrize("asked", [b"[]", b"7", b"{", b'"' + b"x" * 200_000 + b'"'])
def test_nothing_is_lent_to_what_is_no_worker(asked: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Lent({"Perceptron": "x = 1"}, {})(asked)


def test_a_hash_that_is_none_settles_nothing() -> None:
    lent = Lent({"Perceptron": "x = 1"}, {"Perceptron": frozenset({"ab"})})
    for told in (b"{}", b'{"Perceptron": ["ab"]}', b'{"Perceptron": null}', b'{"other": "ab"}'):
        assert decode(lent(told)) == {"Perceptron": "x = 1"}
    assert decode(lent(b'{"Perceptron": "ab"}')) == {}
