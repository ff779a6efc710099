"""Lesson 05, part 5: the layer as one matrix product."""

from helpers.checks.convolution.cases import batches, drawn, small, views
from helpers.checks.convolution.forward import LIBRARIES, PROBES, REFERENCE
from helpers.checks.task import Misconception, Part, Task

WINDOWS = {"windows", "windows with stride and padding"}
ALL = WINDOWS | {"conv", "conv with stride and padding"}
SETTINGS = {"windows with stride and padding", "conv with stride and padding"}
SLICES = "X[:, :, y : y + stride * p : stride, x : x + stride * q : stride]"
SINGLE = 1e-5  # relative: what is computed in single precision anywhere on the way is right, too
PADDED = "(pad, pad), (pad, pad)"

CONV = Task(
    "conv",
    points=3,
    answers=["windows", "conv"],
    reference=REFERENCE + "windows",
    parts=[
        Part(
            "windows",
            lambda rng: [*views(small, (1, 1, 3, 4, 2)), *views(drawn(rng), (2, 4, 7, 9, 3))],
            probe=PROBES + "seen",
        ),
        Part(
            "windows with stride and padding",
            lambda rng: [
                *views(small, (1, 1, 2, 4, 3, 2, 1)),
                *views(drawn(rng), (2, 5, 7, 12, 3, 2, 1), (1, 3, 9, 12, 2, 3, 2)),
            ],
            probe=PROBES + "seen",
        ),
        Part(
            "conv",
            lambda rng: [
                *batches(small, (2, 1, 2, 3, 3, 2), (1, 2, 2, 3, 1, 2)),
                *batches(drawn(rng), (2, 4, 7, 10, 6, 3)),
            ],
            probe=PROBES + "convolved",
            tol=SINGLE,
        ),
        Part(
            "conv with stride and padding",
            lambda rng: [
                *batches(small, (2, 1, 2, 3, 2, 2, 2, 1)),
                *batches(drawn(rng), (2, 4, 9, 13, 6, 3, 2, 1), (1, 5, 8, 14, 6, 4, 3, 2)),
            ],
            probe=PROBES + "convolved",
            tol=SINGLE,
        ),
    ],
    uses=["out_size"],
    forbids=LIBRARIES,
    misconceptions=[
        Misconception(
            "You turn the kernels, or mirror them. In a layer nobody does: it is cross-correlation.",
            {"conv", "conv with stride and padding"},
            ("K.reshape(m, -1)", "K[:, :, ::-1, ::-1].reshape(m, -1)"),
            forms=(
                ("K.reshape(m, -1)", "K[:, :, ::-1].reshape(m, -1)"),
                ("K.reshape(m, -1)", "K[:, :, :, ::-1].reshape(m, -1)"),
            ),
        ),
        Misconception(
            "Rows and columns of the window are exchanged: weight (i, j) looks i pixels down and j to the right.",
            ALL,
            ("V[:, :, i, j] = X", "V[:, :, j, i] = X"),
        ),
        Misconception(
            "The window moves by one pixel whatever the stride: the slices need the step `stride`.",
            SETTINGS,
            (SLICES, "X[:, :, y : y + p, x : x + q]"),
        ),
        Misconception(
            "The stride counts for one axis only: rows *and* columns are read with the step `stride`.",
            SETTINGS,
            (SLICES, "X[:, :, y : y + stride * p : stride, x : x + q]"),
            forms=((SLICES, "X[:, :, y : y + p, x : x + stride * q : stride]"),),
        ),
        Misconception(
            "The windows are turned: weight (0, 0) sees the upper left corner.",
            ALL,
            ("V[:, :, i, j] = X", "V[:, :, k - 1 - i, k - 1 - j] = X"),
        ),
        Misconception(
            "The windows have their axes in another order: V is (n, c, k, k, p, q), a weight's place before the "
            "window's.",
            ALL,
            ("    return V\n", "    return V.transpose(0, 1, 4, 5, 2, 3)\n"),
        ),
        Misconception(
            "All of the padding is on one side. Half of it belongs before the image, half behind it.",
            SETTINGS,
            (PADDED, "(0, 2 * pad), (0, 2 * pad)"),
            forms=((PADDED, "(2 * pad, 0), (2 * pad, 0)"),),
        ),
        Misconception(
            "There is no padding: `pad` zeros belong on every side of each channel.",
            SETTINGS,
            ("if pad:", "if False:"),
            forms=(
                [
                    ("if pad:", "if False:"),
                    ("out_size(side, span, stride, pad)", "out_size(side, span, stride)"),
                ],
            ),
        ),
        Misconception(
            "What is around the image is not zero: here padding is with zeros.",
            SETTINGS,
            (PADDED + "))", PADDED + '), mode="edge")'),
            forms=(
                (PADDED + "))", PADDED + '), mode="symmetric")'),
                (PADDED + "))", PADDED + '), mode="wrap")'),
                (PADDED + "))", PADDED + "), constant_values=1)"),
            ),
        ),
        Misconception(
            "The windows stand in a square whatever the image: p is counted from its rows, q from its columns.",
            ALL,
            ("for side in X.shape[2:])", "for side in (X.shape[2], X.shape[2]))"),
            forms=(("for side in X.shape[2:])", "for side in (X.shape[3], X.shape[3]))"),),
        ),
        Misconception(
            "The bias is missing.",
            {"conv", "conv with stride and padding"},
            (" + b[:, None]", ""),
        ),
        Misconception(
            "The bias is added once for each weight. It is added once for each place.",
            {"conv", "conv with stride and padding"},
            (" + b[:, None]", " + K[0].size * b[:, None]"),
        ),
        Misconception(
            "The kernels are laid flat in another order: each *row* is one filter, `K.reshape(m, -1)`. (A reshape does "
            "not move numbers, so a transpose after it mixes the filters.)",
            {"conv", "conv with stride and padding"},
            ("K.reshape(m, -1)", "K.reshape(-1, m).T"),
        ),
        Misconception(
            "`conv` does not hand its stride and padding on to `windows`.",
            {"conv with stride and padding"},
            ("V = windows(X, k, stride, pad)", "V = windows(X, k)"),
            forms=(("V = windows(X, k, stride, pad)", "V = windows(X, k, pad=pad)"),),
        ),
        Misconception(
            "All images of the batch get the maps of the first.",
            {"conv", "conv with stride and padding"},
            ("V.reshape(n, -1, p * q)", "np.repeat(V[:1], n, axis=0).reshape(n, -1, p * q)"),
        ),
        Misconception(
            "Only one channel is read. A filter has weights for every channel, and all products are added up.",
            {"conv", "conv with stride and padding"},
            (
                "K.reshape(m, -1) @ V.reshape(n, -1, p * q)",
                "K[:, 0].reshape(m, -1) @ V[:, 0].reshape(n, -1, p * q)",
            ),
        ),
        Misconception(
            "The result is not put in order: `reshape` reads numbers on in the order in which they lie, so the axes "
            "must be n, m, p, q already.",
            {"conv", "conv with stride and padding"},
            ("return Z.reshape(n, m, p, q)", "return Z.transpose(1, 0, 2).reshape(n, m, p, q)"),
            forms=(("return Z.reshape(n, m, p, q)", "return Z.transpose(0, 2, 1).reshape(n, m, p, q)"),),
        ),
        Misconception(
            "The images of the batch are mixed with each other: `reshape` does not move the batch behind the windows. Keep n in front, or transpose first.",
            {"conv", "conv with stride and padding"},
            edits=(
                ("V.reshape(n, -1, p * q)", "V.reshape(-1, n * p * q)"),
                ("return Z.reshape(n, m, p, q)", "return Z.reshape(m, n, p, q).transpose(1, 0, 2, 3)"),
            ),
        ),
        Misconception(
            "The filters stand before the batch: the result is (n, m, p, q).",
            {"conv", "conv with stride and padding"},
            ("return Z.reshape(n, m, p, q)", "return Z.reshape(n, m, p, q).transpose(1, 0, 2, 3)"),
        ),
        Misconception(
            "The maps stand last: the result is (n, m, p, q), channels before rows and columns.",
            {"conv", "conv with stride and padding"},
            ("return Z.reshape(n, m, p, q)", "return Z.reshape(n, m, p, q).transpose(0, 2, 3, 1)"),
        ),
        Misconception(
            "The biases meet the wrong axis: b has an entry for each filter, and NumPy lines it up with the *last* axis.",
            {"conv", "conv with stride and padding"},
            edits=(
                (" + b[:, None]", ""),
                ("return Z.reshape(n, m, p, q)", "return Z.reshape(n, m, p, q) + b"),
            ),
            forms=(("+ b[:, None]", "+ b"),),
        ),
        Misconception(
            "All filters use the bias of the first.",
            {"conv", "conv with stride and padding"},
            ("+ b[:, None]", "+ b[0]"),
        ),
        Misconception(
            "Each filter gets the biases of all of them.",
            {"conv", "conv with stride and padding"},
            ("+ b[:, None]", "+ b.sum()"),
        ),
        Misconception(
            "The bias is subtracted. It is added.",
            {"conv", "conv with stride and padding"},
            ("+ b[:, None]", "- b[:, None]"),
        ),
        Misconception(
            "You take the mean of the products. A convolution is their sum.",
            {"conv", "conv with stride and padding"},
            (
                "K.reshape(m, -1) @ V.reshape(n, -1, p * q) + b[:, None]",
                "K.reshape(m, -1) @ V.reshape(n, -1, p * q) / K[0].size + b[:, None]",
            ),
        ),
        Misconception(
            "There are too few windows: their number leaves the padding out.",
            SETTINGS,
            ("out_size(side, span, stride, pad)", "out_size(side, span, stride)"),
        ),
        Misconception(
            "Only some of the weights have their windows; the others are zero. Is `return` inside of a loop?",
            ALL,
            edits=(
                ("np.empty((", "np.zeros(("),
                (
                    "x : x + stride * q : stride]\n    return V",
                    "x : x + stride * q : stride]\n        return V",
                ),
            ),
            forms=(
                [
                    ("np.empty((", "np.zeros(("),
                    (
                        "x : x + stride * q : stride]\n    return V",
                        "x : x + stride * q : stride]\n            return V",
                    ),
                ],
            ),
        ),
        Misconception(
            "There is padding along one axis only: rows *and* columns get it.",
            SETTINGS,
            ("(pad, pad), (pad, pad)", "(pad, pad), (0, 0)"),
            forms=(("(pad, pad), (pad, pad)", "(0, 0), (pad, pad)"),),
        ),
    ],
    hints=[
        "`windows` needs no loop over places, only one over the k · k weights: what weight (i, j) sees is the image, "
        "moved by (i, j). In `conv` one matrix product does the rest.",
        r"$V_{ncij,pq} = X_{nc,\,sp+i,\,sq+j}$ (padded), and for each image $Z = \tilde K\, \tilde V + b$ with "
        r"$\tilde K$ of shape $(m, ck^2)$ and $\tilde V$ of shape $(ck^2, pq)$",
        "`V[:, :, i, j] = X[:, :, i : i + stride * p : stride, j : j + stride * q : stride]`; then "
        "`K.reshape(m, -1) @ V.reshape(n, -1, p * q) + b[:, None]`, and `.reshape(n, m, p, q)`",
    ],
)
