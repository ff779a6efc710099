"""What a game is played on: a maze, two starts, and cheeses, the same after half a turn."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Cell = tuple[int, int]
MOVES: dict[str, Cell] = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
DEEPEST = 4  # turns that the worst mud takes


@dataclass(frozen=True)
class Maze:
    """Cells and the passages between neighbours, each with the turns it takes, the same both ways."""

    rows: int
    cols: int
    passages: Mapping[Cell, Mapping[Cell, int]]

    @classmethod
    def draw(cls, seed: int, rows: int = 7, cols: int = 9, walls: float = 0.6, mud: float = 0.1) -> "Maze":
        """Draw a connected maze that half a turn leaves as it is.

        Of the walls that could go without a cell being cut off, the share `walls` stays; of the
        passages, the share `mud` takes 2 to 4 turns.
        """
        return _drawn(np.random.default_rng(seed), rows, cols, walls, mud)

    def opposite(self, cell: Cell) -> Cell:
        """Return where half a turn of the board puts a cell."""
        return self.rows - 1 - cell[0], self.cols - 1 - cell[1]

    def moves(self, cell: Cell) -> dict[str, Cell]:
        """Return the moves that lead out of a cell, each with the cell it leads to."""
        there = {name: (cell[0] + down, cell[1] + right) for name, (down, right) in MOVES.items()}
        return {name: to for name, to in there.items() if to in self.passages[cell]}


@dataclass(frozen=True)
class Board:
    """A maze, the corners that the players start in, and where the cheeses lie."""

    maze: Maze
    starts: tuple[Cell, Cell]
    cheeses: frozenset[Cell]

    @classmethod
    def draw(
        cls,
        seed: int,
        rows: int = 7,
        cols: int = 9,
        cheeses: int = 11,
        walls: float = 0.6,
        mud: float = 0.1,
    ) -> "Board":
        """Draw a board: pairs of opposite cheeses, and one in the middle if their number is odd.

        Raises ValueError if the cheeses find no place, or if their number is odd and no cell is in
        the middle.
        """
        rng = np.random.default_rng(seed)
        maze = _drawn(rng, rows, cols, walls, mud)
        starts = (rows - 1, 0), (0, cols - 1)
        middle = (rows // 2, cols // 2)
        halves = [c for c in maze.passages if c < maze.opposite(c) and c not in starts]
        many = f"{cheeses} cheeses on {rows} × {cols} cells"
        if cheeses % 2 and maze.opposite(middle) != middle:
            raise ValueError(f"{many}: no cell is in the middle for the odd one; ask for an even number")
        if not 0 < cheeses <= 2 * len(halves) + cheeses % 2:
            raise ValueError(f"{many}: from 1 to {2 * len(halves) + cheeses % 2} find a place")
        chosen = [halves[i] for i in rng.choice(len(halves), cheeses // 2, replace=False)]
        where = [*chosen, *(maze.opposite(cell) for cell in chosen), *[middle] * (cheeses % 2)]
        return cls(maze, starts, frozenset(where))


def _drawn(rng: np.random.Generator, rows: int, cols: int, walls: float, mud: float) -> Maze:
    """Open walls in a random order, each with its opposite one, until all cells are connected."""
    cells = [(r, c) for r in range(rows) for c in range(cols)]
    passages: dict[Cell, dict[Cell, int]] = {cell: {} for cell in cells}
    maze = Maze(rows, cols, passages)
    pairs = [(a, b) for a in cells for b in [(a[0], a[1] + 1), (a[0] + 1, a[1])] if b in passages]
    halves = [(a, b) for a, b in pairs if (a, b) <= (maze.opposite(b), maze.opposite(a))]
    group = {cell: cell for cell in cells}  # a cell that stands for all it is connected with
    for i in rng.permutation(len(halves)):
        a, b = halves[i]
        needed = _stands_for(group, a) != _stands_for(group, b)
        if needed or rng.random() >= walls:
            turns = int(rng.integers(2, DEEPEST + 1)) if rng.random() < mud else 1
            for x, y in [(a, b), (maze.opposite(a), maze.opposite(b))]:
                passages[x][y] = passages[y][x] = turns
                group[_stands_for(group, x)] = _stands_for(group, y)
    return maze


def _stands_for(group: dict[Cell, Cell], cell: Cell) -> Cell:
    while group[cell] != cell:
        cell = group[cell]
    return cell
