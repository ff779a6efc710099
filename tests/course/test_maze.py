"""Lesson 12's references against other ways to say the same, and the numbers that the lesson states."""

import os
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra
from torch import nn

from helpers.grading.bench.mazes.players import against_greedy, practised, q_learned, taught
from helpers.maze import MOVES, Cell, Game, Maze, play
from helpers.maze.learning import Field, Scorer, alone, views
from helpers.maze.many import Many, all_distances, many_greedy, play_many
from helpers.maze.planning import planner, plans
from helpers.reference import maze as ref

LONG = pytest.mark.skipif(not os.environ.get("COURSE_LONG"), reason="`make test-all` runs it")
seeds = st.integers(0, 2**31)
sizes = st.tuples(st.integers(2, 6), st.integers(3, 7))


# ---------------------------------------------------------------- references


@given(seeds, sizes, st.floats(0, 1))
def test_distances_are_scipys(seed: int, size: tuple[int, int], mud: float) -> None:
    maze = Maze.draw(seed, *size, walls=0.5, mud=mud)
    cells = [*maze.passages]
    graph = np.zeros((len(cells), len(cells)))
    for a, ways in maze.passages.items():
        for b, turns in ways.items():
            graph[cells.index(a), cells.index(b)] = turns
    found = ref.distances(maze, cells[1])
    assert [found[cell] for cell in cells] == dijkstra(graph, indices=1).tolist()


@given(seeds)
def test_a_shift_of_everything_changes_no_picture(seed: int) -> None:
    board = Game.new(seed, 3, 4, 4)
    (me, other), cheeses = board.players, board.cheeses

    def moved(cell: Cell) -> Cell:
        return cell[0] + 1, cell[1] + 2

    passages = {moved(a): {moved(b): t for b, t in ways.items()} for a, ways in board.maze.passages.items()}
    large = Maze(5, 7, passages)
    small = ref.encode(board.maze, me, other, cheeses)
    again = ref.encode(large, moved(me), moved(other), frozenset(map(moved, cheeses)))
    np.testing.assert_array_equal(again[:, 2:-2, 3:-3], small)
    assert again.sum() == pytest.approx(small.sum())


@given(seeds)
def test_illegal_moves_get_no_probability_and_no_gradient(seed: int) -> None:
    rng = np.random.default_rng(seed)
    legal = torch.tensor(rng.random((5, 4)) < 0.5)
    legal[:, 2] = True
    scores = torch.tensor(rng.normal(size=(5, 4)), requires_grad=True)
    ref.clone_loss(scores, torch.full((5,), 2), legal).backward()
    assert scores.grad is not None
    assert not scores.grad[~legal].any()
    np.testing.assert_allclose(scores.grad.sum(dim=1).numpy(), 0, atol=1e-12)


@given(seeds, st.floats(0, 1))
def test_returns_are_sums(seed: int, gamma: float) -> None:
    rewards = np.random.default_rng(seed).normal(size=6)
    want = [sum(gamma ** (k - t) * rewards[k] for k in range(t, 6)) for t in range(6)]
    np.testing.assert_allclose(ref.returns(rewards, gamma), want, atol=1e-12)


def test_a_table_learns_the_value_of_a_corridor() -> None:
    Q, rng = np.zeros((4, 2)), np.random.default_rng(0)  # left and right, with a reward at the right end
    for _ in range(400):
        s = 0
        while s < 3:
            a = ref.choose(Q[s], np.array([s > 0, True]), 0.3, rng)
            s2 = s + 1 if a else s - 1
            Q = ref.q_step(Q, s, a, float(s2 == 3), s2, s2 == 3, 0.3, 0.9)
            s = s2
    np.testing.assert_allclose(Q[:3, 1], [0.81, 0.9, 1.0], atol=1e-3)


@given(seeds)
def test_a_lap_earns_nothing(seed: int) -> None:
    maze = Maze.draw(seed, 4, 5, mud=0.3)
    away, rng = ref.distances(maze, (0, 4)), np.random.default_rng(seed)
    way = [(3, 0)]
    for _ in range(12):
        way.append([*maze.passages[way[-1]]][rng.integers(len(maze.passages[way[-1]]))])
    lap = [*way, *way[-2::-1]]
    paid = sum(ref.shaped(0.0, away[a], away[b], 0.1) for a, b in pairwise(lap))
    assert paid == pytest.approx(0)


@given(seeds)
def test_targets_are_the_tables(seed: int) -> None:
    rng = np.random.default_rng(seed)
    r, q2, done = rng.normal(size=5), rng.normal(size=(5, 4)), rng.random(5) < 0.4
    legal = torch.ones((5, 4), dtype=torch.bool)
    y = ref.q_targets(torch.tensor(r), torch.tensor(q2), legal, torch.tensor(done), 0.8)
    for i in range(5):
        Q = ref.q_step(np.vstack([np.zeros(4), q2[i]]), 0, 1, float(r[i]), 1, bool(done[i]), 1.0, 0.8)
        assert float(y[i]) == pytest.approx(Q[0, 1])


def test_the_policy_gradient_is_the_gradient_of_the_mean_return() -> None:
    z = torch.tensor([0.3, -0.2, 0.1], dtype=torch.float64, requires_grad=True)
    pay = torch.tensor([1.0, 4.0, 2.0], dtype=torch.float64)
    (exact,) = torch.autograd.grad(-(z.softmax(0) * pay).sum(), z)
    drawn = torch.multinomial(
        z.detach().softmax(0), 200_000, replacement=True, generator=torch.manual_seed(0)
    )
    loss = ref.policy_loss(z.log_softmax(0)[drawn], pay[drawn])
    np.testing.assert_allclose(torch.autograd.grad(loss, z)[0].numpy(), exact.numpy(), atol=0.01)


@given(seeds)
def test_a_plan_of_one_game_is_the_plan_of_many(seed: int) -> None:
    game = Game.new(seed, 5, 5, 5, mud=0.3)
    games = Many.of([game])
    worth = plans(games, all_distances(games), 0)[0]
    for r, c in game.cheeses:
        lead = ref.ahead(game, (r, c))
        assert worth[5 * r + c] == pytest.approx(np.sign(lead) + 0.02 * lead, abs=0.06)


# ---------------------------------------------------------------- what networks are shown


@given(seeds)
def test_views_are_distances_after_each_move(seed: int) -> None:
    game = Game.new(seed, 5, 5, 5, mud=0.3)
    games = Many.of([game])
    features, there, legal = views(games, all_distances(games), 1)
    (other, me), cheeses = game.players, sorted(game.cheeses)
    assert there.all()
    for k, move in enumerate(MOVES):
        to = game.maze.moves(me).get(move)
        assert bool(legal[0, k]) == (to is not None)
        for i, cheese in enumerate(cheeses if to else []):
            mine = game.maze.passages[me][to] + ref.distances(game.maze, to)[cheese]
            its = ref.distances(game.maze, other)[cheese]
            want = [mine / 10, its / 10, np.clip(mine - its, -4, 4) / 4]
            np.testing.assert_allclose(features[0, k, i].numpy(), want, atol=1e-6)


def test_a_network_alone_moves_as_it_does_among_many() -> None:
    torch.manual_seed(0)
    net = Scorer()
    game = Game.new(5)
    for position in play(alone(net), ref.greedy, game)[:4]:
        games = Many.of([position])
        scores = net(*views(games, all_distances(games), 0))
        move = alone(net)(position.maze, *position.players, position.cheeses)
        assert [*MOVES].index(move) == int(scores.argmax())


def test_a_field_never_ends_and_pays_what_the_lead_grows() -> None:
    field = Field(range(20), 8, np.random.default_rng(0))
    total = 0
    for _ in range(120):
        lead = field.games.lead
        r, done, _ = field.step(np.random.default_rng(0).integers(0, 4, 8))
        total += int(done.sum())
        assert not field.games.over.any()
        np.testing.assert_allclose((field.games.lead - lead)[~done.numpy()], r.numpy()[~done.numpy()])
        assert not field.games.lead[done.numpy()].any()
    assert total > 8


# ---------------------------------------------------------------- what the lesson states


def test_greedy_against_itself_draws_half_of_the_games() -> None:
    ends = [play(ref.greedy, ref.greedy, Game.new(seed))[-1].winner for seed in range(100)]
    assert [ends.count(who) for who in (0, None, 1)] == [20, 53, 27]


def by_turns(turns: dict[Cell, int], r: float, a: Cell, b: Cell) -> float:
    return ref.shaped(r, turns[a], turns[b], 0.1)


def paid(name: str, mazes: int) -> tuple[int, int]:
    """Return in how many of the first mazes a payment arrives, and by a shortest way."""
    found = []
    for seed in range(mazes):
        maze, rng = Maze.draw(seed, 6, 6, walls=0.9, mud=0), np.random.default_rng(0)
        cells, goal = [*maze.passages], (0, 5)
        turns = ref.distances(maze, goal)
        pay: dict[str, Callable[[float, Cell, Cell], float]] = {
            "nothing": lambda r, a, b: r,
            "praise": lambda r, a, b: r + 0.1 * max(0, crow(a) - crow(b)),
            "both": lambda r, a, b: ref.shaped(r, crow(a), crow(b), 0.1),
            "true": partial(by_turns, turns),
        }
        to = [[maze.moves(cell).get(move) for move in MOVES] for cell in cells]
        legal = np.array([[there is not None for there in row] for row in to])
        Q = np.where(legal, 0.0, -np.inf)
        for _ in range(150):
            s = cells.index((5, 0))
            for _ in range(100):
                a = ref.choose(Q[s], legal[s], 0.1, rng)
                there = to[s][a]
                assert there is not None
                s2, done = cells.index(there), there == goal
                Q = ref.q_step(Q, s, a, pay[name](float(done), cells[s], there), s2, done, 0.2, 0.95)
                s = s2
                if done:
                    break
        cell, way = (5, 0), 0
        while cell != goal and way < 60:
            cell, way = maze.moves(cell)[[*MOVES][int(Q[cells.index(cell)].argmax())]], way + 1
        found.append((cell == goal, way == turns[5, 0]))
    return sum(a for a, _ in found), sum(b for _, b in found)


def crow(cell: Cell) -> int:
    return cell[0] + 5 - cell[1]


def test_praise_alone_is_worse_than_nothing_and_the_true_way_helps() -> None:
    assert paid("nothing", 4)[0] == paid("true", 4)[0] == 4
    assert paid("praise", 4)[0] <= 2


@LONG
def test_what_each_payment_reaches_in_twenty_mazes() -> None:
    found = [paid(name, 20) for name in ("nothing", "praise", "both", "true")]
    assert found == [(20, 19), (6, 6), (12, 11), (20, 20)]


def test_the_planner_beats_greedy_and_never_loses() -> None:
    games = Many.new(range(100_000, 100_200))
    away = all_distances(games)
    lead = play_many(planner(away), many_greedy(away), games).lead
    assert np.mean(lead > 0) > 0.8
    assert np.mean(lead < 0) < 0.02


def test_a_pupil_of_the_planner_beats_greedy_on_mazes_it_never_saw() -> None:
    torch.set_num_threads(1)
    won, _, lost = against_greedy(taught(0, games=100), range(100_000, 100_300))
    assert won > lost + 0.05


@LONG
def test_pupils_beat_greedy_on_mazes_they_never_saw_and_more_so_after_practice() -> None:
    torch.set_num_threads(1)
    pupils = [taught(seed) for seed in range(3)]
    before = np.array([against_greedy(pupil) for pupil in pupils])
    after = np.array([against_greedy(practised(pupil, i, rounds=30)) for i, pupil in enumerate(pupils)])
    for found, (won, drawn, lost) in [(before, (0.44, 0.375, 0.195)), (after, (0.51, 0.33, 0.165))]:
        assert found.mean(axis=0) == pytest.approx([won, drawn, lost], abs=0.03)  # by processor up to 0.02
    won, _, lost = before.T
    assert ((won / lost > 1.5) & (won / lost < 3)).all()
    more, _, fewer = after.T
    assert (more - fewer > won - lost).all()
    assert (more > won + 0.03).all()


@LONG
def test_points_alone_are_enough_to_beat_greedy() -> None:
    torch.set_num_threads(1)
    found = np.array([against_greedy(q_learned(seed)) for seed in range(3)])
    assert found.mean(axis=0) == pytest.approx([0.415, 0.41, 0.17], abs=0.035)  # by processor up to 0.025
    won, _, lost = found.T
    assert (won > 1.8 * lost).all()


@LONG
def test_a_copy_of_greedy_from_pictures_loses() -> None:
    torch.set_num_threads(1)
    X, y, legal = watched(range(300))
    X_new, y_new, legal_new = watched(range(1000, 1060))
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(1326, 128), nn.ReLU(), nn.Linear(128, 4))
    optimiser = torch.optim.Adam(net.parameters(), 1e-3)
    for seed in range(6):
        for rows in torch.randperm(len(X), generator=torch.manual_seed(seed)).split(64):
            optimiser.zero_grad()
            ref.clone_loss(net(X[rows]), y[rows], legal[rows]).backward()
            optimiser.step()
    found = [
        float((net(A).masked_fill(~c, -torch.inf).argmax(dim=1) == b).float().mean())
        for A, b, c in [(X, y, legal), (X_new, y_new, legal_new)]
    ]
    assert found == pytest.approx([0.85, 0.76], abs=0.03)

    def copycat(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
        scores = net(torch.tensor(ref.encode(maze, me, other, cheeses)).float()[None])[0].detach()
        return max(maze.moves(me), key=lambda move: float(scores[[*MOVES].index(move)]))

    ends = [play(copycat, ref.greedy, Game.new(seed))[-1].winner for seed in range(1000, 1060)]
    assert ends.count(0) <= 8
    assert ends.count(1) >= 45


def watched(seeds: range) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    X, y, legal = list[np.ndarray](), list[int](), list[list[bool]]()
    for seed in seeds:
        for game in play(ref.greedy, ref.greedy, Game.new(seed))[:-1]:
            if not game.waiting[0]:
                seen = game.maze, *game.players, game.cheeses
                X.append(ref.encode(*seen))
                y.append([*MOVES].index(ref.greedy(*seen)))
                legal.append([move in game.maze.moves(game.players[0]) for move in MOVES])
    return torch.tensor(np.array(X)).float(), torch.tensor(y), torch.tensor(legal)
