"""Attention for one word, step by step: its query, all keys, scores, weights, values, and the sum."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.figures.page import Drawing
from helpers.figures.palette import BLUE, GREEN, GREY, ORANGE, PALE, tint
from helpers.figures.sketch import SMALL, Sketch
from helpers.figures.words import number

ROW, BAR = 56, 64  # pixels: from one word to the next, and a bar that stands for the weight 1


def one_query(words: Sequence[str], asks: int, Q: ArrayLike, K: ArrayLike, V: ArrayLike) -> Drawing:
    """Draw how one word gets its new vector: query, keys, scores, weights, values, sum.

        show(*one_query(["The", "big", "dog"], 2, X @ Wq, X @ Wk, X @ Wv))

    Args:
        words: up to six.
        asks: which of them asks, from 0.
        Q: their queries (n, d_k), of one or two numbers each.
        K: their keys (n, d_k).
        V: their values (n, d_v), of one or two numbers each.
    """
    Q, K, V = (np.asarray(rows, dtype=float) for rows in (Q, K, V))
    n = len(words)
    if not 1 <= n <= 6 or not 0 <= asks < n or Q.shape != K.shape or not _fit(n, K) or not _fit(n, V):
        raise ValueError(
            f"one of up to six words asks, each with one or two numbers for query, key and value; these "
            f"are {n} words, number {asks} asks, and Q, K, V have the shapes {Q.shape}, {K.shape}, {V.shape}"
        )
    scores = K @ Q[asks] / np.sqrt(K.shape[1])
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    parts = weights[:, None] * V
    sheet, last = Sketch(), (n - 1) * ROW
    texts = [*map(row, [Q[asks], *K, *V, *parts, parts.sum(axis=0)])]
    wide = sheet.width(*texts, size=SMALL) + 12
    at_key = wide + 58
    at_bar = at_key + wide / 2 + 84
    at_value = at_bar + BAR + 44 + wide / 2
    at_part = at_value + wide + 62
    heads = {
        0: "the query q",
        at_key: "its key k",
        at_bar - 42: f"q · k / √{K.shape[1]}",
        at_bar + BAR / 2 + 8: "softmax",
        at_value: "its value v",
        at_part: "weight × value",
    }
    for x, text in heads.items():
        sheet.label(x, -50, text, GREY, SMALL)
    asker = sheet.box(0, last / 2, wide, 26, texts[0], ORANGE, tint(ORANGE, 0.15), size=SMALL)
    sheet.label(asker.left[0] + 2, last / 2 - 21, f"{words[asks]} asks", size=SMALL, align="left")
    for i, word in enumerate(words):
        y, share = i * ROW, number(weights[i])
        key = sheet.box(at_key, y, wide, 26, row(K[i]), BLUE, PALE, size=SMALL)
        sheet.label(key.left[0] + 2, y - 21, word, size=SMALL, align="left")
        sheet.arrow(asker.right, key.left, colour=ORANGE)
        sheet.label(at_bar - 42, y, number(scores[i]), size=SMALL)
        sheet.frame(at_bar, y - 9, BAR, 18, GREY, 0.7)
        filled = BAR * weights[i]
        sheet.box(at_bar + filled / 2, y, filled, 18, "", ORANGE, tint(ORANGE, 0.5), rounded=0)
        sheet.label(at_bar + BAR + 6, y, share, size=SMALL, align="left")
        value = sheet.box(at_value, y, wide, 26, row(V[i]), GREEN, tint(GREEN, 0.15), size=SMALL)
        part = sheet.box(at_part, y, wide, 26, row(parts[i]), GREEN, size=SMALL)
        sheet.arrow(value.right, part.left, f"× {share}", ORANGE)
    sheet.line([(at_part - wide / 2, last + 28), (at_part + wide / 2, last + 28)], GREY, 0.8)
    total = sheet.box(at_part, last + 58, wide, 30, texts[-1], GREEN, tint(GREEN, 0.35), size=SMALL)
    words_below = f"their sum, the new vector of “{words[asks]}”"
    sheet.label(total.left[0] - 10, last + 58, words_below, size=SMALL, align="right")
    return Drawing(sheet.done(), _told(words, asks, Q[asks], K, V, scores, weights))


def row(vector: np.ndarray) -> str:
    """Print a vector: (0.5, −0.87)."""
    return f"({', '.join(number(x) for x in vector)})"


def _fit(n: int, rows: np.ndarray) -> bool:
    return rows.ndim == 2 and len(rows) == n and 1 <= rows.shape[1] <= 2


def _told(
    words: Sequence[str],
    asks: int,
    q: np.ndarray,
    K: np.ndarray,
    V: np.ndarray,
    scores: np.ndarray,
    weights: np.ndarray,
) -> str:
    """Say what is drawn."""
    steps = [
        f"“{word}” has the key {row(K[i])}, so the score {number(scores[i])} and the weight "
        f"{number(weights[i])}, by which its value {row(V[i])} becomes {row(weights[i] * V[i])}"
        for i, word in enumerate(words)
    ]
    return (
        f"“{words[asks]}” asks with the query {row(q)}. Scores are products of query and key, divided by "
        f"√{K.shape[1]}: {'; '.join(steps)}. They add up to {row(weights @ V)}, the new vector of "
        f"“{words[asks]}”."
    )
