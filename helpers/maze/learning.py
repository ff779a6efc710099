"""What a network is shown of a position, the small network that scores moves, and games without end."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

from helpers.maze.board import MOVES, Cell, Maze
from helpers.maze.game import Game
from helpers.maze.many import ARRAYS, Many, ManyPlayer, all_distances, many_greedy
from helpers.maze.match import Player
from helpers.maze.planning import after_moves, legal_moves, picked

Views = tuple[Tensor, Tensor, Tensor]


def views(games: Many, away: ndarray, who: int) -> Views:
    """Return what a player is shown of each position, cheese by cheese.

    Returns:
        features (n, 4, k, 3): for each move and cheese the turns until I am there, if I make this
            move first; until the other is there; and by how much it is nearer, cut off at 4.
        there (n, k): which of the k places hold a cheese.
        legal (n, 4).
    """
    n, k = np.arange(len(games.turn)), max(1, int(games.cheeses.sum(axis=1).max()))
    cells = np.argsort(~games.cheeses, axis=1, kind="stable")[:, :k]
    mine = np.take_along_axis(after_moves(games, away, who), cells[:, None], axis=2)
    his = away[n[:, None], games.players[:, 1 - who, None], cells][:, None] + 0 * mine
    features = np.stack([mine / 10, his / 10, np.clip(mine - his, -4, 4) / 4], axis=-1)
    there = np.take_along_axis(games.cheeses, cells, axis=1)
    return torch.tensor(features).float(), torch.tensor(there), torch.tensor(legal_moves(games, who))


class Scorer(nn.Module):
    """Scores (n, 4) of the moves: each cheese is looked at alone, what was seen is summed, and weighed.

    The order of the cheeses does not matter, nor how many there are (Zaheer and others, 2017); all
    moves are scored by the same numbers. Illegal moves get -1e9.
    """

    def __init__(self, d: int = 32):
        super().__init__()
        self.look = nn.Sequential(nn.Linear(3, d), nn.ReLU(), nn.Linear(d, d), nn.ReLU())
        self.weigh = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 1))

    def forward(self, features: Tensor, there: Tensor, legal: Tensor) -> Tensor:
        """Return the scores; see `views` for the inputs."""
        seen = (self.look(features) * there[:, None, :, None]).sum(dim=2)  # (n, 4, d)
        return self.weigh(seen)[..., 0].masked_fill(~legal, -1e9)


def by_network(net: nn.Module, away: ndarray) -> ManyPlayer:
    """Return the player of many games that makes the move with the best score."""

    def player(games: Many, who: int) -> ndarray:
        with torch.no_grad():
            return np.asarray(net(*views(games, away, who)).argmax(dim=1))

    return player


def alone(net: nn.Module) -> Player:
    """Return the same player for a single game: a function `player(maze, me, other, cheeses)`."""
    known: dict[int, tuple[Maze, ndarray]] = {}

    def player(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
        games = Many.of([Game(maze, (me, other), (0, 0), cheeses, (0.0, 0.0), 0, 1)])
        if id(maze) not in known:
            known.clear()
            known[id(maze)] = maze, all_distances(games)  # the maze is kept, so that its id stays its own
        return [*MOVES][int(by_network(net, known[id(maze)][1])(games, 0)[0])]

    return player


class Field:
    """Games without end: where one is over, another of the boards takes its place.

    Attributes:
        games, away: as they are now, and their distances.
    """

    def __init__(self, seeds: Sequence[int], n: int, rng: np.random.Generator):
        self.boards, self.rng = Many.new(seeds), rng
        self.ways = all_distances(self.boards)
        self.rows = rng.integers(0, len(seeds), n)
        self.games = picked(self.boards, self.rows)

    @property
    def away(self) -> ndarray:
        """The distances of all games (n, cells, cells)."""
        return self.ways[self.rows]

    def views(self) -> Views:
        """Return what the first player is shown."""
        return views(self.games, self.away, 0)

    def step(self, moves: ndarray) -> tuple[Tensor, Tensor, Views]:
        """Make the first players' moves (n,), the other being greedy.

        Returns (r, done, views): by how much the lead grew, which games are over, and what is seen then.
        """
        other = many_greedy(self.away)(self.games, 1)
        after = self.games.step(np.stack([moves, other], axis=1))
        r, done = after.lead - self.games.lead, after.over
        seen = views(after, self.away, 0)
        self.rows = np.where(done, self.rng.integers(0, len(self.ways), len(done)), self.rows)
        fresh = picked(self.boards, self.rows)
        for name in ARRAYS:
            getattr(after, name)[done] = getattr(fresh, name)[done]
        self.games = after
        return torch.tensor(r).float(), torch.tensor(done), seen
