"""Lesson 07, parts 1 to 6: attention on one sequence, its masks, and a test of who sees whom."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import FIRST, Case, Misconception, Part, Task

REFERENCE = "helpers.reference.attention."
PROBES = "helpers.probes.attention."

# ---------------------------------------------------------------- cases


def lookups(rng: Generator, temperature: float | None = None) -> Iterator[Case]:
    """Queries, keys and values; more keys than columns, then fewer, then as many."""
    for m, d_k, d_v in [(4, 2, 3), (3, 5, 1), (3, 3, 3)]:
        T = float(rng.uniform(1.5, 3.0)) if temperature is None else temperature
        q, K, V = (rng.normal(size=shape) for shape in [(d_k,), (m, d_k), (m, d_v)])
        yield Case({"q": q, "K": K, "V": V, "T": T})


def frozen(rng: Generator) -> Iterator[Case]:
    """A temperature near zero, with keys that fit clearly better or worse: scores in the thousands."""
    for m in (3, 5):
        fits = rng.permutation(m).astype(float) + 1
        K = np.stack([fits, rng.normal(size=m) * 0.1], axis=1)
        yield Case({"q": np.array([1.0, 0.0]), "K": K, "V": rng.normal(size=(m, 2)), "T": 1e-4})


def sequences(rng: Generator) -> Iterator[Case]:
    """Tokens in rows: more than columns, fewer, and as many."""
    for n, d in [(4, 2), (3, 5), (3, 3)]:
        yield Case({"X": rng.normal(size=(n, d))})


def one_sequence(rng: Generator) -> Iterator[Case]:
    """Tokens that ask each other, with as many key columns as features."""
    for n, d in [(3, 4), (5, 3)]:
        X, (Wq, Wk) = rng.normal(size=(n, d)), rng.normal(size=(2, d, d))
        yield Case({"X": X, "Y": X.copy(), "Wq": Wq, "Wk": Wk})


def two_sequences(rng: Generator) -> Iterator[Case]:
    """Tokens that ask those of another sequence, longer or shorter."""
    for n, m, d in [(3, 5, 4), (4, 2, 2)]:
        X, Y, (Wq, Wk) = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=(2, d, d))
        yield Case({"X": X, "Y": Y, "Wq": Wq, "Wk": Wk})


def narrow_keys(rng: Generator) -> Iterator[Case]:
    """Queries and keys of another width than the tokens."""
    for n, m, d, d_k in [(3, 4, 6, 2), (4, 2, 2, 5)]:
        X, Y, (Wq, Wk) = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=(2, d, d_k))
        yield Case({"X": X, "Y": Y, "Wq": Wq, "Wk": Wk})


def sizes(rng: Generator) -> Iterator[Case]:
    """Sequences of one token, and longer ones."""
    for n in (1, 3, int(rng.integers(4, 9))):
        yield Case({"n": n})


def lengths(rng: Generator) -> Iterator[Case]:
    """Batches with a full sequence, an empty one, and others."""
    for B in (3, 5):
        n = int(rng.integers(4, 8))
        inner = rng.integers(1, n, size=B - 2)
        yield Case({"lengths": rng.permutation([n, 0, *inner]), "n": n})


def some_seen(rng: Generator, *shape: int) -> ndarray:
    """Draw a mask that hides about half, and in each row at least one place and not all."""
    mask = rng.random(shape) < 0.5
    rows = mask.reshape(-1, shape[-1])
    for row in rows:
        shown, hidden = rng.permutation(shape[-1])[:2]
        row[shown], row[hidden] = True, False
    return mask


def masked(rng: Generator) -> Iterator[Case]:
    """Scores and masks with something to see in each row."""
    for n, m in [(3, 4), (4, 4)]:
        yield Case({"S": rng.normal(size=(n, m)), "mask": some_seen(rng, n, m)})


def masked_batches(rng: Generator) -> Iterator[Case]:
    """Scores of a batch: one mask for all of it, and one for each sequence that all its rows share."""
    S = rng.normal(size=(3, 4, 4))
    yield Case({"S": S, "mask": some_seen(rng, 4, 4)})
    yield Case({"S": S, "mask": some_seen(rng, 3, 1, 4)})


def masked_huge(rng: Generator) -> Iterator[Case]:
    """Scores far apart: the hidden ones are the largest by thousands."""
    S, mask = rng.normal(size=(4, 5)), some_seen(rng, 4, 5)
    yield Case({"S": np.where(mask, S, S + 5000), "mask": mask})
    yield Case({"S": S + 2000, "mask": mask})


def nothing_seen(rng: Generator) -> Iterator[Case]:
    """Row 0 of a strict mask sees nothing; so does any row by chance."""
    n = int(rng.integers(3, 6))
    yield Case({"S": rng.normal(size=(n, n)), "mask": np.tril(np.ones((n, n), dtype=bool), k=-1)})
    mask = some_seen(rng, 4, 3)
    mask[int(rng.integers(4))] = False
    yield Case({"S": rng.normal(size=(4, 3)), "mask": mask})


def triple(rng: Generator, n: int, m: int, d_k: int, d_v: int, *batch: int) -> dict[str, ndarray]:
    """Draw queries, keys and values."""
    shapes = {"Q": (*batch, n, d_k), "K": (*batch, m, d_k), "V": (*batch, m, d_v)}
    return {name: 1.5 * rng.normal(size=shape) for name, shape in shapes.items()}


def to_itself(rng: Generator) -> Iterator[Case]:
    """As many queries as keys, and values of the same width."""
    for n, d in [(3, 4), (4, 2)]:
        yield Case({**triple(rng, n, n, d, d), "mask": None})


def across(rng: Generator) -> Iterator[Case]:
    """Other lengths, other widths."""
    for n, m, d_k, d_v in [(3, 5, 2, 4), (4, 2, 5, 1)]:
        yield Case({**triple(rng, n, m, d_k, d_v), "mask": None})


def with_masks(rng: Generator) -> Iterator[Case]:
    """Masks with something to see in each row."""
    for n, m, d in [(3, 4, 2), (4, 4, 4)]:
        yield Case({**triple(rng, n, m, d, d), "mask": some_seen(rng, n, m)})


def in_batches(rng: Generator) -> Iterator[Case]:
    """Leading axes: sequences, and heads of sequences."""
    yield Case({**triple(rng, 3, 4, 2, 2, 2), "mask": None})
    yield Case({**triple(rng, 3, 3, 4, 4, 2, 3), "mask": some_seen(rng, 3, 3)})


def mixes(rng: Generator, n: int) -> ndarray:
    """Draw which token reaches which row, and how strongly; neither symmetric nor full."""
    return np.where(some_seen(rng, n, n), rng.uniform(0.3, 1, (n, n)) * rng.choice([-1, 1], (n, n)), 0.0)


def reactions(rng: Generator) -> Iterator[Case]:
    """Functions whose rows react to some tokens."""
    for n, d in [(4, 3), (6, 2)]:
        W = rng.normal(size=(d, d)) / d + np.eye(d)
        yield Case({"mix": mixes(rng, n), "W": W, "X": rng.normal(size=(n, d)) / 2})


def faint_reactions(rng: Generator) -> Iterator[Case]:
    """Functions that react faintly to some tokens."""
    for n, d in [(4, 3), (5, 2)]:
        mix = mixes(rng, n) * np.where(rng.random((n, n)) < 0.5, 1.0, 1e-6)
        yield Case({"mix": mix, "W": np.eye(d), "X": rng.normal(size=(n, d)) / 2})


def hidden_reactions(rng: Generator) -> Iterator[Case]:
    """Weights that are normalised over more tokens than they show."""
    for n, d in [(4, 2), (5, 3)]:
        yield Case({"mix": mixes(rng, n), "X": rng.normal(size=(n, d))})


# ---------------------------------------------------------------- tasks

LOOKUP = Task(
    "lookup",
    points=2,
    answers=["lookup"],
    reference=REFERENCE + "lookup",
    parts=[
        Part("at temperature 1", lambda rng: lookups(rng, 1.0)),
        Part("at any temperature", lookups),
        Part("near zero: the exact entry", frozen),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "You multiply by the temperature. Scores are divided by it: a low one makes them far apart.",
            {"at any temperature", "near zero: the exact entry"},
            ("K @ q / T", "K @ q * T"),
        ),
        Misconception(
            "The temperature is not used.",
            {"at any temperature", "near zero: the exact entry"},
            ("K @ q / T", "K @ q"),
        ),
        Misconception(
            "The temperature must divide the scores *before* softmax; after it, the weights don't sum to 1.",
            {"at any temperature", "near zero: the exact entry"},
            ("softmax(K @ q / T)", "softmax(K @ q) / T"),
        ),
        Misconception(
            "The scores themselves are used as weights. They may be negative; softmax turns them into shares.",
            {"at temperature 1", "at any temperature", "near zero: the exact entry"},
            ("softmax(K @ q / T)", "K @ q / T"),
        ),
        Misconception(
            "e^(score/T) overflows at low temperatures. `softmax` of lesson 1 does not.",
            {"near zero: the exact entry"},
            ("w = softmax(K @ q / T)", "w = np.exp(K @ q / T)\n    w = w / w.sum()"),
        ),
        Misconception(
            "That is the best entry alone. A *soft* lookup mixes all values, each by its weight.",
            {"at temperature 1", "at any temperature"},
            ("return w @ V", "return V[w.argmax()]"),
        ),
    ],
    hints=[
        "Three steps: a score for each key, weights that sum to 1, and a weighted sum of the rows of V.",
        r"$w = \operatorname{softmax}(Kq / T)$, and the result is $\sum_j w_j v_j = wV$.",
        "`w = softmax(K @ q / T)`, then `return w @ ...`",
    ],
)

SELF_ATTENTION = Task(
    "self_attention",
    points=1,
    answers=["self_attention"],
    reference=REFERENCE + "self_attention",
    parts=[
        Part("weights", sequences, probe="helpers.probes.common.second"),
        Part("output", sequences, probe=FIRST),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "You compare columns with columns. Tokens are rows, so the scores are X @ X.T, of shape (n, n).",
            {"weights", "output"},
            ("softmax(X @ X.T)\n    return A @ X", "softmax(X.T @ X)\n    return X @ A"),
        ),
        Misconception(
            "Row i of the output mixes the rows of X by row i of A: that is A @ X, not A.T @ X.",
            {"output"},
            ("return A @ X", "return A.T @ X"),
        ),
        Misconception(
            "The softmax runs down the columns. Each *row* of A belongs to one asking token and sums to 1.",
            {"weights", "output"},
            ("softmax(X @ X.T)", "softmax((X @ X.T).T).T"),
        ),
        Misconception(
            "The softmax is missing: scores are no weights yet.",
            {"weights", "output"},
            ("softmax(X @ X.T)", "X @ X.T"),
        ),
        Misconception(
            "No token is left out: each looks at itself as well.",
            {"weights", "output"},
            ("softmax(X @ X.T)", "softmax(X @ X.T - 1e9 * np.eye(len(X)))"),
        ),
        Misconception(
            "Here the scores are plain products; scaling comes in part 3.",
            {"weights", "output"},
            ("softmax(X @ X.T)", "softmax(X @ X.T / np.sqrt(X.shape[1]))"),
        ),
    ],
    hints=[
        "All lookups at once: every token is a query, a key and a value.",
        r"$A = \operatorname{softmax}(XX^\top)$, row by row; the output is $AX$.",
        "`A = softmax(X @ X.T)`, then `return A @ ..., A`",
    ],
)

SCORES = Task(
    "scores",
    points=2,
    answers=["scores"],
    reference=REFERENCE + "scores",
    parts=[
        Part("within a sequence", one_sequence),
        Part("between two sequences", two_sequences),
        Part("narrow and wide keys", narrow_keys),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The roles are swapped: row i must hold the scores of token i of X as the one who *asks*, Q @ K.T.",
            {"within a sequence", "between two sequences", "narrow and wide keys"},
            ("Q @ K.T", "K @ Q.T"),
        ),
        Misconception(
            "The two matrices are exchanged: Wq makes queries of X, Wk makes keys of Y.",
            {"within a sequence", "between two sequences", "narrow and wide keys"},
            ("Q = X @ Wq\n    K = Y @ Wk", "Q = X @ Wk\n    K = Y @ Wq"),
        ),
        Misconception(
            "You divide by √d, the width of the tokens. What counts is the number of terms in q · k, the width of the keys.",
            {"narrow and wide keys"},
            ("np.sqrt(Wq.shape[1])", "np.sqrt(Wq.shape[0])"),
        ),
        Misconception(
            "You divide by d_k, not by its root. It is the *variance* of q · k that grows with d_k.",
            {"within a sequence", "between two sequences", "narrow and wide keys"},
            ("np.sqrt(Wq.shape[1])", "Wq.shape[1]"),
        ),
        Misconception(
            "The scale 1/√d_k is missing.",
            {"within a sequence", "between two sequences", "narrow and wide keys"},
            (" / np.sqrt(Wq.shape[1])", ""),
        ),
        Misconception(
            "The keys are made from X, too. They belong to Y, the tokens that are asked.",
            {"between two sequences", "narrow and wide keys"},
            ("Y @ Wk", "X @ Wk"),
        ),
        Misconception(
            "You divide by the root of the number of tokens. What counts is the number of terms in q · k.",
            {"within a sequence", "between two sequences", "narrow and wide keys"},
            ("np.sqrt(Wq.shape[1])", "np.sqrt(len(Y))"),
        ),
    ],
    hints=[
        "Row i of the result belongs to the token of X that asks. Which of the two arrays must stand on the left?",
        r"$Q = X W_q$, $K = Y W_k$, $S = Q K^\top / \sqrt{d_k}$, where $d_k$ is the width of $Q$ and $K$.",
        "`Q = X @ Wq`, `K = Y @ Wk`, then `Q @ K.T / np.sqrt(...)` with `Wq.shape[1]`",
    ],
)

MASKS = Task(
    "masks",
    points=2,
    answers=["causal_mask", "padding_mask"],
    reference=REFERENCE + "causal_mask",
    parts=[
        Part("causal", sizes, probe=PROBES + "causal"),
        Part("padding", lengths, probe=PROBES + "padding"),
    ],
    misconceptions=[
        Misconception(
            "Your causal mask is strict: it forbids a token to look at itself, and the first may look at nothing.",
            {"causal"},
            ("dtype=bool))", "dtype=bool), k=-1)"),
        ),
        Misconception(
            "Your causal mask lets each token look one place ahead.",
            {"causal"},
            ("dtype=bool))", "dtype=bool), k=1)"),
        ),
        Misconception(
            "That shows the future and hides the past: row i may look at the columns j ≤ i.",
            {"causal"},
            ("np.tril(", "np.triu("),
        ),
        Misconception(
            "Your padding mask says where there is *no* token. True means: may be looked at.",
            {"padding"},
            ("np.arange(n) < lengths", "np.arange(n) >= lengths"),
        ),
        Misconception(
            "Your padding mask shows one place too many: places are counted from 0, so the last token stands at length - 1.",
            {"padding"},
            ("np.arange(n) < lengths", "np.arange(n) <= lengths"),
        ),
        Misconception(
            "The axes of your padding mask are exchanged: a row for each sequence, a column for each place.",
            {"padding"},
            ("np.arange(n) < lengths[:, None]", "np.arange(n)[:, None] < lengths"),
        ),
    ],
    hints=[
        "Both compare places: j with i, and j with a length. A lower triangle of a full matrix will do for the first.",
        r"causal: $j \le i$; padding: $j < \text{length}_b$",
        "`np.tril(np.ones((n, n), dtype=bool))`, and `np.arange(n) < lengths[:, ...]` with an axis added, so that it "
        "compares each place with each length",
    ],
)

MASKED_SOFTMAX = Task(
    "masked_softmax",
    points=2,
    answers=["masked_softmax"],
    reference=REFERENCE + "masked_softmax",
    parts=[
        Part("values", masked, pure=True),
        Part("batches", masked_batches, weight=0.5),
        Part("huge scores", masked_huge, weight=0.5),
        Part("nothing to see", nothing_seen),
    ],
    forbids=["torch.*", "scipy.*", "numpy.ma.*", "numpy.nan_to_num"],
    misconceptions=[
        Misconception(
            "A hidden place keeps weight: a score of 0 is a score like others, e⁰ = 1. It must be -∞.",
            {"values", "batches", "huge scores", "nothing to see"},
            ("mask, S, -np.inf", "mask, S, 0.0"),
        ),
        Misconception(
            "You normalise first and hide afterwards, so the visible weights no longer sum to 1.",
            {"values", "batches", "huge scores", "nothing to see"},
            (
                "seen = np.where(mask, S, -np.inf)",
                "return softmax(S) * mask\n    seen = np.where(mask, S, -np.inf)",
            ),
        ),
        Misconception(
            "A row in which nothing is visible gives NaN: 0/0. No place, no weight: it must be all zeros.",
            {"nothing to see"},
            ("np.where(total > 0, total, 1)", "total"),
        ),
        Misconception(
            "You hide what may be seen: True means visible.",
            {"values", "batches", "huge scores", "nothing to see"},
            ("np.where(mask, S", "np.where(~mask, S"),
        ),
        Misconception(
            "You subtract the largest of *all* scores. Where that one is hidden, e^(-5000) underflows and nothing is left.",
            {"huge scores"},
            ("top = seen.max", "top = S.max"),
        ),
        Misconception(
            "The largest score is not subtracted, and e^2000 overflows.",
            {"huge scores"},
            ("np.exp(seen - np.where(np.isfinite(top), top, 0))", "np.exp(seen)"),
        ),
        Misconception(
            "With a hidden score of -10⁹ instead of -∞, a row that sees nothing spreads its weight over all.",
            {"nothing to see"},
            ("mask, S, -np.inf", "mask, S, -1e9"),
        ),
        Misconception(
            "The sum runs down the columns: each row must sum to 1.",
            {"values", "batches", "huge scores", "nothing to see"},
            ("total = E.sum(axis=-1,", "total = E.sum(axis=-2,"),
        ),
    ],
    hints=[
        "Hide *before* the softmax: which score gets weight 0? Then ask what a row of nothing but hidden scores sums to.",
        r"$s_j = -\infty$ where hidden, since $e^{-\infty} = 0$. Subtract the largest visible score (0 if there is "
        r"none), and divide by the sum (by 1 if it is 0).",
        "`seen = np.where(mask, S, -np.inf)`, `top = seen.max(axis=-1, keepdims=True)`, "
        "`E = np.exp(seen - np.where(np.isfinite(top), top, 0))`, and at the end `np.where(total > 0, total, 1)`",
    ],
)

ATTENTION = Task(
    "attention",
    points=2,
    answers=["attention"],
    reference=REFERENCE + "attention",
    parts=[
        Part("to itself", to_itself),
        Part("to other tokens", across),
        Part("masked", with_masks),
        Part("batches", in_batches),
    ],
    uses=["masked_softmax"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The scale 1/√d_k is missing.",
            {"to itself", "to other tokens", "masked", "batches"},
            (" / np.sqrt(Q.shape[-1])", ""),
        ),
        Misconception(
            "You divide by the root of the values' width. What counts is the number of terms in q · k, Q.shape[-1].",
            {"to other tokens"},
            ("Q.shape[-1]", "V.shape[-1]"),
        ),
        Misconception(
            "`K.T` turns *all* axes round. In a batch only the last two change places: np.swapaxes(K, -1, -2).",
            {"batches"},
            ("np.swapaxes(K, -1, -2)", "K.T"),
        ),
        Misconception(
            "The mask is not used.",
            {"masked", "batches"},
            ("softmax(S) if mask is None else masked_softmax(S, mask)", "softmax(S)"),
        ),
        Misconception(
            "The softmax runs over the queries. Each query shares its attention among the keys: the last axis.",
            {"to itself", "to other tokens", "batches"},
            ("softmax(S) if", "np.swapaxes(softmax(np.swapaxes(S, -1, -2)), -1, -2) if"),
        ),
        Misconception(
            "It returns the weights first; the output comes first, then the weights.",
            {"to itself", "to other tokens", "masked", "batches"},
            ("return A @ V, A", "return A, A @ V"),
        ),
        Misconception(
            "You divide by d_k, not by its root.",
            {"to itself", "to other tokens", "masked", "batches"},
            ("np.sqrt(Q.shape[-1])", "Q.shape[-1]"),
        ),
    ],
    hints=[
        "Scores as in part 3, softmax with or without a mask as in part 5, then mix the values.",
        r"$A = \operatorname{softmax}(QK^\top / \sqrt{d_k})$, return $(AV, A)$; transpose only the last two axes.",
        "`S = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])`, `A = softmax(S) if mask is None else ...`",
    ],
)

INFLUENCE = Task(
    "influence",
    points=2,
    answers=["influence"],
    reference=REFERENCE + "influence",
    parts=[
        Part("who reacts to whom", reactions, probe=PROBES + "reacts", pure=True),
        Part("faint reactions", faint_reactions, probe=PROBES + "reacts"),
        Part("where no weight shows it", hidden_reactions, probe=PROBES + "shared"),
    ],
    misconceptions=[
        Misconception(
            "Rows and columns are exchanged: [i, t] asks whether *row i of the output* reacts to token t.",
            {"who reacts to whom", "faint reactions", "where no weight shows it"},
            ("table[:, t]", "table[t, :]"),
        ),
        Misconception(
            "The changes pile up: each token must be changed alone, in a fresh copy of X.",
            {"who reacts to whom", "faint reactions", "where no weight shows it"},
            ("other = X.copy()", "other = X"),
        ),
        Misconception(
            "Your table says where nothing happened: True where a row reacts.",
            {"who reacts to whom", "faint reactions", "where no weight shows it"},
            (".max(axis=1) > 1e-9", ".max(axis=1) <= 1e-9"),
        ),
        Misconception(
            "A faint reaction is one, too: what counts is any change beyond rounding, about 1e-9.",
            {"faint reactions"},
            ("> 1e-9", "> 1e-4"),
        ),
        Misconception(
            "You compare with the changed input. What counts is how f(X) changes.",
            {"who reacts to whom", "faint reactions", "where no weight shows it"},
            ("before = f(X)", "before = X"),
        ),
    ],
    hints=[
        "An experiment for each token t: change it alone, run f again, and see which rows are no longer what they were.",
        r"$[i, t]$ is True where $\max_k |f(X')_{ik} - f(X)_{ik}| > 10^{-9}$, and $X'$ is $X$ with another row $t$.",
        "`before = f(X)`; for each t: `other = X.copy()`, `other[t] = np.random.default_rng().normal(size=X.shape[1])`, "
        "`table[:, t] = np.abs(f(other) - before).max(axis=1) > 1e-9`",
    ],
)

BY_HAND = [LOOKUP, SELF_ATTENTION, SCORES, MASKS, MASKED_SOFTMAX, ATTENTION, INFLUENCE]
