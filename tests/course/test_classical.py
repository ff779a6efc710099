"""The references of lesson 11 against scikit-learn, PyTorch and theory, and the numbers that the lesson states."""

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import Lasso
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from helpers.data import mails, mnist
from helpers.reference import classical as ref

seeds = st.integers(0, 2**31)


# ---------------------------------------------------------------- references


@given(seeds, st.integers(1, 6))
def test_the_inertia_never_rises_and_ends_where_scikit_learns_does(seed: int, K: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 2))
    C, before = X[rng.choice(40, K, replace=False)], np.inf
    start = C
    while True:
        C, labels, inertia = ref.kmeans_step(X, C)
        assert inertia <= before + 1e-12
        if inertia == before:
            break
        before = inertia
    theirs = KMeans(K, init=start, n_init=1, tol=0).fit(X)
    if np.bincount(labels, minlength=K).min() > 0:
        assert inertia == pytest.approx(theirs.inertia_ / 40, rel=1e-6)


@given(seeds)
def test_centres_are_drawn_by_squared_distance(seed: int) -> None:
    X = np.array([[0.0], [1.0], [3.0]])
    rng = np.random.default_rng(seed)
    drawn = np.array([ref.kmeans_pp(X, 2, rng)[:, 0] for _ in range(400)])
    after = drawn[drawn[:, 0] == 0][:, 1]
    assert np.mean(after == 3) == pytest.approx(0.9, abs=0.14)
    assert (drawn[:, 0] != drawn[:, 1]).all()


@given(seeds, st.integers(1, 9))
def test_a_mean_needs_no_past(seed: int, n: int) -> None:
    X = np.random.default_rng(seed).normal(size=(n, 3))
    c, count = np.zeros(3), 0
    for x in X:
        c, count = ref.online(c, count, x)
    np.testing.assert_allclose(c, X.mean(axis=0), atol=1e-12)
    assert count == n


@given(seeds)
def test_the_axes_are_scikit_learns_up_to_sign(seed: int) -> None:
    X = np.random.default_rng(seed).normal(size=(12, 4)) + 5
    axes, shares = ref.principal(X, 3)
    theirs = PCA(3).fit(X)
    np.testing.assert_allclose(np.abs((axes * theirs.components_).sum(axis=1)), 1, atol=1e-6)
    np.testing.assert_allclose(shares, theirs.explained_variance_ratio_, atol=1e-9)


@given(seeds)
def test_em_never_lowers_the_likelihood_and_one_round_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 2)) + np.where(rng.random(60) < 0.5, 0.0, 4.0)[:, None]
    alpha, mu, cov = np.full(2, 0.5), X[:2].copy(), np.stack([np.eye(2)] * 2)
    theirs = GaussianMixture(
        2, weights_init=alpha, means_init=mu, precisions_init=cov, max_iter=1, reg_covar=0
    )
    theirs.warm_start = False
    with pytest.warns(UserWarning, match="converge"):
        theirs.fit(X)
    before = -np.inf
    for step in range(8):
        logs = np.stack(
            [np.log(a) + ref.log_density(X, m, c) for a, m, c in zip(alpha, mu, cov, strict=True)], axis=1
        )
        likelihood = float(np.logaddexp.reduce(logs, axis=1).sum())
        assert likelihood >= before - 1e-8
        before = likelihood
        R = ref.e_step(X, alpha, mu, cov)
        np.testing.assert_allclose(R, torch.softmax(torch.tensor(logs), 1).numpy(), atol=1e-9)
        alpha, mu, cov = ref.m_step(X, R)
        if step == 0:
            np.testing.assert_allclose(mu, theirs.means_, atol=1e-6)
            np.testing.assert_allclose(cov, theirs.covariances_, atol=1e-6)


@given(seeds, st.floats(0.1, 3))
def test_naive_bayes_is_scikit_learns(seed: int, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.poisson(1.0, (20, 6)), np.r_[0, 1, rng.integers(0, 2, 18)]
    prior, p = ref.naive_bayes(X, y, alpha)
    theirs = MultinomialNB(alpha=alpha).fit(X, y)
    np.testing.assert_allclose(prior, theirs.class_log_prior_, atol=1e-9)
    np.testing.assert_allclose(p, theirs.feature_log_prob_, atol=1e-9)


@given(seeds)
def test_the_best_question_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=25), rng.integers(0, 3, 25)
    threshold, gain = ref.best_split(x, y)
    tree = DecisionTreeClassifier(criterion="entropy", max_depth=1).fit(x[:, None], y)
    impurity, rows = tree.tree_.impurity, tree.tree_.n_node_samples
    if len(rows) == 3:
        assert gain == pytest.approx(
            impurity[0] - (impurity[1] * rows[1] + impurity[2] * rows[2]) / 25, abs=1e-9
        )
        left = ref.entropy(y[x <= threshold]) * np.sum(x <= threshold)
        right = ref.entropy(y[x > threshold]) * np.sum(x > threshold)
        assert gain == pytest.approx(ref.entropy(y) - (left + right) / 25)


def test_the_street_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    s = np.repeat([-1.0, 1.0], 20)
    X = rng.normal(size=(40, 2)) + s[:, None] * 1.2
    w, b = np.zeros(2), 0.0
    for t in range(60_000):
        w, b = ref.svm_step(w, b, X, s, 8.0, 1 / (20 + t))
    theirs = SVC(kernel="linear", C=8.0 / 40).fit(X, s)
    np.testing.assert_allclose(w, theirs.coef_[0], atol=0.02)
    ours, best = (
        0.5 * v @ v + 8 * np.maximum(0, 1 - s * (X @ v + c)).mean()
        for v, c in [(w, b), (theirs.coef_[0], theirs.intercept_[0])]
    )
    assert ours == pytest.approx(best, rel=1e-3)


@given(seeds)
def test_a_step_of_the_street_is_descent_where_it_has_a_slope(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, s = rng.normal(size=(7, 3)), np.where(rng.random(7) < 0.5, -1.0, 1.0)
    w, b = (
        torch.tensor(rng.normal(size=3), requires_grad=True),
        torch.tensor(0.3, dtype=torch.float64, requires_grad=True),
    )
    margin = torch.tensor(s) * (torch.tensor(X) @ w + b)
    (0.5 * (w**2).sum() + 2 * torch.clamp(1 - margin, min=0).mean()).backward()
    found = ref.svm_step(w.detach().numpy(), 0.3, X, s, 2.0, 0.1)
    assert w.grad is not None
    assert b.grad is not None
    np.testing.assert_allclose(found[0], (w - 0.1 * w.grad).detach().numpy(), atol=1e-12)
    assert found[1] == pytest.approx(float((b - 0.1 * b.grad).detach()))


@given(seeds)
def test_a_perceptron_of_products_is_the_perceptron(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, s = rng.normal(size=(10, 3)), np.where(rng.random(10) < 0.5, -1.0, 1.0)
    w = np.zeros(3)
    for _ in range(4):
        for x, label in zip(X, s, strict=True):
            if label * (x @ w) <= 0:
                w = w + label * x
    np.testing.assert_allclose((ref.kernel_perceptron(X @ X.T, s, 4) * s) @ X, w, atol=1e-9)


@given(seeds)
def test_densities_are_torchs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    L = rng.normal(size=(3, 3))
    mu, cov, X = rng.normal(size=3), L @ L.T + np.eye(3), rng.normal(size=(5, 3))
    gauss = torch.distributions.MultivariateNormal(torch.tensor(mu), torch.tensor(cov))
    np.testing.assert_allclose(
        ref.log_density(X, mu, cov), gauss.log_prob(torch.tensor(X)).numpy(), atol=1e-8
    )


@given(seeds)
def test_a_message_does_not_mind_the_numbers_of_the_nodes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = np.triu(rng.random((7, 7)) < 0.4, 1) * 1.0
    A, X, W, order = A + A.T, rng.normal(size=(7, 3)), rng.normal(size=(3, 2)), rng.permutation(7)
    whole = ref.message_pass(A, X, W)
    np.testing.assert_allclose(
        ref.message_pass(A[np.ix_(order, order)], X[order], W), whole[order], atol=1e-12
    )


def test_a_sparse_code_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    D, x = rng.normal(size=(12, 8)), rng.normal(size=8)
    theirs = Lasso(alpha=0.3 / 8, fit_intercept=False, tol=1e-10, max_iter=100_000).fit(D.T, x)
    np.testing.assert_allclose(ref.ista(x, D, 0.3, 5000), theirs.coef_, atol=1e-5)


# ---------------------------------------------------------------- what the lesson states


@cache
def letters() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    counts, spam, _, _ = mails()
    return counts[:4500].astype(float), spam[:4500], counts[4500:].astype(float), spam[4500:]


@cache
def pictures() -> tuple[np.ndarray, np.ndarray]:
    images, digits = (rows[:1000] for rows in mnist("train"))
    return images.reshape(1000, -1) / 255, digits


def logistic(X: np.ndarray, y: np.ndarray, Z: np.ndarray, lam: float = 0.001, steps: int = 300) -> np.ndarray:
    """Return what the lesson's logistic neuron says of Z."""
    F, mean = np.log1p(X), np.log1p(X).mean(axis=0)
    A = np.column_stack([F - mean, np.ones(len(F))])
    eta = 1 / (np.linalg.norm(A, 2) ** 2 / (4 * len(A)) + lam)
    w = ahead = np.zeros(A.shape[1])
    for t in range(steps):
        p = 1 / (1 + np.exp(-np.clip(A @ ahead, -30, 30)))
        step = ahead - eta * (A.T @ (p - y) / len(y) + lam * ahead)
        ahead, w = step + t / (t + 3) * (step - w), step
    return (np.log1p(Z) - mean) @ w[:-1] + w[-1] > 0


def bayes(X: np.ndarray, y: np.ndarray, Z: np.ndarray) -> np.ndarray:
    prior, p = ref.naive_bayes(X, y, 1.0)
    return Z @ (p[1] - p[0]) + prior[1] - prior[0] > 0


@pytest.mark.slow
def test_the_wrong_model_is_ahead_while_labels_are_few_and_no_longer() -> None:
    X, y, X_new, y_new = letters()
    found = {}
    for n, draws in [(30, 5), (4500, 1)]:
        rows = []
        for seed in range(draws):
            rng = np.random.default_rng(seed)
            some = rng.choice(len(X), n, replace=False)
            while not 0 < y[some].sum() < n:
                some = rng.choice(len(X), n, replace=False)
            rows.append([np.mean(f(X[some], y[some], X_new) == y_new) for f in (bayes, logistic)])
        found[n] = np.mean(rows, axis=0)
    assert found[30] == pytest.approx([0.887, 0.853], abs=0.003)
    assert found[4500] == pytest.approx([0.966, 0.973], abs=0.002)


def test_a_spread_start_ends_well_more_often() -> None:
    rng = np.random.default_rng(0)
    middles = np.array([[i, j] for i in range(5) for j in range(3)]) * 4.0
    dots = (middles[:, None] + 0.5 * rng.normal(size=(15, 40, 2))).reshape(-1, 2)
    ends: dict[str, list[float]] = {"any": [], "spread": []}
    for seed in range(50):
        for name in ends:
            draw, before = np.random.default_rng(seed), np.inf
            C = dots[draw.choice(600, 15, replace=False)] if name == "any" else ref.kmeans_pp(dots, 15, draw)
            for _ in range(100):
                C, _, inertia = ref.kmeans_step(dots, C)
                if before - inertia < 1e-9:
                    break
                before = inertia
            ends[name].append(inertia)
    best = {name: np.mean(np.array(found) < 0.55) for name, found in ends.items()}
    assert best == pytest.approx({"any": 0.04, "spread": 0.34}, abs=0.01)
    assert [np.mean(found) for found in ends.values()] == pytest.approx([1.38, 0.85], abs=0.01)


def test_without_its_mean_a_digit_has_the_mean_for_its_first_axis() -> None:
    X, _ = pictures()
    _, s, V = np.linalg.svd(X, full_matrices=False)
    mean = X.mean(axis=0)
    assert s[0] ** 2 / (s**2).sum() == pytest.approx(0.43, abs=0.01)
    assert abs(V[0] @ mean) / np.linalg.norm(mean) > 0.998
    _, shares = ref.principal(X, 50)
    assert shares[0] == pytest.approx(0.10, abs=0.01)
    assert shares.sum() == pytest.approx(0.84, abs=0.005)


def test_ten_groups_of_digits_are_more_than_half_right_without_a_label() -> None:
    X, digits = pictures()
    C, before = ref.kmeans_pp(X, 10, np.random.default_rng(0)), np.inf
    for _ in range(25):
        C, labels, inertia = ref.kmeans_step(X, C)
        assert inertia <= before
        before = inertia
    names = np.array([np.bincount(digits[labels == k], minlength=10).argmax() for k in range(10)])
    assert np.mean(names[labels] == digits) == pytest.approx(0.62, abs=0.005)
    assert names.tolist() == [2, 4, 1, 6, 5, 3, 9, 7, 0, 3]
    assert all(min(np.bincount(digits[labels == g])[[4, 9]]) > 30 for g in (1, 6))


def test_naive_bayes_is_the_neuron_of_the_first_screen() -> None:
    X, y, *_ = letters()
    prior, p = ref.naive_bayes(X, y, 1.0)
    known = mails()[3]
    weights = [(p[1] - p[0])[known.index(word)] for word in ("click", "free", "wrote")]
    assert [*weights, prior[1] - prior[0]] == pytest.approx([1.99, 1.38, -4.40, -0.78], abs=0.005)


def test_a_mixture_finds_a_long_group_that_k_means_cuts() -> None:
    rng = np.random.default_rng(1)
    long = rng.normal(size=(250, 2)) * [3.0, 0.3]
    both = np.vstack([long, rng.normal(size=(150, 2)) * 0.7 + [1.0, 2.2]])
    truth, C = np.repeat([0, 1], [250, 150]), np.array([[-2.0, 0.0], [2.0, 1.0]])
    alpha, mu, cov = np.array([0.5, 0.5]), C, np.stack([np.eye(2)] * 2)
    for _ in range(60):
        C, hard, _ = ref.kmeans_step(both, C)
        alpha, mu, cov = ref.m_step(both, ref.e_step(both, alpha, mu, cov))
    soft = ref.e_step(both, alpha, mu, cov).argmax(axis=1)
    right = [max(np.mean(found == truth), np.mean(found != truth)) for found in (hard, soft)]
    assert right[0] < 0.75
    assert right[1] > 0.97


def test_a_circle_needs_squares() -> None:
    rng = np.random.default_rng(0)
    disc, fresh = rng.normal(size=(200, 2)), rng.normal(size=(2000, 2))
    ring, truth = (np.where((X**2).sum(axis=1) > 1, 1.0, -1.0) for X in (disc, fresh))
    right = []
    for power in (1, 2):
        a = ref.kernel_perceptron((1 + disc @ disc.T) ** power, ring, 30)
        right.append(np.mean(np.sign((1 + fresh @ disc.T) ** power @ (a * ring)) == truth))
    assert right == pytest.approx([0.52, 1.0], abs=0.02)


def test_clubs_are_found_by_three_rounds_of_messages() -> None:
    rng = np.random.default_rng(0)
    club = np.repeat([0, 1], 20)
    A = np.triu(rng.random((40, 40)) < np.where(club[:, None] == club, 0.3, 0.03), 1) * 1.0
    A, heard, right = A + A.T, np.zeros((40, 2)), []
    heard[0, 0] = heard[-1, 1] = 1.0
    for _ in range(3):
        heard = ref.message_pass(A, heard, np.eye(2))
        right.append(np.mean((heard[:, 1] > heard[:, 0]) == club))
    assert right == pytest.approx([0.68, 0.92, 1.0], abs=0.01)


def test_three_atoms_are_found_again() -> None:
    rng = np.random.default_rng(0)
    atoms = rng.normal(size=(60, 30))
    atoms /= np.linalg.norm(atoms, axis=1, keepdims=True)
    code = np.zeros(60)
    code[[3, 17, 41]] = [2.0, -1.5, 1.0]
    found = ref.ista(code @ atoms, atoms, 0.05, 2000)
    assert np.flatnonzero(np.abs(found) > 0.1).tolist() == [3, 17, 41]
    assert np.sum(np.abs((code @ atoms) @ np.linalg.pinv(atoms)) > 0.1) == 36
