"""The translation of lesson 08: dates, the block of a decoder, two searches, and what the lesson states."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from helpers.data.dates import SHARES, dates, pairs, written
from helpers.grading.percent import read
from helpers.reference import translation as ref

torch.set_num_threads(1)
seeds = st.integers(0, 2**31 - 1)
LESSON = Path(__file__).parents[2] / "solutions/08-transformers/08-transformers.py"


# ---------------------------------------------------------------- dates


def test_days_are_split_once_and_for_all() -> None:
    days, unseen = dates()
    assert (len(days), len(unseen), len({*days, *unseen})) == (14_310, 300, 14_610)
    assert (min([*days, *unseen]).isoformat(), max([*days, *unseen]).isoformat()) == (
        "1990-01-01",
        "2029-12-31",
    )


@pytest.mark.parametrize(
    ("iso", "form", "text"),
    [
        ("1997-03-23", "day in words", "the twenty third of march nineteen ninety seven"),
        ("2001-12-30", "month in words", "december the thirtieth two thousand one"),
        ("2000-01-01", "day in words", "the first of january two thousand"),
        ("2012-05-20", "day in words", "the twentieth of may twenty twelve"),
        ("1990-08-19", "day in words", "the nineteenth of august nineteen ninety"),
        ("2004-03-02", "day first", "0 2 / 0 3 / 0 4"),
        ("2004-02-03", "month first", "0 2 / 0 3 / 0 4"),
        ("2002-03-04", "year first", "0 2 / 0 3 / 0 4"),
    ],
)
def test_dates_in_words_and_digits(iso: str, form: str, text: str) -> None:
    day = next(day for day in itertools.chain(*dates()) if day.isoformat() == iso)
    assert " ".join(written(day, form)) == text


def test_forms_have_their_shares_and_no_two_days_share_their_words() -> None:
    days, _ = dates()
    rows = pairs(days, times=2)
    assert len(rows) == 2 * len(days)
    assert rows[0][1] == days[0].isoformat()
    short = np.mean(["/" in text for text, _ in rows])
    assert short == pytest.approx(0.6, abs=0.01)
    assert SHARES["year first"] / 0.6 == pytest.approx(0.4)
    assert sum(SHARES.values()) == pytest.approx(1)
    assert len({tuple(written(day, "day in words")) for day in days}) == len(days)


# ---------------------------------------------------------------- block and searches


@given(seeds, st.integers(1, 4), st.integers(1, 5), st.integers(1, 3))
def test_the_block_is_torchs_decoder_layer(seed: int, n: int, m: int, heads: int) -> None:
    torch.manual_seed(seed)
    d = 2 * heads
    ours = ref.DecoderBlock(d, heads, 7).double()
    for parameter in ours.parameters():
        nn.init.normal_(parameter)
    theirs = nn.TransformerDecoderLayer(d, heads, 7, 0.0, "gelu", batch_first=True, norm_first=True).double()
    for own, their in ((ours.attention, theirs.self_attn), (ours.across, theirs.multihead_attn)):
        their.in_proj_weight.data = torch.cat([own.q.weight, own.k.weight, own.v.weight]).data
        their.in_proj_bias.data = torch.cat([own.q.bias, own.k.bias, own.v.bias]).data
        their.out_proj.load_state_dict(own.out.state_dict())
    for name, layer in {"linear1": ours.up, "linear2": ours.down, "norm1": ours.norm1, "norm2": ours.norm2,
                        "norm3": ours.norm3}.items():  # fmt: skip
        theirs.get_submodule(name).load_state_dict(layer.state_dict())
    X, Y = torch.randn(2, n, d).double(), torch.randn(2, m, d).double()
    want = theirs(X, Y, tgt_mask=nn.Transformer.generate_square_subsequent_mask(n, dtype=torch.float64))
    torch.testing.assert_close(ours(X, Y), want, atol=1e-8, rtol=1e-6)


def asks(p: np.ndarray) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda tokens: torch.tensor(np.log(p[tokens.shape[1] - 1]))[tokens[:, -1]]


def every_text(p: np.ndarray, longest: int) -> Iterator[tuple[list[int], float]]:
    for n in range(longest + 1):
        for text in itertools.product(range(1, p.shape[1]), repeat=n):
            row = [0, *text, 0][: longest + 1]
            yield list(text), sum(np.log(p[t, a, b]) for t, (a, b) in enumerate(itertools.pairwise(row)))


@given(seeds, st.integers(2, 4), st.integers(1, 4))
def test_a_wide_beam_finds_the_best_of_all_texts_and_one_beam_is_greedy(
    seed: int, letters: int, longest: int
) -> None:
    p = np.random.default_rng(seed).dirichlet(np.ones(letters), size=(longest, letters)) + 1e-9
    best, total = ref.beam_search(asks(p), longest, letters**longest)
    want, likeliest = max(every_text(p, longest), key=lambda pair: pair[1])
    assert total == pytest.approx(likeliest)
    assert best == want
    alone, log_p = ref.beam_search(asks(p), longest, 1)
    assert alone == ref.greedy(asks(p), longest)
    assert log_p <= total + 1e-12


# ---------------------------------------------------------------- what the lesson states


@pytest.fixture(scope="module")
def translated() -> dict:
    """What the lesson's section leaves behind."""
    cells = [cell for cell in read(LESSON) if cell.kind == "code" and "check" not in cell.keys]
    begin = next(i for i, cell in enumerate(cells) if "from helpers.data.dates" in cell.source)
    before = [cell for cell in cells[:begin] if "tags" not in cell.keys and "ask(" not in cell.source]
    namespace: dict = {}
    for cell in [*before, *(cell for cell in cells[begin:] if "ask(" not in cell.source)]:
        exec(compile(cell.source, "<cell>", "exec"), namespace)
        if "other[:3]" in cell.source:
            return namespace
    raise LookupError("the lesson has no cell that compares the searches")


@pytest.mark.slow
def test_unseen_days_are_right_digit_by_digit(translated: dict) -> None:
    assert translated["exact"] >= 0.99
    right = [
        translated["spelled"](ref.greedy(translated["asked_of"](written(day, "day in words")), 12))
        for day in translated["unseen_days"]
    ]
    assert np.mean([a == b.isoformat() for a, b in zip(right, dates()[1], strict=True)]) >= 0.99


@pytest.mark.slow
def test_digits_look_at_the_words_that_they_come_from(translated: dict) -> None:
    A, words = translated["looked"][1], translated["text_of_date"]
    for row, word in ((3, "seven"), (6, "march"), (9, "third")):
        assert A[row].argmax() == words.index(word)
        assert A[row].max() > 0.5
    torch.testing.assert_close(A.sum(dim=1), torch.ones(len(A)))


@pytest.mark.slow
def test_the_beam_finds_likelier_dates_where_greedy_misses_them(translated: dict) -> None:
    other, found = translated["other"], translated["found"]
    assert len(found) == 100
    assert 4 <= len(other) <= 25
    assert all(row[4] > row[2] for row in other)
