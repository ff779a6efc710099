"""Lesson 05, parts 7 to 9: pooling, shifts, and a network."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.cases import different, drawn, maps
from helpers.checks.convolution.forward import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def ties(rng: Generator) -> Iterator[Case]:
    """Windows with several largest entries: two of four, in both diagonals; then as a ReLU leaves them."""
    X = np.array([[[[0.0, 1, 2, 1, 0, 3], [1, 0, 1, 2, 3, 3]]]])
    yield Case({"X": X, "G": np.array([[[[1.0, 10, 100]]]])})
    yield Case({"X": -X, "G": np.array([[[[1.0, 10, 100]]]])})
    for case in maps(drawn(rng), (2, 3, 8, 8, 2, 2), G=True):
        yield Case({**case.inputs, "X": np.maximum(case.inputs["X"], 0)})


# functions whose two routes differ most upward, and most downward
BY_HAND: dict[str, list[dict[str, Any]]] = {
    "equivariance": [
        {"name": "weighted", "w": np.array([2.0, 1.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 1},
        {"name": "weighted", "w": np.array([1.0, 2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 1},
        {"name": "circular", "w": np.array([1.0, -2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 2},
    ],
    "invariance": [
        {"name": "every other", "w": np.array([1.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 1},
        {"name": "every other", "w": np.array([1.0]), "X": np.array([[4.0, 0, 1, 0]]), "d": 1},
        {"name": "mean", "w": np.array([1.0, -2.0]), "X": np.array([[0.0, 3, 1, 0]]), "d": 2},
    ],
}


def shifted(rng: Generator, which: str, *names: str) -> Iterator[Case]:
    """Images, and a function's weights; the drawn shifts are odd."""
    for row in BY_HAND[which]:
        yield Case({"which": which, **row})
    for name in names:
        X, w = rng.normal(size=(2, 3, 8)), rng.normal(size=3)
        yield Case({"which": which, "name": name, "w": w, "X": X, "d": int(rng.choice([1, 3]))})


def letters(rng: Generator, labels: bool = False) -> Iterator[Case]:
    """Small images for a LeNet with few filters and neurons; 13 pixels do not divide."""
    for side, m1, m2, d3, d4 in [(12, 3, 3, 8, 7), (13, 4, 2, 7, 9)]:
        shapes = [
            (m1, 1, 5, 5), (m1,), (m2, m1, 5, 5), (m2,), (m2, d3), (d3,), (d3, d4), (d4,), (d4, 10), (10,)
        ]  # fmt: skip
        params = [rng.normal(size=s) / (10 if len(s) == 1 else np.sqrt(np.prod(s[1:]))) for s in shapes]
        case = {"X": rng.normal(size=(3, 1, side, side)), "params": params}
        yield Case(case | ({"Y": np.eye(10)[rng.integers(0, 10, 3)]} if labels else {}))


# ---------------------------------------------------------------- tasks

MAX_POOL = Task(
    "max_pool",
    points=2,
    answers=["max_pool"],
    reference=REFERENCE + "max_pool",
    probe=PROBES + "pool_gradient",
    parts=[
        Part("value", lambda rng: [
            *maps(different, (1, 1, 2, 4), (1, 2, 2, 2)),
            *maps(drawn(rng), (2, 3, 6, 4, 2, 2), (1, 2, 7, 5, 2, 2), (1, 2, 5, 6, 3, 2))],
             probe=PROBES + "pooled"),
        Part("gradient", lambda rng: [
            *maps(different, (1, 1, 2, 4), (1, 2, 2, 2), G=True),
            *maps(drawn(rng), (2, 3, 6, 4, 2, 2), (1, 2, 7, 5, 2, 2), G=True)]),
        Part("overlapping windows", lambda rng: [
            *maps(different, (1, 1, 3, 3, 2, 1), G=True),
            *maps(drawn(rng), (2, 2, 5, 7, 3, 1), (1, 3, 7, 7, 3, 2), G=True)]),
        Part("ties", ties),
    ],
    uses=["windows", "fold", "out_size"],
    forbids=["torch.*", "scipy.*"],
    misconceptions=[
        Misconception(
            "Where several entries are largest, each of them gets the whole gradient. Only one was kept, so only one gets "
            "it: the first, as `argmax` finds it.",
            {"ties"},
            ("np.arange(k * k)[:, None, None] == winner", "flat == flat.max(axis=2, keepdims=True)"),
        ),
        Misconception(
            "Where several entries are largest, they share the gradient. Only one was kept, so only one gets it: the first.",
            {"ties"},
            ("np.arange(k * k)[:, None, None] == winner",
             "(flat == flat.max(axis=2, keepdims=True)) / (flat == flat.max(axis=2, keepdims=True)).sum(axis=2, keepdims=True)"),
        ),
        Misconception(
            "Where several entries are largest, the first by *columns* gets the gradient. As in PyTorch it is the first by "
            "rows: (0, 1) before (1, 0).",
            {"ties"},
            ("winner = flat.argmax(axis=2)[:, :, None]",
             "t = V.swapaxes(2, 3).reshape(flat.shape).argmax(axis=2)\n"
             "    winner = (t % k * k + t // k)[:, :, None]"),
        ),
        Misconception(
            "Where several entries are largest, none gets the gradient.",
            {"ties"},
            ("np.arange(k * k)[:, None, None] == winner",
             "(flat == flat.max(axis=2, keepdims=True)) & ((flat == flat.max(axis=2, keepdims=True)).sum(axis=2, keepdims=True) < 2)"),
        ),
        Misconception(
            "Where several entries are largest, the last one gets the gradient. As in PyTorch it is the first.",
            {"ties"},
            ("flat.argmax(axis=2)", "k * k - 1 - flat[:, :, ::-1].argmax(axis=2)"),
        ),
        Misconception(
            "The gradient is shared by the whole window. Only the winner acted on the result, so it gets all of it.",
            {"gradient", "overlapping windows", "ties"},
            ("won = np.arange(k * k)[:, None, None] == winner", "won = np.ones(flat.shape) / (k * k)"),
        ),
        Misconception(
            "You keep the mean of each window, not the largest.",
            {"value"},
            ("flat.max(axis=2), (pull,)", "flat.mean(axis=2), (pull,)"),
        ),
        Misconception(
            "You keep the largest *size*. The largest of -3 and 1 is 1.",
            {"value", "gradient", "overlapping windows", "ties"},
            ("flat = V.reshape(n, c, k * k, p, q)", "flat = np.abs(V.reshape(n, c, k * k, p, q))"),
        ),
        Misconception(
            "A window whose entries are all negative gives 0. Its largest entry is negative, too.",
            {"value"},
            ("flat.max(axis=2), (pull,)", "np.maximum(flat.max(axis=2), 0), (pull,)"),
        ),
        Misconception(
            "You keep the smallest of each window, not the largest.",
            {"value"},
            ("flat.max(axis=2), (pull,)", "flat.min(axis=2), (pull,)"),
        ),
        Misconception(
            "The gradient goes to the smallest of each window, not to the largest.",
            {"gradient", "overlapping windows", "ties"},
            ("flat.argmax(axis=2)", "flat.argmin(axis=2)"),
        ),
        Misconception(
            "The gradient is multiplied by the winner's value. The result *is* that value, its slope is 1.",
            {"gradient", "overlapping windows", "ties"},
            ("won * G[:, :, None]", "won * G[:, :, None] * flat.max(axis=2)[:, :, None]"),
        ),
        Misconception(
            "Every entry of a window gets the whole gradient. Only the winner acted on the result.",
            {"gradient", "overlapping windows", "ties"},
            ("won = np.arange(k * k)[:, None, None] == winner", "won = np.ones(flat.shape)"),
        ),
        Misconception(
            "Where windows overlap, a pixel that wins twice keeps the last gradient only. It gets the sum of both.",
            {"overlapping windows"},
            ("return fold((won * G[:, :, None]).reshape(V.shape), X.shape, stride)",
             "D = np.zeros(X.shape)\n"
             "        for a, b, y, x in np.ndindex(n, c, p, q):\n"
             "            i, j = divmod(int(winner[a, b, 0, y, x]), k)\n"
             "            D[a, b, y * stride + i, x * stride + j] = G[a, b, y, x]\n"
             "        return D"),
        ),
        Misconception(
            "You pool over the channels too. Each channel is pooled alone.",
            {"value"},
            ("flat.max(axis=2), (pull,)", "np.repeat(flat.max(axis=(1, 2))[:, None], c, axis=1), (pull,)"),
        ),
        Misconception(
            "The gradient comes back with its sign lost or cut: like a product, not like ReLU, the winner gets G as it is.",
            {"gradient", "overlapping windows", "ties"},
            ("won * G[:, :, None]", "won * np.maximum(G, 0)[:, :, None]"),
        ),
    ],
    hints=[
        "`windows` and `fold` do the work again. Lay the k · k weights of a window along one axis and look for the "
        "largest; on the way back only its place gets anything.",
        r"$Z_{ncpq} = \max_{ij} V_{ncij,pq}$; the gradient by $V$ is $G$ at the first largest entry and 0 elsewhere, then "
        "`fold`",
        "`flat = V.reshape(n, c, k * k, p, q)`, `winner = flat.argmax(axis=2)[:, :, None]`; in the pull "
        "`won = np.arange(k * k)[:, None, None] == winner` and `fold((won * G[:, :, None]).reshape(V.shape), ...)`",
    ],
)  # fmt: skip

BOTH = {"equivariance", "invariance"}
ONE, OTHER = "shift(f(X), d)).max())", "- f(X)).max())"
GAPS = Task(
    "gaps",
    points=1,
    answers=["equivariance_gap", "invariance_gap"],
    reference=REFERENCE + "equivariance_gap",
    probe=PROBES + "gap",
    parts=[
        Part("equivariance", lambda rng: shifted(rng, "equivariance", "circular", "weighted", "dense")),
        Part(
            "invariance",
            lambda rng: shifted(rng, "invariance", "mean", "every other", "weighted", "circular"),
        ),
    ],
    misconceptions=[
        Misconception(
            "That is how far the outputs of the shifted and the unshifted image are apart: invariance. For equivariance "
            "the *output* is shifted too.",
            {"equivariance"},
            ("f(shift(X, d)) - shift(f(X), d)", "f(shift(X, d)) - f(X)"),
        ),
        Misconception(
            "Invariant means that f does not change at all: compare with f(X), not with the shifted f(X).",
            {"invariance"},
            ("f(shift(X, d)) - f(X)", "f(shift(X, d)) - shift(f(X), d)"),
        ),
        Misconception(
            "You add all differences up; the largest is asked for.",
            BOTH,
            edits=((ONE, "shift(f(X), d)).sum())"), (OTHER, "- f(X)).sum())")),
        ),
        Misconception(
            "You return the mean difference; the largest is asked for.",
            BOTH,
            edits=((ONE, "shift(f(X), d)).mean())"), (OTHER, "- f(X)).mean())")),
        ),
        Misconception(
            "That is the root of the mean square. The *largest* difference is asked for.",
            BOTH,
            edits=(("np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.sqrt(np.mean((f(shift(X, d)) - shift(f(X), d)) ** 2))"),
                   ("np.abs(f(shift(X, d)) - f(X)).max()", "np.sqrt(np.mean((f(shift(X, d)) - f(X)) ** 2))")),
        ),
        Misconception(
            "That is the length of the difference, over all numbers. The *largest* single difference is asked for.",
            BOTH,
            edits=(("np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                    "np.linalg.norm((f(shift(X, d)) - shift(f(X), d)).ravel())"),
                   ("np.abs(f(shift(X, d)) - f(X)).max()", "np.linalg.norm((f(shift(X, d)) - f(X)).ravel())")),
        ),
        Misconception(
            "A difference may be negative: each one is made positive *before* the largest is taken.",
            BOTH,
            edits=(("np.abs(f(shift(X, d)) - shift(f(X), d)).max()", "(f(shift(X, d)) - shift(f(X), d)).max()"),
                   ("np.abs(f(shift(X, d)) - f(X)).max()", "(f(shift(X, d)) - f(X)).max()")),
            forms=([("np.abs(f(shift(X, d)) - shift(f(X), d)).max()", "abs((f(shift(X, d)) - shift(f(X), d)).max())"),
                    ("np.abs(f(shift(X, d)) - f(X)).max()", "abs((f(shift(X, d)) - f(X)).max())")],
                   [("np.abs(f(shift(X, d)) - shift(f(X), d)).max()", "(shift(f(X), d) - f(shift(X, d))).max()"),
                    ("np.abs(f(shift(X, d)) - f(X)).max()", "(f(X) - f(shift(X, d))).max()")],
                   [("np.abs(f(shift(X, d)) - shift(f(X), d)).max()", "abs((shift(f(X), d) - f(shift(X, d))).max())"),
                    ("np.abs(f(shift(X, d)) - f(X)).max()", "abs((f(X) - f(shift(X, d))).max())")]),
        ),
        Misconception(
            "The largest numbers of both sides are compared. Compare place by place, then take the largest.",
            BOTH,
            edits=(("np.abs(f(shift(X, d)) - shift(f(X), d)).max()", "abs(f(shift(X, d)).max() - shift(f(X), d).max())"),
                   ("np.abs(f(shift(X, d)) - f(X)).max()", "abs(f(shift(X, d)).max() - f(X).max())")),
        ),
        Misconception(
            "You compare with the unshifted image itself. What counts is what f makes of it.",
            {"equivariance"},
            ("f(shift(X, d)) - shift(f(X), d)", "f(shift(X, d)) - shift(X, d)"),
        ),
    ],
    hints=[
        "Two routes from X: shift and then f, or f and then shift (or f alone). How far apart do they end?",
        r"$\max |f(\mathrm{shift}\, X) - \mathrm{shift}\, f(X)|$ and $\max |f(\mathrm{shift}\, X) - f(X)|$",
        "`float(np.abs(f(shift(X, d)) - ...).max())`",
    ],
)  # fmt: skip

LENET = Task(
    "lenet",
    points=1,
    answers=["lenet"],
    reference=REFERENCE + "lenet",
    parts=[
        Part("scores", letters, probe=PROBES + "lenet_scores"),
        Part("gradients", partial(letters, labels=True), probe=PROBES + "lenet_gradients"),
    ],
    uses=["out_size", "windows", "conv", "fold", "conv_rule", "max_pool"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The first convolution is not padded: with pad=2 it keeps the image's size.",
            {"scores", "gradients"},
            ("partial(conv_rule, pad=2)", "conv_rule"),
        ),
        Misconception(
            "The second convolution is padded too: there the map shrinks.",
            {"scores", "gradients"},
            ("apply(conv_rule, A, K2, b2)", "apply(partial(conv_rule, pad=2), A, K2, b2)"),
        ),
        Misconception(
            "There is no ReLU after the first dense layer: without one, two layers are one.",
            {"scores", "gradients"},
            ("A = apply(relu, A @ W3 + b3)", "A = A @ W3 + b3"),
        ),
        Misconception(
            "There is a ReLU at the end. Scores may be negative.",
            {"scores", "gradients"},
            ("return A @ W5 + b5", "return apply(relu, A @ W5 + b5)"),
        ),
        Misconception(
            "There is no ReLU after the second convolution.",
            {"scores", "gradients"},
            ("apply(relu, apply(conv_rule, A, K2, b2))", "apply(conv_rule, A, K2, b2)"),
        ),
        Misconception(
            "There is no ReLU after the second dense layer: without one, two layers are one.",
            {"scores", "gradients"},
            ("A = apply(relu, A @ W4 + b4)", "A = A @ W4 + b4"),
        ),
        Misconception(
            "There is no ReLU after either convolution.",
            {"scores", "gradients"},
            edits=(("apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))", "apply(partial(conv_rule, pad=2), X, K1, b1)"),
                   ("apply(relu, apply(conv_rule, A, K2, b2))", "apply(conv_rule, A, K2, b2)")),
        ),
        Misconception(
            "There is no ReLU between the dense layers: without one, three layers are one.",
            {"scores", "gradients"},
            edits=(("A = apply(relu, A @ W3 + b3)", "A = A @ W3 + b3"), ("A = apply(relu, A @ W4 + b4)", "A = A @ W4 + b4")),
        ),
        Misconception(
            "There is no ReLU anywhere: without one the whole network, but for its pools, is a single linear map.",
            {"scores", "gradients"},
            edits=(("apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))", "apply(partial(conv_rule, pad=2), X, K1, b1)"),
                   ("apply(relu, apply(conv_rule, A, K2, b2))", "apply(conv_rule, A, K2, b2)"),
                   ("A = apply(relu, A @ W3 + b3)", "A = A @ W3 + b3"), ("A = apply(relu, A @ W4 + b4)", "A = A @ W4 + b4")),
        ),
        Misconception(
            "Probabilities, or their logarithms, are returned: the last layer's ten numbers are the scores as they are.",
            {"scores"},
            ("return A @ W5 + b5", "from helpers.reference.backprop import log_softmax\n    return apply(log_softmax, A @ W5 + b5)"),
            forms=(("return A @ W5 + b5",
                    "Z = A @ W5 + b5\n    E = np.exp(Z.data - Z.data.max(axis=1, keepdims=True))\n"
                    "    return Tensor(E / E.sum(axis=1, keepdims=True))"),),
        ),
        Misconception(
            "The first pool keeps every second pixel. It keeps the largest of each window of 2 × 2.",
            {"scores", "gradients"},
            ("    A = apply(max_pool, A)\n", "    A = apply(partial(max_pool, k=1), A)\n"),
        ),
        Misconception(
            "The second pool keeps every second pixel. It keeps the largest of each window of 2 × 2.",
            {"scores", "gradients"},
            ("apply(flatten, apply(max_pool, A))", "apply(flatten, apply(partial(max_pool, k=1), A))"),
        ),
        Misconception(
            "The biases of the dense layers are missing.",
            {"scores", "gradients"},
            edits=(("A @ W3 + b3", "A @ W3"), ("A @ W4 + b4", "A @ W4"), ("A @ W5 + b5", "A @ W5")),
        ),
        Misconception(
            "The bias of the last layer is missing.", {"scores", "gradients"}, ("return A @ W5 + b5", "return A @ W5")
        ),
        Misconception(
            "There is no ReLU after the first convolution.",
            {"scores", "gradients"},
            ("apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))", "apply(partial(conv_rule, pad=2), X, K1, b1)"),
        ),
    ],
    hints=[
        "Eleven operations in a row, from the table above. Each is an `apply` of a rule, or `@` and `+`.",
        "conv (pad 2), relu, pool, conv, relu, pool, flatten, dense, relu, dense, relu, dense",
        "`A = apply(relu, apply(partial(conv_rule, pad=2), X, K1, b1))`, `A = apply(max_pool, A)`, … `return A @ W5 + b5`",
    ],
)  # fmt: skip

NETWORK = [MAX_POOL, GAPS, LENET]
