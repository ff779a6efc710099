"""Probes of lesson 12: they turn its answers into plain data. Boards come as lines of text."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy import ndarray

from helpers.maze.text import read
from helpers.probes.given import watch

AGAIN = 100  # draws that are made once more

Lines = Sequence[str]


def board(lines: Lines) -> tuple[Any, Any, Any, Any]:
    """Return what a player is given: the maze, its own cell, the other's, and the cheeses."""
    game = read(lines)
    watch(game.maze.passages, "maze")
    return game.maze, *game.players, game.cheeses


def ways(distances: Callable[..., Any], lines: Lines) -> Any:
    """Return the distances from A as a table; None where a cell is missing."""
    maze, me, _, _ = board(lines)
    found = distances(maze, me)
    return [[found.get((r, c)) for c in range(maze.cols)] for r in range(maze.rows)]


def move(answer: Callable[..., Any], lines: Lines) -> Any:
    """Return the move of A."""
    return answer(*board(lines))


def places(encode: Callable[..., Any], lines: Lines) -> Any:
    """Return the planes of the cheeses and of the other."""
    return encode(*board(lines))[:2]


def passages(encode: Callable[..., Any], lines: Lines) -> Any:
    """Return the planes of up, down, left and right."""
    return encode(*board(lines))[2:]


def cloned(clone_loss: Callable[..., Any], scores: ndarray, moves: ndarray, legal: ndarray) -> dict[str, Any]:
    """Return the loss and its gradient with respect to the scores."""
    z = watch(torch.tensor(scores, requires_grad=True), "scores")
    loss = clone_loss(z, watch(torch.tensor(moves), "moves"), watch(torch.tensor(legal), "legal"))
    return {"loss": loss.detach(), "gradient": slope(loss, z)}


def slope(loss: Any, of: Any) -> Any:
    """Return the gradient of a loss, or None where it does not depend on the tensor."""
    if not loss.requires_grad:
        return None
    return torch.autograd.grad(loss, of, allow_unused=True)[0]


def often(
    choose: Callable[..., Any], q: ndarray, legal: ndarray, eps: float, draws: int, seed: int
) -> list[list[int]]:
    """Return how often each move was chosen, and the first moves of two runs with one seed."""
    runs = []
    for n in (draws, min(draws, AGAIN)):
        rng = np.random.default_rng(seed)
        drawn = [choose(q, legal, eps, rng) for _ in range(n)]
        if any(isinstance(a, bool) or not isinstance(a, int | np.integer) for a in drawn):
            raise TypeError(f"a move is a whole number; {drawn[0]!r} is none")
        if min(drawn) < 0 or max(drawn) >= len(q):
            raise IndexError(f"there are moves 0 to {len(q) - 1}; got {min(drawn)} and {max(drawn)}")
        runs.append(np.array(drawn))
    first, again = runs
    return [np.bincount(first, minlength=len(q)).tolist(), first[:AGAIN].tolist(), again.tolist()]


def targets(
    q_targets: Callable[..., Any], r: ndarray, q2: ndarray, legal2: ndarray, done: ndarray, gamma: float
) -> dict[str, Any]:
    """Return the targets, and whether they carry a gradient."""
    names = {"r": r, "q2": q2, "legal2": legal2, "done": done}
    given = [watch(torch.tensor(a, requires_grad=name == "q2"), name) for name, a in names.items()]
    y = q_targets(*given, gamma)
    return {"targets": y.detach(), "gradient": y.requires_grad}


def values(q_targets: Callable[..., Any], *inputs: Any) -> Any:
    """Return the targets alone."""
    return targets(q_targets, *inputs)["targets"]


def gradient(policy_loss: Callable[..., Any], logp: ndarray, G: ndarray) -> Any:
    """Return the gradient with respect to logp."""
    p, g = watch(torch.tensor(logp, requires_grad=True), "logp"), watch(torch.tensor(G), "G")
    return slope(policy_loss(p, g), p)


def worth(policy_loss: Callable[..., Any], logp: ndarray, G: ndarray) -> Any:
    """Return the loss."""
    p, g = watch(torch.tensor(logp, requires_grad=True), "logp"), watch(torch.tensor(G), "G")
    return policy_loss(p, g).detach()


def through(policy_loss: Callable[..., Any], logp: ndarray, G: ndarray) -> bool:
    """Return whether a gradient reaches the returns."""
    p, g = (watch(torch.tensor(a, requires_grad=True), n) for a, n in [(logp, "logp"), (G, "G")])
    return slope(policy_loss(p, g), g) is not None


def preferred(preference_loss: Callable[..., Any], chosen: ndarray, rejected: ndarray) -> dict[str, Any]:
    """Return the loss and its gradient with respect to the scores of what was chosen."""
    a, b = (
        watch(torch.tensor(x, requires_grad=True), n) for x, n in [(chosen, "chosen"), (rejected, "rejected")]
    )
    loss = preference_loss(a, b)
    return {"loss": loss.detach(), "gradient": slope(loss, a)}


def lead(ahead: Callable[..., Any], lines: Lines, cheese: list[int]) -> Any:
    """Return how far A is ahead at the end."""
    return ahead(read(lines), tuple(cheese))
