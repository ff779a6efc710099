"""The references of lesson 04 against PyTorch, scikit-learn and theory, and the numbers that the lesson states."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial.legendre import legvander
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import KFold, cross_val_score
from torch import nn

from helpers.data import mnist
from helpers.reference import generalisation as ref
from helpers.reference.gradient_descent import batches
from helpers.reference.perceptron import softmax

seeds = st.integers(0, 2**31)
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@cache
def flat(part: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = mnist(part)
    return images.reshape(len(images), -1) / 255, labels


def three_hundred() -> tuple[np.ndarray, np.ndarray]:
    X, y = flat("train")
    return X[:300], y[:300]


# ---------------------------------------------------------------- references


@given(seeds, st.integers(2, 40), st.integers(2, 9))
def test_folds_are_a_partition_as_scikit_learns(seed: int, n: int, K: int) -> None:
    K = min(K, n)
    folds = ref.kfold(n, K, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.sort(np.concatenate([test for _, test in folds])), np.arange(n))
    for train, test in folds:
        np.testing.assert_array_equal(np.sort([*train, *test]), np.arange(n))
    theirs = [len(test) for _, test in KFold(K).split(np.zeros(n))]
    assert sorted(len(test) for _, test in folds) == sorted(theirs)


def test_cross_validation_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    folds = ref.kfold(40, 5, rng)
    mean, spread = ref.cross_validate(
        lambda X, y: ref.ridge(X, y, 0.1), lambda m, X, y: np.mean((X @ m[0] + m[1] - y) ** 2), X, y, folds
    )
    scores = []
    for fold in folds:
        model = Ridge(0.1 * len(fold[0]))
        scores.append(-cross_val_score(model, X, y, cv=[fold], scoring="neg_mean_squared_error")[0])
    assert (mean, spread) == pytest.approx((np.mean(scores), np.std(scores)))


@given(seeds, st.integers(1, 12), st.integers(1, 9), st.floats(0.01, 5))
def test_ridge_is_scikit_learns_and_its_slope_is_zero(seed: int, n: int, d: int, lam: float) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, d)) + 2, rng.normal(size=n) - 3
    w, b = ref.ridge(X, y, lam)
    theirs = Ridge(alpha=n * lam).fit(X, y)
    np.testing.assert_allclose(w, theirs.coef_, atol=1e-8)
    assert b == pytest.approx(theirs.intercept_, abs=1e-7)
    v, c = torch.tensor(w, requires_grad=True), torch.tensor(b, dtype=torch.float64, requires_grad=True)
    loss = ((torch.tensor(X) @ v + c - torch.tensor(y)) ** 2).mean() + lam * (v**2).sum()
    loss.backward()
    assert v.grad is not None
    assert c.grad is not None
    assert float(v.grad.abs().max()) < 1e-7
    assert abs(float(c.grad)) < 1e-7


@given(seeds, st.floats(0, 3))
def test_soft_thresholding_is_torchs_and_solves_its_problem(seed: int, t: float) -> None:
    w = 3 * np.random.default_rng(seed).normal(size=(4, 3))
    found = ref.soft_threshold(w, t)
    np.testing.assert_allclose(found, nn.functional.softshrink(torch.tensor(w), t).numpy(), atol=1e-12)

    def price(v: np.ndarray) -> np.ndarray:
        return (v - w) ** 2 / 2 + t * np.abs(v)

    for step in (-0.01, 0.01):
        assert (price(found) <= price(found + step) + 1e-12).all()


@given(seeds, st.floats(0, 1))
def test_dropout_keeps_the_mean_and_is_the_identity_afterwards(seed: int, p: float) -> None:
    rng = np.random.default_rng(seed)
    H = np.ones((200, 200))
    out = ref.dropout(H, p, rng, training=True)
    assert ref.dropout(H, p, rng, training=False) is H
    if p < 0.95:
        assert out.mean() == pytest.approx(1, abs=6 * (p / (1 - p)) ** 0.5 / 200 + 1e-12)
    values = {0.0, 1 / (1 - p)} if p < 1 else {0.0}
    assert all(min(abs(v - known) for known in values) < 1e-9 * max(1, v) for v in np.unique(out))


def test_dropout_drops_what_torchs_does_in_the_mean() -> None:
    torch.manual_seed(0)
    theirs = nn.functional.dropout(torch.ones(400, 400), 0.3).numpy()
    ours = ref.dropout(np.ones((400, 400)), 0.3, np.random.default_rng(0), training=True)
    np.testing.assert_allclose(np.unique(ours), np.unique(theirs), rtol=1e-6)
    assert np.mean(ours == 0) == pytest.approx(np.mean(theirs == 0), abs=0.01)


@given(seeds, st.integers(2, 9), st.integers(1, 5))
def test_the_parts_of_an_error_add_up(seed: int, draws: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    P, truth = rng.normal(size=(draws, n)), rng.normal(size=n)
    assert sum(ref.bias_variance(P, truth)) == pytest.approx(np.mean((P - truth) ** 2))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=15), st.integers(1, 4))
def test_stopping_never_looks_ahead(val: list[int], patience: int) -> None:
    stop, best = ref.early_stop(np.array(val, dtype=float), patience)
    seen = val[: stop + 1]
    assert best == seen.index(min(seen))
    assert stop == len(val) - 1 or stop - best == patience


@given(seeds)
def test_a_search_returns_the_best_that_it_tried(seed: int) -> None:
    tried: dict[float, float] = {}
    best = ref.random_search(
        lambda v: tried.setdefault(v, abs(np.log(v))), 1e-3, 1e3, 12, np.random.default_rng(seed)
    )
    assert len(tried) == 12
    assert tried[best] == min(tried.values())
    assert all(1e-3 <= value <= 1e3 for value in tried)


@given(seeds, st.integers(1, 4), st.integers(4, 8))
def test_the_shortest_fit_is_least_squares_and_ridge_in_the_limit(seed: int, n: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    X, y, X_new = rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=(3, d))
    np.testing.assert_allclose(ref.smallest(X, y), np.linalg.lstsq(X, y, rcond=None)[0], atol=1e-6)
    w = np.linalg.solve(X.T @ X + n * 0.2 * np.eye(d), X.T @ y)
    np.testing.assert_allclose(ref.dual_ridge(X, y, 0.2, X_new), X_new @ w, atol=1e-9)


@given(seeds, st.floats(0.05, 0.95))
def test_masks_are_all_there_with_probabilities_that_add_up(seed: int, p: float) -> None:
    h = np.random.default_rng(seed).normal(size=5)
    masks, weights = ref.all_masks(h, p)
    assert len(np.unique(masks, axis=0)) == 32
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights @ (masks * h / (1 - p)), h, atol=1e-9)


def test_membership_is_half_where_nothing_tells_and_one_where_everything_does() -> None:
    assert ref.membership(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0.5
    assert ref.membership(np.array([0.1, 0.2]), np.array([0.3])) == 1.0


# ---------------------------------------------------------------- what the lesson states


class Run:
    """The network of the lesson."""

    def __init__(self, seed: int, drop: float = 0.0):
        torch.manual_seed(seed)
        layers = nn.Linear(784, 512), nn.ReLU(), nn.Dropout(drop), nn.Linear(512, 10)
        self.net, self.rng = nn.Sequential(*layers), np.random.default_rng(seed)
        self.adam = torch.optim.Adam(self.net.parameters(), lr=0.001)
        self.val: list[float] = []

    def learn(self, X: np.ndarray, y: np.ndarray, epochs: int, change: Change = lambda X, rng: X) -> "Run":
        for _ in range(epochs):
            self.net.train()
            for rows in batches(len(X), 50, self.rng):
                scores = self.net(torch.tensor(change(X[rows], self.rng), dtype=torch.float32))
                self.adam.zero_grad()
                nn.functional.cross_entropy(scores, torch.tensor(y[rows])).backward()
                self.adam.step()
            self.val.append(self.error(*flat("validation")))
        return self

    def scores(self, X: np.ndarray) -> torch.Tensor:
        self.net.eval()
        with torch.no_grad():
            return self.net(torch.tensor(X, dtype=torch.float32))

    def error(self, X: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean(self.scores(X).argmax(1).numpy() != y))

    def losses(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return nn.functional.cross_entropy(self.scores(X), torch.tensor(y), reduction="none").numpy()


def test_a_network_of_1300_numbers_a_row_learns_shuffled_labels_by_heart() -> None:
    X, y = three_hundred()
    shuffled = np.random.default_rng(0).permutation(y)
    true, lost = Run(0).learn(X, y, 60), Run(0).learn(X, shuffled, 60)
    assert sum(p.numel() for p in true.net.parameters()) == 407_050 > 1000 * len(X)
    assert true.error(X, y) == 0
    assert lost.error(X, shuffled) == 0
    assert true.val[-1] == pytest.approx(0.15, abs=0.02)
    assert lost.val[-1] == pytest.approx(0.9, abs=0.03)
    told = ref.membership(true.losses(X, y), true.losses(*flat("validation")))
    assert told == pytest.approx(0.71, abs=0.03)


def test_more_digits_narrow_the_gap_and_hide_who_was_there() -> None:
    X, y = (rows[:3000] for rows in flat("train"))
    run = Run(0).learn(X, y, 8)
    assert run.error(X, y) == pytest.approx(0.01, abs=0.01)
    assert run.val[-1] == pytest.approx(0.08, abs=0.015)
    assert ref.membership(run.losses(X, y), run.losses(*flat("validation"))) == pytest.approx(0.54, abs=0.02)


def test_spoilt_labels_come_last() -> None:
    X, y = three_hundred()
    rng, spoilt = np.random.default_rng(5), y.copy()
    spoilt[rng.choice(300, 60, replace=False)] = rng.integers(0, 10, 60)
    run = Run(1).learn(X, spoilt, 60)
    stop, best = ref.early_stop(np.array(run.val), 10)
    assert stop - best == 10
    assert run.val[best] == pytest.approx(0.20, abs=0.02)
    assert run.val[-1] == pytest.approx(0.25, abs=0.025)


@pytest.mark.slow
def test_shifts_help_half_a_turn_harms_and_dropout_does_next_to_nothing() -> None:
    def shift(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        down, right = rng.integers(-2, 3, 2)
        return np.roll(X.reshape(-1, 28, 28), (down, right), (1, 2)).reshape(len(X), -1)

    def turn(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return X[:, ::-1].copy() if rng.random() < 0.5 else X

    X, y = three_hundred()
    plain, dropped = Run(0).learn(X, y, 60).val[-1], Run(0, 0.5).learn(X, y, 60).val[-1]
    shifted, turned = Run(0).learn(X, y, 60, shift).val[-1], Run(0).learn(X, y, 60, turn).val[-1]
    assert shifted < 0.85 * plain
    assert turned > 1.3 * plain
    assert dropped == pytest.approx(plain, abs=0.012)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    for p, m in [(0.85, 100), (0.5, 30), (0.85, 1000)]:
        ends = np.array([ref.interval(int(right), m) for right in rng.binomial(m, p, 4000)])
        assert np.mean((ends[:, 0] <= p) & (p <= ends[:, 1])) == pytest.approx(0.95, abs=0.025)
    assert ref.interval(87, 100) == pytest.approx((0.80, 0.94), abs=0.005)
    assert ref.interval(194, 200) == pytest.approx((0.946, 0.994), abs=0.0005)


def test_columns_chosen_on_all_rows_predict_coins() -> None:
    def best(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.argsort(-np.abs((X - X.mean(axis=0)).T @ (y - y.mean())))[:20]

    def line(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y, rcond=None)[0]

    def right(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean((w[0] + X @ w[1:] > 0.5) == y))

    def inside(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return best(X, y), line(X[:, best(X, y)], y)

    found = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X, y = rng.integers(0, 2, (200, 2000)) * 1.0, rng.integers(0, 2, 200) * 1.0
        folds = ref.kfold(200, 10, rng)
        leaky = ref.cross_validate(line, right, X[:, best(X, y)], y, folds)[0]
        honest = ref.cross_validate(inside, lambda m, X, y: right(m[1], X[:, m[0]], y), X, y, folds)[0]
        found.append((leaky, honest))
    leaky, honest = np.mean(found, axis=0)
    assert leaky == pytest.approx(0.78, abs=0.02)
    assert honest == pytest.approx(0.48, abs=0.03)
    assert min(a for a, _ in found) > 0.75


def test_bias_and_variance_of_polynomials() -> None:
    x, places = np.linspace(-1, 1, 15), np.linspace(-1, 1, 101)
    y = np.sin(3 * x) + 0.3 * np.random.default_rng(0).normal(size=(500, 15))
    parts = {}
    for degree in range(13):
        w = np.linalg.lstsq(legvander(x, degree), y.T, rcond=None)[0]
        parts[degree] = ref.bias_variance((legvander(places, degree) @ w).T, np.sin(3 * places))
    assert parts[1] == pytest.approx((0.178, 0.012), abs=0.001)
    assert parts[3] == pytest.approx((0.004, 0.021), abs=0.001)
    assert parts[12] == pytest.approx((0.001, 0.474), abs=0.002)
    sums = [bias2 + variance for bias2, variance in parts.values()]
    assert int(np.argmin(sums)) == 3
    assert (np.diff([variance for _, variance in parts.values()]) > 0).all()
    assert parts[2][0] == pytest.approx(parts[1][0], rel=0.01)  # the sine is odd


@cache
def peaks() -> tuple[np.ndarray, ...]:
    return tuple(np.random.default_rng(seed).normal(size=(784, 4000)) / 28 for seed in range(5))


def features(P: int, W: np.ndarray, lam: float = 0.0) -> tuple[float, float, float]:
    """Return the errors of P random features on the 300 and on new digits, and the length of the weights."""
    (X, y), (X_val, y_val) = three_hundred(), flat("validation")
    A, A_val, Y = np.maximum(X @ W[:, :P], 0), np.maximum(X_val @ W[:, :P], 0), np.eye(10)[y]
    if lam:
        V = np.linalg.solve(A.T @ A + 300 * lam * np.eye(P), A.T @ Y)
    else:
        V = np.linalg.lstsq(A, Y, rcond=None)[0]
    wrong = [float(np.mean((B @ V).argmax(axis=1) != labels)) for B, labels in [(A, y), (A_val, y_val)]]
    return wrong[0], wrong[1], float(np.linalg.norm(V))


def test_the_error_descends_twice() -> None:
    known = {P: np.mean([features(P, W) for W in peaks()], axis=0) for P in (100, 200, 300, 400, 1000, 4000)}
    new = {P: float(row[1]) for P, row in known.items()}
    assert new[100] == pytest.approx(0.31, abs=0.01)
    assert new[300] == pytest.approx(0.86, abs=0.01)
    assert new[4000] == pytest.approx(0.15, abs=0.01)
    assert new[100] < new[200] < new[300] > new[400] > new[1000] > new[4000]
    assert known[100][0] > 0.02
    assert all(known[P][0] < 0.005 for P in (200, 300, 400, 1000, 4000))
    assert known[300][2] > 100 * known[4000][2]


def test_a_little_penalty_removes_the_peak() -> None:
    errors = {lam: np.mean([features(300, W, lam)[1] for W in peaks()]) for lam in (0.0001, 0.01, 0.1)}
    assert errors[0.0001] == pytest.approx(0.35, abs=0.01)
    assert errors[0.01] == pytest.approx(0.19, abs=0.01)
    assert errors[0.1] == pytest.approx(0.23, abs=0.01)


def test_a_search_and_an_honest_number() -> None:
    W = peaks()[0][:, :1000]
    lam = ref.random_search(lambda lam: features(1000, W, lam)[1], 1e-6, 10.0, 20, np.random.default_rng(0))
    (X, y), (X_test, y_test) = three_hundred(), flat("test")
    A = np.maximum(X @ W, 0)
    V = np.linalg.solve(A.T @ A + 300 * lam * np.eye(1000), A.T @ np.eye(10)[y])
    wrong = np.mean((np.maximum(X_test @ W, 0) @ V).argmax(axis=1) != y_test)
    assert features(1000, W, lam)[1] == pytest.approx(0.153, abs=0.002)
    assert wrong == pytest.approx(0.181, abs=0.002)
    low, high = ref.interval(round(2000 * (1 - wrong)), 2000)
    assert (1 - high, 1 - low) == pytest.approx((0.164, 0.198), abs=0.002)
    low, high = ref.interval(847, 1000)
    assert (high - low) / 2 == pytest.approx(0.023, abs=0.001)


def pair(part: str, n: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    X, y = flat(part)
    rows = np.isin(y, (3, 8))
    return X[rows][:n], np.where(y[rows] == 8, 1.0, -1.0)[:n]


def test_threes_and_eights_by_ridge_and_lasso() -> None:
    (X, y), (new, sides) = pair("train", 200), pair("validation")
    for lam, wrong in [(1e-6, 0.147), (0.1, 0.071)]:
        w, b = ref.ridge(X, y, lam)
        assert (w != 0).sum() == 496
        assert np.mean(np.sign(new @ w + b) != sides) == pytest.approx(wrong, abs=0.001)
    Xc, yc, w = X - X.mean(axis=0), y - y.mean(), np.zeros(784)
    eta = 200 / (2 * np.linalg.norm(Xc, 2) ** 2)
    for _ in range(2000):
        w = ref.soft_threshold(w - eta * 2 / 200 * (Xc.T @ (Xc @ w - yc)), eta * 0.03)
    assert (w != 0).sum() == 44
    theirs = Lasso(alpha=0.015, max_iter=20000, tol=1e-8).fit(X, y)  # half: their squares are halved
    np.testing.assert_allclose(w, theirs.coef_, atol=5e-3)
    assert np.mean(np.sign(new @ w + y.mean() - X.mean(axis=0) @ w) != sides) == pytest.approx(
        0.107, abs=0.001
    )


def test_a_stamp_is_learned_and_fails_elsewhere() -> None:
    def stamped(X: np.ndarray, sides: np.ndarray, agree: float) -> np.ndarray:
        X, marks = X.copy(), rng.random(len(X)) < np.where(sides > 0, agree, 1 - agree)
        X.reshape(-1, 28, 28)[marks, :3, :3] = 1.0
        return X

    rng = np.random.default_rng(0)
    (X, y), (new, sides) = pair("train", 200), pair("validation")
    w, b = ref.ridge(stamped(X, y, 0.95), y, 0.1)
    right = [np.mean(np.sign(stamped(new, sides, agree) @ w + b) == sides) for agree in (0.95, 0.5, 0.05)]
    assert right == pytest.approx([0.97, 0.81, 0.64], abs=0.01)


def test_the_best_of_a_hundred_coins() -> None:
    best = np.random.default_rng(1).binomial(100, 0.5, size=(4000, 100)).max(axis=1) / 100
    assert best.mean() == pytest.approx(0.625, abs=0.003)


def test_the_average_of_all_thinned_networks_is_the_full_one_for_scores_alone() -> None:
    rng = np.random.default_rng(0)
    h, V = rng.normal(size=8), rng.normal(size=(8, 3))
    masks, weights = ref.all_masks(h, 0.5)
    scores = (masks * h / 0.5) @ V
    np.testing.assert_allclose(weights @ scores, h @ V, atol=1e-12)
    full = softmax((h @ V)[None])[0]
    assert 0.03 < np.abs(weights @ softmax(scores) - full).max() < 0.1


@settings(deadline=None, max_examples=10)
@given(seeds)
def test_descent_from_zero_finds_the_shortest_fit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, y, w = rng.normal(size=(5, 40)), rng.normal(size=5), np.zeros(40)
    for _ in range(3000):
        w -= 0.01 * 2 / 5 * X.T @ (X @ w - y)
    np.testing.assert_allclose(w, ref.smallest(X, y), atol=1e-6)


def test_to_stop_early_is_a_gain_for_degree_12() -> None:
    x, fine = np.linspace(-1, 1, 15), np.linspace(-1, 1, 2001)
    y = (np.sin(3 * x) + 0.3 * np.random.default_rng(0).normal(size=(500, 15))).T
    S, B = legvander(x, 12), legvander(fine, 12)
    exact = np.linalg.lstsq(S, y, rcond=None)[0]
    w, eta = np.zeros_like(exact), 15 / (2 * np.linalg.norm(S, 2) ** 2)
    for _ in range(300):
        w -= eta * 2 / 15 * S.T @ (S @ w - y)
    late, early = (np.mean((B @ v - np.sin(3 * fine)[:, None]) ** 2) for v in (exact, w))
    assert late == pytest.approx(0.479, abs=0.002)
    assert early - late == pytest.approx(-0.340, abs=0.005)
