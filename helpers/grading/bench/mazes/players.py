"""The learned players of lesson 12 against the greedy one, on 1,000 mazes that none of them has seen."""

from copy import deepcopy
from typing import Any

import numpy as np
import torch

from helpers.maze.learning import Field, Scorer, Views, by_network, views
from helpers.maze.many import Many, all_distances, many_greedy, play_many
from helpers.maze.planning import picked, planner
from helpers.reference.maze import clone_loss, policy_loss, q_targets

SEEDS = range(5)
UNSEEN = range(100_000, 101_000)
Turn = tuple[torch.Tensor, ...]


def q_learned(seed: int, turns: int = 1000) -> Scorer:
    """Return a network that learned what moves are worth from the points of 250 games at once."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    net, old = Scorer(), Scorer()
    optimiser = torch.optim.Adam(net.parameters(), 1e-3)
    field, memory = Field(range(2000), 250, rng), list[Any]()
    for t in range(turns):
        if t % 100 == 0:
            old.load_state_dict(net.state_dict())
        seen = field.views()
        moves = _explored(net, seen, max(0.05, 1 - t / 400), rng)
        memory = [*memory[-159:], (seen, torch.tensor(moves), *field.step(moves))]
        for _ in range(3):
            seen, made, r, done, after = memory[rng.integers(len(memory))]
            with torch.no_grad():
                y = q_targets(r, old(*after), after[2], done, 0.95)
            q = net(*seen)[torch.arange(len(made)), made]
            optimiser.zero_grad()
            torch.nn.functional.smooth_l1_loss(q, y).backward()
            optimiser.step()
    return net


def _explored(net: Scorer, seen: Views, eps: float, rng: np.random.Generator) -> np.ndarray:
    with torch.no_grad():
        best = net(*seen).argmax(dim=1).numpy()
    legal = seen[2].numpy()
    anywhere = np.where(legal, rng.random(legal.shape), -1).argmax(axis=1)
    return np.where(rng.random(len(best)) < eps, anywhere, best)


def taught(seed: int, games: int = 600) -> Scorer:
    """Return a network that copies the planner."""
    turns = [turn for first in range(0, games, 100) for turn in _shown(range(first, first + 100))]
    torch.manual_seed(seed)
    net = Scorer()
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    for sweep in range(15):
        for i in np.random.default_rng(15 * seed + sweep).permutation(len(turns)):
            features, there, legal, moves = turns[i]
            optimiser.zero_grad()
            clone_loss(net(features, there, legal), moves, legal).backward()
            optimiser.step()
    return net


def _shown(seeds: range) -> list[Turn]:
    games, turns = Many.new(seeds), list[Turn]()
    away = all_distances(games)
    teacher, opponent = planner(away), many_greedy(away)
    while not games.over.all():
        moves = teacher(games, 0)
        asked = torch.tensor(~games.over & (games.waiting[:, 0] == 0))
        turns.append((*(v[asked] for v in views(games, away, 0)), torch.tensor(moves)[asked]))
        games = games.step(np.stack([moves, opponent(games, 1)], axis=1))
    return [turn for turn in turns if len(turn[3])]


def practised(pupil: Scorer, seed: int, rounds: int = 60) -> Scorer:
    """Return a copy of a network that went on by the policy gradient, paid for winning."""
    torch.manual_seed(seed)
    rng, net = np.random.default_rng(seed), deepcopy(pupil)
    boards = Many.new(range(2000))
    ways = all_distances(boards)
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    for _ in range(rounds):
        rows = rng.choice(2000, 200, replace=False)
        games, away = picked(boards, rows), ways[rows]
        logp, opponent = torch.zeros(200), many_greedy(away)
        while not games.over.all():
            logs = net(*views(games, away, 0)).log_softmax(dim=1)
            moves = torch.distributions.Categorical(logits=logs.detach()).sample()
            asked = torch.tensor(~games.over & (games.waiting[:, 0] == 0))
            logp = logp + torch.where(asked, logs[torch.arange(200), moves], 0.0)
            games = games.step(np.stack([moves.numpy(), opponent(games, 1)], axis=1))
        optimiser.zero_grad()
        (policy_loss(logp, torch.tensor(np.sign(games.lead) + 0.1 * games.lead).float()) / 20).backward()
        optimiser.step()
    return net


def against_greedy(net: Scorer, seeds: range = UNSEEN) -> tuple[float, float, float]:
    """Return the shares of games that a network wins, draws and loses against the greedy player."""
    games = Many.new(seeds)
    away = all_distances(games)
    lead = play_many(by_network(net, away), many_greedy(away), games).lead
    return float(np.mean(lead > 0)), float(np.mean(lead == 0)), float(np.mean(lead < 0))


def measure(seeds: range = SEEDS) -> dict[str, list[tuple[float, float, float]]]:
    """Return for each way of learning the shares won, drawn and lost, a row for each seed."""
    torch.set_num_threads(1)
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in seeds:
        pupil = taught(seed)
        learned = {
            "copies the planner": pupil,
            "and practised": practised(pupil, seed),
            "Q-learning": q_learned(seed),
        }
        for name, net in learned.items():
            found.setdefault(name, []).append(against_greedy(net))
    return found


def told(found: dict[str, list[tuple[float, float, float]]]) -> str:
    """Return the figures as lines of text."""
    lines = []
    for name, rows in found.items():
        mean = np.mean(rows, axis=0)
        each = ", ".join(f"{won:.3f}" for won, _, _ in rows)
        lines.append(
            f"{name}: {mean[0]:.1%} won, {mean[1]:.1%} drawn, {mean[2]:.1%} lost (won, seed by seed: {each})"
        )
    return "\n".join(lines)
