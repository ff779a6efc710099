"""Players that need no thought; `greedy` is an exercise of lesson 12, and its reference."""

import numpy as np

from helpers.maze.board import Cell, Maze
from helpers.maze.match import Player


def resting(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """Never move."""
    return "stay"


def wandering(seed: int) -> Player:
    """Return a player that takes any open passage, each with the same chance."""
    rng = np.random.default_rng(seed)

    def player(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
        return str(rng.choice(list(maze.moves(me))))

    return player
