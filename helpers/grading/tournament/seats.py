"""Where a player sits: a student's in a sandbox, one of the course here; the referee asks both alike."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from helpers.grading.sandbox.process import Failed, Worker
from helpers.grading.worker.playing.player import LEGAL
from helpers.grading.worker.playing.warden import OVER
from helpers.maze import Cell, Maze, Player
from helpers.probes.limit import BACKSTOP
from helpers.probes.plain import Plain, encode

SETUP, CELL, MOVE, GAME = 10.0, 3.0, 0.25, 5.0  # seconds of the processor: all cells, one, a move, a game
IDLE = 3.0  # seconds of a game that a player may sleep while it is asked
MEMORY = 1 << 30  # bytes
WAIT = BACKSTOP * (SETUP + 2 * MOVE) + 60.0  # seconds on the wall for an answer: a start may be in it
MOST, SAID = 1 << 16, 200  # bytes of an answer as the sandbox tells it; characters of a reason
UNWATCHED = "ended what watches over it"


@dataclass(frozen=True)
class Answer:
    """What a player answered.

    Attributes:
        move: what counts.
        lost: why that is not the player's own move; empty where it is.
        out: why the player can't answer any more in this game; empty where it can.
    """

    move: str = "stay"
    lost: str = ""
    out: str = ""


class Seat(Protocol):
    """A player's place in one game: it sits down, is asked, is heard, and leaves."""

    def sit(self) -> None:
        """Begin; `hear` tells then whether the player is there."""

    def ask(self, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> None:
        """Show a position."""

    def hear(self) -> Answer:
        """Return the answer."""

    def leave(self) -> None:
        """End."""


class Ours:
    """A player of the course."""

    def __init__(self, player: Player, maze: Maze):
        self._player, self._maze = player, maze
        self._move = ""

    def sit(self) -> None:
        """It is always there."""
        self._move = "stay"

    def ask(self, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> None:
        """Think at once."""
        self._move = self._player(self._maze, me, other, cheeses)

    def hear(self) -> Answer:
        """Return the move."""
        return Answer(self._move)

    def leave(self) -> None:
        """There is nothing to end."""


class Sandboxed:
    """A student's player: a process of its own for this game, in a sandbox that nobody else is in.

    Args:
        worker: the sandbox.
        player: the "cells" and the "data" of an entrant.
        maze: what is played on.
        seed: what the player's own randomness may begin with.
    """

    def __init__(self, worker: Worker, player: Plain, maze: Maze, seed: int):
        self._worker, self._killed = worker, worker.kills
        self._gone = ""
        files = {"player.npz": player["data"]} if len(player["data"]) else {}
        limits = {"setup": SETUP, "cell": CELL, "move": MOVE, "game": GAME, "idle": IDLE, "memory": MEMORY}
        job = {"cells": player["cells"], "answer": "player", "files": files, "maze": told(maze), "seed": seed}
        self._job = encode({**job, **limits})

    def sit(self) -> None:
        """Start the player's process, and let it run its cells."""
        self._say(self._job)

    def ask(self, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> None:
        """Hand over a position, in an order that tells nothing."""
        self._say(json.dumps([me, other, sorted(cheeses)]).encode())

    def hear(self) -> Answer:
        """Return the answer; where the player has brought down its sandbox, that.

        Raises:
            Failed: where the sandbox failed through no fault of the player.
        """
        if self._gone:
            return Answer(lost=self._gone, out=self._gone)
        try:
            data = self._worker.hear(WAIT, MOST)
        except Failed:
            if self._worker.kills == self._killed:
                raise
            return self._end("ran out of memory")
        try:
            match json.loads(data):
                case {"move": str(move), "lost": str(lost), "out": str(out)} if move in LEGAL:
                    return Answer(move, lost[:SAID], out[:SAID])
        except (ValueError, RecursionError):
            pass
        return self._end(UNWATCHED)

    def leave(self) -> None:
        """Let the sandbox end the player's processes, and be ready for another."""
        if not self._gone:
            self._say(OVER)
        if not self._gone and self._worker.hear(WAIT, MOST) != OVER:
            self._end(UNWATCHED)

    def _say(self, data: bytes) -> None:
        if not self._gone:
            self._worker.say(data, WAIT)

    def _end(self, why: str) -> Answer:
        self._gone = why
        self._worker.close()
        return Answer(lost=why, out=why)


def told(maze: Maze) -> Mapping[str, Plain]:
    """Return a maze as plain data: a row for each passage and way."""
    rows = [(*here, *there, turns) for here, ways in maze.passages.items() for there, turns in ways.items()]
    return {"rows": maze.rows, "cols": maze.cols, "passages": np.array(rows, np.int64).reshape(-1, 5)}
