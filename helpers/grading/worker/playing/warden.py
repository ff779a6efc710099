"""The warden of one player: it hands over positions and tells moves, whatever the player does."""

import json
import os
import select
import signal
import sys
import time
from functools import partial
from typing import Any

from helpers.grading.worker.child import guarded, told
from helpers.grading.worker.cleaning import end_all_others, wipe
from helpers.grading.worker.frames import SIZE, read, send, write
from helpers.grading.worker.memory import too_much
from helpers.grading.worker.playing.clock import LOOK, Clock
from helpers.grading.worker.playing.player import ANSWER, LEGAL, player

OVER = b"{}"  # what ends a game, said by the other side; and the last word of this one
ENDING = 1.0  # seconds in which a process that has closed its pipe may be on its way out
STARTS = 4  # of a player's process in a game; one that has ended costs the move


def played(job: Any, jobs: Any, replies: Any, private: list[int], shell: Any) -> bytes:
    """Answer position after position until the game is over; return the last word.

    Args:
        job: the player's cells and files, the maze, and what it may take.
        jobs: where positions come from.
        replies: where answers go, each a dict of "move", "lost" (why that is not the player's own) and
            "out" (why it can answer no more); the first says whether the player is there.
        private: descriptors that its process must not have.
        shell: to run cells in.
    """
    seat = Seated(job, private, shell)
    write(replies, seat.begin())
    seat.ready()
    while (asked := read(jobs)) not in (None, OVER):
        write(replies, seat.answer(asked))
    end_all_others()
    return OVER


class Seated:
    """A player in its process, which is started anew where it has ended, a few times."""

    def __init__(self, job: Any, private: list[int], shell: Any):
        self._job, self._private, self._shell = job, private, shell
        self._clock, self._starts = Clock(job["setup"], job["game"], job["idle"]), 0
        self._child, self._to, self._from = 0, -1, -1

    def begin(self) -> bytes:
        """Start the process and run the cells; return an answer that says how that went."""
        self._starts += 1
        (self._from, answers), (asked, self._to) = os.pipe(), os.pipe()
        if (child := os.fork()) == 0:
            for fd in (*self._private, self._from, self._to):
                os.close(fd)
            sys.stderr = sys.__stderr__
            guarded(partial(player, self._job, asked, answers, self._shell))
        os.close(answers)
        os.close(asked)
        self._child = child
        return self._hear(self._job["setup"])

    def ready(self) -> None:
        """Let the game begin."""
        self._clock.ready()

    def answer(self, asked: bytes) -> bytes:
        """Hand over a position and return what comes of it."""
        if not self._child:
            if why := self._out():
                return said(lost=why, out=why)
            if json.loads(started := self.begin())["lost"]:
                return started
        try:
            send(self._to, SIZE.pack(len(asked)) + asked)
        except OSError:
            return self._stop("its process no longer listens")
        return self._hear(self._job["move"])

    def _out(self) -> str:
        if self._starts >= STARTS:
            return f"its process has ended {STARTS} times"
        return self._clock.out

    def _hear(self, seconds: float) -> bytes:
        """Return the one answer that is due; whoever says more than that, or nothing, is ended."""
        data = bytearray()
        self._clock.begin(seconds)
        while True:
            if select.select([self._from], [], [], LOOK)[0]:
                if chunk := os.read(self._from, SIZE.size + ANSWER + 1 - len(data)):
                    data += chunk
                    size = SIZE.unpack_from(data)[0] if len(data) >= SIZE.size else 0
                    if len(data) > SIZE.size + ANSWER or (size and len(data) > SIZE.size + size):
                        return self._stop("said more than one move")
                    if size and len(data) == SIZE.size + size:
                        return _checked(bytes(data[SIZE.size :]))
                    continue
                return self._stop("its process no longer speaks", ENDING)
            gone, status, usage = os.wait4(self._child, os.WNOHANG)
            if gone:
                return self._ended(told(status), usage)
            if why := self._clock.over() or too_much(self._job["memory"]):
                return self._stop(why)

    def _stop(self, why: str, patience: float = 0.0) -> bytes:
        """End the process where it does not end by itself within so many seconds; say which."""
        until = time.monotonic() + patience
        gone, status, usage = os.wait4(self._child, os.WNOHANG)
        while not gone and time.monotonic() < until:
            time.sleep(0.005)
            gone, status, usage = os.wait4(self._child, os.WNOHANG)
        if not gone:
            os.kill(self._child, signal.SIGKILL)
            _, _, usage = os.wait4(self._child, 0)
        return self._ended(told(status) if gone else why, usage)

    def _ended(self, why: str, usage: Any) -> bytes:
        """End what it has begun, wipe what it has written, and say that the move is lost."""
        os.close(self._from)
        os.close(self._to)
        self._child = 0
        end_all_others()
        wipe()
        self._clock.ended(usage.ru_utime + usage.ru_stime)
        return said(lost=f"its process {why}" if why.startswith(("ended", "was")) else why, out=self._out())


def said(move: str = "stay", lost: str = "", out: str = "") -> bytes:
    """Return an answer as it is told."""
    return json.dumps({"move": move, "lost": lost, "out": out}).encode()


def _checked(data: bytes) -> bytes:
    """Return a player's own answer, or that it is none: nothing else of it is passed on."""
    try:
        match json.loads(data):
            case {"move": str(move), "lost": str(lost)} if move in LEGAL:
                return said(move, lost[:ANSWER])
    except (ValueError, RecursionError):
        pass
    return said(lost="said something that is no move")
