"""Made-up players, from one that never errs to one that hardly does anything else."""

import inspect

from helpers.grading.tournament.entrants import Entrant
from helpers.reference.maze import distances, greedy

IMPORTS = "import random\nfrom heapq import heappop, heappush\nfrom helpers.maze import Cell, Maze"
PLAYER = """
def player(maze, me, other, cheeses):
    if random.random() < {share}:
        return random.choice(list(maze.moves(me)))
    return greedy(maze, me, other, cheeses)
"""


def made_up(n: int) -> list[Entrant]:
    """Return players that go for the nearest cheese, but for a share of their moves: none, and ever more."""
    own = (IMPORTS, inspect.getsource(distances), inspect.getsource(greedy))
    return [Entrant(f"player {i}", (*own, PLAYER.format(share=i / n))) for i in range(n)]
