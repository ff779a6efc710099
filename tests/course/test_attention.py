"""The references of lesson 07 against PyTorch, and the numbers that the lesson states."""

import os
import tracemalloc
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from helpers.data import names
from helpers.reference import attention as ref
from helpers.reference.language import batch, learn, perplexity
from helpers.reference.perceptron import softmax
from helpers.reference.rnn import bigram

torch.set_num_threads(1)
SEEDS = range(5 if os.environ.get("COURSE_LONG") else 2)  # `make test-all`
seeds = st.integers(0, 2**31)
sizes = st.integers(1, 7)
torch_attention = torch.nn.functional.scaled_dot_product_attention

WORDS = np.array([[0.50, -0.87], [-0.70, 0.70], [0.81, 0.59]])
PRINTED = np.array([[0.50, 0.20, 0.30], [0.12, 0.45, 0.43], [0.15, 0.42, 0.43]])


def draw(seed: int, dtype: type, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def visible(seed: int, *shape: int) -> np.ndarray:
    """A random mask that shows something in each row."""
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < 0.5
    np.put_along_axis(mask, rng.integers(0, shape[-1], (*shape[:-1], 1)), True, axis=-1)
    return mask


# ---------------------------------------------------------------- against torch


@pytest.mark.parametrize(("dtype", "tol"), [(np.float32, 1e-5), (np.float64, 1e-10)])
@given(seed=seeds, B=sizes, n=sizes, m=sizes, d_k=sizes, d_v=sizes, masked=st.booleans())
def test_attention_is_torchs(dtype, tol, seed, B, n, m, d_k, d_v, masked) -> None:
    Q, K, V = draw(seed, dtype, (B, 2, n, d_k), (B, 2, m, d_k), (B, 2, m, d_v))
    mask = visible(seed, n, m) if masked else None
    out, A = ref.attention(Q, K, V, mask)
    theirs = torch_attention(*map(torch.tensor, (Q, K, V)), None if mask is None else torch.tensor(mask))
    np.testing.assert_allclose(out, theirs, atol=tol)
    np.testing.assert_allclose(A.sum(axis=-1), 1, atol=tol)


@pytest.mark.parametrize(("dtype", "tol"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
@given(seed=seeds, B=sizes, n=sizes, heads=st.integers(1, 4), size=sizes, masked=st.booleans())
def test_heads_are_torchs_after_mapping_the_weights(dtype, tol, seed, B, n, heads, size, masked) -> None:
    torch.manual_seed(seed % 2**31)
    d = heads * size
    ours = ref.MultiHead(d, heads).to(dtype)
    theirs = nn.MultiheadAttention(d, heads, batch_first=True, dtype=dtype)
    three = (ours.q, ours.k, ours.v)
    theirs.in_proj_weight.data = torch.cat([layer.weight for layer in three]).data
    theirs.in_proj_bias.data = torch.cat([layer.bias for layer in three]).data
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    X = torch.randn(B, n, d, dtype=dtype)
    mask = torch.tensor(visible(seed, n, n)) if masked else None
    want, _ = theirs(X, X, X, attn_mask=None if mask is None else ~mask)
    torch.testing.assert_close(ours(X, mask), want, rtol=0, atol=tol)
    assert sum(p.numel() for p in ours.parameters()) == 4 * d**2 + 4 * d


@given(seeds, st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_padded_and_causal_masks_do_what_shorter_sequences_do(seed: int, lengths: list[int]) -> None:
    (X,) = draw(seed, np.float64, (len(lengths), 6, 3))
    mask = ref.causal_mask(6) & ref.padding_mask(np.array(lengths), 6)[:, None, :]
    out, A = ref.attention(X, X, X, mask)
    assert np.isfinite(out).all()
    for b, length in enumerate(lengths):
        alone, _ = (
            ref.attention(X[b, :length], X[b, :length], X[b, :length], ref.causal_mask(length))
            if length
            else (out[b, :0], 0)
        )
        np.testing.assert_allclose(out[b, :length], alone, atol=1e-12)
        assert not A[b, :, length:].any()


@given(seeds, sizes, sizes)
def test_a_row_that_sees_nothing_is_zero_and_others_are_torchs(seed: int, n: int, m: int) -> None:
    (S,) = draw(seed, np.float64, (n, m))
    mask = np.random.default_rng(seed).random((n, m)) < 0.3
    with np.errstate(all="raise", under="ignore"):
        A = ref.masked_softmax(S * 1000, mask)
    want = torch.softmax(torch.tensor(S * 1000).masked_fill(torch.tensor(~mask), -torch.inf), dim=1)
    np.testing.assert_allclose(A, want.nan_to_num(0), atol=1e-12)
    assert np.isfinite(ref.masked_softmax(S, np.tri(n, m, -1, dtype=bool))).all()


@given(seeds, sizes, sizes, sizes, st.integers(1, 9))
def test_blocks_give_what_the_whole_gives(seed: int, n: int, m: int, d: int, block: int) -> None:
    Q, K, V = draw(seed, np.float64, (n, d), (m, d), (m, 2))
    np.testing.assert_allclose(ref.blockwise(Q, K, V, block), ref.attention(Q, K, V)[0], atol=1e-12)
    huge = ref.blockwise(Q, 1e4 * K, V, block)
    np.testing.assert_allclose(huge, ref.attention(Q, 1e4 * K, V)[0], atol=1e-10)


# ---------------------------------------------------------------- properties


@given(seeds, sizes, sizes)
def test_a_row_of_attention_is_a_lookup_and_a_cold_one_is_exact(seed: int, m: int, d: int) -> None:
    q, K, V = draw(seed, np.float64, (d,), (m, d), (m, 3))
    out, _ = ref.attention(q[None], K, V)
    np.testing.assert_allclose(ref.lookup(q, K, V, np.sqrt(d)), out[0], atol=1e-12)
    fits = np.sort(K @ q)
    if m == 1 or fits[-1] - fits[-2] > 1e-3:
        np.testing.assert_allclose(ref.lookup(q, K, V, 1e-5), V[(K @ q).argmax()], atol=1e-12)


@given(seeds, sizes, sizes)
def test_self_attention_is_equivariant_and_its_mean_invariant(seed: int, n: int, d: int) -> None:
    (X,) = draw(seed, np.float64, (n, d))
    order = np.random.default_rng(seed).permutation(n)
    out, _ = ref.self_attention(X)
    shuffled, _ = ref.self_attention(X[order])
    np.testing.assert_allclose(shuffled, out[order], atol=1e-9)
    np.testing.assert_allclose(shuffled.mean(axis=0), out.mean(axis=0), atol=1e-9)


@given(seeds, st.integers(2, 6))
def test_causal_attention_does_not_depend_on_the_future(seed: int, n: int) -> None:
    (X,) = draw(seed, np.float64, (n, 3))
    in_time = ref.influence(lambda X: ref.attention(X, X, X, ref.causal_mask(n))[0], X)
    late = ref.influence(lambda X: (softmax(X @ X.T / 2) * ref.causal_mask(n)) @ X, X)
    assert not np.triu(in_time, 1).any()
    assert np.tril(in_time).sum() == n * (n + 1) / 2
    assert late.all()


@given(seeds, sizes, sizes, sizes)
def test_scaling_queries_keys_or_scores_is_the_same(seed: int, n: int, m: int, d: int) -> None:
    X, Y, Wq, Wk = draw(seed, np.float64, (n, 4), (m, 4), (4, d), (4, d))
    _, A = ref.attention(X @ Wq, Y @ Wk, Y)
    np.testing.assert_allclose(softmax(ref.scores(X, Y, Wq, Wk)), A, atol=1e-12)
    np.testing.assert_allclose(ref.scores(X, Y, Wq / np.sqrt(d), Wk), ref.scores(X, Y, Wq, Wk) / np.sqrt(d))


@given(seeds, st.integers(2, 6), st.integers(1, 4))
def test_m_gives_the_weights_back(seed: int, n: int, d: int) -> None:
    X, M = draw(seed, np.float64, (n, d), (d, d))
    A = softmax(X @ M @ X.T / np.sqrt(d))
    found = ref.recover(X, A)
    if n > d and np.linalg.cond(X - X.mean(axis=0)) < 1e4 and np.linalg.cond(X) < 1e4:
        np.testing.assert_allclose(found, M, atol=1e-5)  # then it is the only one
    if np.linalg.matrix_rank(X, 1e-4) == min(n, d):
        np.testing.assert_allclose(softmax(X @ found @ X.T / np.sqrt(d)), A, atol=1e-6)


# ---------------------------------------------------------------- what the lesson states


def test_the_three_words() -> None:
    _, A = ref.self_attention(WORDS)
    np.testing.assert_allclose(
        A, [[0.681, 0.095, 0.223], [0.098, 0.682, 0.220], [0.200, 0.191, 0.609]], atol=6e-4
    )
    products = WORDS @ WORDS.T
    np.testing.assert_allclose(products[2, :2], [-0.108, -0.154], atol=6e-4)


def test_dog_looks_at_itself_with_plain_products_and_at_big_with_roles() -> None:
    Wq, Wk, Wv = np.array([[[-1, 0], [0, 1]], [[2, 0], [0, 1]], [[1, 1], [0, 1]]])
    assert ref.self_attention(WORDS)[1][2].argmax() == 2
    out, A = ref.attention(WORDS @ Wq, WORDS @ Wk, WORDS @ Wv)
    np.testing.assert_allclose(A[2], [0.10, 0.77, 0.13], atol=6e-3)
    np.testing.assert_allclose(out[2], [-0.38, 0.14], atol=6e-3)


def test_no_m_gives_the_printed_weights_exactly() -> None:
    M = ref.recover(WORDS, PRINTED)
    A = softmax(WORDS @ M @ WORDS.T / np.sqrt(2))
    assert ((A - PRINTED) ** 2).sum() == pytest.approx(0.0258, abs=1e-4)


@given(seeds, sizes, sizes)
def test_the_way_back_through_a_softmax_is_torchs(seed: int, n: int, m: int) -> None:
    S, G = draw(seed, np.float64, (2, n, m), (2, n, m))
    theirs = torch.tensor(S, requires_grad=True)
    (torch.softmax(theirs, dim=-1) * torch.tensor(G)).sum().backward()
    np.testing.assert_allclose(ref.softmax_back(softmax(S), G), theirs.grad, atol=1e-12)


def test_a_mask_after_the_softmax_is_the_early_one_if_rows_are_divided_again() -> None:
    [X] = draw(0, np.float64, (6, 4))
    late = softmax(X @ X.T / 2) * ref.causal_mask(6)
    _, A = ref.attention(X, X, X, ref.causal_mask(6))
    np.testing.assert_allclose(late / late.sum(axis=1, keepdims=True), A, atol=1e-12)


def test_products_grow_in_variance_and_unscaled_softmax_saturates() -> None:
    rng = np.random.default_rng(0)
    for d in (4, 64, 512):
        q, k = rng.normal(size=(2, 20_000, d))
        s = (q * k).sum(axis=1)
        assert abs(s.mean()) < 4 * np.sqrt(d / 20_000)
        assert s.var() == pytest.approx(d, rel=0.05)
    for d, largest, slope in [(2, 0.37, 0.75), (1024, 0.96, 0.05)]:
        s = (rng.normal(size=(2000, 1, d)) * rng.normal(size=(2000, 10, d))).sum(axis=2)
        raw, scaled = softmax(s), softmax(s / np.sqrt(d))
        assert raw.max(axis=1).mean() == pytest.approx(largest, abs=0.03)
        assert (raw * (1 - raw)).sum(axis=1).mean() == pytest.approx(slope, abs=0.03)
        assert scaled.max(axis=1).mean() < 0.4
        assert (scaled * (1 - scaled)).sum(axis=1).mean() == pytest.approx(0.8, abs=0.03)


def test_the_dog_gets_the_same_vector_whether_it_chases_or_is_chased() -> None:
    rng = np.random.default_rng(0)
    vector = {word: rng.normal(size=4) for word in ["the", "dog", "chased", "cat"]}
    rows = []
    for sentence in ["the dog chased the cat", "the cat chased the dog"]:
        out, _ = ref.self_attention(np.array([vector[word] for word in sentence.split()]))
        rows.append(out[sentence.split().index("dog")])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-12)


def peak(run) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_with_n_in_blocks_and_with_its_square_without() -> None:
    whole, blocks = [], []
    for n in (500, 1000, 2000):
        Q, K, V = np.random.default_rng(0).normal(size=(3, n, 16))
        whole.append(peak(partial(ref.attention, Q, K, V)))
        blocks.append(peak(partial(ref.blockwise, Q, K, V, 64)))
    for small, large in [(0, 1), (1, 2)]:
        assert whole[large] / whole[small] == pytest.approx(4, rel=0.05)
        assert blocks[large] / blocks[small] == pytest.approx(2, rel=0.05)
    assert 80e6 < whole[2] < 130e6
    assert blocks[2] < 5e6


# ---------------------------------------------------------------- names


OLD, NEW = map(batch, names())


class Leaky(nn.Module):
    def __init__(self, model: ref.LanguageModel, late: bool = False):
        super().__init__()
        self.inner, self.late = model, late

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        m, n = self.inner, tokens.shape[1]
        X = m.letter(tokens) + m.place.weight[:n]
        return m.scores(X + self.attend(X))

    def attend(self, X: torch.Tensor) -> torch.Tensor:
        layers, (B, n, d) = self.inner.attention, X.shape
        three = (layers.q, layers.k, layers.v)
        Q, K, V = (layer(X).reshape(B, n, 4, d // 4).transpose(1, 2) for layer in three)
        A = torch.softmax(Q @ K.mT / (d // 4) ** 0.5, dim=-1)
        if self.late:
            A = A * torch.ones(n, n).tril()
        return layers.out((A @ V).transpose(1, 2).reshape(B, n, d))


def new(seed: int, places: bool = True) -> ref.LanguageModel:
    torch.manual_seed(seed)
    model = ref.LanguageModel(27, 12)
    if not places:
        model.place.weight.data[:] = 0
        model.place.weight.requires_grad = False
    return model


@pytest.fixture(scope="module")
def of_pairs() -> float:
    pairs = bigram(*(part.numpy() for part in OLD), alpha=0.1)
    X, Y, mask = (part.numpy() for part in NEW)
    return float(np.exp(-np.log(pairs[X, Y])[mask].mean()))


def test_pairs_of_letters_and_the_size_of_the_model(of_pairs: float) -> None:
    assert of_pairs == pytest.approx(10.37, abs=0.005)
    assert sum(p.numel() for p in new(0).parameters()) == 6363
    assert (len(OLD[0]), len(NEW[0])) == (4163, 1000)


@pytest.fixture(scope="module")
def trained() -> list[nn.Module]:
    return [learn(new(seed), OLD, seed=seed) for seed in SEEDS]


def test_attention_beats_pairs_by_two_and_a_half_on_every_seed(trained, of_pairs: float) -> None:
    """The margin: a perplexity lower by at least 2.5 on held-out names, on every seed."""
    found = [perplexity(model, *NEW) for model in trained]
    assert max(found) < of_pairs - 2.5
    assert found[0] == pytest.approx(7.63, abs=0.07)


def test_one_head_looks_at_the_letter_before(trained) -> None:
    model = trained[0]
    tokens = NEW[0][NEW[2][:, 8], :9]
    with torch.no_grad():
        X = model.letter(tokens) + model.place.weight[:9]
        Q, K = (
            f(X).reshape(-1, 9, 4, 8).transpose(1, 2).numpy() for f in (model.attention.q, model.attention.k)
        )
    A = ref.masked_softmax(Q @ np.swapaxes(K, -1, -2) / np.sqrt(8), ref.causal_mask(9))
    back = np.array([[np.mean([a[i, i - k] for i in range(5, 9)]) for k in range(6)] for a in A.mean(axis=0)])
    assert back[2, 1] == pytest.approx(0.46, abs=0.06)  # head 3
    assert back[:, 1].argmax() == 2
    assert back[:, 0].max() < 0.2
    assert A.max(axis=-1)[:, :, 2:].mean() > 2 * back.mean(axis=0).max()  # in one name they are sharper


def test_its_place_is_behind_the_plain_network_and_ahead_of_the_best_plain_table(trained) -> None:
    assert all(7.24 + 0.2 < perplexity(model, *NEW) < 7.78 for model in trained)


def test_padding_moves_no_score_that_counts(trained) -> None:
    X, _, there = batch(["ada", "marianna"])
    with torch.no_grad():
        moved = (trained[0](X) - trained[0](torch.where(there, X, 17))).abs().amax(dim=2)
    assert there[0].sum() == 4
    assert moved[there].max() < 1e-5
    assert moved[0, 4:].min() > 0.1


def test_without_places_it_is_between(of_pairs: float) -> None:
    assert perplexity(learn(new(0, places=False), OLD), *NEW) == pytest.approx(8.0, abs=0.1)


def test_without_a_mask_it_looks_perfect_on_held_out_names_and_the_table_shows_why() -> None:
    cheat = learn(Leaky(new(0)), OLD)
    assert perplexity(cheat, *NEW) < 1.01
    X = np.random.default_rng(0).normal(size=(6, 32)).astype(np.float32)
    mask = torch.ones(6, 6, dtype=torch.bool).tril()
    assert np.triu(table(cheat.attend, X), 1).sum() == 15
    assert np.triu(table(lambda X: cheat.inner.attention(X, mask), X), 1).sum() == 0
    with torch.no_grad():  # it begins with the end: nothing stands to the right of the first place
        assert torch.softmax(cheat(torch.tensor([[0]]))[0, -1], dim=0)[0] > 0.99


def test_a_mask_after_the_softmax_leaks_nearly_all() -> None:
    leak = learn(Leaky(new(0), late=True), OLD)
    assert perplexity(leak, *NEW) == pytest.approx(1.06, abs=0.03)
    X = np.random.default_rng(0).normal(size=(6, 32)).astype(np.float32)
    assert np.triu(table(leak.attend, X), 1).sum() == 15


def table(attend, X: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return ref.influence(lambda X: attend(torch.tensor(X[None]))[0].numpy(), X)
