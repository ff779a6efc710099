"""Lesson 05, parts 5 to 8: the way back, pooling, shifts, and a network."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.forward import PROBES, REFERENCE, batch
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def places(n: int, k: int, stride: int, pad: int) -> int:
    """At how many places a kernel fits; the cases need it to draw gradients."""
    return (n + 2 * pad - k) // stride + 1


def gradients(rng: Generator, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """A layer's inputs, and a gradient by its output; sizes are c, h, w, m, k, stride, pad."""
    for case, (_, h, w, m, k, stride, pad) in zip(batch(rng, *sizes), sizes, strict=True):
        G = rng.normal(size=(2, m, places(h, k, stride, pad), places(w, k, stride, pad))) + 0.5
        yield Case({**case.inputs, "G": G})


def stacks(rng: Generator, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """Windows, and the image they go back to; sizes are n, c, h, w, k, stride, pad."""
    for n, c, h, w, k, stride, pad in sizes:
        p, q = places(h, k, stride, pad), places(w, k, stride, pad)
        V = rng.normal(size=(n, c, k, k, p, q)) + 0.5
        yield Case({"V": V, "shape": [n, c, h, w], "stride": stride, "pad": pad})


def maps(rng: Generator, *sizes: tuple[int, ...], G: bool = False, tie: bool = False) -> Iterator[Case]:
    """Maps to be pooled, many entries negative; with equal ones if asked, as ReLU makes them."""
    for n, c, h, w, k, stride in sizes:
        X = rng.normal(size=(n, c, h, w)) - 0.5
        X = np.maximum(X, 0) if tie else X
        out = (n, c, places(h, k, stride, 0), places(w, k, stride, 0))
        yield Case({"X": X, "k": k, "stride": stride} | ({"G": rng.normal(size=out) + 0.5} if G else {}))


def shifted(rng: Generator, which: str, *names: str) -> Iterator[Case]:
    """Images, and a function's weights; the shift is odd."""
    for name in names:
        X, w = rng.normal(size=(2, 3, 8)), rng.normal(size=3)
        yield Case({"which": which, "name": name, "w": w, "X": X, "d": int(rng.choice([1, 3]))})


def letters(rng: Generator, labels: bool = False) -> Iterator[Case]:
    """Small images for a LeNet with few filters and neurons; 13 pixels do not divide."""
    for side, m1, m2, d3, d4 in [(12, 3, 3, 8, 7), (13, 4, 2, 7, 9)]:
        shapes = [
            (m1, 1, 5, 5),
            (m1,),
            (m2, m1, 5, 5),
            (m2,),
            (m2, d3),
            (d3,),
            (d3, d4),
            (d4,),
            (d4, 10),
            (10,),
        ]
        params = [rng.normal(size=s) / (10 if len(s) == 1 else np.sqrt(np.prod(s[1:]))) for s in shapes]
        case = {"X": rng.normal(size=(3, 1, side, side)), "params": params}
        yield Case(case | ({"Y": np.eye(10)[rng.integers(0, 10, 3)]} if labels else {}))


# ---------------------------------------------------------------- tasks

CONV_RULE = Task(
    "conv_rule",
    points=4,
    answers=["fold", "conv_rule"],
    reference=REFERENCE + "fold",
    parts=[
        Part("fold", lambda rng: stacks(rng, (2, 3, 5, 6, 3, 1, 0), (1, 2, 7, 6, 3, 2, 1)), probe=PROBES + "folded"),
        Part("value", lambda rng: gradients(rng, (2, 6, 5, 3, 3, 2, 1)), weight=0.5, probe=PROBES + "conv_value"),
        Part("by the biases", lambda rng: gradients(rng, (2, 5, 6, 3, 3, 1, 0), (2, 6, 5, 3, 2, 2, 1)), weight=0.5,
             probe=PROBES + "by_biases"),
        Part("by the kernels", lambda rng: gradients(rng, (3, 5, 6, 2, 3, 1, 0), (2, 6, 7, 3, 3, 2, 1)),
             probe=PROBES + "by_kernels", pure=True),
        Part("by the image", lambda rng: gradients(rng, (3, 5, 6, 2, 3, 1, 0), (2, 6, 7, 3, 3, 2, 1)),
             probe=PROBES + "by_image", pure=True),
    ],
    uses=["windows", "conv", "out_size"],
    forbids=["torch.*", "scipy.*"],
    misconceptions=[
        Misconception(
            "You turn the kernels on the way back. What was read by weight (i, j) gets its gradient through weight "
            "(i, j); `fold` puts it in its place.",
            {"by the image"},
            ("weights.T @ G", "K[:, :, ::-1, ::-1].reshape(m, -1).T @ G"),
        ),
        Misconception(
            "Where windows overlap, the last one wins. A pixel that was read several times gets a gradient from each: "
            "add, `+=`.",
            {"fold", "by the image"},
            ("q : stride] += V", "q : stride] = V"),
        ),
        Misconception(
            "The windows go back turned round: weight (i, j) looked i pixels down and j to the right.",
            {"fold", "by the image"},
            ("+= V[:, :, i, j]", "+= V[:, :, k - 1 - i, k - 1 - j]"),
        ),
        Misconception(
            "The gradient is cut out at the wrong place: the image begins `pad` rows and columns inside.",
            {"fold", "by the image"},
            ("X[:, :, pad : pad + h, pad : pad + w]", "X[:, :, :h, :w]"),
        ),
        Misconception(
            "The border of zeros is still there: the gradient has the shape of the image without padding.",
            {"fold", "by the image"},
            ("X[:, :, pad : pad + h, pad : pad + w]", "X"),
        ),
        Misconception(
            "The mean over the batch is taken, but the loss has divided by n already: sum.",
            {"by the kernels"},
            (".sum(axis=0).reshape(K.shape)", ".mean(axis=0).reshape(K.shape)"),
        ),
        Misconception(
            "Only the first image of the batch is counted. A kernel was used on all of them: sum over the batch.",
            {"by the kernels"},
            (".sum(axis=0).reshape(K.shape)", "[0].reshape(K.shape)"),
        ),
        Misconception(
            "A bias was added at every place of every image, so its gradient is the sum over all of them, not the mean.",
            {"by the biases"},
            ("G.sum(axis=(0, 2, 3))", "G.mean(axis=(0, 2, 3))"),
        ),
        Misconception(
            "The bias's gradient still has an axis for the batch: b is (m,), so sum over n, p and q.",
            {"by the biases"},
            ("G.sum(axis=(0, 2, 3))", "G.sum(axis=(2, 3))"),
        ),
        Misconception(
            "The bias is missing in the value.",
            {"value"},
            ("weights @ flat + b[:, None]", "weights @ flat"),
        ),
    ],
    hints=[
        "Lesson 3 had it: for Z = A @ B the pulls are G @ B.T and A.T @ G. Here A is the flat kernels and B an image's "
        "windows. Only then does `fold` bring the windows' gradient home.",
        r"by $K$: $\sum_n G_n \tilde V_n^\top$; by $\tilde V_n$: $\tilde K^\top G_n$, then `fold`; by $b$: the sum of "
        r"$G$ over $n, p, q$",
        "In `fold`: `X[:, :, i : i + stride * p : stride, j : j + stride * q : stride] += V[:, :, i, j]`. The pulls: "
        "`lambda G: fold((weights.T @ G.reshape(n, m, -1)).reshape(V.shape), X.shape, stride, pad)`, "
        "`lambda G: (G.reshape(n, m, -1) @ flat.transpose(0, 2, 1)).sum(axis=0).reshape(K.shape)`, …",
    ],
)  # fmt: skip

MAX_POOL = Task(
    "max_pool",
    points=2,
    answers=["max_pool"],
    reference=REFERENCE + "max_pool",
    probe=PROBES + "pool_gradient",
    parts=[
        Part("value", lambda rng: maps(rng, (2, 3, 6, 4, 2, 2), (1, 2, 7, 5, 2, 2), (1, 2, 5, 6, 3, 2)),
             probe=PROBES + "pooled"),
        Part("gradient", lambda rng: maps(rng, (2, 3, 6, 4, 2, 2), (1, 2, 7, 5, 2, 2), G=True)),
        Part("overlapping windows", lambda rng: maps(rng, (2, 2, 5, 7, 3, 1), (1, 3, 7, 7, 3, 2), G=True)),
        Part("ties", lambda rng: maps(rng, (2, 3, 8, 8, 2, 2), G=True, tie=True)),
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
            {"value", "gradient", "overlapping windows"},
            ("flat = V.reshape(n, c, k * k, p, q)", "flat = np.abs(V.reshape(n, c, k * k, p, q))"),
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
            {"equivariance"},
            (
                "np.abs(f(shift(X, d)) - shift(f(X), d)).max()",
                "np.abs(f(shift(X, d)) - shift(f(X), d)).sum()",
            ),
        ),
        Misconception(
            "You return the mean difference; the largest is asked for.",
            {"invariance"},
            ("np.abs(f(shift(X, d)) - f(X)).max()", "np.abs(f(shift(X, d)) - f(X)).mean()"),
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
)

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

NETWORK = [CONV_RULE, MAX_POOL, GAPS, LENET]
