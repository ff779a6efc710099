"""A lesson with one task, a player for the maze, and players as students write them."""

from helpers.checks.task import Case, Part, Task
from helpers.maze import Cell, Game, Maze, Player

TINY = "91-maze"
LESSON = """\
# ---
# jupyter:
#   jupytext:
#     comment_magics: false
#     cell_metadata_filter: answer,check,essay,points,tags,-all
# ---

# %% [markdown]
# # A player

# %%
from helpers import check, start
start("91-maze")

# %% answer="player"
def player(maze, me, other, cheeses):
    ### BEGIN SOLUTION
    return "up"
    ### END SOLUTION

# %% check="player"
check("player")

# %% tags=["experiment"]
raise RuntimeError("an experiment is never run")
"""

WANDERS = """\
import random
def player(maze, me, other, cheeses):
    return random.choice(list(maze.moves(me)))
"""
CLIMBS = "def player(maze, me, other, cheeses):\n    return 'up' if 'up' in maze.moves(me) else 'right'"


def player(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """The reference."""
    return "up"


def call(player: Player, seed: int) -> str:
    """The probe."""
    game = Game.new(seed)
    return player(game.maze, *game.players, game.cheeses)


PLAYER = Task(
    "player",
    points=1,
    answers=["player"],
    reference="tiny_maze.player",
    probe="tiny_maze.call",
    parts=[Part("moves", lambda rng: [Case({"seed": 1})])],
    hints=["Move.", "Go up.", "Return 'up'."],
)
