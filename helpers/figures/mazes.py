"""A position of the maze game: walls, mud, cheeses, both players, and a way through it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.figures.geometry import Point
from helpers.figures.page import Drawing
from helpers.figures.palette import AMBER, BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, YELLOW, tint
from helpers.figures.sketch import SMALL, Sketch

if TYPE_CHECKING:
    from helpers.maze import Game
    from helpers.maze.board import Cell

SIDE = 34  # pixels of a cell


def maze_board(game: "Game", *trails: "Sequence[Cell]", names: Sequence[str] = ("A", "B")) -> Drawing:
    """Draw a position.

        show(*maze_board(Game.new(3)))

    Args:
        game: the position.
        trails: ways through the maze, each a list of cells, drawn as lines.
        names: letters of the players.
    """
    maze, sheet = game.maze, Sketch()
    for cell in maze.passages:
        x, y = _middle(cell)
        fill = tint(YELLOW, 0.25) if cell in game.cheeses else "white"
        sheet.box(x, y, SIDE, SIDE, colour=GREY, fill=fill, rounded=0, width=0.3)
    for cell, passages in maze.passages.items():
        for down, right in [(1, 0), (0, 1)]:
            there = (cell[0] + down, cell[1] + right)
            if there in maze.passages:
                _between(sheet, cell, there, passages.get(there, 0))
    w, h = maze.cols * SIDE, maze.rows * SIDE
    sheet.frame(0, 0, w, h, BLACK, width=2.4)
    for i, trail in enumerate(trails):
        sheet.line(
            [_middle(cell) for cell in trail], colour=(GREEN, PURPLE)[i % 2], width=2.2,
            style="-" if i % 2 == 0 else (0, (4, 2)), zorder=5,
        )  # fmt: skip
    for cell in game.cheeses:
        sheet.circle(*_middle(cell), 6, colour=BLACK, fill=AMBER)
    for i, (cell, colour) in enumerate(zip(game.players, (BLUE, ORANGE), strict=True)):
        x, y = _middle(cell)
        aside = 7 * (2 * i - 1) if game.players[0] == game.players[1] else 0
        sheet.circle(x + aside, y, 10, names[i], colour=colour, fill=colour, ink="white", size=SMALL)
    return Drawing(sheet.done(), _told(game, len(trails), names))


def _middle(cell: "Cell") -> Point:
    return (cell[1] + 0.5) * SIDE, (cell[0] + 0.5) * SIDE


def _between(sheet: Sketch, a: "Cell", b: "Cell", turns: int) -> None:
    """Draw the wall or the mud between two neighbours."""
    (x1, y1), (x2, y2) = _middle(a), _middle(b)
    x, y, half = (x1 + x2) / 2, (y1 + y2) / 2, SIDE / 2
    ends = [(x, y - half), (x, y + half)] if a[0] == b[0] else [(x - half, y), (x + half, y)]
    if not turns:
        sheet.line(ends, colour=BLACK, width=2.4, zorder=4)
    elif turns > 1:
        sheet.circle(x, y, 7, str(turns), colour=GREY, fill=tint(GREY, 0.25), size=7)


def _told(game: "Game", trails: int, names: Sequence[str]) -> str:
    maze = game.maze
    mud = sum(t > 1 for ways in maze.passages.values() for t in ways.values()) // 2
    places = " and ".join(
        f"{name} in row {r + 1}, column {c + 1}" for name, (r, c) in zip(names, game.players, strict=True)
    )
    many = f"{len(game.cheeses)} cheese{'' if len(game.cheeses) == 1 else 's'}"
    return (
        f"A maze of {maze.rows} rows and {maze.cols} columns with {many}, mud in {mud} passages; {places}."
        + (f" {trails} way{'s' if trails > 1 else ''} through it drawn as lines." if trails else "")
    )
