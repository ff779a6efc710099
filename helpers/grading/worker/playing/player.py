"""One player from inside: its cells are run, then its function is asked in each position."""

import json
import os
import random
import sys
from typing import Any

import numpy as np

from helpers.grading.worker.frames import SIZE, read, send
from helpers.grading.worker.running import run, settle
from helpers.maze import MOVES, Maze
from helpers.probes.limit import TimeLimit, limit

ANSWER = 4000  # bytes of one at most
LEGAL = (*MOVES, "stay")
SAID = 200  # characters of an exception
PROCESSES = 24  # with its watch: hundreds that run would leave that one no time of the processor


def player(job: Any, asked: int, answers: int, shell: Any) -> None:
    """Run a player's cells in this process, say whether it is there, and answer until nobody asks.

    Args:
        job: what to run.
        asked: where positions come from.
        answers: where moves go.
        shell: to run the cells in.
    """
    settle(job["setup"] + job["game"], job["memory"], shell, PROCESSES)
    for name, data in job["files"].items():
        with open(name, "wb") as file:
            file.write(data.tobytes())
    _seed(job["seed"])
    wrong = [why for cell in job["cells"] if (why := _error(run(shell, cell, job["cell"])))]
    found = shell.user_ns.get(job["answer"])
    if not callable(found):
        missing = f"there is no function `{job['answer']}`"
        _tell(answers, lost=f"{missing}; {wrong[0]}" if wrong else missing)
        return
    _tell(answers)
    maze = _maze(job["maze"])
    with os.fdopen(asked, "rb", buffering=0) as positions:
        while position := read(positions):
            me, other, cheeses = json.loads(position)
            there = tuple(me), tuple(other), frozenset(map(tuple, cheeses))
            _tell(answers, **_move(found, job["move"], maze, *there))


def _move(found: Any, seconds: float, *position: Any) -> dict[str, str]:
    try:
        with limit(seconds):
            move = found(*position)
    except TimeLimit as error:
        return {"lost": str(error)[:SAID]}
    except BaseException as error:
        return {"lost": _named(error)}
    if isinstance(move, str) and (plain := str.__str__(move)) in LEGAL:
        return {"move": plain}
    shown = f" {str.__str__(move)[:20]!r}" if isinstance(move, str) else ""
    return {"lost": f"returned no move, but {type(move).__name__[:40]}{shown}"}


def _named(error: BaseException) -> str:
    try:
        says = str(error)[:SAID]
    except BaseException:  # of an exception of the player's own
        says = ""
    return f"{type(error).__name__[:60]}: {says}".rstrip(": ")


def _tell(pipe: int, move: str = "stay", lost: str = "") -> None:
    why = "".join(c if c.isprintable() else "?" for c in lost[: 2 * SAID])
    data = json.dumps({"move": move, "lost": why}, ensure_ascii=False).encode("utf-8", "replace")
    send(pipe, SIZE.pack(len(data)) + data)


def _error(outputs: list[dict[str, Any]]) -> str:
    """Return what a cell stopped with; empty where it did not."""
    for output in outputs:
        if output["output_type"] == "error":
            return " ".join(output["evalue"].split())[:SAID]
    return ""


def _seed(seed: int) -> None:
    """Let what draws from a global generator draw the same in the same game."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed % 2**63)


def _maze(told: Any) -> Maze:
    passages: dict[Any, dict[Any, int]] = {
        (r, c): {} for r in range(told["rows"]) for c in range(told["cols"])
    }
    for r, c, down, right, turns in told["passages"].tolist():
        passages[r, c][down, right] = turns
    return Maze(told["rows"], told["cols"], passages)
