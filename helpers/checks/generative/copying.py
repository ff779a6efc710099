"""Lesson 10: copying through a narrow place, and copying from what was put out."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.evidence import show
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

REFERENCE = "helpers.reference.generative."
PROBES = "helpers.probes.generative."

# ---------------------------------------------------------------- cases


def networks(rng: Generator) -> Iterator[Case]:
    """A narrow code and a wide one, with biases on both sides; all sizes differ."""
    yield Case(
        {
            "X": np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]),
            "We": np.array([[1.0], [-2.0], [0.5]]),
            "be": np.array([0.5]),
            "Wd": np.array([[1.0, -1.0, 0.0]]),
            "bd": np.array([0.0, 1.0, -1.0]),
        }
    )
    for n, d, k in [(4, 3, 2), (3, 5, 2)]:
        We, Wd = rng.normal(size=(d, k)), rng.normal(size=(k, d))
        yield Case(
            {
                "X": rng.normal(size=(n, d)),
                "We": We,
                "be": rng.normal(size=k),
                "Wd": Wd,
                "bd": rng.normal(size=d),
            }
        )


def small(rng: Generator) -> Iterator[Case]:
    """Small tables without a zero; nothing, all, and some of it put out."""
    X = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, -0.7, 0.8], [0.9, 1.0, 1.1, 1.2]])
    for share in (0.5, 0.25, 0.0, 1.0):
        yield Case({"X": X, "share": share, "seed": 1})
    yield Case({"X": 1 + rng.uniform(size=(6, 5)), "share": float(rng.uniform(0.2, 0.8)), "seed": 7})


def large(rng: Generator) -> Iterator[Case]:
    """Enough entries to count how many are put out."""
    for share in (0.5, 0.2):
        yield Case({"X": np.ones((40, 50)), "share": share, "seed": 1})
    share, seed = float(rng.uniform(0.6, 0.8)), int(rng.integers(2**31))
    yield Case({"X": np.ones((50, 40)), "share": share, "seed": seed})


def kept_or_out(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for entries that are 0 or as they were."""
    X, share = np.asarray(case.inputs["X"], dtype=float), float(case.inputs["share"])
    if not isinstance(got, list) or len(got) != 3:
        return "expected what comes of three calls."
    out = np.asarray(got[0], dtype=float)
    if out.shape != X.shape:
        return f"expected shape {X.shape}, got shape {out.shape}."
    wrong = ~((out == 0) | np.isclose(out, X, rtol=1e-6))
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0])
        return f"with share = {show(share)} an entry {show(X[at])} stays {show(X[at])} or becomes 0; got {show(out[at])}."
    if share in (0, 1) and bool(out.any()) == bool(share):
        return f"with share = {show(share)} {'every entry is' if share else 'no entry is'} put out; got {show(out)}."
    return None


def by_chance(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for about the right share, anywhere, others in the next call, the same with the same generator."""
    share = float(case.inputs["share"])
    if not isinstance(got, list) or len(got) != 3:
        return "expected what comes of three calls."
    first, second, again = (np.asarray(out, dtype=float) == 0 for out in got)
    if first.shape != np.shape(case.inputs["X"]):
        return f"expected shape {np.shape(case.inputs['X'])}, got shape {first.shape}."
    found, reach = float(first.mean()), 6 * (share * (1 - share) / first.size) ** 0.5
    if abs(found - share) > reach:
        return f"with share = {show(share)} about {show(share)} of the entries should be 0; {show(found)} of them are."
    if (first == first[0]).all() or (first == first[:, :1]).all():
        return f"whole {'columns' if (first == first[0]).all() else 'rows'} are put out: each entry has a draw of its own."
    if np.array_equal(first, second):
        return "a second call with the same generator puts out the same entries: draw anew in each call."
    if not np.array_equal(first, again):
        return "a generator with the same seed puts out other entries, so nobody can repeat a run: draw from `rng` alone."
    return None


# ---------------------------------------------------------------- tasks

CODE, COPY = "X @ We + be", "1 / (1 + np.exp(-(code @ Wd + bd)))"

AUTOENCODE = Task(
    "autoencode",
    points=1,
    answers=["autoencode"],
    reference=REFERENCE + "autoencode",
    parts=[Part("code", networks, probe=FIRST, weight=0.5), Part("copy", networks, probe=SECOND, weight=0.5)],
    misconceptions=[
        Misconception(
            "The code is bent by a sigmoid. Here it is linear; only the copy has to stay between 0 and 1.",
            {"code", "copy"},
            (CODE, "1 / (1 + np.exp(-(X @ We + be)))"),
            forms=((CODE, "np.maximum(X @ We + be, 0)"), (CODE, "np.tanh(X @ We + be)")),
        ),
        Misconception(
            "The copy is not bent: pixels would leave 0 to 1. A sigmoid belongs there.",
            {"copy"},
            (COPY, "code @ Wd + bd"),
        ),
        Misconception(
            "The copy goes through tanh, from -1 to 1. A pixel is between 0 and 1.",
            {"copy"},
            (COPY, "np.tanh(code @ Wd + bd)"),
        ),
        Misconception(
            "The copy is squeezed by a softmax, so that its pixels sum to 1. Each pixel has a sigmoid of its own.",
            {"copy"},
            (COPY, "np.exp(code @ Wd + bd) / np.exp(code @ Wd + bd).sum(axis=1, keepdims=True)"),
        ),
        Misconception(
            "You decode with the encoder's weights, transposed. The decoder has weights of its own.",
            {"copy"},
            ("code @ Wd + bd", "code @ We.T + bd"),
        ),
        Misconception("The code's bias is missing.", {"code", "copy"}, (CODE, "X @ We")),
        Misconception("The copy's bias is missing.", {"copy"}, ("code @ Wd + bd", "code @ Wd")),
        Misconception(
            "The sigmoid is turned round: where the score is high, the pixel is dark.",
            {"copy"},
            (COPY, "1 / (1 + np.exp(code @ Wd + bd))"),
        ),
        Misconception(
            "You return (copy, code). The code comes first.",
            {"code", "copy"},
            ("return code, " + COPY, "return " + COPY + ", code"),
        ),
    ],
    hints=[
        "Two layers of lesson 3: one into the code, one out of it.",
        "code = X We + be, copy = σ(code Wd + bd).",
        "`code = X @ We + be`, then `return code, 1 / (1 + np.exp(-(...)))`",
    ],
)

VALUES, CHANCE = "put out or kept", "by chance, from rng"
MASK = "X * (rng.random(X.shape) >= share)"

CORRUPT = Task(
    "corrupt",
    points=1,
    answers=["corrupt"],
    reference=REFERENCE + "corrupt",
    probe=PROBES + "corrupted",
    parts=[
        Part(VALUES, small, weight=0.5, judge=kept_or_out),
        Part(CHANCE, large, weight=0.5, judge=by_chance),
    ],
    misconceptions=[
        Misconception(
            "What is kept is scaled up, as dropout does. Here nothing has to keep its mean: kept pixels stay as they are.",
            {VALUES},
            (MASK, "X * (rng.random(X.shape) >= share) / max(1 - share, 1e-9)"),
        ),
        Misconception(
            "You put out the share 1 - share. `share` is what is put out.",
            {VALUES, CHANCE},
            (">= share", "< share"),
        ),
        Misconception(
            "Whole columns are put out, the same pixel in every row. Each entry has a draw of its own.",
            {CHANCE},
            ("rng.random(X.shape)", "rng.random(X.shape[1])"),
        ),
        Misconception(
            "Whole rows are put out. Each entry has a draw of its own.",
            {CHANCE},
            ("rng.random(X.shape)", "rng.random((len(X), 1))"),
        ),
        Misconception(
            "You draw from a generator of your own: use the `rng` you are given.",
            {CHANCE},
            ("rng.random(X.shape)", "np.random.default_rng(0).random(X.shape)"),
        ),
        Misconception(
            "Pixels are replaced by noise. Here they are put out: 0.",
            {VALUES, CHANCE},
            (MASK, "np.where(rng.random(X.shape) >= share, X, rng.random(X.shape))"),
        ),
        Misconception(
            "Noise is added to every pixel. Here some are put out, and the others stay as they are.",
            {VALUES, CHANCE},
            (MASK, "X + share * rng.normal(size=X.shape)"),
        ),
        Misconception(
            "You compare a normal draw with the share. A draw between 0 and 1 is below it with that probability.",
            {CHANCE},
            ("rng.random(X.shape)", "rng.normal(size=X.shape)"),
        ),
    ],
    hints=[
        "As in dropout, lesson 4, but with nothing to make up for.",
        "X ⊙ M, with M = 1 where a draw between 0 and 1 is at least `share`.",
        "`X * (rng.random(X.shape) >= share)`",
    ],
)
