"""Lesson 07, deeper: from weights back to what made them."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import REFERENCE, floats
from helpers.checks.evidence import differ
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

BACK = "gives the weights back"


def weights(X: ndarray, M: ndarray) -> ndarray:
    """Return softmax(X M Xᵀ / √d)."""
    S = X @ M @ X.T / np.sqrt(X.shape[1])
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def hidden_maps(rng: Generator) -> Iterator[Case]:
    """Tokens and the weights that some M gave them; more tokens than columns, and as many."""
    X, M = floats([[1, 0], [1, 2], [0, 1]]), floats([[1, 0], [2, -1]])
    yield Case({"X": X, "A": weights(X, M)})
    yield Case({"X": X[:2], "A": weights(X[:2], M)})
    for n, d in [(3, 2), (6, 3), (5, 4), (3, 3)]:
        X, M = rng.normal(size=(n, d)), rng.normal(size=(d, d))
        yield Case({"X": X, "A": weights(X, M)})


def gives_the_weights(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge an M by the weights that it gives: several can be right."""
    X, A = (np.asarray(case.inputs[name]) for name in ("X", "A"))
    d = X.shape[1]
    if np.shape(got) != (d, d):
        return f"expected an M of shape {(d, d)}, got shape {np.shape(got)}."
    says = differ(A, weights(X, np.asarray(got)), 1e-6)
    return f"your M gives other weights: {says}" if says else None


SOLVED = "np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T"

RECOVER = Task(
    "recover",
    points=0,
    answers=["recover"],
    reference=REFERENCE + "recover",
    parts=[Part(BACK, hidden_maps, judge=gives_the_weights)],
    misconceptions=[
        Misconception(
            "The scores were divided by √d before the softmax: multiply the logarithms by it.",
            {BACK},
            (" * np.sqrt(X.shape[1])", ""),
            forms=(
                ("* np.sqrt(X.shape[1])", "/ np.sqrt(X.shape[1])"),
                ("* np.sqrt(X.shape[1])", "* X.shape[1]"),
                ("* np.sqrt(X.shape[1])", "* np.sqrt(len(X))"),
            ),
        ),
        Misconception(
            "The logarithm is missing: it undoes the exponentials of the softmax.",
            {BACK},
            ("np.log(A)", "A"),
        ),
        Misconception(
            "It is the natural logarithm that undoes e to the power of a score.",
            {BACK},
            ("np.log(A)", "np.log2(A)"),
            forms=(("np.log(A)", "np.log10(A)"), ("np.log(A)", "np.log1p(A)")),
        ),
        Misconception(
            "The keys are not centred. Each row of the logarithms holds a constant that no M can make; centred keys "
            "are blind to it.",
            {BACK},
            ("C = X - X.mean(axis=0)", "C = X"),
        ),
        Misconception(
            "The queries are centred, too. Only the keys may be: with as many tokens as columns the queries lose a "
            "direction.",
            {BACK},
            ("np.linalg.pinv(X) @", "np.linalg.pinv(C) @"),
        ),
        Misconception(
            "The keys are centred along the other axis: subtract the mean token, X.mean(axis=0).",
            {BACK},
            ("X.mean(axis=0)", "X.mean(axis=1, keepdims=True)"),
            forms=(("X.mean(axis=0)", "X.mean()"),),
        ),
        Misconception(
            "That solves for the transpose of M: queries stand on the left.",
            {BACK},
            (SOLVED, f"({SOLVED}).T"),
            forms=((SOLVED, "np.linalg.pinv(C) @ S @ np.linalg.pinv(X).T"),),
        ),
        Misconception(
            "A transpose is no inverse: `np.linalg.pinv` undoes the product on either side.",
            {BACK},
            (SOLVED, "X.T @ S @ C"),
        ),
    ],
    hints=[
        "The logarithm undoes the softmax, up to a constant in each row. What remains is linear in M.",
        r"With $S = \sqrt d \log A$ and centred keys $C = X - \text{mean}$, solve $S = X M C^\top$ by pseudo-inverses "
        r"from both sides.",
        "`np.linalg.pinv(X) @ S @ np.linalg.pinv(C).T`",
    ],
)
