"""A player that thinks ahead: it plays every plan to the end, against an opponent that is greedy."""

from dataclasses import replace

import numpy as np
from numpy import ndarray

from helpers.maze.many import ARRAYS, FAR, Many, ManyPlayer, exits, many_greedy, toward


def picked(games: Many, rows: ndarray) -> Many:
    """Return some of the games, or some several times, by their numbers (or a mask)."""
    return replace(games, **{name: getattr(games, name)[rows] for name in ARRAYS})


def plans(games: Many, away: ndarray, who: int) -> ndarray:
    """Return what it is worth to go to each cheese first and to be greedy then (n, cells); -inf elsewhere.

    The sign of the lead at the end counts most, then how large it is, then how soon it is there.
    """
    game, goal = np.nonzero(games.cheeses & ~games.over[:, None])
    trial, ways, n = picked(games, game), away[game], np.arange(len(game))
    greedy = many_greedy(ways)
    while not trial.over.all():
        gone = ~trial.cheeses[n, goal]
        mine = np.where(gone, greedy(trial, who), toward(trial, ways, who, goal))
        moves = [mine, greedy(trial, 1 - who)]
        trial = trial.step(np.stack(moves[:: 1 - 2 * who], axis=1))
    lead = trial.lead * (1 - 2 * who)
    worth = np.full(games.cheeses.shape, -np.inf)
    worth[game, goal] = np.sign(lead) + 0.02 * lead - 0.0005 * trial.turn
    return worth


def planner(away: ndarray) -> ManyPlayer:
    """Return the player that goes to the cheese of the best plan."""

    def player(games: Many, who: int) -> ndarray:
        return toward(games, away, who, plans(games, away, who).argmax(axis=1))

    return player


def legal_moves(games: Many, who: int) -> ndarray:
    """Return which of the four moves are no walls (n, 4)."""
    return exits(games, who)[0] > 0


def after_moves(games: Many, away: ndarray, who: int) -> ndarray:
    """Return how far each cell is if a move is made first, its own turns included (n, 4, cells)."""
    turns, there = exits(games, who)
    farther = turns[:, :, None] + away[np.arange(len(there))[:, None], there]
    return np.where(turns[:, :, None] > 0, farther, FAR)
