"""The references of lesson 10 against PyTorch, scikit-learn and theory, and the numbers that the lesson states."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from helpers.reference import generative as ref

seeds = st.integers(0, 2**31)


def shares(T: int = 20) -> torch.Tensor:
    return torch.cos(torch.linspace(0, 1, T + 1, dtype=torch.float64) * 0.99 * torch.pi / 2) ** 2


# ---------------------------------------------------------------- references


@given(seeds)
def test_a_copy_is_two_of_torchs_layers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, We, be, Wd, bd = (rng.normal(size=shape) for shape in [(4, 5), (5, 2), (2,), (2, 5), (5,)])
    code, copy = ref.autoencode(X, We, be, Wd, bd)
    inward, out = torch.nn.Linear(5, 2).double(), torch.nn.Linear(2, 5).double()
    inward.weight.data, inward.bias.data = torch.tensor(We.T), torch.tensor(be)
    out.weight.data, out.bias.data = torch.tensor(Wd.T), torch.tensor(bd)
    theirs = inward(torch.tensor(X))
    np.testing.assert_allclose(code, theirs.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(copy, torch.sigmoid(out(theirs)).detach().numpy(), atol=1e-12)


@given(seeds, st.floats(0, 1))
def test_damage_puts_out_a_share_and_leaves_the_rest(seed: int, share: float) -> None:
    X = 1 + np.random.default_rng(seed).uniform(size=(50, 40))
    out = ref.corrupt(X, share, np.random.default_rng(seed))
    assert ((out == 0) | (out == X)).all()
    assert np.mean(out == 0) == pytest.approx(share, abs=0.07)


@given(seeds)
def test_codes_and_divergences_are_torchs(seed: int) -> None:
    torch.manual_seed(seed % 2**31)
    mu, logvar, eps = (torch.randn(4, 3, dtype=torch.float64) for _ in range(3))
    cloud = torch.distributions.Normal(mu, torch.exp(logvar / 2))
    standard = torch.distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    theirs = torch.distributions.kl_divergence(cloud, standard).sum(dim=1)
    np.testing.assert_allclose(ref.kl(mu, logvar), theirs, atol=1e-9)
    back = (ref.reparameterise(mu, logvar, eps) - cloud.mean) / cloud.stddev
    np.testing.assert_allclose(back, eps, atol=1e-9)
    assert (ref.kl(mu, logvar) >= 0).all()


def test_drawn_codes_have_the_moments_of_their_cloud() -> None:
    torch.manual_seed(0)
    mu, logvar = (
        torch.tensor([[1.0, -2.0]]).repeat(100_000, 1),
        torch.tensor([[0.5, -1.0]]).repeat(100_000, 1),
    )
    z = ref.reparameterise(mu, logvar, torch.randn(100_000, 2))
    np.testing.assert_allclose(z.mean(dim=0), [1, -2], atol=0.02)
    np.testing.assert_allclose(z.var(dim=0), np.exp([0.5, -1]), rtol=0.02)


def test_the_loss_of_a_vae_bounds_the_surprise_from_above() -> None:
    """One pixel, one number of code: the integral over the code is done by a grid."""
    x, W, b = torch.ones(1, 1, dtype=torch.float64), 1.5, 0.3
    grid = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    density = torch.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi)
    surprise = -torch.log((torch.sigmoid(W * grid + b) * density).sum() * (grid[1] - grid[0]))
    torch.manual_seed(0)
    for mean, spread in [(0.0, 0.0), (0.7, -0.3), (2.0, -2.0)]:
        mu, logvar = (torch.full((200_000, 1), v, dtype=torch.float64) for v in (mean, spread))
        z = ref.reparameterise(mu, logvar, torch.randn_like(mu))
        assert ref.vae_loss(W * z + b, x.expand_as(z), mu, logvar, 1.0) > surprise - 2e-3


@given(seeds)
def test_players_losses_are_torchs_cross_entropies(seed: int) -> None:
    torch.manual_seed(seed % 2**31)
    real, fake = 3 * torch.randn(5, dtype=torch.float64), 3 * torch.randn(4, dtype=torch.float64)
    cross = torch.nn.functional.binary_cross_entropy_with_logits
    ours = ref.gan_losses(real, fake)
    zeros, ones = torch.zeros_like(fake), torch.ones_like(fake)
    assert ours[0].item() == pytest.approx((cross(real, torch.ones_like(real)) + cross(fake, zeros)).item())
    assert ours[1].item() == pytest.approx(cross(fake, ones).item())


@given(seeds)
def test_no_judge_pays_less_than_the_best(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
    best = ref.best_judge(p, q)

    def pays(D: np.ndarray) -> float:
        return float(-(p * np.log(D) + q * np.log(1 - D)).sum())

    assert all(pays(best) <= pays(rng.uniform(0.01, 0.99, 6)) + 1e-12 for _ in range(20))
    assert pays(ref.best_judge(p, p)) >= pays(best)
    assert -2 * np.log(0.5) == pytest.approx(1.39, abs=0.005)


@given(seeds)
def test_steps_of_noise_are_one_larger_step(seed: int) -> None:
    torch.manual_seed(seed % 2**31)
    a, X = shares(), torch.tensor([[2.0, -1.0]], dtype=torch.float64).repeat(40_000, 1)
    rows = X
    for t in range(1, 6):
        keep = a[t] / a[t - 1]
        rows = keep.sqrt() * rows + (1 - keep).sqrt() * torch.randn_like(rows)
    once = ref.noised(X, torch.full((40_000,), 5), torch.randn_like(X), a)
    np.testing.assert_allclose(rows.mean(dim=0), once.mean(dim=0), atol=0.03)
    np.testing.assert_allclose(rows.var(dim=0), once.var(dim=0), rtol=0.06)


def test_the_way_out_of_a_gaussian_ends_in_it() -> None:
    """Of N(2, 0.5²) the best prediction of the noise is known: the mean of it given the noisy row."""
    torch.manual_seed(0)
    a, X = shares(100), torch.randn(50_000, 1, dtype=torch.float64)
    for t in range(100, 0, -1):
        variance = a[t] * 0.25 + 1 - a[t]
        eps_hat = (1 - a[t]).sqrt() * (X - a[t].sqrt() * 2) / variance
        X = ref.denoise_step(X, eps_hat, t, a, torch.randn_like(X))
    assert X.mean().item() == pytest.approx(2, abs=0.03)
    assert X.std().item() == pytest.approx(0.5, abs=0.03)


@given(seeds)
def test_a_step_out_is_bayes_rule(seed: int) -> None:
    """With the true noise the step is the Gaussian of x(t-1) given x(t) and x(0), multiplied out."""
    torch.manual_seed(seed % 2**31)
    a, t = shares(), 7
    X, eps = torch.randn(3, 2, dtype=torch.float64), torch.randn(3, 2, dtype=torch.float64)
    rows = ref.noised(X, torch.full((3,), t), eps, a)
    keep = a[t] / a[t - 1]
    precision = keep / (1 - keep) + 1 / (1 - a[t - 1])
    mean = (keep.sqrt() * rows / (1 - keep) + a[t - 1].sqrt() * X / (1 - a[t - 1])) / precision
    z = torch.randn_like(X)
    np.testing.assert_allclose(ref.denoise_step(rows, eps, t, a, z), mean + z / precision.sqrt(), atol=1e-9)


@given(seeds)
def test_gaps_are_filled_by_linear_regression(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(30, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4)
    known = np.array([True, False, True, True])
    mean, cov = rows.mean(axis=0), np.cov(rows.T)
    theirs = LinearRegression().fit(rows[:, known], rows[:, ~known]).predict(rows[:1, known])[0]
    filled = ref.impute(rows[0], known, mean, cov)
    np.testing.assert_allclose(filled[~known], theirs, atol=1e-6)
    np.testing.assert_allclose(filled[known], rows[0][known])


def test_drawn_rows_have_the_moments_of_their_gaussian() -> None:
    rng = np.random.default_rng(0)
    mean, cov = np.array([1.0, -2.0, 0.5]), np.array([[2.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 4.0]])
    rows = ref.draw(mean, cov, rng.normal(size=(100_000, 3)))
    np.testing.assert_allclose(rows.mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(rows.T), cov, atol=0.06)
