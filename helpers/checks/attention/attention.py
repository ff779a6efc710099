"""Lesson 07, part 6: attention, in one function."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.attention.by_hand import READY_MADE, REFERENCE, floats, some_seen, triple
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

SELF, CROSS, MASKED, BATCHES = "to itself", "to other tokens", "masked", "batches"
ALL, FREE, BEHIND = {SELF, CROSS, MASKED, BATCHES}, {SELF, CROSS, BATCHES}, {MASKED, BATCHES}


def small() -> dict[str, Plain]:
    """Two queries of width 4, whose root is 2, three keys, and values of width 1."""
    return {
        "Q": floats([[1, 0, 2, 0], [0, 1, 0, 2]]),
        "K": floats([[1, 0, 1, 0], [0, 2, 0, 1], [1, 1, 0, 0]]),
        "V": floats([[10], [20], [40]]),
    }


def to_itself(rng: Generator) -> Iterator[Case]:
    """As many queries as keys, and values of the same width; the mask is left out at first."""
    X = floats([[1, 0, 2, 0], [0, 1, 0, 2]])
    yield Case({"Q": X, "K": floats([[1, 0, 1, 0], [0, 2, 0, 1]]), "V": X[:, ::-1].copy()})
    for n, d in [(3, 4), (4, 2)]:
        yield Case({**triple(rng, n, n, d, d), "mask": None})


def across(rng: Generator) -> Iterator[Case]:
    """Other lengths, other widths."""
    yield Case({**small(), "mask": None})
    for n, m, d_k, d_v in [(3, 5, 2, 4), (4, 2, 5, 1)]:
        yield Case({**triple(rng, n, m, d_k, d_v), "mask": None})


def masked(rng: Generator) -> Iterator[Case]:
    """Masks; in one a row sees nothing, in one a row sees all."""
    yield Case({**small(), "mask": np.array([[1, 0, 1], [1, 1, 0]], dtype=bool)})
    yield Case({**small(), "mask": np.array([[0, 0, 0], [1, 1, 0]], dtype=bool)})
    yield Case({**small(), "mask": np.array([[1, 0, 0], [1, 1, 1]], dtype=bool)})
    for n, m, d in [(3, 4, 2), (4, 4, 4)]:
        yield Case({**triple(rng, n, m, d, d), "mask": some_seen(rng, n, m)})


def in_batches(rng: Generator) -> Iterator[Case]:
    """Leading axes: sequences, with one mask or one for each, and heads of sequences."""
    yield Case({**triple(rng, 3, 4, 2, 2, 2), "mask": None})
    yield Case({**triple(rng, 3, 4, 2, 2, 2), "mask": some_seen(rng, 2, 1, 4)})
    yield Case({**triple(rng, 3, 3, 4, 4, 2, 3), "mask": some_seen(rng, 3, 3)})


SCALE, WEIGHTS = " / np.sqrt(Q.shape[-1])", "softmax(S) if mask is None else masked_softmax(S, mask)"
WHOLE = "A = softmax(S) if mask is None else masked_softmax(S, mask)"
ONE_BY_ONE = """
def attention(Q, K, V, mask=None):
    S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    if mask is None:
        A = softmax(S)
    else:
        A = masked_softmax(S, mask) if S.ndim == 2 else np.array([masked_softmax(s, mask) for s in S])
    return A @ V, A
"""

ATTENTION = Task(
    "attention",
    points=2,
    answers=["attention"],
    reference=REFERENCE + "attention",
    parts=[Part(SELF, to_itself), Part(CROSS, across), Part(MASKED, masked), Part(BATCHES, in_batches)],
    uses=["masked_softmax"],
    forbids=[READY_MADE],
    misconceptions=[
        Misconception("The scale 1/√d_k is missing.", ALL, (SCALE, "")),
        Misconception(
            "The scale is missing where there is no mask.",
            FREE,
            ("A = softmax(S) if", "A = softmax(S * np.sqrt(Q.shape[-1])) if"),
        ),
        Misconception(
            "The scale is missing where there is a mask.",
            BEHIND,
            ("masked_softmax(S,", "masked_softmax(S * np.sqrt(Q.shape[-1]),"),
        ),
        Misconception(
            "You divide by the root of the values' width. What counts is the number of terms in q · k, Q.shape[-1].",
            {CROSS, MASKED},
            ("Q.shape[-1]", "V.shape[-1]"),
        ),
        Misconception(
            "You divide by the root of a number of tokens. What counts is the number of terms in q · k, Q.shape[-1].",
            ALL,
            ("Q.shape[-1]", "Q.shape[-2]"),
            forms=(("Q.shape[-1]", "K.shape[-2]"), ("np.sqrt(Q.shape[-1])", "np.sqrt(len(Q))"),
                   ("np.sqrt(Q.shape[-1])", "np.sqrt(len(K))")),
        ),
        Misconception(
            "`K.T` turns *all* axes round. In a batch only the last two change places: np.swapaxes(K, -1, -2).",
            {BATCHES},
            ("np.swapaxes(K, -1, -2)", "K.T"),
        ),
        Misconception(
            "The mask is not used.",
            BEHIND,
            (WEIGHTS, "softmax(S)"),
        ),
        Misconception(
            "The mask is inverted: True means, may be looked at.",
            BEHIND,
            ("masked_softmax(S, mask)", "masked_softmax(S, ~mask)"),
        ),
        Misconception(
            "The softmax comes first and the mask after it, so that the visible weights no longer sum to 1.",
            BEHIND,
            ("masked_softmax(S, mask)", "softmax(S) * mask"),
        ),
        Misconception(
            "A hidden place keeps weight: a score of 0 is a score like others. `masked_softmax` hides it.",
            BEHIND,
            ("masked_softmax(S, mask)", "softmax(np.where(mask, S, 0))"),
            forms=(("masked_softmax(S, mask)", "softmax(S * mask)"),),
        ),
        Misconception(
            "A row that sees nothing must be all zeros: `masked_softmax` of part 5 takes care of it.",
            {MASKED},
            ("masked_softmax(S, mask)", "softmax(np.where(mask, S, -1e9))"),
            forms=(("masked_softmax(S, mask)", "softmax(np.where(mask, S, -np.inf))"),
                   ("masked_softmax(S, mask)", "softmax(S - 1e9 * ~mask)")),
        ),
        Misconception(
            "The softmax runs over the queries. Each query shares its attention among the keys: the last axis.",
            FREE,
            ("softmax(S) if", "np.swapaxes(softmax(np.swapaxes(S, -1, -2)), -1, -2) if"),
            forms=(
                (WHOLE, "A = np.swapaxes(softmax(np.swapaxes(S, -1, -2)) if mask is None else masked_softmax("
                        "np.swapaxes(S, -1, -2), np.swapaxes(np.broadcast_to(mask, S.shape), -1, -2)), -1, -2)"),
            ),
        ),
        Misconception(
            "Each sequence is given the whole mask. A mask of shape (B, 1, m) has a row for each: hand the batch to "
            "`masked_softmax` as it is.",
            {BATCHES},
            wrong=ONE_BY_ONE,
        ),
        Misconception(
            "It returns the weights first; the output comes first, then the weights.",
            ALL,
            ("return A @ V, A", "return A, A @ V"),
        ),
        Misconception(
            "It returns one thing where two are asked for: the output, and the weights A.",
            ALL,
            ("return A @ V, A", "return A @ V"),
            forms=(("return A @ V, A", "return A"),),
        ),
        Misconception(
            "It returns scores where the weights are asked for.",
            ALL,
            ("return A @ V, A", "return A @ V, S"),
        ),
        Misconception("You divide by d_k, not by its root.", ALL, ("np.sqrt(Q.shape[-1])", "Q.shape[-1]")),
        Misconception("You multiply by √d_k: divide by it.", ALL, (SCALE, " * np.sqrt(Q.shape[-1])")),
        Misconception("The softmax is missing where there is no mask.", FREE, ("A = softmax(S)", "A = S")),
        Misconception(
            "The output mixes with the scores: mix the values with the weights, A @ V.",
            ALL,
            ("return A @ V", "return S @ V"),
        ),
        Misconception(
            "The keys are mixed. What a query gets is a mixture of the *values*, A @ V.",
            ALL,
            ("return A @ V", "return A @ K"),
        ),
        Misconception(
            'Row i of the output mixes the values by row i of A: that is A @ V, without a transpose.',
            ALL,
            ("return A @ V", "return np.swapaxes(A, -1, -2) @ V"),
        ),
        Misconception(
            'Only the first sequence is worked out. `@` takes all of them at once, whatever axes are in front.',
            {BATCHES},
            ("    S = Q @", "    Q, K, V = (Z if Z.ndim == 2 else Z[0] for Z in (Q, K, V))\n    S = Q @"),
        ),
        Misconception(
            'The roles are swapped: row i must hold the scores of the one who *asks*, Q Kᵀ.',
            ALL,
            ("Q @ np.swapaxes(K", "K @ np.swapaxes(Q"),
        ),
    ],
    hints=[
        "Scores as in part 3, softmax with or without a mask as in part 5, then mix the values.",
        r"$A = \operatorname{softmax}(QK^\top / \sqrt{d_k})$, return $(AV, A)$; transpose only the last two axes.",
        "`S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])`, `A = softmax(S) if mask is None else ...`",
    ],
)  # fmt: skip
