"""One word's query, step by step: what is drawn and told is what attention computes."""

import numpy as np
import pytest

from helpers.figures import one_query
from helpers.figures.asking import BAR, row
from helpers.reference.attention import attention

RNG = np.random.default_rng(1)


def test_what_is_told_is_attention() -> None:
    words, (Q, K, V) = ["the", "big", "dog", "barked"], RNG.normal(size=(3, 4, 2))
    drawing, (out, A) = one_query(words, 2, Q, K, V), attention(Q, K, V)
    assert f"add up to {row(out[2])}, the new vector of “dog”" in drawing.alt
    assert f"“big” has the key {row(K[1])}" in drawing.alt
    for weight in A[2]:
        assert f"the weight {weight:.2f}".rstrip("0") in drawing.alt
    shown = [text.get_text() for text in drawing.fig.axes[0].texts]
    assert row(out[2]) in shown
    assert "q · k / √2" in shown


def test_bars_are_as_long_as_the_weights() -> None:
    Q, K, V = RNG.normal(size=(3, 3, 2))
    drawing, (_, A) = one_query(["a", "b", "c"], 0, Q, K, V), attention(Q, K, V)
    bars = [p for p in drawing.fig.axes[0].patches if getattr(p, "get_height", lambda: 0)() == 18]
    widths = sorted(p.get_width() for p in bars if p.get_fill())
    np.testing.assert_allclose(np.array(widths) / BAR, np.sort(A[0]), atol=1e-12)


def test_what_does_not_fit_is_an_error() -> None:
    Q = np.ones((3, 2))
    for words, asks, K in [(list("abcdefg"), 0, Q), (list("abc"), 3, Q), (list("abc"), 0, np.ones((3, 4)))]:
        with pytest.raises(ValueError, match="one of up to six words asks"):
            one_query(words, asks, Q, K, Q)
