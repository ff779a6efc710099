"""The references of lesson 13 against PyTorch and published code, and the numbers that the lesson states."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from helpers.data import animals, make_assistant, moby_dick, small_assistant
from helpers.data.pieces import WORD
from helpers.reference import assistants as ref
from helpers.reference.transformers import spread

torch.set_num_threads(1)
ROOT = Path(__file__).parents[2]
seeds = st.integers(0, 2**31)


def drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.tensor(np.random.default_rng(seed).normal(size=shape))


# ---------------------------------------------------------------- pieces


def test_the_merges_are_those_of_the_papers_listing() -> None:
    words = {"low_": 5, "lower_": 2, "newest_": 6, "widest_": 3}
    told = "e s, es t, est _, l o, lo w, n e, ne w, new est_, low _, w i"
    assert [" ".join(pair) for pair in ref.bpe_merges(words, 10)] == told.split(", ")


def slow_merges(words: dict[str, int], k: int) -> list[tuple[str, str]]:
    """Spell the whole text out, and look for every pair by hand."""
    text = [[*word] for word, n in words.items() for _ in range(n)]
    merges: list[tuple[str, str]] = []
    for _ in range(k):
        places = [(cut[i], cut[i + 1]) for cut in text for i in range(len(cut) - 1)]
        if not places:
            return merges
        most = max(map(places.count, places))
        merges.append(next(pair for pair in places if places.count(pair) == most))
        for cut in text:
            i = 0
            while i < len(cut) - 1:
                if (cut[i], cut[i + 1]) == merges[-1]:
                    cut[i : i + 2] = [cut[i] + cut[i + 1]]
                i += 1
    return merges


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=5), st.integers(1, 4), max_size=6), st.integers(0, 6)
)
def test_the_merges_are_those_of_a_slow_search(words: dict[str, int], k: int) -> None:
    assert ref.bpe_merges(words, k) == slow_merges(words, k)


@given(st.text("abcd", max_size=12), seeds)
def test_pieces_spell_the_word_and_known_words_are_cut_as_in_training(word: str, seed: int) -> None:
    random = Random(seed)
    words = {"".join(random.choices("abc", k=random.randint(1, 6))): random.randint(1, 5) for _ in range(6)}
    merges = ref.bpe_merges(words, 6)
    assert "".join(ref.bpe_encode(word, merges)) == word
    for known in words:
        cut = list(known)
        for pair in merges:
            cut = ref.joined(cut, pair)
        assert ref.bpe_encode(known, merges) == cut


def test_each_merge_of_tokenizers_is_one_of_the_most_frequent_and_ours_until_there_are_two() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    words = Counter(WORD.findall(moby_dick()[:200_000]))
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=len({*"".join(words)}) + 100, show_progress=False)
    theirs.train_from_iterator((word for word, n in words.items() for _ in range(n)), trainer)
    pairs = [tuple(pair) for pair in json.loads(theirs.to_str())["model"]["merges"]]
    ours, alike = ref.bpe_merges(words, 100), True
    cuts = {word: list(word) for word in words}
    for theirs_now, ours_now in zip(pairs, ours, strict=True):
        counts = Counter[tuple[str, str]]()
        for word, cut in cuts.items():
            for pair in pairwise(cut):
                counts[pair] += words[word]
        most = max(counts.values())
        best = [pair for pair, n in counts.items() if n == most]
        assert theirs_now in best
        alike = alike and len(best) == 1
        assert ours_now == theirs_now or not alike
        with_it = {word: cut for word, cut in cuts.items() if theirs_now in pairwise(cut)}
        cuts |= {word: ref.joined(cut, theirs_now) for word, cut in with_it.items()}
    assert {*pairs} & {*ours} > {*ours[:50]}


# ---------------------------------------------------------------- today's block


@given(seeds, st.integers(1, 6))
def test_the_norm_is_torchs(seed: int, d: int) -> None:
    X, gain = drawn(seed, 3, 4, d), drawn(seed + 1, d)
    theirs = nn.RMSNorm(d, eps=1e-6, dtype=torch.float64)
    theirs.weight.data = gain
    torch.testing.assert_close(ref.rms_norm(X, gain), theirs(X))


@given(seeds, st.integers(1, 5), st.floats(10, 1e5))
def test_products_of_turned_rows_depend_on_the_distance_alone(seed: int, pairs: int, base: float) -> None:
    q = drawn(seed, 2 * pairs)
    turned = ref.rope(q.repeat(12, 1), torch.arange(12), base)
    assert spread(turned) < 1e-9 * float(q @ q + 1)
    torch.testing.assert_close(turned.norm(dim=1), q.norm().expand(12))
    torch.testing.assert_close(turned[0], q)
    (x, y), angle = q.reshape(-1, 2).T, 5 * base ** (-torch.arange(pairs) / pairs)
    by_hand = torch.stack([x * angle.cos() - y * angle.sin(), x * angle.sin() + y * angle.cos()], dim=1)
    torch.testing.assert_close(turned[5], by_hand.flatten(), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16])
def test_rows_in_half_precision_are_turned_by_exact_angles_and_stay_halves(half: torch.dtype) -> None:
    X, places = drawn(0, 3, 8).float(), torch.tensor([0, 7, 1000])
    turned = ref.rope(X.to(half), places)
    assert turned.dtype == half
    torch.testing.assert_close(turned.float(), ref.rope(X, places), atol=0.05, rtol=0)


def test_rows_that_do_not_lie_side_by_side_are_turned_too() -> None:
    X, places = drawn(0, 2, 3, 9)[..., 1:], torch.arange(3)
    torch.testing.assert_close(ref.rope(X, places), ref.rope(X.clone(), places))


@given(seeds, st.sampled_from([(4, 2), (6, 3), (3, 1), (2, 2)]), st.integers(1, 5), st.integers(0, 4))
def test_grouped_attention_is_torchs(seed: int, heads: tuple[int, int], n: int, before: int) -> None:
    (h, g), m = heads, n + before
    Q, K, V = drawn(seed, 2, h, n, 3), drawn(seed + 1, 2, g, m, 3), drawn(seed + 2, 2, g, m, 3)
    mask = torch.ones(n, m, dtype=torch.bool).tril(before)
    if "enable_gqa" in (scaled_dot_product_attention.__doc__ or ""):
        theirs = scaled_dot_product_attention(Q, K, V, mask, enable_gqa=True)
    else:
        theirs = scaled_dot_product_attention(
            Q, K.repeat_interleave(h // g, 1), V.repeat_interleave(h // g, 1), mask
        )
    torch.testing.assert_close(ref.gqa(Q, K, V), theirs)


@given(seeds)
def test_the_gated_network_is_made_of_torchs_layers(seed: int) -> None:
    X, W, V, W2 = drawn(seed, 2, 5, 4), drawn(seed + 1, 4, 6), drawn(seed + 2, 4, 6), drawn(seed + 3, 6, 4)
    up, gate, down = (nn.Linear(*w.shape, bias=False, dtype=w.dtype) for w in (V, W, W2))
    for layer, w in zip((up, gate, down), (V, W, W2), strict=True):
        layer.weight.data = w.T
    torch.testing.assert_close(ref.swiglu(X, W, V, W2), down(nn.SiLU()(gate(X)) * up(X)))


def test_a_later_token_moves_no_earlier_score() -> None:
    torch.manual_seed(0)
    model = ref.Assistant(20, d=16, layers=2)
    tokens = torch.randint(20, (1, 9))
    changed = tokens.clone()
    changed[0, 6] = (tokens[0, 6] + 1) % 20
    moved = (model(tokens) - model(changed)).abs().amax(dim=-1)[0] > 1e-6
    assert moved.tolist() == [False] * 6 + [True] * 3


# ---------------------------------------------------------------- drawing, answers, preferences


@given(seeds, st.floats(0.05, 1.0))
def test_the_fewest_tokens_reach_the_threshold(seed: int, threshold: float) -> None:
    p = torch.tensor(np.random.default_rng(seed).dirichlet(np.ones(7)))
    q = ref.top_p(p, threshold)
    kept = q > 0
    assert float(p[kept].sum()) >= threshold - 1e-9
    assert kept.sum() == 1 or float(p[kept].sum() - p[kept].min()) < threshold
    assert not (~kept).any() or p[~kept].max() <= p[kept].min()
    torch.testing.assert_close(q[kept], p[kept] / p[kept].sum())


@given(seeds)
def test_the_loss_is_torchs_where_only_answers_are_targets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    B, n, V = 3, 8, 5
    prompts = torch.tensor(rng.integers(1, n - 1, B))
    lengths = prompts + 1 + torch.tensor(rng.integers(0, n - prompts.numpy()))
    scores, tokens = drawn(seed, B, n, V), torch.tensor(rng.integers(0, V, (B, n)))
    place = torch.arange(n)
    targets = torch.where((place >= prompts[:, None]) & (place < lengths[:, None]), tokens, -100)
    theirs = nn.functional.cross_entropy(scores[:, :-1].flatten(0, 1), targets[:, 1:].flatten())
    torch.testing.assert_close(ref.answer_loss(scores, tokens, prompts, lengths), theirs)
    sums = ref.answer_logp(scores, tokens, prompts, lengths)
    assert float(-sums.sum() / (lengths - prompts).sum()) == pytest.approx(float(theirs))


@given(seeds, st.floats(0.05, 5))
def test_preferences_are_a_cross_entropy_of_two(seed: int, beta: float) -> None:
    a, b, c, d = drawn(seed, 4, 6)
    both, first = torch.stack([a, b], dim=1), torch.zeros(6, dtype=torch.long)
    torch.testing.assert_close(ref.bradley_terry(a, b), nn.functional.cross_entropy(both, first))
    theirs = nn.functional.cross_entropy(beta * torch.stack([a - c, b - d], dim=1), first)
    torch.testing.assert_close(ref.dpo_loss(a, b, c, d, beta), theirs)


def test_dpo_ends_at_the_answers_weighted_by_their_reward() -> None:
    """With preferences that follow a reward, the loss is least where p is p_ref · e^(r / beta)."""
    r, beta, p_ref = torch.tensor([0.0, 1.0, 2.0]), 0.7, torch.tensor([0.5, 0.3, 0.2])
    z = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([z], max_iter=200, tolerance_grad=1e-9)
    i, j = torch.tensor([(a, b) for a in range(3) for b in range(3) if a != b]).T
    chance = torch.sigmoid(r[i] - r[j])  # how often i is preferred to j

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        pi, was = torch.log_softmax(z, dim=0), p_ref.log()
        losses = [
            c * ref.dpo_loss(pi[a : a + 1], pi[b : b + 1], was[a : a + 1], was[b : b + 1], beta)
            for a, b, c in zip(i.tolist(), j.tolist(), chance, strict=True)
        ]
        loss = torch.stack(losses).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    best = p_ref * torch.exp(r / beta)
    torch.testing.assert_close(torch.softmax(z, dim=0).detach(), best / best.sum(), atol=1e-4, rtol=1e-3)


# ---------------------------------------------------------------- deeper


@given(seeds, st.integers(1, 4))
def test_experts_are_asked_k_at_a_time_and_evenly_at_best(seed: int, k: int) -> None:
    weights, balance = ref.route(drawn(seed, 10, 3), drawn(seed + 1, 3, 4), k)
    assert ((weights > 0).sum(dim=1) == k).all()
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(10, dtype=torch.float64))
    assert 0 < float(balance) <= 4 + 1e-9
    even = ref.route(5 * torch.eye(4), torch.eye(4), 1)[1]
    assert float(even) == pytest.approx(1.0)


@given(seeds)
def test_the_recurrence_is_a_convolution(seed: int) -> None:
    x, (b, c) = drawn(seed, 9), drawn(seed + 1, 2, 3)
    a = torch.rand(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    kernel = ((c * b) * a ** torch.arange(9)[:, None]).sum(dim=1)
    theirs = nn.functional.conv1d(x[None, None], kernel.flip(0)[None, None], padding=8)[0, 0, :9]
    torch.testing.assert_close(ref.state_space(x, a, b, c), theirs)


# ---------------------------------------------------------------- the toy world


def test_the_judge_knows_what_was_asked() -> None:
    said = {
        "the whale lives in the sea.": 1.0,
        " the whale lives in the sea. it eats krill. it is grey.\n": 1.6,
        "the whale lives in the sea. it eats krill. it eats krill.": 0.8,
        "the whale lives in the sea. it eats hay.": 0.5,
        "the whale lives in the field.": -1.0,
        "the whale eats krill.": -1.0,
        "where does the whale live?": -1.0,
        "": -1.0,
    }
    for answer, worth in said.items():
        assert animals.judged("whale", "home", answer) == pytest.approx(worth), answer


def test_good_answers_are_right_and_the_library_answers_nothing() -> None:
    random = Random(0)
    for animal, kind in animals.pairs(animals.ANIMALS):
        answer = animals.answered(animal, kind, random)
        assert animals.right(animal, kind, answer)
        assert animals.judged(animal, kind, answer) >= 1
    text = animals.library()
    assert all(("?" in line) != ("." in line) for line in text.splitlines())
    assert not set(animals.TAUGHT) & set(animals.ASKED_LATER)


# ---------------------------------------------------------------- what the lesson states

LESSON = "13-assistants"


def test_what_is_stored_is_what_the_script_reads() -> None:
    weights, merges, text = small_assistant()
    assert text == animals.library()
    assert merges == ref.bpe_merges(Counter(WORD.findall(text)), make_assistant.MERGES)
    assert sum(a.size for a in weights.values()) == 110_528
    model = ref.Assistant(len({*text}) + len(merges))
    assert {name: a.shape for name, a in model.state_dict().items()} == {
        n: a.shape for n, a in weights.items()
    }


def test_the_base_model_knows_the_animals() -> None:
    weights, merges, text = small_assistant()
    pieces = [*sorted(set(text)), *(a + b for a, b in merges)]
    model = ref.Assistant(len(pieces))
    model.load_state_dict({name: torch.tensor(a) for name, a in weights.items()})
    right = []
    for animal, kind in animals.pairs(animals.ANIMALS[::4]):
        told = animals.statement(animal, kind)
        tokens = torch.tensor(make_assistant.encoded(told, merges, pieces))
        asked = len(make_assistant.encoded(told.rpartition(" ")[0], merges, pieces))
        with torch.no_grad():
            best = model(tokens[None, :-1])[0].argmax(dim=-1)
        right.append(bool((best[asked - 1 :] == tokens[asked:]).all()))
    assert np.mean(right) > 0.95


def test_the_cache_is_counted() -> None:
    each = 2 * 32 * 32 * 128 * 2
    assert each == 2**19
    assert each * 128_000 / 2**30 == 62.5
    assert pytest.approx(174, abs=0.5) == 12 * 12288**2 * 96 / 1e9


def test_two_straight_lines_disagree() -> None:
    source = (ROOT / "solutions" / LESSON / f"{LESSON}.py").read_text()
    namespace: dict = {}
    exec(source[source.index("measured = {") : source.index("COUNTED, WRITER")], namespace)
    losses = namespace["measured"]
    sizes, means = np.log([*losses]), np.log([np.mean(found) for found in losses.values()])
    told = [np.exp(np.polyval(np.polyfit(sizes[k:], means[k:], 1), np.log(1.58e6))) for k in (0, 2)]
    assert told == pytest.approx([1.36, 1.50], abs=0.005)
    assert max(np.std(found) for found in losses.values()) < 0.03
    assert np.exp(8 * (np.exp(means[0]) - np.exp(means[-1]))) == pytest.approx(430, abs=20)
    for _, table, found in namespace["TEXTS"]:
        assert table < min(found) - 0.1
    slopes = np.diff(means) / np.diff(sizes)
    assert (np.diff(slopes) > 0).all()  # less and less steep


@pytest.mark.slow
def test_the_experiments_say_what_the_text_says(experiments_of) -> None:
    out, names = experiments_of(LESSON, "reader(len(whole)")
    assert "your merges of this text are the model's: True" in out
    assert "of 192 questions it answers 0%" in out
    shares = {int(k): int(share) for k, share in re.findall(r"^ *(\d+) examples?.*: right (\d+)%", out, re.M)}
    assert [shares[k] > share for k, share in [(1, 25), (16, 50), (96, 80)]] == [False, True, True]
    assert "on the other animals 0%" in out
    reward, judge, moved = names["pleasers"][0.1][1].T
    best = judge.argmax()
    assert (np.diff(reward) > -0.3).all()
    assert reward[-1] - reward[0] == pytest.approx(3.7, abs=0.5)
    assert 0 < best < 4
    assert judge[best] - judge[0] == pytest.approx(0.08, abs=0.06)
    assert judge[-1] == pytest.approx(-1.16, abs=0.4)
    assert moved[-1] > 15
    gentle = names["pleasers"][1.0][1]
    assert gentle[-1, 2] < 8
    assert gentle[-1, 1] > judge[-1] + 0.5
