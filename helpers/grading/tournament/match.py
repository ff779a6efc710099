"""All games of a pair: a pure function of bytes, wherever its two sandboxes are."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import helpers
from helpers.grading.environment import environment
from helpers.grading.sandbox.process import Worker
from helpers.grading.tournament.entrants import Entrant
from helpers.grading.tournament.ours import OURS
from helpers.grading.tournament.referee import play
from helpers.grading.tournament.schedule import Fixture
from helpers.grading.tournament.seats import Ours, Sandboxed, Seat
from helpers.maze import Game
from helpers.probes.plain import Plain, decode, encode

LETTERS = {"up": "u", "down": "d", "left": "l", "right": "r", "stay": "s"}
MOVES = {letter: move for move, letter in LETTERS.items()}
DECIDING = (
    "maze",
    "reference/maze.py",
    *(f"grading/tournament/{n}.py" for n in ("match", "ours", "referee", "seats")),
)


@cache
def code() -> str:
    """Return a hash of what decides a game, apart from the players."""
    package = Path(helpers.__file__).parent
    paths = [
        path
        for name in DECIDING
        for path in ((package / name).glob("*.py") if name == "maze" else [package / name])
    ]
    whole = hashlib.sha256(environment().encode())
    for path in sorted(paths):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:20]


def job(pair: Sequence[Entrant], fixtures: Iterable[Fixture], size: Plain) -> bytes:
    """Return what `run` is handed: both players, the games, and the size of the boards."""
    players = [
        {"ours": one.ours, "cells": list(one.cells), "data": np.frombuffer(one.data, np.uint8)}
        for one in pair
    ]
    games = [{"seed": f.seed, "swapped": f.swapped, "own": list(f.own)} for f in fixtures]
    return encode({"players": players, "games": games, "size": size})


def run(told: bytes, workers: Sequence[Worker]) -> bytes:
    """Play the games of a pair and return what came of them, as JSON.

    Raises:
        Failed: where a sandbox fails through no fault of the player in it.
    """
    asked = decode(told, most_text=len(told))
    games = [_game(asked["players"], game, asked["size"], workers) for game in asked["games"]]
    return json.dumps({"code": code(), "games": games}).encode()


def _game(players: Any, asked: Any, size: Any, workers: Sequence[Worker]) -> dict[str, Plain]:
    first = Game.new(asked["seed"], **size)
    seats: list[Seat] = [
        Ours(OURS[player["ours"]](own), first.maze)
        if player["ours"]
        else Sandboxed(worker, player, first.maze, own)
        for player, own, worker in zip(players, asked["own"], workers, strict=True)
    ]
    played = play(first, seats[::-1] if asked["swapped"] else seats)
    return {
        "seed": asked["seed"],
        "swapped": asked["swapped"],
        "moves": ["".join(LETTERS[moves[i]] for moves in played.moves) for i in (0, 1)],
        "scores": list(played.scores),
        "lost": [dict(lost) for lost in played.lost],
        "forfeits": list(played.forfeits),
        "result": played.result,
    }
