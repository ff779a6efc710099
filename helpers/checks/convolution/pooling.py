"""Lesson 05, part 7: max pooling."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.cases import different, drawn, maps
from helpers.checks.convolution.forward import LIBRARIES, PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task


def ties(rng: Generator) -> Iterator[Case]:
    """Windows with several largest entries: two of four, in both diagonals; then as a ReLU leaves them."""
    X = np.array([[[[0.0, 1, 2, 1, 0, 3], [1, 0, 1, 2, 3, 3]]]])
    yield Case({"X": X, "G": np.array([[[[1.0, 10, 100]]]])})
    yield Case({"X": -X, "G": np.array([[[[1.0, 10, 100]]]])})
    for case in maps(drawn(rng), (2, 3, 8, 8, 2, 2), G=True):
        yield Case({**case.inputs, "X": np.maximum(case.inputs["X"], 0)})


MAX_POOL = Task(
    "max_pool",
    points=2,
    answers=["max_pool"],
    reference=REFERENCE + "max_pool",
    probe=PROBES + "pool_gradient",
    parts=[
        Part(
            "value",
            lambda rng: [
                *maps(different, (1, 1, 2, 4), (1, 2, 2, 2)),
                *maps(drawn(rng), (2, 3, 6, 4, 2, 2), (1, 2, 7, 5, 2, 2), (1, 2, 5, 6, 3, 2)),
            ],
            probe=PROBES + "pooled",
        ),
        Part(
            "gradient",
            lambda rng: [
                *maps(different, (1, 1, 2, 4), (1, 2, 2, 2), G=True),
                *maps(drawn(rng), (2, 3, 6, 4, 2, 2), (1, 2, 7, 5, 2, 2), G=True),
            ],
        ),
        Part(
            "overlapping windows",
            lambda rng: [
                *maps(different, (1, 1, 3, 3, 2, 1), G=True),
                *maps(drawn(rng), (2, 2, 5, 7, 3, 1), (1, 3, 7, 7, 3, 2), G=True),
            ],
        ),
        Part("ties", ties),
    ],
    uses=["windows", "fold", "out_size"],
    forbids=LIBRARIES,
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
            (
                "np.arange(k * k)[:, None, None] == winner",
                "(flat == flat.max(axis=2, keepdims=True)) / (flat == flat.max(axis=2, keepdims=True)).sum(axis=2, keepdims=True)",
            ),
        ),
        Misconception(
            "Where several entries are largest, the first by *columns* gets the gradient. As in PyTorch it is the first by "
            "rows: (0, 1) before (1, 0).",
            {"ties"},
            (
                "winner = flat.argmax(axis=2)[:, :, None]",
                "t = V.swapaxes(2, 3).reshape(flat.shape).argmax(axis=2)\n"
                "    winner = (t % k * k + t // k)[:, :, None]",
            ),
        ),
        Misconception(
            "Where several entries are largest, none gets the gradient.",
            {"ties"},
            (
                "np.arange(k * k)[:, None, None] == winner",
                "(flat == flat.max(axis=2, keepdims=True)) & ((flat == flat.max(axis=2, keepdims=True)).sum(axis=2, keepdims=True) < 2)",
            ),
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
            (
                "return fold((won * G[:, :, None]).reshape(V.shape), X.shape, stride)",
                "D = np.zeros(X.shape)\n"
                "        for a, b, y, x in np.ndindex(n, c, p, q):\n"
                "            i, j = divmod(int(winner[a, b, 0, y, x]), k)\n"
                "            D[a, b, y * stride + i, x * stride + j] = G[a, b, y, x]\n"
                "        return D",
            ),
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
        Misconception(
            "The stride is ignored: the windows stand k apart.",
            {"value", "overlapping windows"},
            edits=(
                ("V = windows(X, k, stride)", "V = windows(X, k, k)"),
                ("X.shape, stride)", "X.shape, k)"),
            ),
        ),
        Misconception(
            "The size or the stride that is asked for is ignored: it is 2 whatever was given.",
            {"value", "overlapping windows"},
            ("    V = windows(X, k, stride)\n", "    k = 2\n    V = windows(X, k, stride)\n"),
            forms=(
                ("    V = windows(X, k, stride)\n", "    stride = 2\n    V = windows(X, k, stride)\n"),
                ("    V = windows(X, k, stride)\n", "    k = stride = 2\n    V = windows(X, k, stride)\n"),
            ),
        ),
        Misconception(
            "You keep the sum of each window, not the largest.",
            {"value"},
            ("flat.max(axis=2), (pull,)", "flat.sum(axis=2), (pull,)"),
        ),
        Misconception(
            "You keep the largest of one row or column of the window, not of the whole window.",
            {"value"},
            ("flat.max(axis=2), (pull,)", "V.max(axis=2)[:, :, 0], (pull,)"),
            forms=(("flat.max(axis=2), (pull,)", "V.max(axis=3)[:, :, 0], (pull,)"),),
        ),
        Misconception(
            "The winner gets a 1, whatever arrives: it gets G.",
            {"gradient", "overlapping windows", "ties"},
            ("won * G[:, :, None]", "won * np.ones_like(G)[:, :, None]"),
        ),
        Misconception(
            "A rule returns a tuple of pulls, even of a single one: `(pull,)` with its comma.",
            {"gradient", "overlapping windows", "ties"},
            ("flat.max(axis=2), (pull,)", "flat.max(axis=2), pull"),
        ),
        Misconception(
            "`fold` is called without the stride that `windows` had.",
            {"gradient", "overlapping windows", "ties"},
            ("X.shape, stride)", "X.shape)"),
        ),
        Misconception(
            "That is the gradient with respect to the *windows*. `fold` brings it home to the image.",
            {"gradient", "overlapping windows", "ties"},
            (
                "return fold((won * G[:, :, None]).reshape(V.shape), X.shape, stride)",
                "return (won * G[:, :, None]).reshape(V.shape)",
            ),
        ),
    ],
    hints=[
        "`windows` and `fold` do the work again. Lay the k · k weights of a window along one axis and look for the "
        "largest; on the way back only its place gets anything.",
        r"$Z_{ncpq} = \max_{ij} V_{ncij,pq}$; the gradient with respect to $V$ is $G$ at the first largest entry and 0 elsewhere, then "
        "`fold`",
        "`flat = V.reshape(n, c, k * k, p, q)`, `winner = flat.argmax(axis=2)[:, :, None]`; in the pull "
        "`won = np.arange(k * k)[:, None, None] == winner` and `fold((won * G[:, :, None]).reshape(V.shape), ...)`",
    ],
)
