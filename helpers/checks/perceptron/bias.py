"""The bias as the weight of a constant input."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.perceptron.neuron import REFERENCE, batch
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task


def affine(rng: Generator) -> Iterator[Case]:
    """Inputs, weights and a bias."""
    yield Case({"X": np.array([[2.0, 3.0]]), "w": np.array([0.5, -1.0]), "b": 4.0})
    for n, d in [(5, 3), (2, 4), (3, 1)]:
        X, w, b = batch(rng, n, d)
        yield Case({"X": X, "w": w, "b": b})


ABSORB_BIAS = Task(
    "absorb_bias",
    points=1,
    answers=["absorb_bias"],
    reference=REFERENCE + "absorb_bias",
    parts=[Part("inputs", affine, probe=FIRST), Part("weights", affine, probe=SECOND)],
    misconceptions=[
        Misconception(
            "The constant input comes last. Here it comes first, as x_0.",
            {"inputs"},
            ("[ones, X]", "[X, ones]"),
        ),
        Misconception(
            "The new column holds zeros: then the bias is multiplied by 0 and vanishes.",
            {"inputs"},
            ("np.ones(", "np.zeros("),
        ),
        Misconception(
            "You put the bias into the inputs. The input x_0 is the constant 1; b is its weight.",
            {"inputs"},
            ("np.ones((len(X), 1))", "np.full((len(X), 1), b)"),
        ),
        Misconception(
            "The bias comes last among the weights. It is the weight of x_0, so it comes first.",
            {"weights"},
            ("[[b], w]", "[w, [b]]"),
        ),
        Misconception(
            "The first weight is 1, not b: the constant 1 belongs to the inputs.",
            {"weights"},
            ("[[b], w]", "[[1.0], w]"),
        ),
        Misconception(
            "You return the inputs alone. Two things are wanted: the new X, and the new w.",
            {"inputs", "weights"},
            ("np.hstack([ones, X]), np.concatenate([[b], w])", "np.hstack([ones, X])"),
            forms=(("np.hstack([ones, X]), np.concatenate([[b], w])", "np.hstack([X, ones])"),),
        ),
        Misconception(
            "You return the weights alone. Two things are wanted: the new X, and the new w.",
            {"inputs", "weights"},
            ("np.hstack([ones, X]), np.concatenate([[b], w])", "np.concatenate([[b], w])"),
        ),
        Misconception(
            "The two are swapped: the new X comes first, then the new w.",
            {"inputs", "weights"},
            (
                "np.hstack([ones, X]), np.concatenate([[b], w])",
                "np.concatenate([[b], w]), np.hstack([ones, X])",
            ),
        ),
        Misconception(
            "The bias has the wrong sign: it is the first weight as it is.",
            {"weights"},
            ("[[b], w]", "[[-b], w]"),
        ),
        Misconception(
            "The first weight is 0, not b: the bias is lost.",
            {"weights"},
            ("[[b], w]", "[[0.0], w]"),
        ),
        Misconception(
            "You add b to every input. The bias is a weight of its own: X gets a column of ones.",
            {"inputs"},
            ("np.hstack([ones, X])", "X + b"),
        ),
        Misconception(
            "You add b to every weight. The bias is a weight of its own, put first: w gets one number more.",
            {"weights"},
            ("np.concatenate([[b], w])", "w + b"),
        ),
        Misconception(
            "The weights are as they were. The bias is to be put first among them.",
            {"weights"},
            ("np.concatenate([[b], w])", "w"),
        ),
        Misconception(
            "You put a row of ones on top: that is one more sample. The constant is one more *column*.",
            {"inputs"},
            ("np.hstack([ones, X])", "np.vstack([np.ones((1, X.shape[1])), X])"),
        ),
        Misconception(
            "The inputs are as they were. They are to get a column of ones, first.",
            {"inputs"},
            ("np.hstack([ones, X])", "X"),
        ),
    ],
    hints=[
        "A row gets one number more, and so does w. What must their product add to the sum?",
        r"$\tilde x = (1, x_1, \dots, x_d)$ and $\tilde w = (b, w_1, \dots, w_d)$",
        "`np.hstack([np.ones((len(X), 1)), ...])` and `np.concatenate([[b], ...])`",
    ],
)
