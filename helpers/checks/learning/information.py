"""Entropy, cross-entropy and divergence."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.learning.counting import REFERENCE
from helpers.checks.learning.losses import THIRD
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task


def pairs(rng: Generator) -> Iterator[Case]:
    """A coin and a loaded one; three outcomes by hand; random pairs."""
    yield Case({"p": np.array([0.5, 0.5]), "q": np.array([0.25, 0.75])})
    yield Case({"p": np.array([0.5, 0.25, 0.25]), "q": np.array([0.125, 0.125, 0.75])})
    for K in (2, 5):
        p, q = rng.dirichlet(np.full(K, 3.0), size=2)
        yield Case({"p": p, "q": q})


def zeros(rng: Generator) -> Iterator[Case]:
    """What never happens, by p, by q, by both."""
    yield Case({"p": np.array([1.0, 0.0]), "q": np.array([0.5, 0.5])})
    yield Case({"p": np.array([0.5, 0.0, 0.5]), "q": np.array([0.75, 0.0, 0.25])})
    yield Case({"p": np.array([0.5, 0.5]), "q": np.array([1.0, 0.0])})


ALL = {"entropy", "cross-entropy", "divergence"}
INFORMATION = Task(
    "information",
    points=2,
    answers=["information"],
    reference=REFERENCE + "information",
    parts=[
        Part("entropy", pairs, probe=FIRST),
        Part("cross-entropy", pairs, probe=SECOND),
        Part("divergence", pairs, probe=THIRD),
        Part("zeros", zeros),
    ],
    forbids=["scipy.stats.*", "scipy.special.*", "torch.nn.functional.*", "torch.distributions.*"],
    misconceptions=[
        Misconception(
            "0 · log 0 is not a number for a computer, and one such term spoils the sum. What never happens costs nothing: "
            "leave it out.",
            {"zeros"},
            ("some = p > 0", "some = p >= 0"),
        ),
        Misconception(
            "What q holds for impossible was left out as well. If it happens (p > 0), it costs infinity.",
            {"zeros"},
            ("some = p > 0", "some = (p > 0) & (q > 0)"),
        ),
        Misconception(
            "A small number was added before the logarithm: then what q holds for impossible costs too little. It costs "
            "infinity.",
            {"zeros"},
            ("np.log(q[some])", "np.log(q[some] + 1e-12)"),
            forms=tuple(
                [
                    ("np.log(p[some])", f"np.log(p[some] + {eps})"),
                    ("np.log(q[some])", f"np.log(q[some] + {eps})"),
                ]
                for eps in ("1e-8", "1e-9", "1e-10", "1e-12", "1e-15")
            ),
        ),
        Misconception(
            "These are bits: you took the logarithm to base 2. Here it is the natural one, and the unit is the nat.",
            {*ALL, "zeros"},
            edits=(("np.log(", "np.log2("),),
        ),
        Misconception(
            "p and q are exchanged: p is what happens, so p weighs the terms, and q stands in the logarithm.",
            {*ALL, "zeros"},
            wrong=(
                "def information(p, q):\n    p, q = q, p\n    some = p > 0\n    with np.errstate(divide='ignore'):\n"
                "        entropy = -np.sum(p[some] * np.log(p[some]))\n"
                "        cross = -np.sum(p[some] * np.log(q[some]))\n"
                "    return float(entropy), float(cross), float(cross - entropy)\n"
            ),
        ),
        Misconception(
            "In the cross-entropy p and q are exchanged: p weighs the terms, q stands in the logarithm.",
            {"cross-entropy", "divergence", "zeros"},
            ("p[some] * np.log(q[some])", "q[some] * np.log(p[some])"),
        ),
        Misconception(
            "The divergence has the wrong sign: it is H(p, q) - H(p), and never below 0.",
            {"divergence", "zeros"},
            ("cross - entropy", "entropy - cross"),
        ),
        Misconception(
            "The minus sign is missing: a logarithm of a probability is negative, a surprise is not.",
            {*ALL, "zeros"},
            edits=(("-np.sum(", "np.sum("),),
        ),
        Misconception(
            "These are means over the outcomes. They are weighed by p alone: a sum.",
            {*ALL, "zeros"},
            edits=(("np.sum(", "np.mean("),),
        ),
        Misconception(
            "The terms are not weighed by p. A surprise counts as often as it happens.",
            {*ALL, "zeros"},
            edits=(("p[some] * ", ""),),
        ),
    ],
    hints=[
        "All three are expected surprises: the surprise of outcome k is -log of its probability, and it comes with "
        "probability p_k. Which probability stands in the logarithm?",
        r"$H(p) = -\sum_k p_k \log p_k$, $\;H(p, q) = -\sum_k p_k \log q_k$, $\;\mathrm{KL} = H(p, q) - H(p)$",
        '`some = p > 0`, then sums over `p[some]` and `q[some]` only; `np.errstate(divide="ignore")` keeps quiet '
        "where q is 0.",
    ],
)
