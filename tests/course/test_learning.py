"""The references of lesson 00 against PyTorch and scikit-learn; what the lesson prints and states."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    confusion_matrix,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
)
from sklearn.model_selection import train_test_split
from torch import nn

from helpers.data import FOLDERS, mails
from helpers.reference import learning as ref

seeds = st.integers(0, 2**31)


@given(seeds, st.integers(2, 6), st.integers(1, 30))
def test_counts_and_shares_are_scikit_learns(seed: int, K: int, n: int) -> None:
    y, y_hat = np.random.default_rng(seed).integers(0, K, size=(2, n))
    C = ref.confusion(y, y_hat, K)
    np.testing.assert_array_equal(C, confusion_matrix(y, y_hat, labels=range(K)))
    precision, recall, _, _ = precision_recall_fscore_support(y, y_hat, labels=range(K), zero_division=0)
    for k in range(K):
        assert ref.precision_recall(C, k) == pytest.approx((precision[k], recall[k]))


@given(seeds)
def test_a_batch_is_what_torch_makes_of_the_pictures(seed: int) -> None:
    images = np.random.default_rng(seed).integers(0, 256, size=(2, 3, 4, 3)).astype(np.uint8)
    batch = ref.to_batch(images)
    assert batch.dtype == np.float32
    torch.testing.assert_close(torch.tensor(batch), torch.tensor(images).permute(0, 3, 1, 2) / 255)
    np.testing.assert_array_equal(np.rint(batch.transpose(0, 2, 3, 1) * 255), images)


@given(seeds, st.integers(1, 6))
def test_one_hot_rows_are_torchs(seed: int, C: int) -> None:
    y = np.random.default_rng(seed).integers(0, C, size=5)
    np.testing.assert_array_equal(ref.one_hot(y, C), nn.functional.one_hot(torch.tensor(y), C))


@given(seeds, st.integers(1, 9))
def test_errors_are_scikit_learns(seed: int, n: int) -> None:
    y, y_hat = np.random.default_rng(seed).normal(size=(2, n))
    mse = mean_squared_error(y, y_hat)
    assert ref.errors(y, y_hat) == pytest.approx((mse, mean_absolute_error(y, y_hat), mse**0.5))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_no_constant_is_better_than_the_best(values: list[int]) -> None:
    y, tried = np.array(values, dtype=float), np.arange(0, 9.25, 0.25)
    for loss, cost in [("squared", np.square), ("absolute", np.abs), ("0-1", lambda r: r != 0)]:
        best = np.mean(cost(y - ref.best_constant(y, loss)))
        assert all(best <= np.mean(cost(y - c)) + 1e-12 for c in tried)


@given(seeds, st.integers(2, 7))
def test_information_is_torchs_and_the_divergence_is_never_negative(seed: int, K: int) -> None:
    p, q = np.random.default_rng(seed).dirichlet(np.ones(K), size=2)
    entropy, cross, divergence = ref.information(p, q)
    assert entropy == pytest.approx(torch.distributions.Categorical(torch.tensor(p)).entropy().item())
    assert divergence >= 0
    assert divergence == pytest.approx(
        nn.functional.kl_div(torch.tensor(q).log(), torch.tensor(p), reduction="sum").item()
    )
    assert cross == pytest.approx(
        nn.functional.cross_entropy(torch.tensor(q).log()[None], torch.tensor(p)[None]).item()
    )
    assert ref.information(p, p)[2] == 0


@given(seeds, st.integers(1, 12))
def test_what_is_kept_has_no_copies_and_loses_no_row_that_says_something_new(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, 2, size=(n, 2)), rng.integers(0, 2, size=n)
    kept = ref.clean(X, y).tolist()
    for i in range(n):
        alike = np.flatnonzero((X[i] == X).all(axis=1))
        assert (i in kept) == (X[i].any() and i == alike[0] and len(set(y[alike])) == 1)


@given(seeds, st.lists(st.integers(4, 30), min_size=1, max_size=3))
def test_parts_are_all_rows_once_and_as_stratified_as_scikit_learns(seed: int, sizes: list[int]) -> None:
    y = np.repeat(np.arange(len(sizes)), sizes)
    train, test = ref.split(y, [0.75, 0.25], np.random.default_rng(seed))
    assert sorted([*train, *test]) == list(range(len(y)))
    theirs = train_test_split(np.arange(len(y)), test_size=len(test), stratify=y, random_state=0)[0]
    ours, want = (np.bincount(y[rows], minlength=len(sizes)) for rows in (train, theirs))
    assert np.abs(ours - want).max() <= 1


@given(seeds)
def test_the_words_are_those_that_most_rows_have(seed: int) -> None:
    X = np.random.default_rng(seed).integers(0, 2, size=(6, 5))
    train = np.arange(4)
    having = X[train].sum(axis=0).tolist()
    assert ref.vocabulary(X, train, 3).tolist() == sorted(range(5), key=lambda j: (-having[j], j))[:3]


def test_a_step_is_plain_descent_on_the_cross_entropy() -> None:
    torch.manual_seed(0)
    X, y, model = torch.randn(5, 3), torch.tensor([0, 1, 1, 0, 1]), nn.Linear(3, 2)
    W, b = model.weight.detach().clone().requires_grad_(), model.bias.detach().clone().requires_grad_()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        loss = nn.functional.cross_entropy(X @ W.T + b, y)
        dW, db = torch.autograd.grad(loss, [W, b])
        assert ref.train_step(model, optimiser, X, y) == pytest.approx(loss.item())
        W, b = (W - 0.1 * dW).detach().requires_grad_(), (b - 0.1 * db).detach().requires_grad_()
        torch.testing.assert_close(model.weight, W)
        torch.testing.assert_close(model.bias, b)


@given(seeds, st.floats(0.2, 5))
def test_deeper_references(seed: int, sigma: float) -> None:
    y, y_hat = np.random.default_rng(seed).normal(size=(2, 6))
    normal = torch.distributions.Normal(torch.tensor(y_hat), sigma)
    assert ref.log_likelihood(y, y_hat, sigma) == pytest.approx(
        normal.log_prob(torch.tensor(y)).mean().item()
    )
    X = np.random.default_rng(seed).normal(size=(5, 2))
    np.testing.assert_allclose(ref.quadratic(X) @ ref.quadratic(X).T, (1 + X @ X.T) ** 2, atol=1e-10)


def test_the_mails_are_those_of_the_archive_and_hold_no_names() -> None:
    X, y, folder, words = mails()
    assert (X.shape, X.dtype, len(words)) == ((6046, 2000), np.uint8, len(set(words)))
    assert np.bincount(folder).tolist() == [2500, 1400, 250, 500, 1396]
    np.testing.assert_array_equal(y, [FOLDERS[k].startswith("spam") for k in folder])
    having = (X > 0).sum(axis=0)
    assert (np.diff(having.astype(int)) <= 0).all()  # the most frequent first
    assert not {"kevin", "michael", "hettinga", "murphy"} & set(words)
    assert all(re.fullmatch(r"[a-z]+('[a-z]+)?", word) for word in words)


LESSON = Path(__file__).parents[2] / "solutions/00-learning/00-learning.py"


@pytest.fixture(scope="module")
def experiments(experiments_of: Callable) -> tuple[str, dict]:
    return experiments_of("00-learning", "display(")


@pytest.mark.parametrize(
    "line",
    [
        "recall rises 0 times, precision falls 9 times",
        "difference (4, 4)",
        "mean squared error of a perfect guess: 2.5",
        "A [[0.0, 0.0], [7.0, 0.0], [0.0, 0.0]]",
        "200 + 100 in uint8: [44]",
        "by product [[3338, 812], [439, 1457]]",
        "by counting [[3338, 812], [439, 1457]]",
        "squared : 211.5 words",
        "absolute: 111.0 words",
        "0-1     :  69.0 words",
        "the longest mail ten times as long: mean 226.1, median 111.0",
        "a fair coin: 0.693 nat, 1 bit",
        "the rule by hand, 100% sure: inf nat",
        "of 6046 mails 5745 are kept, 301 are not",
        "slope of (a - 1)² at 3: tensor(4.)",
        "asked again: tensor(8.)",
        "equal to X @ W.T + b: True",
        "on cpu - the same decisions: True" if not torch.cuda.is_available() else "the same decisions: True",
        "the mean is 211.5, the deviation 425.0",
        "most likely with that c is σ = 425",
        "the same: True",
    ],
)
def test_the_experiments_print_what_the_lesson_says(experiments: tuple[str, dict], line: str) -> None:
    assert line in experiments[0]


def numbers(text: str, pattern: str) -> list[list[float]]:
    return [[float(x) for x in found.groups()] for found in re.finditer(pattern, text)]


def test_a_hundred_mails_beat_the_rule(experiments: tuple[str, dict]) -> None:
    _, names = experiments
    curve, rule = names["curve"], np.mean(names["by_hand"](names["has"]) == names["y"])
    assert rule == pytest.approx(0.79, abs=0.005)
    told = {10: 0.69, 30: 0.88, 100: 0.93, 3000: 0.98}  # by the question and on top
    assert {n: round(curve[n], 2) for n in told} == pytest.approx(told, abs=0.011)
    assert curve[10] < rule < curve[30]
    wrong = 1 - np.array(list(curve.values()))
    assert (np.diff(wrong) < 0).all()
    assert (wrong[[1, 3, 5]] < wrong[[0, 2, 4]]).all()


def test_estimates_tighten_and_shares_fall_as_the_text_says(experiments: tuple[str, dict]) -> None:
    text, names = experiments
    rows = numbers(text, r"asked about +(\d+) mails, nine times in ten it is right on ([\d.]+)% to ([\d.]+)%")
    spread = [high - low for _, low, high in rows]
    assert spread[0] > 9
    assert spread[2] < 2  # good to a percent
    precision, recall = names["both"].T
    assert recall[-1] == pytest.approx(0.4, abs=0.05)
    assert precision[0] == pytest.approx(2 / 3, abs=0.05)
    assert recall[0] > 0.99 < precision[-1]


def test_losses_of_who_is_sure(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    [[knowing]] = numbers(text, r"for every mail: ([\d.]+) nat")
    rule = dict(numbers(text, r"the rule by hand, (\d+)% sure: ([\d.]+) nat"))
    assert rule[80] < rule[90] < knowing < rule[99]
    [[filtered]] = numbers(text, r"the learned filter: ([\d.]+) nat")
    assert filtered < 0.1


def test_twins_flatter_the_memoriser_by_less_than_a_point(experiments: tuple[str, dict]) -> None:
    [[whole, twins, others]] = numbers(
        experiments[0], r"by heart: right on ([\d.]+)%; ([\d.]+)% with a twin, ([\d.]+)% without"
    )
    assert twins == 100
    assert 0 < whole - others < 1


def test_the_filter_is_chosen_on_validation_rows_and_right_on_98_of_100(
    experiments: tuple[str, dict],
) -> None:
    text, names = experiments
    rows = numbers(text, r"(\d+) words: right on ([\d.]+)% of the training, ([\d.]+)% of the validation rows")
    assert [n for n, *_ in rows] == [20, 100, 500, 2000]
    assert (np.diff(np.array(rows), axis=0) > 0).all()  # more words help on both
    assert rows[-1][1] - rows[-1][2] > 1
    assert names["best"] == 2000
    [[right]] = numbers(text, r"test: right on ([\d.]+)%")
    assert round(right) == 98
    parts = [names[part] for part in ("train", "validation", "test")]
    assert sorted(np.concatenate(parts)) == names["kept"].tolist()


def test_newsletters_are_no_better_than_a_coin_until_some_are_learned(experiments: tuple[str, dict]) -> None:
    text, _ = experiments
    rows = numbers(text, r"draw \d: right on ([\d.]+)% of new ordinary mails, on ([\d.]+)% of hard ham")
    ordinary, hard = np.array(rows).T
    assert len(rows) == 5
    assert ordinary.min() > 97.5
    assert ordinary.mean() > 98
    assert 40 < hard.min() <= hard.max() < 60
    grown = np.array(
        numbers(
            text, r"(\d+) newsletters among 2500 mails: right on ([\d.]+)% of ordinary mails, on ([\d.]+)%"
        )
    )
    assert grown[1, 2] > grown[0, 2] + 15
    assert grown[1, 1] > grown[0, 1] - 0.5
    ham, spam = (re.search(rf"for {kind}: +(.*)", text)[1].split() for kind in ("ham", "spam"))
    assert {"url", "supplied", "wrote", "satalk"} <= set(ham)
    assert {"sightings", "click", "here", "your", "please"} <= set(spam)
