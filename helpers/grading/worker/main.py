"""The first process of a sandbox: it forks for each submission, and the submission for each check.

It is handed jobs and returns what it saw; it knows no expected value and no score, and neither does
anything else in here. Only this process holds the pipes to the outside.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from typing import Any

import helpers
from helpers.grading.worker.attack import attack
from helpers.grading.worker.child import guarded, outcome
from helpers.grading.worker.cleaning import end_all_others, standing, wipe
from helpers.grading.worker.frames import read, write
from helpers.grading.worker.running import new_shell, rehearse
from helpers.grading.worker.watching import reply
from helpers.probes.limit import pace
from helpers.probes.plain import encode

PR_SET_DUMPABLE = 4


def main() -> None:
    """Harden this process, attack it, say what that gave, then serve jobs until the pipe closes."""
    gc.disable()  # what it frees leaves holes, and every submission would fill them with copies of its own
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # unbuffered, so that nothing is in memory before its time
    jobs, replies = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    sys.stderr = os.fdopen(os.dup(2), "w")  # for this process's own last words
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    told = json.loads(read(jobs) or b"{}")
    won = attack(told["secrets"])
    end_all_others()
    write(replies, json.dumps(won).encode())
    shell = _warm_up(told["warm"])
    wipe()
    private = [jobs.fileno(), replies.fileno(), sys.stderr.fileno()]
    arrives, hung_up, before = select.poll(), select.poll(), standing()
    arrives.register(jobs, select.POLLIN)
    hung_up.register(jobs, 0)
    while arrives.poll()[0][1] & select.POLLIN:
        if (warden := os.fork()) == 0:  # so that what it reads and collects is never in the next one's memory
            guarded(lambda: write(replies, reply(jobs, replies, private, shell)))
        if outcome(warden, hung_up) != 0:
            lost = {"events": [], "ended": "ended what watches over it", "left out": {}}
            write(replies, encode(lost))
            sys.exit("a submission ended what watches over it: starting afresh")
        end_all_others()
        wipe()
        if standing() != before:
            sys.exit("a submission changed the limits of its worker: starting afresh")


def _warm_up(modules: list[str]) -> Any:
    """Import what the lesson imports, stand in for what calls a check, and return a shell to run cells in."""
    for name in modules:
        with contextlib.suppress(Exception):  # which the cell that imports it will tell
            importlib.import_module(name)

    def nothing(*_: Any) -> None:
        pass

    for name in ("ask", "check", "counterexample", "hint", "progress", "start"):
        setattr(helpers, name, nothing)
    vars(helpers)["needs"] = _needs
    pace()  # for all that are forked from here
    shell = new_shell()
    rehearse(shell)
    gc.freeze()
    return shell


@contextlib.contextmanager
def _needs(*_: str) -> Iterator[None]:
    with contextlib.suppress(Exception):
        yield
