"""Lesson 07, part 3: queries and keys."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.attention.by_hand import READY_MADE, REFERENCE, floats
from helpers.checks.task import Case, Misconception, Part, Task

SELF, CROSS, NARROW = "within a sequence", "between two sequences", "narrow and wide keys"
ALL, TWO = {SELF, CROSS, NARROW}, {CROSS, NARROW}


def one_sequence(rng: Generator) -> Iterator[Case]:
    """Tokens that ask each other, with as many key columns as features; the first is the same for all."""
    X = floats([[1, 0], [0, 2], [1, 1]])
    yield Case({"X": X, "Y": X.copy(), "Wq": floats([[1, 2], [0, 1]]), "Wk": floats([[1, 0], [3, 1]])})
    for n, d in [(3, 4), (5, 3)]:
        X, (Wq, Wk) = rng.normal(size=(n, d)), rng.normal(size=(2, d, d))
        yield Case({"X": X, "Y": X.copy(), "Wq": Wq, "Wk": Wk})


def two_sequences(rng: Generator) -> Iterator[Case]:
    """Tokens that ask those of another sequence, longer or shorter."""
    yield Case({"X": floats([[1, 2]]), "Y": floats([[0, 1], [1, 1], [2, 0]]), "Wq": floats([[1, 2], [0, 1]]),
                "Wk": floats([[1, 0], [3, 1]])})  # fmt: skip
    for n, m, d in [(3, 5, 4), (4, 2, 2)]:
        X, Y, (Wq, Wk) = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=(2, d, d))
        yield Case({"X": X, "Y": Y, "Wq": Wq, "Wk": Wk})


def narrow_keys(rng: Generator) -> Iterator[Case]:
    """Queries and keys of another width than the tokens; four of them have the root 2."""
    yield Case({"X": floats([[1, 2]]), "Y": floats([[0, 1], [1, 1], [2, 0]]),
                "Wq": floats([[1, 0, 2, 0], [0, 1, 0, 1]]), "Wk": floats([[1, 1, 0, 0], [0, 2, 1, 3]])})  # fmt: skip
    for n, m, d, d_k in [(3, 4, 6, 2), (4, 2, 2, 5)]:
        X, Y, (Wq, Wk) = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=(2, d, d_k))
        yield Case({"X": X, "Y": Y, "Wq": Wq, "Wk": Wk})


RETURN = "return Q @ K.T / np.sqrt(Wq.shape[1])"
ROOT, ROLES = "np.sqrt(Wq.shape[1])", "Q = X @ Wq\n    K = Y @ Wk"

SCORES = Task(
    "scores",
    points=2,
    answers=["scores"],
    reference=REFERENCE + "scores",
    parts=[Part(SELF, one_sequence), Part(CROSS, two_sequences), Part(NARROW, narrow_keys)],
    forbids=[READY_MADE],
    misconceptions=[
        Misconception(
            "The roles are swapped: row i must hold the scores of token i of X as the one who *asks*, Q @ K.T.",
            ALL,
            ("Q @ K.T", "K @ Q.T"),
        ),
        Misconception(
            "You divide by √d, the width of the tokens. What counts is the number of terms in q · k, the width of the keys.",
            {NARROW},
            (ROOT, "np.sqrt(Wq.shape[0])"),
            forms=((ROOT, "Wq.shape[0]"),),
        ),
        Misconception(
            "That is the formula of the slip as it stands. Row i must hold the scores of the token that asks, and what is "
            "under the root is the width of the keys.",
            ALL,
            (RETURN, "return K @ Q.T / np.sqrt(Wq.shape[0])"),
        ),
        Misconception(
            "The two matrices are exchanged: Wq makes queries of X, Wk makes keys of Y.",
            ALL,
            (ROLES, "Q = X @ Wk\n    K = Y @ Wq"),
        ),
        Misconception(
            "You divide by d_k, not by its root. It is the *variance* of q · k that grows with d_k.",
            ALL,
            (ROOT, "Wq.shape[1]"),
        ),
        Misconception(
            "The scale 1/√d_k is missing.",
            ALL,
            (f" / {ROOT}", ""),
        ),
        Misconception(
            "You multiply by √d_k. A sum of more terms is larger: divide by it.",
            ALL,
            (f" / {ROOT}", f" * {ROOT}"),
        ),
        Misconception(
            "The keys are made from X, too. They belong to Y, the tokens that are asked.",
            TWO,
            ("Y @ Wk", "X @ Wk"),
        ),
        Misconception(
            "The queries are made from Y. It is the tokens of X that ask.",
            TWO,
            ("X @ Wq", "Y @ Wq"),
            forms=((ROLES, "Q = Y @ Wq\n    K = X @ Wk"),),
        ),
        Misconception(
            "Queries and keys are made by the same matrix. They are two roles: Wq for the one, Wk for the other.",
            ALL,
            ("Y @ Wk", "Y @ Wq"),
            forms=(("X @ Wq", "X @ Wk"),),
        ),
        Misconception(
            "A matrix is not used: queries are X @ Wq, keys Y @ Wk.",
            ALL,
            (ROLES, "Q, K = X, Y"),
            forms=((ROLES, "Q = X @ Wq\n    K = Y"), (ROLES, "Q = X\n    K = Y @ Wk")),
        ),
        Misconception(
            "You divide by the root of the number of tokens. What counts is the number of terms in q · k.",
            ALL,
            (ROOT, "np.sqrt(len(Y))"),
            forms=((ROOT, "np.sqrt(len(X))"), (ROOT, "len(X)"), (ROOT, "len(Y)")),
        ),
        Misconception(
            "You stop too late: the scores are asked for, without the softmax.",
            ALL,
            (RETURN, f"{RETURN[:6]} softmax({RETURN[7:]})"),
        ),
        Misconception(
            "Lengths are divided out. The score is the plain product of query and key, scaled by √d_k alone.",
            ALL,
            (ROOT, "np.linalg.norm(Q, axis=1)[:, None] / np.linalg.norm(K, axis=1)"),
        ),
    ],
    hints=[
        "Row i of the result belongs to the token of X that asks. Which of the two arrays must stand on the left?",
        r"$Q = X W_q$, $K = Y W_k$, $S = Q K^\top / \sqrt{d_k}$, where $d_k$ is the width of $Q$ and $K$.",
        "`Q = X @ Wq`, `K = Y @ Wk`, then `Q @ K.T / np.sqrt(...)` with `Wq.shape[1]`",
    ],
)  # fmt: skip
