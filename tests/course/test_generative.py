"""The references of lesson 10 against PyTorch, scikit-learn and theory, and the numbers that the lesson states."""

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from helpers.data import mnist
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


# ---------------------------------------------------------------- what the lesson states


@pytest.fixture(scope="module")
def experiments(experiments_of: Callable) -> tuple[str, dict]:
    """All that the lesson's experiments print, and the names that they leave: two minutes on two cores."""
    return experiments_of("10-generative", "helpers.widgets")


def found(text: str, begins: str) -> list[float]:
    """The numbers of the first line that begins so, behind its beginning; per cents as shares."""
    line = next(line for line in text.splitlines() if line.startswith(begins))
    numbers = re.findall(r"(-?\+?\d+(?:\.\d+)?)(%?)", line.removeprefix(begins))
    return [float(n) / 100 if percent else float(n) for n, percent in numbers]


@pytest.mark.slow
def test_a_copier_that_never_saw_a_seven_copies_sevens(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    blind, seeing = (
        dict(zip(range(10), found(text, begins)[1::2], strict=True))
        for begins in ("never saw a seven:", "saw all digits   :")
    )
    assert [blind[7], seeing[7]] == pytest.approx([2.7, 1.5], abs=0.2)
    assert blind[7] < max(blind[2], blind[8]) + 0.1
    line = found(text, "a seven has the larger error than another digit in")
    assert line == pytest.approx([0.66, 0.66, 0.66], abs=0.06)
    real, *copies = found(text, "read as sevens: real ones")
    assert real == pytest.approx(0.96, abs=0.02)
    assert copies == pytest.approx([0.9] * 3, abs=0.07)


@pytest.mark.slow
def test_without_bends_it_finds_the_space_of_pca(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    axes, line, bent = found(text, "squared error: PCA, 16 axes")[:1] + found(text, "squared error:")[2:]
    assert axes == pytest.approx(3.08, abs=0.01)
    assert axes < line < 1.03 * axes
    assert bent < 2 / 3 * axes
    assert found(text, "cosines of the two spaces: median")[0] > 0.97


@pytest.mark.slow
def test_the_mender_is_ahead_of_the_best_linear_one(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    errors = [
        found(text, f"{name:13}: squared error")[0]
        for name in ("left as it is", "the copier", "least squares", "the mender")
    ]
    assert errors == pytest.approx([9.4, 8.3, 4.4, 3.3], abs=0.25)


@pytest.mark.slow
def test_it_can_write_where_its_codes_are(experiments: tuple[str, dict]) -> None:
    text, names = experiments
    anywhere, there, vae, diffused = (
        np.array([names["judged"](pictures) for pictures in names[name]])
        for name in ("anywhere", "there", "from_clouds", "diffused")
    )
    assert anywhere[:, 0] == pytest.approx([0.25] * 3, abs=0.07)
    assert (anywhere[:, 1] < 7.5).all()
    assert there[:, 0] == pytest.approx([0.33] * 3, abs=0.04)
    assert (there[:, 1] > 9).all()
    assert vae[:, 0] == pytest.approx([0.27] * 3, abs=0.04)
    assert (diffused[:, 0] > 0.45).all()
    assert found(text, "copies of real digits       : sure of")[:3] == pytest.approx([0.77] * 3, abs=0.03)
    assert found(text, "deviations of the codes:") == pytest.approx([1.4, 2.3], abs=0.2)
    plain, vae_ = (np.mean(found(text, f"squared error of copies, {name}:")) for name in ("plain", "VAE"))
    assert vae_ / plain == pytest.approx(1.9, abs=0.15)


@pytest.mark.slow
def test_trained_four_times_as_long_the_vae_is_ahead_by_a_little(experiments: tuple[str, dict]) -> None:
    _, names = experiments
    X, learn, copying = (names[name] for name in ("X", "learn", "copying"))
    plain, vae = (learn(names[name], copying, X, 0, steps=4000) for name in ("Autoencoder", "VAE"))
    torch.manual_seed(0)
    with torch.no_grad():
        drawn = names["fitted"](plain.encode(X), 1000), torch.randn(1000, 16)
    sure = [
        names["judged"](names["decoded"](model, codes))[0]
        for model, codes in zip((plain, vae), drawn, strict=True)
    ]
    assert sure == pytest.approx([0.31, 0.35], abs=0.03)


@pytest.mark.slow
def test_pixels_lean_as_well_as_codes(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    code, kept, pixel, same = found(text, "+1.0 times: code leans")
    assert [code, kept, pixel, same] == pytest.approx([0.56, 0.68, 0.46, 0.64], abs=0.08)
    assert found(text, "-1.0 times: code leans") == pytest.approx([-0.37, 0.62, -0.26, 0.78], abs=0.08)


@pytest.mark.slow
def test_a_slow_judge_lets_the_forger_collapse(experiments: tuple[str, dict]) -> None:
    text, names = experiments
    served = {key: [names["spots"](points)[0] for points in seen] for key, seen in names["games"].items()}
    quick, slow = ([game for (by, _), game in served.items() if by == slower] for slower in (1, 10))
    assert len(quick) == len(slow) == 3
    assert all(end >= 6 for *_, end in quick)
    assert sum(any(0 < n <= 2 for n in early) for *early, _ in quick) == 2
    assert served[1, 3][0] == 1  # the figure's
    assert all(max(game) <= 1 for game in slow)
    assert found(text, "the trained judge is off by")[0] < 0.03


@pytest.mark.slow
def test_how_game_one_ends_a_ten_millionth_decides(experiments: tuple[str, dict]) -> None:
    _, names = experiments
    mlp, ends = names["mlp"], list[int]()
    for k in range(-4, 5):

        def moved(*sizes: int, by: float = k * 1e-7) -> nn.Module:
            net = mlp(*sizes)
            with torch.no_grad():
                next(net.parameters())[0, 0] += by
            return net

        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(names["play"].__globals__, "mlp", moved)
            ends.append(names["spots"](names["play"](1, slower=1)[-1])[0])
    assert min(ends) <= 5
    assert max(ends) >= 7


@pytest.mark.slow
def test_noise_taken_away_serves_all_spots(experiments: tuple[str, dict]) -> None:
    text, names = experiments
    most = max(names["spots"](seen[-1])[1] for (slower, _), seen in names["games"].items() if slower == 1)
    for seed in range(3):
        spots, _, share = found(text, f"seed {seed}:")
        assert spots == 8
        assert share > max(0.8, most - 0.02)


@pytest.mark.slow
def test_a_few_examples_are_remembered_and_many_are_not(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    many, fresh = found(text, "drawn, from 7,000:"), found(text, "fresh digits     :")
    few = found(text, "drawn, from 30   :")
    assert many[1] > fresh[1] == pytest.approx(1.17, abs=0.1)
    assert few[-1] == pytest.approx(0.4, abs=0.12)
    own, held = found(text, "learned from 30   :")
    _, other = found(text, "learned from 7,000:")
    assert own < other < held


@pytest.mark.slow
def test_ten_gaussians_read_and_draw_better_than_one(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    assert found(text, "ten Gaussians read") == pytest.approx([0.935, 0.873], abs=0.02)
    assert found(text, "drawn by name, read as asked for:")[0] == pytest.approx(0.89, abs=0.04)
    assert found(text, "ten Gaussians               : sure of")[0] == pytest.approx(0.70, abs=0.05)
    errors = [
        found(text, f"{name:26}: squared error of the lower half")[0]
        for name in ("the mean", "nearest digit's lower half", "one Gaussian")
    ]
    assert errors == pytest.approx([5.29, 4.40, 3.36], abs=0.02)


@pytest.mark.slow
def test_nine_gaussians_notice_a_seven(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    for seed in range(3):
        error, one, nine = found(text, f"copier {seed}: a seven stands out in")
        assert [error, one] == pytest.approx([0.66, 0.67], abs=0.07)
        assert nine == pytest.approx(5 / 6, abs=0.04)


@pytest.mark.slow
def test_a_wish_is_heard_better_with_guidance(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    heard = {w: found(text, f"w = {w}: read as wished") for w in (0, 1, 3, 6)}
    assert heard[0][0] == pytest.approx(0.1, abs=0.03)
    assert 0.8 < heard[1][0] < heard[3][0]
    assert heard[6][2] > heard[3][2]


def test_a_copier_knows_strokes_and_its_codes_lie_where_nobody_said() -> None:
    """The opening's numbers and part 2's, from one seed, without the lesson's cells."""
    images, labels = mnist("train")
    X, labels = halved(images), torch.tensor(labels)
    fresh, fresh_labels = mnist("test")
    errors = []
    for rows in (X[labels != 7], X):
        torch.manual_seed(0)
        encode = nn.Sequential(nn.Linear(196, 128), nn.ReLU(), nn.Linear(128, 16))
        decode = nn.Sequential(nn.Linear(16, 128), nn.ReLU(), nn.Linear(128, 196))
        optimiser = torch.optim.Adam([*encode.parameters(), *decode.parameters()], lr=2e-3)
        for _ in range(1000):
            batch = rows[torch.randint(len(rows), (100,))]
            loss = binary_cross_entropy_with_logits(decode(encode(batch)), batch, reduction="sum") / 100
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            copies = torch.sigmoid(decode(encode(halved(fresh))))
            errors.append(((copies - halved(fresh)) ** 2).sum(dim=1)[fresh_labels == 7].mean().item())
    assert errors == pytest.approx([2.7, 1.5], abs=0.3)


def halved(images: np.ndarray) -> torch.Tensor:
    small = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196) / 255
    return torch.tensor(small, dtype=torch.float32)
