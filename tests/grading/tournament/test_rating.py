"""Ratings: strengths that are known are found, and names, sides and unlucky classes make no difference."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.grading.tournament.rating import MIDDLE, SCALE, SPREAD, fit


def drawn(strengths: np.ndarray, games: int, seed: int) -> np.ndarray:
    """Return what players of known strengths score against each other in so many games a pair."""
    rng, n = np.random.default_rng(seed), len(strengths)
    scored = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            scored[i, j] = rng.binomial(games, 1 / (1 + np.exp(strengths[j] - strengths[i])))
            scored[j, i] = games - scored[i, j]
    return scored


def scores(n: int) -> st.SearchStrategy[np.ndarray]:
    halves = st.lists(st.integers(0, 8), min_size=n * n, max_size=n * n)
    return halves.map(lambda h: np.array(h).reshape(n, n) / 2 * (1 - np.eye(n)))


tables = st.integers(1, 6).flatmap(scores)


@pytest.mark.parametrize("seed", range(5))
def test_known_strengths_are_found_within_their_error_bars(seed: int) -> None:
    true = np.random.default_rng(seed).normal(0, 1, 30)
    true -= true.mean()
    found = fit(drawn(true, 20, seed))
    z = (found.points - MIDDLE - SCALE * true) / found.errors
    assert 0.7 < np.sqrt((z**2).mean()) < 1.3  # a fifth of these may be met by chance at 0.82 to 1.13
    assert np.abs(z).max() < 4.5


def test_one_pair_by_hand() -> None:
    """3 of 4 points are odds of 3, drawn a little to the middle; the bar is that of half the gap."""
    found = fit(np.array([[0, 3.0], [1.0, 0]]))
    gap = (found.points[0] - found.points[1]) / SCALE
    share = 1 / (1 + np.exp(-gap))
    assert 3 - 4 * share == pytest.approx(gap / 2 / SPREAD**2)
    assert 0.8 * np.log(3) < gap < np.log(3)
    assert found.errors / SCALE == pytest.approx(np.sqrt(0.5 / (8 * share * (1 - share) + 1 / SPREAD**2)))


@given(tables)
def test_the_mean_is_kept_and_all_is_finite(scored: np.ndarray) -> None:
    found = fit(scored)
    assert np.isfinite(found.points).all()
    assert np.isfinite(found.errors).all()
    assert found.points.mean() == pytest.approx(MIDDLE)


@settings(max_examples=50)
@given(tables, st.randoms(use_true_random=False))
def test_ratings_go_with_the_players_whatever_their_order(scored: np.ndarray, rng: Random) -> None:
    order = list(range(len(scored)))
    rng.shuffle(order)
    found, other = fit(scored), fit(scored[np.ix_(order, order)])
    assert other.points == pytest.approx(found.points[order], abs=1e-5)
    assert other.errors == pytest.approx(found.errors[order], abs=1e-5)


def test_who_wins_everything_has_a_finite_rating_and_a_wide_bar() -> None:
    scored = np.ones((5, 5)) - np.eye(5)
    scored[:, 0] = 0
    scored[0] = [0, 20, 20, 20, 20]
    found = fit(scored)
    assert found.points[0] == found.points.max() < 3000
    assert found.errors[0] > 1.2 * found.errors[1]


def test_two_draws_are_a_won_and_a_lost_game() -> None:
    drawn, shared = np.array([[0, 1.0], [1.0, 0]]), np.array([[0, 0.5 + 0.5], [0.5 + 0.5, 0]])
    assert fit(drawn).points == pytest.approx(fit(shared).points)
    assert fit(drawn).points == pytest.approx([MIDDLE, MIDDLE])


def test_more_games_make_shorter_bars() -> None:
    share = np.array([[0, 3.0, 2.0], [1.0, 0, 2.0], [2.0, 2.0, 0]])
    few, many = (fit(times * share).errors for times in (10, 1000))
    assert many == pytest.approx(few / 10, rel=0.05)


def test_nobody_is_rated_of_nobody() -> None:
    assert fit(np.zeros((0, 0))).points.size == 0
