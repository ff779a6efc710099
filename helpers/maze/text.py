"""A position as lines of text, to be read and written by people.

Every second character of every second line is a cell: "." empty, "*" a cheese, "A" and "B" the
players, "X" both. Between two cells is a space for a passage, a digit for one through mud that
takes so many turns, and "|" or "-" for a wall:

    A|.2*
      - -
    .|. B
"""

from collections.abc import Sequence

from helpers.maze.board import Cell, Maze
from helpers.maze.game import Game


def read(lines: Sequence[str], limit: int = 100) -> Game:
    """Return the position that the lines show, at its first turn.

    Raises ValueError where a player is missing, or where the lines are no such picture.
    """
    rows, cols = (len(lines) + 1) // 2, (len(lines[0]) + 1) // 2
    if any(len(line) != 2 * cols - 1 for line in lines) or len(lines) % 2 == 0:
        raise ValueError("lines of one odd length, an odd number of them, are needed")
    passages: dict[Cell, dict[Cell, int]] = {(r, c): {} for r in range(rows) for c in range(cols)}
    found: dict[str, list[Cell]] = {mark: [] for mark in ".*ABX"}
    for y, line in enumerate(lines):
        for x, mark in enumerate(line):
            if y % 2 == x % 2 == 0:
                found[mark].append((y // 2, x // 2))
            elif y % 2 != x % 2 and mark not in "|-":
                a, b = (y // 2, x // 2), ((y + 1) // 2, (x + 1) // 2)
                passages[a][b] = passages[b][a] = 1 if mark == " " else int(mark)
    places = [found["X"] or found[mark] for mark in "AB"]
    if [len(place) for place in places] != [1, 1]:
        raise ValueError("exactly one A and one B are needed, or one X for both")
    (first,), (second,) = places
    return Game(
        Maze(rows, cols, passages), (first, second), (0, 0), frozenset(found["*"]), (0.0, 0.0), 0, limit
    )


def write(game: Game) -> list[str]:
    """Return the lines that show a position.

    They say neither who is stuck, and what cheese lies below that player, nor who has how much.
    """
    rows, cols = game.maze.rows, game.maze.cols
    lines = [[" "] * (2 * cols - 1) for _ in range(2 * rows - 1)]
    for cell, there in game.maze.passages.items():
        r, c = cell
        here = "*" if cell in game.cheeses else "."
        here = "A" if cell == game.players[0] else here
        lines[2 * r][2 * c] = "BX"[here == "A"] if cell == game.players[1] else here
        for (down, right), wall in [((1, 0), "-"), ((0, 1), "|")]:
            if r + down < rows and c + right < cols:
                turns = there.get((r + down, c + right), 0)
                lines[2 * r + down][2 * c + right] = wall if not turns else " " if turns == 1 else str(turns)
    return ["".join(line) for line in lines]
