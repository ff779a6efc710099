"""One position of the game, and the next: the rules, as the package's page states them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers.maze.board import Board, Cell, Maze


@dataclass(frozen=True)
class Game:
    """A position: where both are, how long they are stuck, what is left, who has how much."""

    maze: Maze
    players: tuple[Cell, Cell]
    waiting: tuple[int, int]  # turns that each is still stuck in mud
    cheeses: frozenset[Cell]
    scores: tuple[float, float]
    turn: int
    limit: int

    @classmethod
    def new(
        cls,
        seed: int,
        rows: int = 7,
        cols: int = 9,
        cheeses: int = 11,
        limit: int = 100,
        walls: float = 0.6,
        mud: float = 0.1,
    ) -> "Game":
        """Return the first position of a board that the seed draws."""
        board = Board.draw(seed, rows, cols, cheeses, walls, mud)
        return cls(board.maze, board.starts, (0, 0), board.cheeses, (0.0, 0.0), 0, limit)

    @property
    def over(self) -> bool:
        """Whether more than half is won, nothing is left, or time is up."""
        half = (sum(self.scores) + len(self.cheeses)) / 2
        return not self.cheeses or max(self.scores) > half or self.turn >= self.limit

    @property
    def winner(self) -> int | None:
        """The player with more points when the game is over, 0 or 1; None for a draw, and before."""
        if not self.over or self.scores[0] == self.scores[1]:
            return None
        return int(self.scores[1] > self.scores[0])

    def step(self, moves: Sequence[str]) -> "Game":
        """Return the position after both have moved; a game that is over stays as it is."""
        if self.over:
            return self
        first, second = (self._moved(i, moves[i]) for i in (0, 1))
        players, waiting = (first[0], second[0]), (first[1], second[1])
        eats = [not waiting[i] and players[i] in self.cheeses for i in (0, 1)]
        shared = all(eats) and players[0] == players[1]
        gains = [(0.5 if shared else 1.0) * eats[i] for i in (0, 1)]
        return replace(
            self,
            players=players,
            waiting=waiting,
            cheeses=self.cheeses - {players[i] for i in (0, 1) if eats[i]},
            scores=(self.scores[0] + gains[0], self.scores[1] + gains[1]),
            turn=self.turn + 1,
        )

    def _moved(self, i: int, move: str) -> tuple[Cell, int]:
        """Return player i's next cell, and how long it is then stuck."""
        here, stuck = self.players[i], self.waiting[i]
        if stuck:
            return here, stuck - 1
        there = self.maze.moves(here).get(move, here) if isinstance(move, str) else here
        return there, self.maze.passages[here].get(there, 1) - 1
