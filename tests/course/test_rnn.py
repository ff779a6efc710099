"""The references of lesson 06 against PyTorch, and the numbers that the lesson states."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import names, seattle
from helpers.grading.percent import read
from helpers.reference import language
from helpers.reference import rnn as ref
from helpers.widgets.rnn import Counted

seeds = st.integers(0, 2**31)
SEEDS = range(5 if os.environ.get("COURSE_LONG") else 2)  # `make test-all`
sizes = st.integers(1, 6)
BASELINE = 10.37
ROOT = Path(__file__).parents[2]
MARGIN = 2.0  # by how much every language model with a memory must beat it
PACK = torch.nn.utils.rnn.pack_padded_sequence
UNPACK = torch.nn.utils.rnn.pad_packed_sequence


def same(ours: np.ndarray, theirs: torch.Tensor) -> None:
    theirs = theirs.detach().numpy()
    tol = 1e-5 if theirs.dtype == np.float32 else 1e-10
    np.testing.assert_allclose(ours, theirs, rtol=tol, atol=tol * max(1.0, float(np.abs(theirs).max())))


def drawn(seed: int, dtype: type, n: int, T: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, and a mask of random lengths, one of them T."""
    rng = np.random.default_rng(seed)
    lengths = rng.permutation([T, *rng.integers(1, T + 1, n - 1)])
    return rng.normal(size=(n, T, d)).astype(dtype), np.arange(T) < lengths[:, None]


def weights(layer: torch.nn.Module, suffix: str = "l0") -> list[np.ndarray]:
    """Wx, Wh, bx, bh in our layout."""
    names = [f"weight_ih_{suffix}", f"weight_hh_{suffix}", f"bias_ih_{suffix}", f"bias_hh_{suffix}"]
    return [getattr(layer, name).detach().numpy().T for name in names]


def run_torch(layer: torch.nn.Module, A: np.ndarray, mask: np.ndarray) -> tuple:
    packed = PACK(torch.tensor(A), torch.tensor(mask.sum(1)), batch_first=True, enforce_sorted=False)
    out, last = layer(packed)
    return UNPACK(out, batch_first=True)[0], last


def layer(kind: str, seed: int, dtype: type, d: int, h: int, **keys: bool) -> torch.nn.Module:
    torch.manual_seed(seed)
    torch_dtype = torch.float32 if dtype is np.float32 else torch.float64
    return getattr(torch.nn, kind)(d, h, batch_first=True, dtype=torch_dtype, **keys)


# ---------------------------------------------------------------- references


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=25)
@given(seeds, sizes, sizes, sizes, sizes)
def test_rnn_is_torchs_on_any_lengths(dtype, seed: int, n: int, T: int, d: int, h: int) -> None:
    A, mask = drawn(seed, dtype, n, T, d)
    theirs = layer("RNN", seed, dtype, d, h)
    Wx, Wh, bx, bh = weights(theirs)
    H = ref.rnn(A, mask, np.zeros((n, h), dtype), Wx, Wh, bx + bh)
    out, last = run_torch(theirs, A, mask)
    same(np.where(mask[:, :, None], H, 0), out)
    same(H[:, -1], last[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=25)
@given(seeds, sizes, sizes, sizes, sizes)
def test_bptt_is_torchs_autograd_on_any_lengths(dtype, seed: int, n: int, T: int, d: int, h: int) -> None:
    A, mask = drawn(seed, dtype, n, T, d)
    theirs = layer("RNN", seed, dtype, d, h)
    Wx, Wh, bx, bh = weights(theirs)
    G = np.random.default_rng(seed + 1).normal(size=(n, T, h)).astype(dtype) * mask[:, :, None]
    inputs = torch.tensor(A, requires_grad=True)
    out, _ = UNPACK(
        theirs(PACK(inputs, torch.tensor(mask.sum(1)), batch_first=True, enforce_sorted=False))[0],
        batch_first=True,
    )
    (out * torch.tensor(G)).sum().backward()
    dA, dWx, dWh, db = ref.bptt(A, mask, np.zeros((n, h), dtype), Wx, Wh, bx + bh, G)
    same(dA, inputs.grad)
    same(dWx.T, theirs.weight_ih_l0.grad)
    same(dWh.T, theirs.weight_hh_l0.grad)
    same(db, theirs.bias_ih_l0.grad)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=25)
@given(seeds, sizes, sizes, sizes, sizes)
def test_gated_cells_are_torchs_on_any_lengths(dtype, seed: int, n: int, T: int, d: int, h: int) -> None:
    A, mask = drawn(seed, dtype, n, T, d)
    gru, lstm = layer("GRU", seed, dtype, d, h), layer("LSTM", seed, dtype, d, h)
    Wx, Wh, bx, bh = weights(gru)
    Ux, Uh, cx, ch = weights(lstm)
    g, s, c = (np.zeros((n, h), dtype) for _ in range(3))
    for t in range(T):
        on = mask[:, t, None]
        new_s, new_c = ref.lstm_cell(A[:, t], s, c, Ux, Uh, cx + ch)
        g = np.where(on, ref.gru_cell(A[:, t], g, Wx, Wh, bx, bh, "after"), g)
        s, c = np.where(on, new_s, s), np.where(on, new_c, c)
    same(g, run_torch(gru, A, mask)[1][0])
    last, cell = run_torch(lstm, A, mask)[1]
    same(s, last[0])
    same(c, cell[0])


@given(seeds, sizes, sizes, sizes, sizes, sizes)
def test_jordans_network_is_elmans_through_the_output(
    seed: int, n: int, T: int, d: int, h: int, k: int
) -> None:
    rng = np.random.default_rng(seed)
    A, Wx, Wy = rng.normal(size=(n, T, d)), rng.normal(size=(d, h)), rng.normal(size=(k, h))
    b, Wo = rng.normal(size=h), rng.normal(size=(h, k))
    H = ref.rnn(A, np.ones((n, T), dtype=bool), np.zeros((n, h)), Wx, Wo @ Wy, b)
    np.testing.assert_allclose(ref.jordan(A, Wx, Wy, b, Wo, np.zeros(k)), H @ Wo, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=25)
@given(seeds, sizes, sizes, sizes, sizes)
def test_both_directions_are_torchs(dtype, seed: int, n: int, T: int, d: int, h: int) -> None:
    A, mask = drawn(seed, dtype, n, T, d)
    theirs = layer("RNN", seed, dtype, d, h, bidirectional=True)
    chains = [(Wx, Wh, bx + bh) for Wx, Wh, bx, bh in (weights(theirs, "l0"), weights(theirs, "l0_reverse"))]
    same(np.where(mask[:, :, None], ref.birnn(A, mask, *chains), 0), run_torch(theirs, A, mask)[0])


@given(seeds)
def test_the_other_form_of_the_gru_is_another_function(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, h = rng.normal(size=(3, 4)), rng.normal(size=(3, 2))
    W = rng.normal(size=(4, 6)), rng.normal(size=(2, 6)), rng.normal(size=6), rng.normal(size=6)
    before, after = (ref.gru_cell(a, h, *W, reset) for reset in ("before", "after"))
    assert np.abs(before - after).max() > 1e-6
    shut = W[2] + [-1e3, -1e3, 0, 0, 0, 0]  # r = 0: nothing of the past, but the bias where it is not gated
    n = np.tanh(a @ W[0][:, 4:] + W[2][4:])
    z = ref.sigmoid((a @ W[0] + W[2] + h @ W[1] + W[3])[:, 2:4])
    np.testing.assert_allclose(ref.gru_cell(a, h, W[0], W[1], shut, W[3], "after"), (1 - z) * n + z * h)
    keep = W[2] + [0, 0, 1e3, 1e3, 0, 0]  # z = 1 copies the state
    np.testing.assert_allclose(ref.gru_cell(a, h, W[0], W[1], keep, W[3], "after"), h)


@given(seeds, sizes, sizes, sizes)
def test_embeddings_are_torchs(seed: int, n: int, T: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    E, X, G = rng.normal(size=(7, d)), rng.integers(0, 7, (n, T)), rng.normal(size=(n, T, d))
    theirs = torch.nn.Embedding.from_pretrained(torch.tensor(E), freeze=False)
    out = theirs(torch.tensor(X))
    (out * torch.tensor(G)).sum().backward()
    same(ref.lookup(E, X), out)
    same(ref.lookup_gradient(G, X, 7), theirs.weight.grad)


@given(seeds, st.floats(0.1, 20))
def test_clipping_is_torchs(seed: int, limit: float) -> None:
    rng = np.random.default_rng(seed)
    gradients = [rng.normal(size=s) for s in [(3, 4), (4,), (2, 2, 2)]]
    params = [torch.tensor(g * 0) for g in gradients]
    for p, g in zip(params, gradients, strict=True):
        p.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_norm_(params, limit)
    for ours, p in zip(ref.clip(gradients, limit), params, strict=True):
        np.testing.assert_allclose(ours, p.grad, rtol=1e-5)  # torch adds 1e-6 to the norm


@settings(max_examples=25)
@given(seeds, sizes, sizes)
def test_perplexity_is_the_exponential_of_torchs_cross_entropy(seed: int, n: int, T: int) -> None:
    rng = np.random.default_rng(seed)
    scores, Y = rng.normal(size=(n, T, 5)), rng.integers(0, 5, (n, T))
    _, mask = drawn(seed, np.float64, n, T, 1)
    log_p = torch.log_softmax(torch.tensor(scores), 2).numpy()
    log_p = np.take_along_axis(log_p, Y[:, :, None], 2)[:, :, 0]
    theirs = torch.nn.functional.cross_entropy(torch.tensor(scores[mask]), torch.tensor(Y[mask])).exp()
    assert ref.perplexity(np.where(mask, log_p, -np.inf), mask) == pytest.approx(theirs.item(), rel=1e-10)
    assert ref.perplexity(np.log(np.full((n, T), 1 / 27)), mask) == pytest.approx(27)


def test_samples_follow_the_probabilities() -> None:
    rng = np.random.default_rng(0)
    P = np.array([[0.0, 0.5, 0.5], [0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    words = [ref.sample(lambda ids: P[ids[-1] if ids else 0], rng.random(50)) for _ in range(4000)]
    counts = np.zeros((3, 3))
    for word in words:
        np.add.at(counts, ([0, *word], [*word, 0]), 1)
    np.testing.assert_allclose(counts / counts.sum(1, keepdims=True), P, atol=0.02)


def test_windows_and_folds() -> None:
    X, y = ref.windows(np.arange(10.0), 3)
    assert (X.shape, X[0].tolist(), y[0], X[-1].tolist(), y[-1]) == ((7, 3), [0, 1, 2], 3, [6, 7, 8], 9)
    for train, test in ref.time_folds(50, 4):
        assert train.max() < test.min()


# ---------------------------------------------------------------- what the lesson says

TRAIN, HELD_OUT = names()


@pytest.fixture(scope="module")
def lesson(solution_cells: Callable) -> dict:
    """The lesson's names, with the functions of some of its experiments."""
    _, known = solution_cells("06-rnn")
    known = {**known, "torch": torch}
    torch.set_num_threads(1)
    for cell in read(ROOT / "solutions/06-rnn/06-rnn.py"):
        if cell.source.startswith(
            (
                "def arriving",
                "def descended",
                "def recall",
                "from helpers.data import seattle",
                "from helpers.widgets.rnn import Counted",
            )
        ):
            exec(cell.source.split("\nwith needs")[0], known)
    return known


def of_tables(k: int, some: list[str]) -> float:
    model, log_p = Counted(TRAIN, k), []
    for name in some:
        ids = [ref.LETTERS.index(letter) for letter in name]
        log_p += [np.log(model(ids[:t])[i]) for t, i in enumerate([*ids, 0])]
    return float(np.exp(-np.mean(log_p)))


def test_tables_of_counts() -> None:
    new = [of_tables(k, HELD_OUT) for k in range(6)]
    assert np.round(new, 1).tolist() == [16.6, 10.4, 8.2, 7.8, 9.0, 11.1]
    assert round(new[1], 2) == BASELINE
    old = [of_tables(k, TRAIN) for k in range(6)]
    assert round(old[1], 2) == 10.35
    assert (round(old[0], 1), round(old[4]), round(old[5])) == (16.6, 5, 5)
    assert len(Counted(TRAIN, 5).counts) == 8571
    P = ref.bigram(*ref.encode(TRAIN), alpha=0.1)
    X, Y, mask = ref.encode(HELD_OUT)
    assert ref.perplexity(np.log(P[X, Y]), mask) == pytest.approx(new[1])
    q, u = ref.LETTERS.index("q"), ref.LETTERS.index("u")
    assert P[q, u] > 0.9
    assert (P[1].argmax(), round(P[1, 0], 2)) == (0, 0.38)


def test_a_table_that_backs_off_beats_every_network() -> None:
    old, new = ([name + "." for name in some] for some in (TRAIN, HELD_OUT))
    found = [language.KneserNey(old, k).perplexity(new) for k in range(6)]
    assert np.round(found, 2).tolist() == [16.63, 10.37, 8.02, 6.89, 6.61, 6.71]
    model = language.KneserNey(old)
    assert sum(int((row > 0).sum()) for table in model.tables for row in table.values()) == 21014
    assert model([]).sum() == pytest.approx(1)


def test_the_lessons_own_table_that_backs_off(lesson: dict) -> None:
    lesson["backing_off"].__globals__["Counted"] = Counted  # imported by an experiment
    model, same = lesson["backing_off"](4, TRAIN), language.KneserNey([name + "." for name in TRAIN])
    for past in ([], [13, 1, 18], [24, 25, 26, 26]):
        np.testing.assert_allclose(model(past), same(past))
    assert lesson["perplexity_of"](model, HELD_OUT) == pytest.approx(6.61, abs=0.005)


@pytest.fixture(scope="module")
def learned(lesson: dict) -> list:
    """Parameters and logs; all but the first with fewer steps than the lesson's."""
    return [lesson["learn"](seed, steps=600 if seed == 0 else 300) for seed in SEEDS]


def test_the_network_beats_pairs_and_every_plain_table(lesson: dict, learned: list) -> None:
    assert sum(w.size for w in learned[0][0]) == 7371
    reached = [lesson["measure"](params, *lesson["held_out"]) for params, _ in learned]
    assert max(reached) < BASELINE - MARGIN
    assert round(reached[0], 2) == 7.22
    assert 6.61 < min(reached) < 7.78  # ahead of the best plain table, and behind the one that backs off


def test_the_learning_curve_and_what_was_clipped(learned: list) -> None:
    log = learned[0][1]
    assert log["batch"][0] > 27
    assert min(t for t, value in log["batch"].items() if value < BASELINE) <= 40
    assert list(log["names"]) == [0, 10, 30, 100, 300]
    assert all(len(names) == 6 for names in log["names"].values())
    assert not log["clipped"]


def test_clipping_tames_a_bold_rate(lesson: dict) -> None:
    bold, clipped, calm = (
        lesson["descended"](f"{eta} {limit}", eta, limit)[1] for eta, limit in ((8, 1e9), (8, 0.25), (2, 1e9))
    )
    height = np.log10(bold)
    assert height[0] == pytest.approx(5.4, abs=0.1)  # then chaos, which each kind of processor draws anew
    assert np.median(height) == pytest.approx(8, abs=1.5)
    assert height.min() > 4
    assert height.max() > 10
    assert abs(clipped[-1] - calm[-1]) < 1.5
    assert max(clipped[-1], calm[-1]) < 10


def test_most_inventions_are_new_and_vowels_stand_together(lesson: dict, learned: list) -> None:
    many = lesson["invent"](lesson["predictor"](learned[0][0]), n=300)
    assert 0.75 < np.mean([name not in {*TRAIN, *HELD_OUT} for name in many]) < 0.97
    together = []
    for params, _ in learned:
        says = params[0][1:] @ params[1]
        says = says - says.mean(axis=0)
        unit = says / np.linalg.norm(says, axis=1, keepdims=True)
        nearest = (unit @ unit.T - 2 * np.eye(26)).argmax(axis=1)
        together += ["abcdefghijklmnopqrstuvwxyz"[nearest["abcdefghijklmnopqrstuvwxyz".index(v)]] in "aeiouy"
                     for v in "aeiouy"]  # fmt: skip
    assert np.mean(together) > 0.7  # of 26 letters 6 are vowels


def test_vowels_are_nearer_to_each_other(learned: list) -> None:
    says = learned[0][0][0][1:] @ learned[0][0][1]
    apart = np.linalg.norm(says[:, None] - says, axis=2)
    vowel = np.array([letter in "aeiou" for letter in ref.LETTERS[1:]])
    within, between = apart[np.ix_(vowel, vowel)].sum() / 20, apart[np.ix_(vowel, ~vowel)].mean()
    assert (round(within, 1), round(between, 1)) == (16.6, 18.8)


def test_the_lessons_gradients_are_finite_differences(lesson: dict) -> None:
    rng = np.random.default_rng(0)
    params = lesson["new_params"](rng, d=3, h=4)
    batch = ref.encode(["anna", "bo", "emil"])
    found = lesson["gradients"](params, *batch)
    for w, g in zip(params, found, strict=True):
        for place in [np.unravel_index(np.abs(g).argmax(), g.shape), (0,) * g.ndim]:
            ends = []
            for step in (1e-5, -1e-5):
                w[place] += step
                ends.append(np.log(lesson["measure"](params, *batch)))
                w[place] -= step
            assert g[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "steps"), [("GRU", 150), ("LSTM", 200)])
def test_gated_cells_beat_pairs_on_5_of_5_seeds(kind: str, steps: int) -> None:
    for seed in range(5):  # at most a third of the lesson's steps
        torch.manual_seed(seed)
        lessons_own = (kind, seed) == ("LSTM", 0)
        model = language.learn(
            language.Recurrent(kind), language.batch(TRAIN), 600 if lessons_own else steps, seed=seed
        )
        reached = language.perplexity(model, *language.batch(HELD_OUT))
        assert reached < BASELINE - MARGIN
        if lessons_own:
            assert reached == pytest.approx(6.9, abs=0.1)


def test_how_many_numbers_are_learned() -> None:
    size = {
        kind: sum(p.numel() for p in language.Recurrent(kind).parameters()) for kind in ("RNN", "GRU", "LSTM")
    }
    assert size == {"RNN": 7435, "GRU": 17931, "LSTM": 23179}


@given(seeds, sizes)
def test_both_measures_of_perplexity_agree(seed: int, n: int) -> None:
    torch.manual_seed(seed)
    model, some = language.Recurrent("RNN", d=2, h=3), TRAIN[seed % 4000 :][:n]
    X, Y, mask = ref.encode(some)
    with torch.no_grad():
        log_p = torch.log_softmax(model(torch.from_numpy(X)), dim=2).numpy()
    by_hand = ref.perplexity(np.take_along_axis(log_p, Y[:, :, None], axis=2)[:, :, 0], mask)
    assert language.perplexity(model, *language.batch(some)) == pytest.approx(by_hand, rel=1e-5)


def test_errors_vanish_and_explode_as_the_figure_says(lesson: dict) -> None:
    for s in (0.9, 1.0, 1.1):
        np.testing.assert_allclose(lesson["arriving"](s, 1e-6), float(s) ** np.arange(60), rtol=1e-2)
    assert [round(1.1**59, -1), round(1 / 0.9**59, -1)] == [280, 500]
    last = [lesson["arriving"](s, 0.5)[-1] for s in (0.9, 1.0, 1.1)]
    assert 5e-10 < last[0] < last[1] < last[2] < 3e-4
    W = np.array([[0.0, 5.0], [0.0, 0.0]])
    assert np.linalg.norm(W, 2) == 5
    assert not (W @ W).any()


def test_a_neuron_that_has_seen_a_1() -> None:
    bits, ten = np.array([[0, 0, 1, 0, 0], [0] * 5], dtype=float), np.full((1, 1), 10.0)
    H = ref.rnn(bits[:, :, None], np.ones(bits.shape, bool), np.zeros((2, 1)), ten, ten, np.zeros(1))
    np.testing.assert_allclose(H[:, :, 0], [[0, 0, 1, 1, 1], [0] * 5], atol=1e-8)


def test_a_gate_remembers_if_it_begins_by_keeping(lesson: dict) -> None:
    chance = 1 / 8
    assert lesson["recall"]("GRU", 20, steps=250) < chance + 0.1
    assert lesson["recall"]("GRU", 20, keep=4.0) > 0.95
    assert round(0.5**20 * 1e6) == round(10 * 0.98**50 - 3) == 1
    assert ref.sigmoid(np.array([4.0]))[0] == pytest.approx(0.98, abs=0.005)


def test_analogies() -> None:
    every = [*TRAIN, *HELD_OUT]
    X, Y, mask = ref.encode(every)
    vectors = np.zeros((len(every), 729))
    np.add.at(vectors, (np.nonzero(mask)[0], (X * 27 + Y)[mask]), 1)
    for a, b, c, d, nearest in [
        ("gabriel", "gabrielle", "daniel", "danielle", "danielle"),
        ("mario", "maria", "antonio", "antonia", "antonia"),
        ("john", "johnny", "bill", "billy", "bill"),
        ("george", "georgette", "bernard", "bernadette", "bernard"),
        ("roberto", "roberta", "julio", "julieta", "julieta"),
    ]:
        assert ref.analogy(a, b, c, every, vectors) == d
        of = dict(zip(every, vectors, strict=True))
        goal = of[b] - of[a] + of[c]
        assert every[int((vectors @ goal / np.linalg.norm(vectors, axis=1)).argmax())] == nearest


def test_the_leak_of_shuffling(lesson: dict) -> None:
    X, y = ref.windows(seattle(), 7)
    lesson |= {"X": X, "y": y}
    parts = np.array_split(np.random.default_rng(0).permutation(len(y)), 6)
    shuffled = [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(6)]
    found = [
        round(np.mean([np.abs(lesson[model](*fold) - y[fold[1]]).mean() for fold in folds]), 2)
        for model in ("line", "nearest_date")
        for folds in (shuffled, ref.time_folds(len(y), 5))
    ]
    assert found[:2] == pytest.approx([2.15, 2.14], abs=0.011)
    assert found[2:] == pytest.approx([2.23, 9.31], abs=0.011)
    assert found[3] > 4 * found[2]


def test_pairs_of_word2vec() -> None:
    for n, w in [(9, 2), (12, 5), (4, 3)]:
        pairs = [(i, j) for i in range(n) for j in range(n) if 0 < abs(i - j) <= w]
        assert len(pairs) == 2 * w * n - w * (w + 1)
        assert sorted(map(tuple, ref.skipgrams(np.arange(n), w).tolist())) == pairs


def test_words_stand_by_their_like(capsys: pytest.CaptureFixture) -> None:
    cells = [cell.source for cell in read(ROOT / "solutions/06-rnn/06-rnn.py")]
    first = next(i for i, source in enumerate(cells) if source.startswith("import re\n"))
    known = {"np": np, "skipgrams": ref.skipgrams, "needs": lambda *_: nullcontext()}
    for source in cells[first : first + 2]:
        exec(source, known)
    near = {
        line.split()[0]: line.replace(",", "").split()[1:] for line in capsys.readouterr().out.splitlines()
    }
    for word, others in [("three", "two four"), ("ship", "pequod vessel"), ("night", "day midnight"),
                         ("whale", "sperm fishery")]:  # fmt: skip
        assert set(others.split()) <= set(near[word])
