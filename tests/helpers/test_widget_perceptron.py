"""The street that the playground draws is the widest that any weights keep free."""

from dataclasses import asdict

import numpy as np
import pytest

from helpers.reference.perceptron import Perceptron, novikoff_bound
from helpers.widgets.perceptron import CLOUDS, XOR, run, widest


def rows(points):
    table = np.array(points, dtype=float)
    return np.column_stack([np.ones(len(table)), table[:, :2]]), table[:, 2]


def test_the_best_weights_have_length_one_and_keep_the_margin_free():
    X, y = rows(CLOUDS)
    gamma, best = widest(X, y)
    scores = (2 * y - 1) * (X @ best)
    assert np.linalg.norm(best) == pytest.approx(1)
    assert scores.min() == pytest.approx(gamma)
    assert np.isclose(scores, gamma).sum() == 3  # three points hold the street
    found = run(Perceptron, CLOUDS)
    assert found.best == best.tolist()
    assert found.bound == pytest.approx(novikoff_bound(X, y, best))


def test_where_nothing_separates_there_is_no_street():
    assert asdict(run(Perceptron, XOR))["best"] is None
