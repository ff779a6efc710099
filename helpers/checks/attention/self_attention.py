"""Lesson 07, part 2: every word looks at every word."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.attention.by_hand import READY_MADE, REFERENCE, floats
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task

WEIGHTS, OUTPUT = "weights", "output"
BOTH = {WEIGHTS, OUTPUT}


def sequences(rng: Generator) -> Iterator[Case]:
    """Tokens in rows: more than columns, fewer, and as many; the first is the same for all."""
    yield Case({"X": floats([[1, 0], [0, 2], [1, 1]])})
    for n, d in [(4, 2), (3, 5), (3, 3)]:
        yield Case({"X": rng.normal(size=(n, d))})


SELF_ATTENTION = Task(
    "self_attention",
    points=1,
    answers=["self_attention"],
    reference=REFERENCE + "self_attention",
    parts=[Part(WEIGHTS, sequences, probe=SECOND), Part(OUTPUT, sequences, probe=FIRST)],
    forbids=[READY_MADE],
    misconceptions=[
        Misconception(
            "You compare columns with columns. Tokens are rows, so the scores are X @ X.T, of shape (n, n).",
            BOTH,
            ("softmax(X @ X.T)\n    return A @ X", "softmax(X.T @ X)\n    return X @ A"),
            forms=(("softmax(X @ X.T)\n    return A @ X", "softmax(X.T @ X)\n    return A @ X.T"),),
        ),
        Misconception(
            "Row i of the output mixes the rows of X by row i of A: that is A @ X, not A.T @ X.",
            {OUTPUT},
            ("return A @ X", "return A.T @ X"),
            forms=(("return A @ X", "return (X.T @ A).T"),),
        ),
        Misconception(
            "The softmax runs down the columns. Each *row* of A belongs to one asking token and sums to 1.",
            BOTH,
            ("softmax(X @ X.T)", "softmax((X @ X.T).T).T"),
        ),
        Misconception(
            "The whole table sums to 1. Each *row* must: every token has a whole attention to share.",
            BOTH,
            ("A = softmax(X @ X.T)", "A = np.exp(X @ X.T)\n    A = A / A.sum()"),
        ),
        Misconception(
            "Scores are used where weights are asked for: softmax makes weights of them.",
            BOTH,
            ("softmax(X @ X.T)", "X @ X.T"),
            forms=(
                ("return A @ X", "return X @ X.T @ X"),
                ("return A @ X, A", "return A @ X, X @ X.T"),
                ("A = softmax(X @ X.T)", "A = X @ X.T\n    A = A / A.sum(axis=1, keepdims=True)"),
                ("A = softmax(X @ X.T)", "A = X @ X.T\n    A = A / np.abs(A).sum(axis=1, keepdims=True)"),
            ),
        ),
        Misconception(
            "The exponentials are not divided by the sum of their row.",
            BOTH,
            ("softmax(X @ X.T)", "np.exp(X @ X.T)"),
        ),
        Misconception(
            "No token is left out: each looks at itself as well.",
            BOTH,
            ("softmax(X @ X.T)", "softmax(X @ X.T - 1e9 * np.eye(len(X)))"),
            forms=(("softmax(X @ X.T)", "softmax(X @ X.T * (1 - np.eye(len(X))))"),),
        ),
        Misconception(
            "Nothing is hidden here: every token looks at all of them, before and after it.",
            BOTH,
            ("softmax(X @ X.T)", "softmax(X @ X.T - 1e9 * np.triu(np.ones((len(X), len(X))), 1))"),
        ),
        Misconception(
            "Here the scores are plain products: nothing divides them yet. Scaling comes in part 3.",
            BOTH,
            ("softmax(X @ X.T)", "softmax(X @ X.T / np.sqrt(X.shape[1]))"),
            forms=(
                ("softmax(X @ X.T)", "softmax(X @ X.T / X.shape[1])"),
                ("softmax(X @ X.T)", "softmax(X @ X.T / np.sqrt(len(X)))"),
                ("softmax(X @ X.T)", "softmax(X @ X.T / len(X))"),
            ),
        ),
        Misconception(
            "Lengths are divided out, so only directions count: here the scores are plain products.",
            BOTH,
            ("softmax(X @ X.T)", "softmax((U := X / np.linalg.norm(X, axis=1, keepdims=True)) @ U.T)"),
        ),
        Misconception(
            "It returns the weights first; the output comes first, then the weights.",
            BOTH,
            ("return A @ X, A", "return A, A @ X"),
        ),
        Misconception(
            "It returns one thing where two are asked for: the output, and the weights A.",
            BOTH,
            ("return A @ X, A", "return A @ X"),
            forms=(("return A @ X, A", "return A"),),
        ),
        Misconception(
            "The token itself is added. The output is the mixture alone.",
            {OUTPUT},
            ("return A @ X", "return X + A @ X"),
        ),
        Misconception(
            "Softmax is taken twice.",
            BOTH,
            ("softmax(X @ X.T)", "softmax(softmax(X @ X.T))"),
        ),
    ],
    hints=[
        "All lookups at once: every token is a query, a key and a value.",
        r"$A = \operatorname{softmax}(XX^\top)$, row by row; the output is $AX$.",
        "`A = softmax(X @ X.T)`, then `return A @ ..., A`",
    ],
)
