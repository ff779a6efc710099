"""Lesson 07, part 1: a dictionary that gives a little of everything."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import READY_MADE, REFERENCE, floats
from helpers.checks.task import Case, Misconception, Part, Task

ONE, ANY, ZERO = "at temperature 1", "at any temperature", "near zero: the exact entry"
ALL = {ONE, ANY, ZERO}


def small() -> dict[str, ndarray]:
    """Three keys with the scores 1, -1 and 2."""
    return {
        "q": floats([1, -1]),
        "K": floats([[2, 1], [0, 1], [-1, -3]]),
        "V": floats([[10], [20], [40]]),
    }


def drawn(rng: Generator, tau: float | None = None) -> Iterator[Case]:
    """Queries, keys and values; more keys than columns, then fewer, then as many."""
    for m, d_k, d_v in [(4, 2, 3), (3, 5, 1), (3, 3, 3)]:
        q, K, V = (rng.normal(size=shape) for shape in [(d_k,), (m, d_k), (m, d_v)])
        yield Case({"q": q, "K": K, "V": V, "tau": tau or float(rng.uniform(1.5, 3.0))})


def plain(rng: Generator) -> Iterator[Case]:
    """Temperature 1, left out at first."""
    yield Case(small())
    yield from drawn(rng, 1.0)


def warm(rng: Generator) -> Iterator[Case]:
    """Temperatures above and below 1."""
    yield Case({**small(), "tau": 2.0})
    yield Case({**small(), "tau": 0.5})
    yield from drawn(rng)


def frozen(rng: Generator) -> Iterator[Case]:
    """A temperature near zero, with keys that fit clearly better or worse: scores in the thousands."""
    yield Case({"q": floats([1, 0]), "K": floats([[1, 0], [3, 4], [2, 0]]), "V": floats([[10], [20], [40]]),
                "tau": 1e-4})  # fmt: skip
    for m in (3, 5):
        fits = rng.permutation(m).astype(float) + 1
        K = np.stack([fits, rng.normal(size=m) * 0.1], axis=1)
        yield Case({"q": floats([1, 0]), "K": K, "V": rng.normal(size=(m, 2)), "tau": 1e-4})


UNIT = "K / np.linalg.norm(K, axis=1, keepdims=True)"

LOOKUP = Task(
    "lookup",
    points=2,
    answers=["lookup"],
    reference=REFERENCE + "lookup",
    parts=[Part(ONE, plain), Part(ANY, warm), Part(ZERO, frozen)],
    forbids=[READY_MADE],
    misconceptions=[
        Misconception(
            "You multiply by the temperature. Scores are divided by it: a low one makes them far apart.",
            {ANY, ZERO},
            ("K @ q / tau", "K @ q * tau"),
        ),
        Misconception(
            "The temperature is not used.",
            {ANY, ZERO},
            ("K @ q / tau", "K @ q"),
        ),
        Misconception(
            "The temperature must divide the scores *before* softmax; after it, the weights don't sum to 1.",
            {ANY, ZERO},
            ("softmax(K @ q / tau)", "softmax(K @ q) / tau"),
        ),
        Misconception(
            "The scores themselves are used as weights. They may be negative; softmax turns them into shares.",
            ALL,
            ("softmax(K @ q / tau)", "K @ q / tau"),
            forms=(("softmax(K @ q / tau)", "K @ q / tau / (K @ q / tau).sum()"),),
        ),
        Misconception(
            "The exponentials are not divided by their sum, so the weights don't sum to 1.",
            ALL,
            ("softmax(K @ q / tau)", "np.exp(K @ q / tau)"),
        ),
        Misconception(
            "e^(score/τ) overflows at low temperatures. `softmax` of lesson 1 does not.",
            {ZERO},
            ("w = softmax(K @ q / tau)", "w = np.exp(K @ q / tau)\n    w = w / w.sum()"),
        ),
        Misconception(
            "That is the best entry alone. A *soft* lookup mixes all values, each by its weight.",
            {ONE, ANY},
            ("return w @ V", "return V[w.argmax()]"),
        ),
        Misconception(
            "That is the plain mean of the values, whatever the keys.",
            ALL,
            ("return w @ V", "return V.mean(axis=0)"),
        ),
        Misconception(
            "Lengths are divided out, so only directions count. The score is the plain product q · k: a longer key fits "
            "more.",
            ALL,
            ("K @ q / tau", f"{UNIT} @ q / tau"),
            forms=(
                ("K @ q / tau", f"{UNIT} @ q / np.linalg.norm(q) / tau"),
                ("K @ q / tau", "K @ q / np.linalg.norm(q) / tau"),
                ("K @ q / tau", "(K / np.linalg.norm(K, axis=0)) @ q / tau"),
            ),
        ),
        Misconception(
            "The keys are mixed. What comes back is a mixture of the *values*.",
            ALL,
            ("return w @ V", "return w @ K"),
            forms=(("return w @ V", "return np.resize(w @ K, V.shape[1])"),),
        ),
        Misconception(
            "The key that fits worst gets the most: larger products are better fits.",
            ALL,
            ("K @ q / tau", "-K @ q / tau"),
            forms=(
                ("w @ V", "(1 - w) @ V"),
                ("w @ V", "(1 - w) / (len(w) - 1) @ V"),
            ),
        ),
        Misconception(
            "That measures how *near* query and key are. Here the score is their product.",
            ALL,
            ("K @ q / tau", "-((K - q) ** 2).sum(axis=1) / tau"),
            forms=(
                ("K @ q / tau", "-np.linalg.norm(K - q, axis=1) / tau"),
                ("K @ q / tau", "-((K - q) ** 2).sum(axis=1) / 2 / tau"),
            ),
        ),
        Misconception(
            "Here nothing but the temperature divides the scores: a root of a size comes in part 3.",
            {ONE, ANY},
            ("K @ q / tau", "K @ q / np.sqrt(len(q)) / tau"),
            forms=(
                ("K @ q / tau", "K @ q / len(q) / tau"),
                ("K @ q / tau", "K @ q / np.sqrt(len(K)) / tau"),
                ("K @ q / tau", "K @ q / len(K) / tau"),
            ),
        ),
        Misconception(
            "The scores are not divided by the temperature as it is, but by a power or root of it.",
            {ANY},
            ("K @ q / tau", "K @ q / tau**2"),
            forms=(("K @ q / tau", "K @ q / np.sqrt(tau)"), ("K @ q / tau", "K @ q / tau / tau / tau")),
        ),
        Misconception(
            "The weighted values are not added up: one row for each key comes back.",
            ALL,
            ("return w @ V", "return w[:, None] * V"),
        ),
        Misconception(
            "The weights come back. Mix the values with them.",
            ALL,
            ("return w @ V", "return w"),
        ),
        Misconception(
            "Softmax is taken twice, or of the mixture: once, of the scores, is enough.",
            ALL,
            ("return w @ V", "return softmax(w) @ V"),
            forms=(("return w @ V", "return softmax(w @ V)"),),
        ),
        Misconception(
            "A sigmoid judges each key alone. Softmax makes shares of all scores together, e^score by their sum.",
            ALL,
            ("softmax(K @ q / tau)", "(g := 1 / (1 + np.exp(-K @ q / tau))) / g.sum()"),
            forms=(("softmax(K @ q / tau)", "1 / (1 + np.exp(-K @ q / tau))"),),
        ),
        Misconception(
            "The keys are read as columns. Each *row* of K is a key: K @ q.",
            ALL,
            ("K @ q / tau", "K.T @ q / tau"),
            forms=(("K @ q / tau", "q @ K / tau"),),
        ),
    ],
    hints=[
        "Three steps: a score for each key, weights that sum to 1, and a weighted sum of the rows of V.",
        r"$w = \operatorname{softmax}(Kq / \tau)$, and the result is $\sum_j w_j v_j = wV$.",
        "`w = softmax(K @ q / tau)`, then `return w @ ...`",
    ],
)
