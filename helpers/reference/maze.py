"""Lesson 12: ways through a maze, players that learn to find them, and what they are paid for."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from numpy.random import Generator
from torch import Tensor

from helpers.maze.board import MOVES, Cell, Maze
from helpers.maze.game import Game


def distances(maze: Maze, start: Cell) -> dict[Cell, int]:
    """Return how many turns each cell is away from `start`, through passages and mud (Moore, 1959)."""
    found = {start: 0}
    waiting = [start]
    while waiting:
        cell = waiting.pop(0)
        for there, turns in maze.passages[cell].items():
            if there not in found or found[cell] + turns < found[there]:
                found[there] = found[cell] + turns
                waiting.append(there)
    return found


def greedy(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """Return the first move of a shortest way to the nearest cheese.

    Of several nearest cheeses it is the first by row and column, of several first moves the first
    in the order up, down, left, right.
    """
    away = distances(maze, me)
    cheese = min(cheeses, key=lambda cell: (away[cell], cell))
    back = distances(maze, cheese)
    moves = maze.moves(me)
    return min(moves, key=lambda move: maze.passages[me][moves[move]] + back[moves[move]])


def encode(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> Float[ndarray, "6 h w"]:
    """Return the board around `me`, which is in the middle of (2 rows - 1, 2 cols - 1) places.

    Planes: cheeses; the other; then for up, down, left, right one over the turns of the passage.
    Walls, and all that is outside, are 0.
    """
    planes = np.zeros((6, 2 * maze.rows - 1, 2 * maze.cols - 1))
    for (r, c), passages in maze.passages.items():
        y, x = r - me[0] + maze.rows - 1, c - me[1] + maze.cols - 1
        planes[0, y, x] = (r, c) in cheeses
        planes[1, y, x] = (r, c) == other
        for k, (down, right) in enumerate(MOVES.values()):
            if (r + down, c + right) in passages:
                planes[2 + k, y, x] = 1 / passages[r + down, c + right]
    return planes


def clone_loss(
    scores: Float[Tensor, "n k"], moves: Int[Tensor, "n"], legal: Bool[Tensor, "n k"]
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of the moves that were made, with probabilities for legal ones only."""
    masked = scores.masked_fill(~legal, -torch.inf)
    return torch.nn.functional.cross_entropy(masked, moves)


def returns(rewards: Float[ndarray, "T"], gamma: float) -> Float[ndarray, "T"]:
    """Return for each turn the rewards from there to the end, one that is k turns later times gamma^k."""
    G, after = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        after = rewards[t] + gamma * after
        G[t] = after
    return G


def choose(q: Float[ndarray, "k"], legal: Bool[ndarray, "k"], eps: float, rng: Generator) -> int:
    """Return a legal move: with probability eps any, else one with the largest q, each as likely."""
    moves = np.flatnonzero(legal)
    if rng.random() >= eps:
        moves = moves[q[moves] == q[moves].max()]
    return int(rng.choice(moves))


def q_step(
    Q: Float[ndarray, "m k"],
    s: int,
    a: int,
    r: float,
    s2: int,
    done: bool,
    eta: float,
    gamma: float,
) -> Float[ndarray, "m k"]:
    """Return the table after move a led from s to s2 and earned r; `done` where the game is over there."""
    Q = Q.copy()
    target = r if done else r + gamma * Q[s2].max()
    Q[s, a] += eta * (target - Q[s, a])
    return Q


def shaped(r: float, d: int, d2: int, c: float) -> float:
    """Return the reward with praise c for each turn that the cheese came nearer, and blame for less."""
    return r + c * (d - d2)


def q_targets(
    r: Float[Tensor, "n"],
    q2: Float[Tensor, "n k"],
    legal2: Bool[Tensor, "n k"],
    done: Bool[Tensor, "n"],
    gamma: float,
) -> Float[Tensor, "n"]:
    """Return what Q should have said: r, and gamma times the best legal q2 where the game goes on."""
    best = q2.detach().masked_fill(~legal2, -torch.inf).max(dim=1).values
    return r + gamma * best.masked_fill(done, 0.0)


def policy_loss(logp: Float[Tensor, "n"], G: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """Return REINFORCE's loss; the baseline of each game is the mean return of the *other* games."""
    G = G.detach()
    baseline = (G.sum() - G) / (len(G) - 1)
    return -(logp * (G - baseline)).mean()


def preference_loss(chosen: Float[Tensor, "n"], rejected: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """Return the mean surprise that the chosen one of each pair was chosen (Bradley and Terry, 1952)."""
    return -torch.nn.functional.logsigmoid(chosen - rejected).mean()


def ahead(game: Game, cheese: Cell) -> float:
    """Return how many points player 0 is ahead at the end if it goes to `cheese` first.

    As soon as that cheese is gone it is greedy, as the other is all the time.
    """
    while not game.over:
        (me, other), cheeses = game.players, game.cheeses
        goals = frozenset([cheese]) & cheeses or cheeses
        game = game.step((greedy(game.maze, me, other, goals), greedy(game.maze, other, me, cheeses)))
    return game.scores[0] - game.scores[1]


def player(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """Return the next move."""
    return greedy(maze, me, other, cheeses)
