"""The players of the course that take part: they are ours, so that they need no sandbox."""

from collections.abc import Callable

from helpers.maze import Player
from helpers.maze.players import resting, wandering
from helpers.reference.maze import greedy

OURS: dict[str, Callable[[int], Player]] = {  # each made from a seed, anew for every game
    "resting": lambda seed: resting,
    "wandering": wandering,
    "greedy": lambda seed: greedy,
}
