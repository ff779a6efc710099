"""Two layers of neurons that compute XOR, their weights by hand."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.evidence import describe
from helpers.checks.perceptron.gates import CORNERS, TABLES, as_table, fires
from helpers.checks.perceptron.neuron import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def network_outputs(weights: Plain) -> Plain:
    """Return what a network's weights compute on the four corners, or a sentence where they can't."""
    if not isinstance(weights, list | tuple) or len(weights) != 4:
        return "a network is (W1, b1, w2, b2), four things"
    W1, b1, w2, b2 = (np.asarray(part, dtype=float) for part in weights)
    if not all(np.isfinite(part).all() for part in (W1, b1, w2, b2)):
        return "weights must be finite numbers"
    try:
        found, turned = (fires(np.array(fires(CORNERS, W, b1)), w2, b2) for W in (W1, W1.T))
    except ValueError:
        return f"shapes that don't fit each other: {', '.join(str(np.shape(part)) for part in weights)}"
    if turned == list(TABLES["XOR"]) != found:
        return (
            "with W1 transposed it would compute XOR: a *column* of W1 holds the weights of one hidden neuron, "
            "a row those of one input"
        )
    return found


def shapes(weights: Plain) -> Plain:
    """Return the shapes of a network's weights."""
    return [list(np.shape(v)) for v in weights] if isinstance(weights, list | tuple) else describe(weights)


def as_asked(case: Case, want: Plain, got: Plain) -> str | None:
    """Say which of the four has another shape than was asked for."""
    if got == want:
        return None
    if not isinstance(got, list) or len(got) != 4:
        return f"four things are asked for, (W1, b1, w2, b2); what came is {got if isinstance(got, str) else len(got)}."
    told = [
        f"{name} has the shape {tuple(have)} and should have {tuple(asked)}"
        for name, asked, have in zip(("W1", "b1", "w2", "b2"), want, got, strict=True)
        if asked != have
    ]
    return f"{'; '.join(told)}."


def nothing(rng: Generator) -> Iterator[Case]:
    """No inputs."""
    yield Case({})


# ---------------------------------------------------------------- task


XOR = Task(
    "xor_network",
    points=2,
    answers=["xor_network"],
    reference=REFERENCE + "xor_network",
    probe=PROBES + "network",
    parts=[
        Part("shapes", nothing, weight=0.5, means=shapes, judge=as_asked),
        Part("XOR", nothing, weight=1.5, means=network_outputs, judge=as_table),
    ],
    misconceptions=[
        Misconception(
            "Your network computes OR, it fires on (1, 1) as well: something must *forbid* that, with a negative weight.",
            {"XOR"},
            ("w2 = [1.0, -1.0]", "w2 = [1.0, 1.0]"),
        ),
        Misconception(
            "Your network never fires: on no corner the output's score is above 0.",
            {"XOR"},
            ("b2 = -0.5", "b2 = -1.5"),
        ),
        Misconception(
            "Your network always fires: on every corner the output's score is above 0.",
            {"XOR"},
            ("b2 = -0.5", "b2 = 0.5"),
            forms=(("b2 = -0.5", "b2 = 1.5"),),
        ),
        Misconception(
            "Your network computes the opposite of XOR: it fires where both inputs are equal. Turn the sign of w2 and of b2.",
            {"XOR"},
            edits=(("w2 = [1.0, -1.0]", "w2 = [-1.0, 1.0]"), ("b2 = -0.5", "b2 = 0.5")),
        ),
        Misconception(
            "Your network fires on one of the two corners (0, 1) and (1, 0), not on the other.",
            {"XOR"},
            ("W1 = [[1.0, 1.0], [1.0, 1.0]]", "W1 = [[1.0, 0.0], [0.0, 1.0]]"),
            forms=(("W1 = [[1.0, 1.0], [1.0, 1.0]]", "W1 = [[0.0, 1.0], [1.0, 0.0]]"),),
        ),
        Misconception(
            "Your network computes AND: it fires on (1, 1) only.",
            {"XOR"},
            ("w2 = [1.0, -1.0]", "w2 = [0.0, 1.0]"),
        ),
        Misconception(
            "Your network computes NAND: it fires on (0, 0) as well.",
            {"XOR"},
            edits=(("w2 = [1.0, -1.0]", "w2 = [0.0, -1.0]"), ("b2 = -0.5", "b2 = 0.5")),
        ),
        Misconception(
            "Your network computes NOR: it fires on (0, 0) only.",
            {"XOR"},
            edits=(("w2 = [1.0, -1.0]", "w2 = [-1.0, 0.0]"), ("b2 = -0.5", "b2 = 0.5")),
        ),
        Misconception(
            "W1 is transposed: a *column* of W1 holds the weights of one hidden neuron, a row those of one input.",
            {"XOR"},
            edits=(
                ("W1 = [[1.0, 1.0], [1.0, 1.0]]", "W1 = [[1.0, 1.0], [-1.0, -1.0]]"),
                ("b1 = [-0.5, -1.5]", "b1 = [-0.5, 1.5]"),
                ("w2 = [1.0, -1.0]", "w2 = [1.0, 1.0]"),
                ("b2 = -0.5", "b2 = -1.5"),
            ),
        ),
        Misconception(
            "w2 is a column of shape (2, 1). One output neuron has a weight vector of shape (2,).",
            {"shapes"},
            ("w2 = [1.0, -1.0]", "w2 = [[1.0], [-1.0]]"),
        ),
        Misconception(
            "b2 comes as a list. One output neuron has one number for a bias.",
            {"shapes"},
            ("b2 = -0.5", "b2 = [-0.5]"),
        ),
    ],
    hints=[
        "Say XOR in words, using only AND, OR and NOT. Each hidden neuron can be one of the gates you have.",
        "XOR = OR and not AND: one hidden neuron computes OR, the other AND.",
        "`W1 = [[1, 1], [1, 1]]` and `b1 = [-0.5, -1.5]`; the output wants the first and is forbidden by the second.",
    ],
)
