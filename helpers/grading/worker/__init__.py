"""The first process of a sandbox: it forks for each submission, and the submission for each check.

It is handed jobs and returns what it saw; it knows no expected value and no score, and neither does
anything else in here. Only this process holds the pipes to the outside.
"""

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from typing import Any

from helpers.grading.attack import attack
from helpers.grading.worker.child import guarded, outcome
from helpers.grading.worker.cleaning import end_all_others, standing, wipe
from helpers.grading.worker.frames import read, write
from helpers.grading.worker.watching import reply
from helpers.probes.plain import encode

PR_SET_DUMPABLE = 4


def main() -> None:
    """Harden this process, attack it, say what that gave, then serve jobs until the pipe closes."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    sys.stderr = os.fdopen(os.dup(2), "w")  # for this process's own last words
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    secrets = json.loads(read(jobs) or b"[]")
    won = attack(secrets)
    end_all_others()
    write(replies, json.dumps(won).encode())
    _warm_up()
    private = [jobs.fileno(), replies.fileno(), sys.stderr.fileno()]
    hung_up, before = select.poll(), standing()
    hung_up.register(jobs, select.POLLIN)
    while hung_up.poll()[0][1] & select.POLLIN:
        if (warden := os.fork()) == 0:  # so that what it reads and collects is never in the next one's memory
            guarded(lambda: write(replies, reply(read(jobs) or b"", private)))
        if outcome(warden, hung_up) != 0:
            lost = {"events": [], "ended": "ended what watches over it", "left out": {}}
            write(replies, encode(lost))
        end_all_others()
        wipe()
        if standing() != before:
            sys.exit("a submission changed the limits of its worker: starting afresh")


def _warm_up() -> None:
    """Import what nearly every notebook imports, and stand in for what a notebook calls to be checked."""
    import IPython.core.interactiveshell  # noqa: F401
    import jaxtyping  # noqa: F401
    import torch  # noqa: F401

    import helpers.data
    import helpers.figures

    def nothing(*_: Any) -> None:
        pass

    for name in ("ask", "check", "hint", "start"):
        setattr(helpers, name, nothing)
    vars(helpers)["needs"] = _needs
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _needs(*_: str) -> Iterator[None]:
    with contextlib.suppress(Exception):
        yield
