"""How long a tournament of made-up players takes."""

import tempfile
import time
from pathlib import Path
from typing import Any

from helpers.grading.bench.tournament.players import made_up
from helpers.grading.sandbox.pools import Local, cores
from helpers.grading.tournament.page import page
from helpers.grading.tournament.run import INSIDE, play

LESSON = "12-maze"
GAMES = 2  # of each pair


def measure(players: int) -> dict[str, Any]:
    """Return what a tournament of so many takes, from the start of its sandboxes to its page."""
    began, games = time.perf_counter(), [0]
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        with Local(LESSON, [INSIDE], players**2, [], each=2) as pool:
            pool.ready()
            ready, own, inside = time.perf_counter(), time.process_time(), pool.used
            kept = Path(folder, "results.jsonl")
            played = play(pool, kept, made_up(players), GAMES, 0, lambda total: _counter(games))
            ended = time.perf_counter()
            own, inside = time.process_time() - own, pool.used - inside
        shown = page(LESSON, played)
        size = kept.stat().st_size
    turns = sum(len(game.moves[0]) for found in played.results.values() for game in found)
    return {
        "players": players,
        "with the course's": sum(row.rank > 0 for row in played.rows),
        "cores": cores(),
        "games": games[0],
        "wall, seconds": time.perf_counter() - began,
        "games a second": games[0] / (ended - ready),
        "processor, seconds a game": (own + inside) / max(1, games[0]),
        "of that the referee": own / max(1, games[0]),
        "turns a game": turns / max(1, games[0]),
        "lost moves": sum(sum(row.lost_moves.values()) for row in played.rows),
        "page, MB": len(shown.encode()) / 1e6,
        "results, MB": size / 1e6,
    }


def _counter(games: list[int]) -> Any:
    def add(n: int) -> None:
        games[0] += n

    return add


def told(figures: dict[str, Any]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(
        f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}"
        for name, value in figures.items()
    )
