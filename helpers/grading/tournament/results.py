"""The file of results: a line for each pair that has played, written as it ends, so that a run can go on."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One game; what is said of two is first of the first of the pair.

    Attributes:
        seed: of the board.
        swapped: whether the second of the pair was in the first corner.
        moves: a letter for each turn, of each.
        scores: cheese.
        lost: how often each lost a move, by reason.
        forfeits: why each lost the game whatever its cheese; empty where it did not.
        result: what the first scores: 1, 1/2 or 0.
    """

    seed: int
    swapped: bool
    moves: tuple[str, str]
    scores: tuple[float, float]
    lost: tuple[Mapping[str, int], Mapping[str, int]]
    forfeits: tuple[str, str]
    result: float


def results(reply: bytes, code: str) -> list[Result]:
    """Return the games of a pair as `match.run` tells them.

    Raises:
        ValueError: where it tells something else, or by other rules than these.
    """
    try:
        told = json.loads(reply)
        if told["code"] != code:
            raise ValueError("it was played by another version of the course")
        return [_result(game, game["swapped"]) for game in told["games"]]
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"no results: {error}") from None


def read(path: Path) -> dict[str, list[Result]]:
    """Return the results that are kept, by key; a line that was cut short is none."""
    found: dict[str, list[Result]] = {}
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        try:
            told = json.loads(line)
            found[told["key"]] = [_result(game, False) for game in told["games"]]
        except (ValueError, LookupError, TypeError, AttributeError):
            continue
    return found


def keep(path: Path, key: str, pair: tuple[str, str], games: list[Result]) -> None:
    """Add what a pair has played."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"key": key, "pair": pair, "games": [asdict(game) for game in games]}).encode()
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            line = line if file.read(1) == b"\n" else b"\n" + line  # after one that was cut short
        file.write(line + b"\n")


def _result(told: Any, turned: bool) -> Result:
    """Read a game; turned where the second of the pair is told first."""
    order = (1, 0) if turned else (0, 1)
    moves, scores, lost, forfeits = (
        [told[name][i] for i in order] for name in ("moves", "scores", "lost", "forfeits")
    )
    result = 1 - told["result"] if turned else told["result"]
    if result not in (0, 0.5, 1) or len(moves[0]) != len(moves[1]):
        raise ValueError("a result that no game has")
    counts = [{str(why): int(n) for why, n in one.items()} for one in lost]
    return Result(
        int(told["seed"]),
        bool(told["swapped"]),
        (str(moves[0]), str(moves[1])),
        (float(scores[0]), float(scores[1])),
        (counts[0], counts[1]),
        (str(forfeits[0]), str(forfeits[1])),
        float(result),
    )
