"""Lesson 07, deeper: scores by a small network."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.attention.by_hand import REFERENCE, floats
from helpers.checks.task import Case, Misconception, Part, Task


def pairs(rng: Generator) -> Iterator[Case]:
    """Queries and keys of different widths and numbers; the first are the same for all."""
    yield Case({"Q": floats([[1]]), "K": floats([[1, 0], [0, 1], [1, 1]]), "Wq": floats([[1, -1]]),
                "Wk": floats([[0, 1], [-1, 2]]), "v": floats([1, 2])})  # fmt: skip
    for n, m, d_q, d_k, h in [(3, 4, 2, 5, 6), (4, 2, 3, 3, 2), (3, 3, 3, 3, 3)]:
        shapes = {"Q": (n, d_q), "K": (m, d_k), "Wq": (d_q, h), "Wk": (d_k, h), "v": (h,)}
        yield Case({name: rng.normal(size=shape) for name, shape in shapes.items()})


TANH = "np.tanh((Q @ Wq)[:, None] + (K @ Wk)[None])"

ADDITIVE = Task(
    "additive_scores",
    points=0,
    answers=["additive_scores"],
    reference=REFERENCE + "additive_scores",
    parts=[Part("scores", pairs)],
    misconceptions=[
        Misconception("The tanh is missing.", {"scores"}, ("np.tanh((Q", "((Q")),
        Misconception(
            "tanh is applied to query and key before they are added, not to their sum.",
            {"scores"},
            (TANH, "(np.tanh(Q @ Wq)[:, None] + np.tanh(K @ Wk)[None])"),
            forms=((TANH, "(np.tanh(Q @ Wq)[:, None] + (K @ Wk)[None])"),),
        ),
        Misconception(
            "tanh is applied to the finished score. It belongs to the sum of query and key, before the product with v.",
            {"scores"},
            (f"{TANH} @ v", "np.tanh(((Q @ Wq)[:, None] + (K @ Wk)[None]) @ v)"),
            forms=((f"{TANH} @ v", f"np.tanh({TANH} @ v)"),),
        ),
        Misconception(
            "Queries and keys are multiplied; here they are added.",
            {"scores"},
            ("[:, None] + (", "[:, None] * ("),
            forms=((f"{TANH} @ v", "(np.tanh(Q @ Wq) * v) @ np.tanh(K @ Wk).T"), (f"{TANH} @ v", "Q @ Wq @ (K @ Wk).T")),
        ),
        Misconception(
            "The key is subtracted from the query; here they are added.",
            {"scores"},
            ("[:, None] + (", "[:, None] - ("),
        ),
        Misconception(
            "The vector v is not used: a plain sum or mean takes its place.",
            {"scores"},
            (f"{TANH} @ v", f"{TANH}.sum(axis=-1)"),
            forms=((f"{TANH} @ v", f"{TANH}.mean(axis=-1)"),),
        ),
        Misconception(
            "A root divides the scores. Additive ones do not grow with the width: nothing divides them.",
            {"scores"},
            (f"{TANH} @ v", f"{TANH} @ v / np.sqrt(len(v))"),
            forms=((f"{TANH} @ v", f"{TANH} @ v / len(v)"), (f"{TANH} @ v", f"{TANH} @ v / np.sqrt(K.shape[1])")),
        ),
        Misconception(
            "Another function stands where tanh is asked for.",
            {"scores"},
            ("np.tanh(", "(lambda z: np.maximum(z, 0))("),
            forms=(("np.tanh(", "(lambda z: 1 / (1 + np.exp(-z)))("),),
        ),
        Misconception(
            'You stop too late: the scores are asked for, without the softmax.',
            {"scores"},
            (f"{TANH} @ v", f"softmax({TANH} @ v)"),
        ),
    ],
    hints=[
        "Every query meets every key: broadcasting makes the (n, m, h) table of their sums.",
        r"$S_{ij} = \tanh(q_i W_q + k_j W_k) \cdot v$",
        "`np.tanh((Q @ Wq)[:, None] + (K @ Wk)[None]) @ v`",
    ],
)  # fmt: skip
