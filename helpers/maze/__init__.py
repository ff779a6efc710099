"""The maze game: two players race for pieces of cheese.

The rules, exactly:

* A maze has rows and columns of cells; between two neighbours is a wall or a passage, which takes
  1 turn, or more through mud. All cells can be reached. Half a turn of the board exchanges the two
  players and changes nothing else, so the game is fair.
* In each turn both players move at once: "up", "down", "left", "right" or "stay". A move against a
  wall, or anything that is no move, is "stay".
* Who takes a passage of k turns stands in the next cell at once, and is stuck there for k - 1 more
  turns: a player in mud is not asked, cannot move and cannot eat.
* A player that is not stuck eats the cheese of its cell: one point. If both can eat it in the same
  turn, each gets half a point.
* The game ends when a player has more than half of all points, when no cheese is left, or after
  `limit` turns. Whoever has more points has won; with equally many nobody has.

A player is a function `player(maze, me, other, cheeses)` that returns a move: the `Maze`, its own
cell, the other's, and a frozenset of cells. A cell is (row, column), (0, 0) the one at the top left.
"""

from helpers.maze.board import MOVES, Board, Cell, Maze
from helpers.maze.game import Game
from helpers.maze.match import Player, Replay, play, record

__all__ = ["MOVES", "Board", "Cell", "Game", "Maze", "Player", "Replay", "play", "record"]
