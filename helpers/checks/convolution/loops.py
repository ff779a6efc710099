"""Lesson 05, part 3: a layer in loops, the specification of all that follow."""

from helpers.checks.convolution.cases import drawn, images, small
from helpers.checks.convolution.forward import LIBRARIES, REFERENCE
from helpers.checks.task import Misconception, Part, Task

LOOPS = {"channels and filters", "padding", "stride", "both"}
CONV_LOOPS = Task(
    "conv_loops",
    points=2,
    answers=["conv_loops"],
    reference=REFERENCE + "conv_loops",
    parts=[
        Part(
            "channels and filters",
            lambda rng: [
                *images(small, (1, 3, 4, 3, 2), (2, 2, 3, 1, 2)),
                *images(drawn(rng), (3, 6, 8, 4, 2)),
            ],
        ),
        Part(
            "padding",
            lambda rng: [*images(small, (1, 2, 3, 3, 2, 1, 1)), *images(drawn(rng), (2, 4, 7, 5, 3, 1, 2))],
        ),
        Part(
            "stride",
            lambda rng: [*images(small, (1, 3, 4, 3, 2, 2)), *images(drawn(rng), (5, 9, 13, 7, 3, 2))],
        ),
        Part(
            "both",
            lambda rng: [*images(small, (1, 2, 4, 3, 2, 2, 1)), *images(drawn(rng), (2, 8, 14, 6, 4, 3, 2))],
        ),
    ],
    uses=["correlate", "convolve", "out_size"],
    forbids=LIBRARIES,
    misconceptions=[
        Misconception(
            "The bias is added once for each weight. It is added once for each place: after the sum.",
            LOOPS,
            ("np.sum(window * K[f]) + b[f]", "np.sum(window * K[f] + b[f])"),
        ),
        Misconception("The bias is missing.", LOOPS, (" + b[f]", "")),
        Misconception(
            "All filters use the weights of the first: K[f], not K[0].",
            LOOPS,
            ("window * K[f]", "window * K[0]"),
        ),
        Misconception("All filters use the bias of the first: b[f], not b[0].", LOOPS, ("+ b[f]", "+ b[0]")),
        Misconception(
            "Only the first filter has made a map; the others are zero. Is `return` inside of the loop?",
            LOOPS,
            ("+ b[f]\n    return Z", "+ b[f]\n        return Z"),
        ),
        Misconception(
            "Only one channel is read. A kernel has weights for every channel, and all products are added up.",
            {"channels and filters", "padding", "stride", "both"},
            ("window * K[f]", "window[0] * K[f, 0]"),
            forms=(("window * K[f]", "window[-1] * K[f, -1]"),),
        ),
        Misconception(
            "The mean over the channels is taken. All products, of all channels, are added up.",
            LOOPS,
            ("np.sum(window * K[f])", "np.sum(window * K[f]) / len(window)"),
        ),
        Misconception(
            "You take the mean of the products. A convolution is their sum.",
            LOOPS,
            ("np.sum(window", "np.mean(window"),
        ),
        Misconception(
            "The window moves by one pixel whatever the stride: it begins at i * stride.",
            {"stride", "both"},
            ("X[:, i * stride : i * stride + k, j * stride : j * stride + k]", "X[:, i : i + k, j : j + k]"),
        ),
        Misconception(
            "The stride counts for one axis only: the window begins at row i * stride *and* column j * stride.",
            {"stride", "both"},
            ("j * stride : j * stride + k", "j : j + k"),
            forms=(("i * stride : i * stride + k", "i : i + k"),),
        ),
        Misconception(
            "All of the padding is on one side. Half of it belongs before the image, half behind it.",
            {"padding", "both"},
            ("((0, 0), (pad, pad), (pad, pad))", "((0, 0), (0, 2 * pad), (0, 2 * pad))"),
            forms=(("((0, 0), (pad, pad), (pad, pad))", "((0, 0), (2 * pad, 0), (2 * pad, 0))"),),
        ),
        Misconception(
            "There is padding along one axis only: rows *and* columns get it.",
            {"padding", "both"},
            ("((0, 0), (pad, pad), (pad, pad))", "((0, 0), (pad, pad), (0, 0))"),
            forms=(("((0, 0), (pad, pad), (pad, pad))", "((0, 0), (0, 0), (pad, pad))"),),
        ),
        Misconception(
            "The image is not padded: `pad` zeros belong on every side of each channel.",
            {"padding", "both"},
            ("    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))\n", ""),
        ),
        Misconception(
            "The padding counts twice: the image has grown already, and `out_size` adds it once more.",
            {"padding", "both"},
            edits=(
                ("X.shape[1], k, stride)", "X.shape[1], k, stride, pad)"),
                ("X.shape[2], k, stride)", "X.shape[2], k, stride, pad)"),
            ),
        ),
        Misconception(
            "What is around the image is not zero: here padding is with zeros.",
            {"padding", "both"},
            ("(pad, pad), (pad, pad)))", '(pad, pad), (pad, pad)), mode="edge")'),
            forms=(
                ("(pad, pad), (pad, pad)))", '(pad, pad), (pad, pad)), mode="reflect")'),
                ("(pad, pad), (pad, pad)))", '(pad, pad), (pad, pad)), mode="symmetric")'),
                ("(pad, pad), (pad, pad)))", '(pad, pad), (pad, pad)), mode="wrap")'),
                ("(pad, pad), (pad, pad)))", "(pad, pad), (pad, pad)), constant_values=1)"),
            ),
        ),
        Misconception(
            "You turn the kernels. In a layer nobody does: it is cross-correlation.",
            LOOPS,
            ("window * K[f]", "window * K[f][:, ::-1, ::-1]"),
        ),
        Misconception(
            "Rows and columns of the kernels are exchanged.",
            LOOPS,
            ("window * K[f]", "window * K[f].transpose(0, 2, 1)"),
        ),
        Misconception(
            "The map is square whatever the image: its rows are counted from the image's rows, its columns from the "
            "image's columns.",
            LOOPS,
            ("out_size(X.shape[2], k, stride)", "out_size(X.shape[1], k, stride)"),
        ),
        Misconception(
            "The bias is added once for each channel. It is added once for each place, after the sum over all channels.",
            LOOPS,
            ("np.sum(window * K[f]) + b[f]", "np.sum(window * K[f]) + len(window) * b[f]"),
        ),
        Misconception(
            "The maps stand last: the result is (m, p, q), filters first.",
            LOOPS,
            ("    return Z\n", "    return Z.transpose(1, 2, 0)\n"),
        ),
        Misconception(
            "Each filter gets the biases of all of them: b[f] is its own.",
            LOOPS,
            ("np.sum(window * K[f]) + b[f]", "np.sum(window * K[f]) + b.sum()"),
            forms=(("np.sum(window * K[f]) + b[f]", "np.sum(window * K[f]) + b.mean()"),),
        ),
        Misconception(
            "The bias is subtracted. It is added.",
            LOOPS,
            ("np.sum(window * K[f]) + b[f]", "np.sum(window * K[f]) - b[f]"),
        ),
        Misconception(
            "Negative numbers have become 0. A ReLU may follow a layer; it is no part of it.",
            LOOPS,
            ("    return Z\n", "    return np.maximum(Z, 0)\n"),
        ),
        Misconception(
            "The maps are added up to a single one. Each filter makes a map of its own.",
            LOOPS,
            ("    return Z\n", "    return Z.sum(axis=0)\n"),
            forms=(("    return Z\n", "    return Z.mean(axis=0)\n"),),
        ),
        Misconception(
            "All channels are weighted by one channel's table. A kernel has one for each: K[f, c] for channel c.",
            LOOPS,
            ("window * K[f]", "window * K[f, 0]"),
            forms=(("window * K[f]", "window * K[f, -1]"),),
        ),
        Misconception(
            "The map is too small: its size leaves the padding out.",
            {"padding", "both"},
            edits=(
                ("out_size(X.shape[1], k, stride)", "out_size(X.shape[1] - 2 * pad, k, stride)"),
                ("out_size(X.shape[2], k, stride)", "out_size(X.shape[2] - 2 * pad, k, stride)"),
            ),
        ),
    ],
    hints=[
        "Pad first. Then three loops: over filters, rows and columns of the output. A window now has all channels.",
        r"$Z_{fpq} = b_f + \sum_{c,i,j} X_{c,\;sp+i,\;sq+j}\, K_{fcij}$, with $X$ already padded",
        "`window = X[:, p * stride : p * stride + k, q * stride : q * stride + k]`, then "
        "`np.sum(window * K[f]) + b[f]`",
    ],
)
