"""Thousands of games at once, on arrays: move by move what `Game` says, game by game.

Cells are numbered row by row, moves in the order of MOVES; STAY is the fifth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy import ndarray

from helpers.maze.board import MOVES
from helpers.maze.game import Game

STAY = len(MOVES)
ARRAYS = ("ways", "players", "waiting", "scores", "cheeses", "turn")  # of `Many`, a row for each game
FAR = 10_000  # more turns than any way takes
ManyPlayer = Callable[["Many", int], ndarray]  # (games, which player) -> moves (n,)


@dataclass(frozen=True)
class Many:
    """n games of one size, as far as each is.

    Attributes:
        ways: turns of the passages out of each cell, 0 for a wall (n, cells, 5), the last for STAY.
        players, waiting, scores: of both players (n, 2).
        cheeses: where they lie (n, cells), bool.
        turn: (n,).
    """

    rows: int
    cols: int
    limit: int
    ways: ndarray
    players: ndarray
    waiting: ndarray
    scores: ndarray
    cheeses: ndarray
    turn: ndarray

    @classmethod
    def of(cls, games: Sequence[Game]) -> "Many":
        """Return games of one size and limit as arrays."""
        maze, limit = games[0].maze, games[0].limit
        rows, cols = maze.rows, maze.cols
        if any((g.maze.rows, g.maze.cols, g.limit) != (rows, cols, limit) for g in games):
            raise ValueError("the games differ in size or limit: make an object of each kind")
        ways = np.zeros((len(games), rows * cols, STAY + 1), np.int16)
        cheeses = np.zeros((len(games), rows * cols), bool)
        for i, game in enumerate(games):
            for (r, c), there in game.maze.passages.items():
                for move, (down, right) in enumerate(MOVES.values()):
                    ways[i, r * cols + c, move] = there.get((r + down, c + right), 0)
            cheeses[i, [r * cols + c for r, c in game.cheeses]] = True
        players = np.array([[r * cols + c for r, c in game.players] for game in games])
        waiting, scores = np.array([g.waiting for g in games]), np.array([g.scores for g in games])
        return cls(
            rows, cols, limit, ways, players, waiting, scores, cheeses, np.array([g.turn for g in games])
        )

    @classmethod
    def new(cls, seeds: Sequence[int], **size: int) -> "Many":
        """Return the first positions of the boards that the seeds draw; size: arguments of `Game.new`."""
        return cls.of([Game.new(seed, **size) for seed in seeds])

    @property
    def over(self) -> ndarray:
        """Which games are over (n,)."""
        left = self.cheeses.sum(axis=1)
        half = (self.scores.sum(axis=1) + left) / 2
        return (left == 0) | (self.scores.max(axis=1) > half) | (self.turn >= self.limit)

    @property
    def lead(self) -> ndarray:
        """How many points the first player is ahead (n,); at the end its sign says who has won."""
        return self.scores[:, 0] - self.scores[:, 1]

    @cached_property
    def shift(self) -> ndarray:
        """What each move adds to a cell's number (5,)."""
        return np.array([down * self.cols + right for down, right in MOVES.values()] + [0])

    def step(self, moves: ndarray) -> "Many":
        """Return the positions after all have moved (n, 2); games that are over stay as they are."""
        n, on = np.arange(len(moves))[:, None], ~self.over[:, None]
        turns = self.ways[n, self.players, moves]
        goes = on & (self.waiting == 0) & (turns > 0)
        players = self.players + goes * self.shift[moves]
        waiting = np.where(goes, turns - 1, np.maximum(self.waiting - on, 0))
        eats = on & (waiting == 0) & self.cheeses[n, players]
        shared = eats.all(axis=1, keepdims=True) & (players[:, :1] == players[:, 1:])
        cheeses = self.cheeses.copy()
        cheeses[n[:, 0].repeat(2)[eats.ravel()], players[eats]] = False
        scores = self.scores + eats * np.where(shared, 0.5, 1.0)
        return replace(
            self, players=players, waiting=waiting, scores=scores, cheeses=cheeses, turn=self.turn + on[:, 0]
        )


def all_distances(games: Many) -> ndarray:
    """Return the turns between any two cells (n, cells, cells), by Floyd and Warshall's three lines."""
    n, cells, _ = games.ways.shape
    away = np.full((n, cells, cells), FAR, np.int16)
    away[:, np.arange(cells), np.arange(cells)] = 0
    for move, shift in enumerate(games.shift[:STAY]):
        game, cell = np.nonzero(games.ways[:, :, move])
        away[game, cell, cell + shift] = games.ways[game, cell, move]
    for k in range(cells):
        np.minimum(away, away[:, :, k, None] + away[:, None, k], out=away)
    return away


def many_greedy(away: ndarray) -> ManyPlayer:
    """Return the greedy player of games with these distances: the same moves as the reference's."""

    def player(games: Many, who: int) -> ndarray:
        n, me = np.arange(len(away)), games.players[:, who]
        cheese = np.where(games.cheeses, away[n, me], FAR).argmin(axis=1)
        return toward(games, away, who, cheese)

    return player


def toward(games: Many, away: ndarray, who: int, goal: ndarray) -> ndarray:
    """Return the first moves (n,) of shortest ways to the goals (n,)."""
    turns, there = exits(games, who)
    n = np.arange(len(away))[:, None]
    return np.where(turns > 0, turns + away[n, there, goal[:, None]], FAR).argmin(axis=1)


def exits(games: Many, who: int) -> tuple[ndarray, ndarray]:
    """Return what each of the four moves takes, 0 for a wall, and the cell that it leads to (n, 4)."""
    me = games.players[:, who]
    turns = games.ways[np.arange(len(me)), me, :STAY].astype(int)
    return turns, me[:, None] + np.where(turns > 0, games.shift[:STAY], 0)


def many_wandering(seed: int) -> ManyPlayer:
    """Return a player that takes any open passage."""
    rng = np.random.default_rng(seed)

    def player(games: Many, who: int) -> ndarray:
        turns, _ = exits(games, who)
        return np.where(turns > 0, rng.random(turns.shape), -1.0).argmax(axis=1)

    return player


def play_many(player0: ManyPlayer, player1: ManyPlayer, games: Many) -> Many:
    """Return the last positions of all games."""
    while not games.over.all():
        games = games.step(np.stack([player0(games, 0), player1(games, 1)], axis=1))
    return games
