"""The references of lesson 02 against PyTorch and theory, and the numbers that the lesson states."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.polynomial.chebyshev import chebvander

from helpers.checks.gradient_descent.bowls import bowl
from helpers.checks.gradient_descent.noise import exact_lines, fits
from helpers.data import iris
from helpers.reference import gradient_descent as ref
from helpers.reference.perceptron import softmax, softmax_gradient
from helpers.widgets.gradient_descent_ball import START, roll

seeds = st.integers(0, 2**31)
LAND = ref.landmarks()


def gradients(seed: int, steps: int = 30, d: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(steps, d)) * np.array([100, 1, 0.01, 1e-6])


def torchs(kind: Callable, G: np.ndarray, w: np.ndarray, **settings: float) -> np.ndarray:
    p = torch.tensor(w)
    optimiser = kind([p], **settings)
    for g in G:
        p.grad = torch.tensor(g)
        optimiser.step()
    return p.numpy()


def walk(step: Callable, G: np.ndarray, w: np.ndarray, memories: int) -> np.ndarray:
    memory = [np.zeros_like(w)] * memories
    for t, g in enumerate(G, start=1):
        w, *memory = step(t, w, *memory, g)
    return w


@pytest.mark.parametrize(
    ("step", "memories", "kind", "settings"),
    [
        (lambda t, w, v, g: ref.momentum_step(w, v, g, 0.01, 0.9), 1, torch.optim.SGD, {"lr": 0.01, "momentum": 0.9}),
        (lambda t, w, v, g: ref.nesterov_step(w, v, g, 0.01, 0.9), 1, torch.optim.SGD, {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
        (lambda t, w, s, g: ref.adagrad_step(w, s, g, 0.1), 1, torch.optim.Adagrad, {"lr": 0.1}),
        (lambda t, w, s, g: ref.rmsprop_step(w, s, g, 0.1), 1, torch.optim.RMSprop, {"lr": 0.1}),
        (lambda t, w, m, v, g: ref.adam_step(w, m, v, g, t), 2, torch.optim.Adam, {}),
        (lambda t, w, m, v, g: ref.adam_step(w, m, v, g, t, 0.1, 0.8, 0.95, 1e-3), 2, torch.optim.Adam, {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3}),
        (lambda t, w, m, v, g: ref.adamw_step(w, m, v, g, t, 0.1, 0.5), 2, torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.5}),
    ],
    ids=["momentum", "nesterov", "adagrad", "rmsprop", "adam", "adam, other constants", "adamw"],
)  # fmt: skip
def test_every_optimiser_is_torchs(step: Callable, memories: int, kind: Callable, settings: dict) -> None:
    for seed in range(5):
        w, G = np.random.default_rng(seed + 99).normal(size=4), gradients(seed)
        np.testing.assert_allclose(
            walk(step, G, w, memories), torchs(kind, G, w, **settings), rtol=1e-12, atol=1e-12
        )


def test_descent_is_torchs_and_keeps_its_input() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3))
    path = ref.descend(np.tanh, x, 0.3, 7)
    assert path.shape == (8, 2, 3)
    np.testing.assert_array_equal(path[0], x)
    p = torch.tensor(x, requires_grad=True)
    optimiser = torch.optim.SGD([p], lr=0.3)
    for _ in range(7):
        optimiser.zero_grad()
        torch.log(torch.cosh(p)).sum().backward()
        optimiser.step()
    np.testing.assert_allclose(path[-1], p.detach().numpy(), rtol=1e-12)


@given(seeds, st.integers(2, 5), st.floats(0.01, 2))
def test_no_error_is_above_its_bound_and_the_worst_direction_attains_it(
    seed: int, d: int, eta: float
) -> None:
    rng = np.random.default_rng(seed)
    H, e = bowl(rng, 0.5, 4.0, d), rng.normal(size=d)
    rho = ref.rate(H, eta)
    errors = np.linalg.norm(ref.descend(lambda x: H @ x, e, eta, 20), axis=1)
    assert (errors <= rho ** np.arange(21) * errors[0] * (1 + 1e-9) + 1e-12).all()
    kappa, Q = np.linalg.eigh(H)
    assume(abs(eta * kappa[-1] - 2) > 1e-9)  # at the border itself rounding decides
    worst = Q[:, np.argmax(np.abs(1 - eta * kappa))]
    attained = np.linalg.norm(ref.descend(lambda x: H @ x, worst, eta, 8), axis=1)
    np.testing.assert_allclose(attained, rho ** np.arange(9), rtol=1e-6, atol=1e-9)
    assert (rho < 1) == (eta < 2 / kappa[-1])


@given(seeds, st.integers(2, 5), st.floats(0.01, 2))
def test_no_step_is_better_than_the_best(seed: int, d: int, eta: float) -> None:
    H = bowl(np.random.default_rng(seed), 0.5, 4.0, d)
    best, rho = ref.best_step(H)
    assert ref.rate(H, best) == pytest.approx(rho)
    assert rho <= ref.rate(H, eta) + 1e-9


def J(x: np.ndarray) -> np.ndarray:  # noqa: N802
    return x**2 / (1 + np.log(x))


@given(st.floats(0.05, 0.3) | st.floats(0.45, 5))
def test_the_slope_is_a_difference_quotient(x: float) -> None:
    assert ref.slope(np.array([x]))[0] == pytest.approx(
        (J(x + 1e-6) - J(x - 1e-6)) / 2e-6, rel=1e-5, abs=1e-6
    )


def test_the_landmarks_are_where_they_are_said_to_be() -> None:
    x = np.array([LAND["minimum"]])
    assert ref.slope(x) == pytest.approx(0, abs=1e-12)
    assert J(x) == pytest.approx(LAND["value"])
    assert 1 + np.log(LAND["pole"]) == pytest.approx(0, abs=1e-15)
    kappa = (ref.slope(x + 1e-6) - ref.slope(x - 1e-6)) / 2e-6
    assert kappa == pytest.approx(8, rel=1e-8)
    assert LAND["limit"] == pytest.approx(2 / kappa)


def period(eta: float, x: float = 0.7, steps: int = 4000) -> int | None:
    """Return after how many steps the walk comes back to where it was, None if it does not."""
    end = ref.descend(ref.slope, np.array([x]), eta, steps)[-65:]
    return next((p for p in range(1, 33) if np.abs(end[p:] - end[:-p]).max() < 1e-6), None)


@pytest.mark.parametrize(
    ("eta", "want"),
    [(0.24, 1), (0.249, 1), (0.251, 2), (0.3, 2), (0.315, 2), (0.316, 4), (0.32, 4), (0.331, 4), (0.332, 8), (0.333, 8), (0.335, 16), (0.36, None), (0.39, 3)],
)  # fmt: skip
def test_doubling_chaos_and_a_window_of_three(eta: float, want: int | None) -> None:
    assert period(eta) == want


def test_doublings_come_four_to_five_times_faster_each_time() -> None:
    etas, x = np.linspace(0.24, 0.34, 1001), np.full(1001, 0.7)
    for _ in range(20):
        x = ref.descend(ref.slope, x, etas, 1000)[-1]
    count = [len(np.unique(column.round(4))) for column in ref.descend(ref.slope, x, etas, 63).T]
    border = np.array([etas[count.index(k)] for k in (2, 4, 8, 16)])
    np.testing.assert_allclose(border, [0.25, 0.315, 0.331, 0.335], atol=6e-4)
    intervals = np.diff(border)
    assert ((intervals[:-1] / intervals[1:] > 3.9) & (intervals[:-1] / intervals[1:] < 5.1)).all()


@pytest.mark.parametrize("eta", [0.1, 0.24, 0.3])
def test_the_cobweb_crosses_with_the_slope_that_is_stated(eta: float) -> None:
    x = LAND["minimum"] + np.array([-1e-6, 1e-6])
    assert np.diff(x - eta * ref.slope(x))[0] / 2e-6 == pytest.approx(1 - 8 * eta, abs=1e-5)


@given(seeds, st.floats(0.001, 0.1))
def test_a_short_step_gains_what_taylor_says(seed: int, eta: float) -> None:
    rng = np.random.default_rng(seed)
    H, x = bowl(rng, 0.5, 4.0, 3), rng.normal(size=3)
    g = H @ x
    after = x - eta * g
    assert after @ H @ after / 2 == pytest.approx(
        x @ H @ x / 2 - eta * g @ g + eta**2 * g @ H @ g / 2
    )  # the first-order loss, and what Taylor leaves out


def test_the_two_cycle_and_the_flight_across_the_pole_are_the_numbers_stated() -> None:
    end = ref.descend(ref.slope, np.array([0.7]), 0.3, 5000)[-2:]
    np.testing.assert_allclose(np.sort(end[:, 0]), [0.5564, 0.7248], atol=1e-4)
    path = ref.descend(ref.slope, np.array([0.2]), 0.1, 40)
    np.testing.assert_allclose(path[[1, 2, -1], 0], [0.319, 2.378, 0.6065], atol=6e-4)
    for eta in (0.2, 0.01, 0.001):
        ends = ref.descend(ref.slope, np.linspace(0.02, 0.36, 18), eta, int(50 / eta))[-1]
        np.testing.assert_allclose(ends, LAND["minimum"], atol=0.01)


@given(st.floats(0.01, 0.3599) | st.floats(0.376, 50), st.floats(0.001, 0.999))
def test_below_one_no_step_leaves_the_domain(x: float, eta: float) -> None:
    assert ref.descend(ref.slope, np.array([x]), eta, 1)[1] > 0


def test_above_one_a_step_from_one_does() -> None:
    assert ref.descend(ref.slope, np.array([1.0]), 1.001, 1)[1] < 0
    with np.errstate(invalid="ignore"):
        ends = [
            ref.descend(ref.slope, np.array([0.7]), eta, 1400)[-1] for eta in np.linspace(1.005, 1.06, 10)
        ]
    assert np.isnan(ends).all()


def wave_slope(x: np.ndarray) -> np.ndarray:
    u, s, c = 1 + np.log(x), np.sin(np.pi * x), np.cos(np.pi * x)
    return (2 * x * s + np.pi * x**2 * c) / u - x * s / u**2


def test_the_waves_minima_tops_and_limits() -> None:
    minima = ref.descend(wave_slope, np.array([1.5, 3.5, 5.5, 7.5]), 0.002, 5000)[-1]
    np.testing.assert_allclose(minima, [1.5823, 3.5443, 5.5298, 7.5224], atol=1e-4)
    values = minima**2 * np.sin(np.pi * minima) / (1 + np.log(minima))
    np.testing.assert_allclose(values, [-1.659, -5.492, -11.234, -18.704], atol=1e-3)
    kappa = (wave_slope(minima + 1e-5) - wave_slope(minima - 1e-5)) / 2e-5
    np.testing.assert_allclose(kappa, [18.08, 55.86, 112.40, 186.04], atol=0.01)
    np.testing.assert_allclose(2 / kappa, [0.111, 0.036, 0.018, 0.011], atol=5e-4)
    np.testing.assert_allclose(wave_slope(np.array([2.5581, 4.5356, 6.5256, 8.5200])), 0, atol=0.02)
    ends = ref.descend(wave_slope, minima + 0.05, 0.03, 3000)  # the question: only the first two hold
    assert (np.abs(ends[-1] - minima) < 1e-6).tolist() == [True, True, False, False]


def test_a_walk_that_is_thrown_out_lands_in_the_next_wider_valley_and_above_007_in_the_widest() -> None:
    minima = np.array([1.5823, 3.5443, 5.5298, 7.5224])

    def valley(start: float, eta: float) -> int | None:
        with np.errstate(invalid="ignore"):
            end = ref.descend(wave_slope, np.array([start]), eta, 600)[-1]
        return int(np.digitize(end, [2.5581, 4.5356, 6.5256])[0]) if 0 < end[0] < 8.52 else None

    for eta, lands in [
        (0.005, 3),
        (0.02, 3),
        (0.026, 2),
        (0.03, 2),
        (0.045, 1),
        (0.06, 1),
        (0.075, 0),
        (0.1, 0),
    ]:
        found = [valley(start, eta) for start in np.linspace(6.6, 8.4, 40)]
        kept = [k for k in found if k is not None]
        assert len(kept) > 10
        assert np.mean(np.array(kept) == lands) > 0.9, eta
    rests = ref.descend(wave_slope, np.linspace(0.5, 2.5, 30), 0.105, 2000)[-1]
    np.testing.assert_allclose(rests, minima[0], atol=1e-3)


@given(st.integers(1, 60), st.integers(1, 20), seeds)
def test_an_epoch_has_every_row_once(n: int, b: int, seed: int) -> None:
    found = ref.batches(n, b, np.random.default_rng(seed))
    assert len(found) == -(-n // b)
    assert all(len(rows) == b for rows in found[:-1])
    assert sorted(np.concatenate(found)) == list(range(n))


@given(seeds, st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_the_mean_over_an_epochs_batches_is_the_gradient(seed: int, b: int) -> None:
    rng = np.random.default_rng(seed)
    X, W, Y = rng.normal(size=(12, 3)), rng.normal(size=(3, 2)), np.eye(2)[rng.integers(0, 2, 12)]
    parts = [softmax_gradient(W, X[rows], Y[rows]) for rows in ref.batches(12, b, rng)]
    np.testing.assert_allclose(np.mean(parts, axis=0), softmax_gradient(W, X, Y), rtol=1e-9, atol=1e-12)


def test_the_variance_of_a_batch_falls_like_one_over_b() -> None:
    rng, x = np.random.default_rng(0), np.random.default_rng(1).normal(size=150)
    for b in (1, 4, 16, 64):
        draws = [x[ref.batches(150, b, rng)[0]].mean() for _ in range(4000)]
        assert np.var(draws) == pytest.approx(x.var() / b * (150 - b) / 149, rel=0.1)


def test_sgd_is_torchs_over_a_data_loader() -> None:
    rng = np.random.default_rng(0)
    X, y, w = rng.normal(size=(10, 3)), rng.normal(size=10), rng.normal(size=3)

    def gradient(w: np.ndarray, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 2 * X.T @ (X @ w - y) / len(X)

    p = torch.tensor(w, requires_grad=True)
    optimiser, same = torch.optim.SGD([p], lr=0.1), np.random.default_rng(5)
    for _ in range(3):
        for rows in ref.batches(10, 4, same):
            optimiser.zero_grad()
            torch.mean((torch.tensor(X[rows]) @ p - torch.tensor(y[rows])) ** 2).backward()
            optimiser.step()
    found = ref.sgd(gradient, w, X, y, 0.1, 4, 3, np.random.default_rng(5))
    np.testing.assert_allclose(found, p.detach().numpy(), rtol=1e-12)


def test_what_is_asked_of_sgd_is_never_out_of_reach() -> None:
    for seed in range(100):
        for case in exact_lines(np.random.default_rng(seed)):
            w, X, y, eta, b, epochs, own = case.inputs.values()
            rng = np.random.default_rng([own, 1])  # another order than the reference's
            got = ref.sgd(lambda w, X, y: 2 * X.T @ (X @ w - y) / len(X), w, X, y, eta, b, epochs, rng)
            assert fits(case, None, got) is None
            assert np.abs(got - case.truth).max() < 1e-3  # 1e-2 is asked


@settings(max_examples=12, deadline=None)
@given(st.floats(0.05, 1.5), st.floats(0.5, 3), st.integers(1, 8))
def test_the_noise_ball_is_what_sgd_ends_in(eta: float, sigma: float, b: int) -> None:
    rng, w = np.random.default_rng(0), np.zeros(20_000)
    for _ in range(int(8 / eta)):
        w = w - eta * (w - rng.normal(0, sigma / np.sqrt(b), w.size))
    assert w.var() == pytest.approx(ref.noise_ball(eta, sigma, b), rel=0.06)


@given(st.integers(0, 20), st.integers(2, 40), st.floats(0.01, 2))
def test_the_schedule_is_torchs(warmup: int, rest: int, eta: float) -> None:
    T, p = warmup + rest, torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([p], lr=eta)
    after = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=rest)
    mine = [ref.schedule(t, T, eta, warmup) for t in range(T)]
    assert mine[:warmup] == pytest.approx([eta * (t + 1) / warmup for t in range(warmup)])
    for value in mine[warmup:]:
        assert value == pytest.approx(optimiser.param_groups[0]["lr"], abs=1e-9)
        optimiser.step()
        after.step()


def test_the_schedule_is_quick_and_ends_lower() -> None:
    def noisy(etas: list[float]) -> np.ndarray:
        w, rng, error = np.full(500, 4.0), np.random.default_rng(6), []
        for eta in etas:
            w = w - eta * (w - rng.normal(size=500))
            error.append(np.mean(w**2))
        return np.array(error)

    large, small = noisy([0.5] * 1000), noisy([0.02] * 1000)
    falling = noisy([ref.schedule(t, 1000, 0.5, 50) for t in range(1000)])
    assert large[100:].mean() == pytest.approx(1 / 3, rel=0.02)  # the noise ball
    assert small[300:].mean() == pytest.approx(0.0101, rel=0.05)
    assert small[100] > 0.1 > 0.02 > small[200]
    assert np.argmax(falling < 0.5) < 30 < 60 < np.argmax(small < 0.5)
    assert falling[-1] < 0.008 < 0.009 < small[-100:].min()
    assert np.argmin(falling[:200]) == 23
    assert falling[23] == pytest.approx(0.142, abs=1e-3)  # the dip at step 24, and the ball filling up
    assert falling[80:120].mean() == pytest.approx(0.33, abs=0.005)
    assert [falling[-1], small[-1]] == pytest.approx([0.0067, 0.0103], abs=1e-4)


def test_momentum_needs_the_root_of_the_condition_number() -> None:
    H, w = np.diag([1.0, 100.0]), np.array([-2.0, 0.35])
    plain = np.linalg.norm(ref.descend(lambda w: H @ w, w, 2 / 101, 600), axis=1)
    best, gentle = (
        roll(100, (-2, 0.35), *pair, 600) for pair in [((2 / 11) ** 2, (9 / 11) ** 2), (0.01, 0.9)]
    )
    heavy = np.linalg.norm(best, axis=1)
    assert np.argmax(np.linalg.norm(gentle, axis=1) < np.linalg.norm(w) / 1000) == 94
    assert np.abs(gentle[:, 1]).max() == pytest.approx(0.35)  # the swings never exceed the start
    assert np.abs(best[:, 1]).max() == pytest.approx(1.30, abs=0.005)  # almost four times as wide
    assert [int(np.argmax(e < e[0] / 1000)) for e in (plain, heavy)] == [346, 49]
    assert np.log(1000) / -np.log(99 / 101) == pytest.approx(345.4, abs=0.1)
    assert (heavy[200] / heavy[100]) ** (1 / 100) == pytest.approx(9 / 11, abs=0.01)


def test_the_ball_of_the_lesson_is_that_of_the_map() -> None:
    w, v, path = np.array(START), np.zeros(2), [np.array(START)]
    for _ in range(30):
        w, v = ref.momentum_step(w, v, np.array([1.0, 9.0]) * w, 0.05, 0.8)
        path.append(w)
    np.testing.assert_allclose(roll(9, START, 0.05, 0.8, 30), path)


@given(st.floats(0.01, 3.9), st.floats(0.01, 0.98))
def test_an_error_crawls_ripples_jumps_or_escapes_where_the_table_says(a: float, beta: float) -> None:
    below, above = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2
    assume(min(abs(a - border) for border in (below, above, 2 * (1 + beta))) > 1e-6)
    roots = np.roots([1, -(1 + beta - a), beta])
    assert np.prod(roots).real == pytest.approx(beta)
    assert (np.abs(roots.imag) > 0).all() == (below < a < above)
    assert (np.abs(roots).max() > np.sqrt(beta) + 1e-9) == (not below < a < above)
    assert (np.abs(roots).max() > 1) == (a > 2 * (1 + beta))
    if a < below:
        assert (roots.real > 0).all()
    if a > above:
        assert (roots.real < 0).all()


@settings(max_examples=8, deadline=None)
@given(st.floats(0.01, 0.5), st.floats(0, 0.9))
def test_momentum_sums_noise_as_the_formula_says(eta: float, beta: float) -> None:
    w, v, rng = np.zeros(20_000), np.zeros(20_000), np.random.default_rng(0)
    for _ in range(int(10 * (1 - beta) / eta) + 100):
        w, v = ref.momentum_step(w, v, w - rng.normal(size=w.size), eta, beta)
    V = (1 + beta) / (1 - beta) * eta / (2 * (1 + beta) - eta)
    assert w.var() == pytest.approx(V, rel=0.06)
    assert ref.noise_ball(eta, 1.0, 1) == pytest.approx(eta / (2 - eta))


def test_steps_of_the_sign_bounce_and_those_of_adam_do_not() -> None:
    H, w = np.diag([1.0, 100.0]), np.array([-2.0, 0.35])
    path = ref.descend(lambda w: np.sign(H @ w), w, 0.08, 60)
    assert np.abs(path[30:]).max() <= 0.08 + 1e-9
    assert np.abs(np.diff(path[30:], axis=0)).min() == pytest.approx(0.08)


def test_adam_can_go_the_wrong_way() -> None:
    for beta1, beta2, end in [(0.0, 0.1, 0.999), (0.9, 0.999, -1.0)]:
        w, m, v = np.zeros(1), np.zeros(1), np.zeros(1)
        for t in range(1, 10_001):
            w, m, v = ref.adam_step(w, m, v, np.array([3.0 if t % 3 == 1 else -1.0]), t, 0.001, beta1, beta2)
            w = np.clip(w, -1, 1)
        assert w[0] == pytest.approx(end, abs=6e-4)


def test_a_fit_is_best_on_the_way() -> None:
    rng, new = np.random.default_rng(1), np.linspace(-1, 1, 200)
    x = np.sort(rng.uniform(-1, 1, 20))
    F, F_new, y = chebvander(x, 12), chebvander(new, 12), np.sin(3 * x) + 0.4 * rng.normal(size=20)
    kappa = np.linalg.eigvalsh(2 * F.T @ F / 20)
    path = ref.descend(lambda w: 2 * F.T @ (F @ w - y) / 20, np.zeros(13), 1 / kappa[-1], 30_000)
    seen = np.sqrt(np.mean((path @ F.T - y) ** 2, axis=1))
    unseen = np.sqrt(np.mean((path @ F_new.T - np.sin(3 * new)) ** 2, axis=1))
    assert (np.diff(seen) <= 0).all()
    assert 5 < np.argmin(unseen) < 15
    assert unseen[[1, 10, 30_000]] == pytest.approx([0.51, 0.31, 2.31], abs=0.006)
    H, Q = F.T @ F / 10, np.linalg.eigh(F.T @ F / 10)[1]  # each direction's share of its way
    way, k = Q.T @ np.linalg.solve(H, F.T @ y / 10), np.linalg.eigvalsh(H)
    np.testing.assert_allclose((path[100] @ Q)[6:], (way * (1 - (1 - k / kappa[-1]) ** 100))[6:], rtol=1e-6)


@given(seeds, st.floats(1e-3, 1e6))
def test_adams_first_step_is_the_sign_of_the_gradient(seed: int, scale: float) -> None:
    g, zero = np.random.default_rng(seed).uniform(0.5, 2, 3) * [1, -1, 1], np.zeros(3)
    step, m, v = ref.adam_step(zero, zero, zero, scale * g, 1)
    np.testing.assert_allclose(step, -0.001 * np.sign(g), rtol=1e-4)
    np.testing.assert_allclose(np.abs(m / np.sqrt(v)), 3.1623, rtol=1e-4)  # without the correction


def test_the_numbers_of_the_flowers() -> None:
    flowers, species = iris()
    for F, condition, digits in [
        (flowers[:, :3], 8121, 9350),
        ((flowers[:, :3] - flowers[:, :3].mean(0)) / flowers[:, :3].std(0), 28, 33),
    ]:
        X = np.column_stack([np.ones(150), F])
        _, rho = ref.best_step(2 * X.T @ X / 150)
        assert round((1 + rho) / (1 - rho)) == condition
        assert round(np.log(10) / -np.log(rho)) == digits
    c = np.sqrt(8121)  # by momentum, in centimetres
    assert 9350 / (np.log(10) / -np.log((c - 1) / (c + 1))) == pytest.approx(90, abs=0.5)
    assert round(np.log(10) / -np.log((c - 1) / (c + 1))) == 104
    X = np.column_stack([np.ones(150), (flowers - flowers.mean(0)) / flowers.std(0)])
    Y = np.eye(3)[species]

    def loss(W: np.ndarray) -> float:
        return -float(np.mean(np.log(softmax(X @ W)[np.arange(150), species])))

    def after(eta: float, b: int, epochs: int, seed: int = 0) -> float:
        rng = np.random.default_rng(seed)
        return loss(ref.sgd(softmax_gradient, np.zeros((5, 3)), X, Y, float(eta), b, epochs, rng))

    assert after(0.1, 150, 100) == pytest.approx(0.329, abs=1e-3)
    assert max(after(0.1, 1, 1, seed) for seed in range(30)) < 0.325  # one sweep, in any of 30 orders
    assert after(8, 150, 8) < 0.15 < min(after(eta, 150, 7) for eta in (0.1, 0.2, 0.5, 1, 2, 4, 8, 16))
    assert after(8, 16, 1) < 0.15
    assert after(0.5, 1, 1) < 0.15


def test_one_over_t_is_the_running_mean() -> None:
    x, w = np.random.default_rng(8).normal(5, 2, 500), 0.0
    for t in range(1, 501):
        w = w - (w - x[t - 1]) / t
    assert w == pytest.approx(x.mean(), rel=1e-12)


def test_penalty_and_decay_part_ways_in_adam_only() -> None:
    kappa, decay = np.array([10.0, 0.1]), 0.5
    zero = np.zeros(2)
    l2, decoupled, a, b = zero, zero, [zero, zero], [zero, zero]
    for t in range(1, 10_001):
        l2, *a = ref.adam_step(l2, *a, kappa * (l2 - 3) + decay * l2, t, 0.01)
        decoupled, *b = ref.adamw_step(decoupled, *b, kappa * (decoupled - 3), t, 0.01, decay)
    np.testing.assert_allclose(l2, 3 * kappa / (kappa + decay), rtol=1e-6)
    np.testing.assert_allclose(decoupled, 1 / decay, rtol=0.01)
    w, g = np.array([1.0, -2.0]), np.array([0.3, 0.4])
    np.testing.assert_allclose((1 - 0.1 * decay) * w - 0.1 * g, w - 0.1 * (g + decay * w))


def test_ridge_with_a_mean_loss_has_n_times_lambda() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    w = np.linalg.solve(X.T @ X + 30 * 0.1 * np.eye(4), X.T @ y)
    np.testing.assert_allclose(2 * X.T @ (X @ w - y) / 30 + 2 * 0.1 * w, 0, atol=1e-12)
    near, far = (np.linalg.solve(X.T @ X + 30 * lam * np.eye(4), X.T @ y) for lam in (1e-9, 1e9))
    np.testing.assert_allclose(near, np.linalg.lstsq(X, y)[0], atol=1e-6)
    np.testing.assert_allclose(far, 0, atol=1e-6)
