"""Moves a second of the maze game: on arrays, readable, and as a loop over one environment's `step`."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from helpers.grading.bench.pairs import ONE_THREAD, fresh
from helpers.maze import MOVES, Game
from helpers.maze.many import STAY, Many, many_wandering

GAMES, TURNS = 2000, 60
WORDS = [*MOVES, "stay"]


class Environment:
    """One game as `gymnasium.Env` has it: reset, then step by step with an array to look at."""

    def __init__(self, seed: int):
        self.game = Game.new(seed)

    def step(self, moves: tuple[int, int]) -> tuple[ndarray, float, bool, bool, dict[str, Any]]:
        """Return (observation, reward, terminated, truncated, info) after both have moved."""
        before = self.game
        self.game = before.step((WORDS[moves[0]], WORDS[moves[1]]))
        lead = [game.scores[0] - game.scores[1] for game in (before, self.game)]
        late = self.game.turn >= self.game.limit
        return self._seen(), lead[1] - lead[0], self.game.over and not late, late, {}

    def _seen(self) -> ndarray:
        maze = self.game.maze
        seen = np.zeros((3, maze.rows, maze.cols), np.float32)
        for r, c in self.game.cheeses:
            seen[0, r, c] = 1
        for i, (r, c) in enumerate(self.game.players):
            seen[1 + i, r, c] = 1
        return seen


def on_arrays() -> Callable[[], int]:
    """Return the work of many games at once, with players that wander."""
    games = Many.new(range(GAMES))

    def work() -> int:
        first, second, many, moves = many_wandering(0), many_wandering(1), games, 0
        for _ in range(TURNS):
            moves += 2 * int((~many.over).sum())
            many = many.step(np.stack([first(many, 0), second(many, 1)], axis=1))
        return moves

    return work


def readable(games: int = 40) -> Callable[[], int]:
    """Return the work of `Game.step`, game by game."""
    starts, rng = [Game.new(seed) for seed in range(games)], np.random.default_rng(0)
    words = [[(WORDS[a], WORDS[b]) for a, b in row] for row in rng.integers(0, STAY, (games, TURNS, 2))]

    def work() -> int:
        moves = 0
        for game, row in zip(starts, words, strict=True):
            for pair in row:
                moves += 2 * (not game.over)
                game = game.step(pair)
        return moves

    return work


def stepwise(games: int = 40) -> Callable[[], int]:
    """Return the work of environments that are stepped one by one."""
    moves = np.random.default_rng(0).integers(0, STAY, (games, TURNS, 2)).tolist()

    def work() -> int:
        made = 0
        for seed, row in enumerate(moves):
            world = Environment(seed)
            for pair in row:
                made += 2
                if any(world.step(tuple(pair))[2:4]):
                    break
        return made

    return work


WORKS = {"on arrays": on_arrays, "readable": readable, "step by step": stepwise}


def measure() -> dict[str, float]:
    """Return moves a second of each, on one thread, in a fresh interpreter."""
    return fresh(__name__, "all", **ONE_THREAD)


def figures(rounds: int = 5) -> dict[str, float]:
    """Return moves a second of each, the best of some rounds, in this process."""
    works, best = {name: make() for name, make in WORKS.items()}, dict.fromkeys(WORKS, 0.0)
    for _ in range(rounds):
        for name, work in works.items():
            began = time.process_time()
            moves = work()
            best[name] = max(best[name], moves / (time.process_time() - began))
    return best


def told(found: dict[str, float]) -> str:
    """Return the figures as lines of text."""
    slowest = min(found.values())
    return "\n".join(
        f"maze, {name}: {rate:,.0f} moves a second, {rate / slowest:.1f} times the slowest"
        for name, rate in found.items()
    )


if __name__ == "__main__":  # the interpreter that `measure` starts
    print(json.dumps(figures()))
    sys.exit()
