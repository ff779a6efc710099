"""A worker that hangs, spins, or says what no worker does is given up; one that is slow is waited for."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from helpers.grading import CourseError
from helpers.grading.sandbox import patience, sizes
from helpers.grading.sandbox.cgroup import Group
from helpers.grading.sandbox.process import Failed, Worker
from helpers.grading.worker.frames import MOST, SIZE
from helpers.probes.plain import encode

HANGS = "import time; time.sleep(1000)"
SPINS = "while True: pass"
SLOW = """
import sys, time
while time.process_time() < 3: pass
sys.stdout.buffer.write((5).to_bytes(8, "little") + b"reply")
sys.stdout.flush()
time.sleep(1000)
"""
LIES = 'import sys, time; sys.stdout.buffer.write(b"\\xff" * 8); sys.stdout.flush(); time.sleep(1000)'
Start = Callable[[str], Worker]


@pytest.fixture
def start() -> Iterator[Start]:
    """What starts a program in a worker's place, below a process of its own as in a sandbox."""
    started: list[Worker] = []

    def begin(program: str) -> Worker:
        worker = Worker.__new__(Worker)
        worker._errors, worker._group = [], Group.__new__(Group)
        worker._group._folders = []
        worker._process = subprocess.Popen(
            ["sh", "-c", 'exec 3<&0; "$0" -c "$1" <&3 3<&- & exec 0<&- 1>&- 3<&-; wait', sys.executable, program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        worker._listener = threading.Thread(target=int)
        worker._listener.start()
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        os.killpg(worker._process.pid, signal.SIGKILL)
        worker.close()


def test_one_that_hangs_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STILL", 3.0)
    with pytest.raises(Failed, match="nothing in it has run for 3 s"):
        start(HANGS).run(b"job", 7260.0)


def test_one_that_hangs_before_it_reads_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STILL", 3.0)
    with pytest.raises(Failed, match="nothing in it has run for 3 s"):
        start(HANGS).run(b"x" * 2_000_000, 7260.0)


def test_one_that_spins_is_given_up(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BUSY", 0.002)
    with pytest.raises(Failed, match="of the processor"):
        start(SPINS).run(b"job", 7260.0)


def test_one_that_is_slow_is_waited_for(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STILL", 3.0)
    monkeypatch.setattr(patience, "LOOK", 0.1)
    assert start(SLOW).run(b"job", 7260.0) == b"reply"


def test_a_size_that_no_worker_sends_is_not_believed(start: Start) -> None:
    with pytest.raises(Failed, match=f"announced {2**64 - 1} bytes, and none sends more than {MOST}"):
        start(LIES).run(b"job", 7260.0)


def test_a_reply_of_nothing_but_lists_is_never_parsed() -> None:
    text = b"[" + b"[]," * 600_000 + b"0]"
    blob = encode({})[16 + len(b'{"dict": {}}') :]
    bomb = SIZE.pack(len(text)) + SIZE.pack(len(blob)) + text + blob
    with pytest.raises(ValueError, match="more than 1000000 values"):
        sizes.decoded(bomb)
    for data in (b"", b"x", b"\xff" * 40, bomb[:100]):
        with pytest.raises(ValueError, match="evidence"):
            sizes.decoded(data)


def test_what_was_printed_may_look_like_lists() -> None:
    printed = {"events": [{"cell": "0", "outputs": "[[],\\" * 500_000}]}
    assert sizes.decoded(encode(printed)) == printed


def test_a_job_that_no_worker_reads_is_its_students_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MOST", 1 << 20)
    assert sizes.sendable(b"job") == b"job"
    with pytest.raises(CourseError, match="too long to be run, 2 MiB"):
        sizes.sendable(b"x" * (2 << 20))
