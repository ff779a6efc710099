"""Lesson 05, parts 1 to 4: from the worked example to a layer as one matrix product."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task

REFERENCE = "helpers.reference.convolution."
PROBES = "helpers.probes.convolution."

EXAMPLE = np.array([
    [0, 1, 1, 1, 0, 0, 0],
    [0, 0, 1, 1, 1, 0, 0],
    [0, 0, 0, 1, 1, 1, 0],
    [0, 0, 0, 1, 1, 0, 0],
    [0, 0, 1, 1, 0, 0, 0],
    [0, 1, 1, 0, 0, 0, 0],
    [1, 1, 0, 0, 0, 0, 0],
], dtype=float)  # fmt: skip
CROSS = np.array([[1.0, 0, 1], [0, 1, 0], [1, 0, 1]])  # it is its own flip, and its own transpose

# ---------------------------------------------------------------- cases


def pictures(rng: Generator, symmetric: bool = False) -> Iterator[Case]:
    """The worked example, with its kernel where that is fair, then kernels of which no two weights agree."""
    if symmetric:
        yield Case({"X": EXAMPLE, "K": CROSS})
    for h, w, k in [(7, 7, 3), (5, 6, 2), (6, 4, 3)]:
        X = EXAMPLE if h == w else rng.normal(size=(h, w))
        yield Case({"X": X, "K": rng.normal(size=(k, k))})


def sides(rng: Generator, stride: bool = False, pad: bool = False) -> Iterator[Case]:
    """Lengths; with a stride, one that divides the room of the kernel and others that do not."""
    for i in range(4):
        k, s = int(rng.integers(2, 6)), int(rng.integers(2, 5)) if stride else 1
        p = s + int(rng.integers(0, 3)) if pad else 0  # so large that half of it shows
        room = s * int(rng.integers(8, 14)) + (int(rng.integers(1, s)) if stride and i else 0)
        yield Case({"n": room + k - 2 * p, "k": k, "stride": s, "pad": p})


def one_image(rng: Generator, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """An image, kernels and biases; sizes are c, h, w, m, k, stride, pad."""
    for c, h, w, m, k, stride, pad in sizes:
        X, K, b = rng.normal(size=(c, h, w)), rng.normal(size=(m, c, k, k)), rng.normal(size=m) * 3
        yield Case({"X": X, "K": K, "b": b, "stride": stride, "pad": pad})


def batch(rng: Generator, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """A batch of two, kernels and biases; sizes as above."""
    for case in one_image(rng, *sizes):
        X = rng.normal(size=(2, *case.inputs["X"].shape))
        yield Case({**case.inputs, "X": X})


def views(rng: Generator, *sizes: tuple[int, ...]) -> Iterator[Case]:
    """A batch of images and the size of a window; sizes are n, c, h, w, k, stride, pad."""
    for n, c, h, w, k, stride, pad in sizes:
        yield Case({"X": rng.normal(size=(n, c, h, w)), "k": k, "stride": stride, "pad": pad})


def conv_layers(rng: Generator, stride: bool = False) -> Iterator[Case]:
    """Layers on images wider than high, with more filters than channels."""
    for _ in range(3):
        c, m, k = int(rng.integers(2, 9)), int(rng.integers(9, 40)), int(rng.integers(2, 6))
        h, w = int(rng.integers(20, 30)), int(rng.integers(31, 40))
        yield Case({"kind": "conv", "shape": [c, h, w], "sizes": [m, k, *((2, 1) if stride else ())]})


def pool_layers(rng: Generator) -> Iterator[Case]:
    """Pools on maps that they do not divide."""
    yield Case({"kind": "pool", "shape": [64, 13, 13], "sizes": [2, 2]})
    for k, stride in [(2, 2), (3, 2)]:
        c, h, w = int(rng.integers(2, 9)), 2 * int(rng.integers(4, 9)) + 1, 2 * int(rng.integers(10, 19))
        yield Case({"kind": "pool", "shape": [c, h, w], "sizes": [k, stride]})


def dense_layers(rng: Generator) -> Iterator[Case]:
    """Dense layers on maps and on rows."""
    yield Case({"kind": "dense", "shape": [3, 400, 400], "sizes": [1000]})
    for shape in ([int(rng.integers(2, 9)) for _ in range(3)], [int(rng.integers(20, 90))]):
        yield Case({"kind": "dense", "shape": shape, "sizes": [int(rng.integers(5, 19))]})


# ---------------------------------------------------------------- tasks

CORRELATE = Task(
    "correlate",
    points=2,
    answers=["correlate", "convolve"],
    reference=REFERENCE + "correlate",
    parts=[
        Part("the worked example", lambda rng: [next(pictures(rng, True))], weight=0.5,
             probe=PROBES + "cross_correlates"),
        Part("cross-correlation", pictures, weight=2.5, probe=PROBES + "cross_correlates", pure=True),
        Part("convolution", pictures, probe=PROBES + "convolves", pure=True),
    ],
    forbids=["torch.*", "scipy.*", "numpy.convolve", "numpy.correlate"],
    misconceptions=[
        Misconception(
            "Your two functions do the same: a convolution turns the kernel by 180 degrees first.",
            {"convolution"},
            ("correlate(X, K[::-1, ::-1])", "correlate(X, K)"),
        ),
        Misconception(
            "You turn the kernel in `correlate` too. The worked example can't show it, as its kernel looks the same "
            "upside down; any other kernel can.",
            {"cross-correlation", "convolution"},
            ("np.sum(X[i : i + k, j : j + k] * K)", "np.sum(X[i : i + k, j : j + k] * K[::-1, ::-1])"),
        ),
        Misconception(
            "You transpose the kernel. Turning it by 180 degrees reverses both axes: K[::-1, ::-1].",
            {"convolution"},
            ("K[::-1, ::-1]", "K.T"),
        ),
        Misconception(
            "Only one axis of the kernel is reversed. A turn by 180 degrees reverses both.",
            {"convolution"},
            ("K[::-1, ::-1]", "K[::-1]"),
        ),
        Misconception(
            "`@` multiplies matrices. Here the window and the kernel are multiplied entry by entry: `*`.",
            {"the worked example", "cross-correlation", "convolution"},
            ("X[i : i + k, j : j + k] * K", "X[i : i + k, j : j + k] @ K"),
        ),
        Misconception(
            "You add the kernel to the window; they are multiplied.",
            {"the worked example", "cross-correlation", "convolution"},
            ("X[i : i + k, j : j + k] * K", "X[i : i + k, j : j + k] + K"),
        ),
        Misconception(
            "You take the mean of the products. A convolution is their sum.",
            {"the worked example", "cross-correlation", "convolution"},
            ("np.sum(X", "np.mean(X"),
        ),
        Misconception(
            "One row and one column are missing: a kernel of k fits at n - k + 1 places.",
            {"the worked example", "cross-correlation", "convolution"},
            ("X.shape[0] - k + 1, X.shape[1] - k + 1", "X.shape[0] - k, X.shape[1] - k"),
        ),
    ],
    hints=[
        "Two loops, over the places where the kernel fits. At each: cut the window out, multiply, add up.",
        r"$Z_{pq} = \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} X_{p+i,\,q+j}\, K_{ij}$",
        "`Z[p, q] = np.sum(X[p : p + k, q : q + k] * K)` for p in range(h - k + 1); `convolve` is `correlate` with "
        "`K[::-1, ::-1]`",
    ],
)  # fmt: skip

OUT_SIZE = Task(
    "out_size",
    points=1,
    answers=["out_size"],
    reference=REFERENCE + "out_size",
    parts=[
        Part("stride 1", sides),
        Part("padding", partial(sides, pad=True)),
        Part("stride", partial(sides, stride=True)),
        Part("both", partial(sides, stride=True, pad=True)),
    ],
    misconceptions=[
        Misconception(
            "A size is a whole number: what is left over at the end is dropped. Round down with //.",
            {"stride 1", "padding", "stride", "both"},
            ("// stride", "/ stride"),
        ),
        Misconception(
            "You round up. Where the kernel would stick out, it does not fit: round down.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride", "-((k - 2 * pad - n) // stride)"),
        ),
        Misconception(
            "The padding is on both sides: 2 * pad.", {"padding", "both"}, ("2 * pad", "pad")
        ),
        Misconception(
            "One is missing: a kernel as long as the row fits once, not zero times.",
            {"stride 1", "padding", "stride", "both"},
            (" + 1", ""),
        ),
        Misconception(
            "The 1 is added before dividing. The first place counts whatever the stride.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride + 1", "(n + 2 * pad - k + 1) // stride"),
        ),
    ],
    hints=[
        "Put the kernel at the left end. How far can it still move, and how many strides is that?",
        r"$\left\lfloor \dfrac{n + 2P - k}{s} \right\rfloor + 1$",
        "`(n + 2 * pad - k) // stride + 1`",
    ],
)  # fmt: skip

CONV_LOOPS = Task(
    "conv_loops",
    points=2,
    answers=["conv_loops"],
    reference=REFERENCE + "conv_loops",
    parts=[
        Part(
            "channels and filters", lambda rng: one_image(rng, (3, 5, 6, 2, 3, 1, 0), (2, 4, 4, 2, 2, 1, 0))
        ),
        Part("padding", lambda rng: one_image(rng, (2, 4, 5, 3, 3, 1, 1), (2, 3, 4, 2, 2, 1, 2))),
        Part("stride", lambda rng: one_image(rng, (2, 7, 6, 3, 3, 2, 0), (1, 8, 7, 2, 2, 3, 0))),
        Part("both", lambda rng: one_image(rng, (3, 7, 6, 2, 3, 2, 1))),
    ],
    uses=["correlate", "convolve", "out_size"],
    forbids=["torch.*", "scipy.*"],
    misconceptions=[
        Misconception(
            "The bias is added once for each weight. It is added once for each place: after the sum.",
            {"channels and filters", "padding", "stride", "both"},
            ("np.sum(window * K[f]) + b[f]", "np.sum(window * K[f] + b[f])"),
        ),
        Misconception(
            "The bias is missing.",
            {"channels and filters", "padding", "stride", "both"},
            (" + b[f]", ""),
        ),
        Misconception(
            "All filters use the weights of the first: K[f], not K[0].",
            {"channels and filters", "padding", "stride", "both"},
            ("window * K[f]", "window * K[0]"),
        ),
        Misconception(
            "Only the first channel is read. A kernel has weights for every channel, and all products are added up.",
            {"channels and filters", "padding", "stride", "both"},
            ("window * K[f]", "window[0] * K[f, 0]"),
        ),
        Misconception(
            "The window moves by one pixel whatever the stride: it begins at i * stride.",
            {"stride", "both"},
            ("X[:, i * stride : i * stride + k, j * stride : j * stride + k]", "X[:, i : i + k, j : j + k]"),
        ),
        Misconception(
            "The image is padded at its end only. Half of the padding belongs before it.",
            {"padding", "both"},
            ("((0, 0), (pad, pad), (pad, pad))", "((0, 0), (0, 2 * pad), (0, 2 * pad))"),
        ),
        Misconception(
            "The image is padded with copies of its border; here padding is with zeros.",
            {"padding", "both"},
            ("(pad, pad), (pad, pad)))", '(pad, pad), (pad, pad)), mode="edge")'),
        ),
        Misconception(
            "You turn the kernels. In a layer nobody does: it is cross-correlation.",
            {"channels and filters", "padding", "stride", "both"},
            ("window * K[f]", "window * K[f][:, ::-1, ::-1]"),
        ),
    ],
    hints=[
        "Pad first. Then three loops: over filters, rows and columns of the output. A window now has all channels.",
        r"$Z_{fpq} = b_f + \sum_{c,i,j} X_{c,\;sp+i,\;sq+j}\, K_{fcij}$, with $X$ already padded",
        "`window = X[:, p * stride : p * stride + k, q * stride : q * stride + k]`, then "
        "`np.sum(window * K[f]) + b[f]`",
    ],
)

LAYERS = Task(
    "layers",
    points=2,
    answers=["conv_layer", "pool_layer", "dense_layer"],
    reference=REFERENCE + "conv_layer",
    probe=PROBES + "layer",
    parts=[
        Part("convolution", conv_layers, weight=1.5),
        Part("stride and padding", partial(conv_layers, stride=True), weight=0.5),
        Part("pooling", pool_layers),
        Part("dense", dense_layers),
    ],
    uses=["out_size"],
    misconceptions=[
        Misconception(
            "k · k + 1 is the count of one filter on one channel. A filter has k · k weights for *each* channel it "
            "reads.",
            {"convolution", "stride and padding"},
            ("m * (c * k * k + 1)", "m * (k * k + 1)"),
        ),
        Misconception(
            "You count a bias for each channel. A filter has one bias, whatever it reads: c · k · k + 1.",
            {"convolution", "stride and padding"},
            ("m * (c * k * k + 1)", "m * c * (k * k + 1)"),
        ),
        Misconception(
            "You count one bias for all filters together: each has its own.",
            {"convolution", "stride and padding"},
            ("m * (c * k * k + 1)", "m * c * k * k + 1"),
        ),
        Misconception(
            "You count weights for each place of the map. They are the same everywhere: that is the point.",
            {"convolution", "stride and padding"},
            ("m * (c * k * k + 1)",
             "m * (c * k * k + 1) * out_size(h, k, stride, pad) * out_size(w, k, stride, pad)"),
        ),
        Misconception(
            "A pool has nothing to learn: its count is 0.",
            {"pooling"},
            ("out_size(w, k, stride)), 0", "out_size(w, k, stride)), c * k * k"),
        ),
        Misconception(
            "Half a pixel? 13 pixels hold 6 windows of 2, and the last pixel is dropped. Use `out_size`.",
            {"pooling"},
            ("(c, out_size(h, k, stride), out_size(w, k, stride))", "(c, h / stride, w / stride)"),
        ),
        Misconception(
            "A pool keeps the channels: each is pooled alone.",
            {"pooling"},
            ("(c, out_size(h, k, stride), out_size(w, k, stride))",
             "(1, out_size(h, k, stride), out_size(w, k, stride))"),
        ),
        Misconception(
            "Each neuron of a dense layer has a bias: d · (inputs + 1).",
            {"dense"},
            ("d * (prod(shape) + 1)", "d * prod(shape)"),
        ),
        Misconception(
            "A dense layer reads every number of what comes in: the *product* of the sizes, not one of them.",
            {"dense"},
            ("prod(shape)", "shape[-1]"),
        ),
    ],
    hints=[
        "Draw one filter as a block: how deep is it? Then count its weights, its bias, and the filters.",
        r"conv: $m\,(c\,k^2 + 1)$; pool: $0$; dense: $d\,(\text{inputs} + 1)$; sizes by `out_size`",
        "`return (m, out_size(h, k, stride, pad), out_size(w, k, stride, pad)), m * (...)`",
    ],
)  # fmt: skip

CONV = Task(
    "conv",
    points=3,
    answers=["windows", "conv"],
    reference=REFERENCE + "windows",
    parts=[
        Part("windows", lambda rng: views(rng, (2, 3, 5, 6, 3, 1, 0), (1, 2, 4, 4, 2, 1, 0)), probe=PROBES + "seen",
             pure=True),
        Part("windows with stride and padding", lambda rng: views(rng, (2, 2, 7, 6, 3, 2, 1), (1, 3, 6, 8, 2, 3, 1)),
             probe=PROBES + "seen", pure=True),
        Part("conv", lambda rng: batch(rng, (3, 5, 6, 4, 3, 1, 0), (2, 4, 4, 2, 2, 1, 0)),
             probe=PROBES + "convolved", pure=True),
        Part("conv with stride and padding", lambda rng: batch(rng, (3, 7, 6, 2, 3, 2, 1), (2, 8, 7, 3, 2, 3, 2)),
             probe=PROBES + "convolved", pure=True),
    ],
    uses=["out_size"],
    forbids=["torch.*", "scipy.*"],
    misconceptions=[
        Misconception(
            "You turn the kernels. In a layer nobody does: it is cross-correlation.",
            {"conv", "conv with stride and padding"},
            ("K.reshape(m, -1)", "K[:, :, ::-1, ::-1].reshape(m, -1)"),
        ),
        Misconception(
            "Rows and columns of the window are exchanged: weight (i, j) looks i pixels down and j to the right.",
            {"windows", "windows with stride and padding", "conv", "conv with stride and padding"},
            ("V[:, :, i, j] = X", "V[:, :, j, i] = X"),
        ),
        Misconception(
            "The window moves by one pixel whatever the stride: the slices need the step `stride`.",
            {"windows with stride and padding", "conv with stride and padding"},
            ("X[:, :, y : y + stride * p : stride, x : x + stride * q : stride]",
             "X[:, :, y : y + p, x : x + q]"),
        ),
        Misconception(
            "The windows are turned: weight (0, 0) sees the upper left corner.",
            {"windows", "windows with stride and padding", "conv", "conv with stride and padding"},
            ("V[:, :, i, j] = X", "V[:, :, k - 1 - i, k - 1 - j] = X"),
        ),
        Misconception(
            "The image is padded at its end only. Half of the padding belongs before it.",
            {"windows with stride and padding", "conv with stride and padding"},
            ("(pad, pad), (pad, pad)", "(0, 2 * pad), (0, 2 * pad)"),
        ),
        Misconception(
            "The bias is missing.",
            {"conv", "conv with stride and padding"},
            (" + b[:, None]", ""),
        ),
        Misconception(
            "The result is not put in order: `reshape` reads numbers on in the order in which they lie, so the axes "
            "must be n, m, p, q already.",
            {"conv", "conv with stride and padding"},
            ("return Z.reshape(n, m, p, q)", "return Z.transpose(1, 0, 2).reshape(n, m, p, q)"),
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
)  # fmt: skip

FORWARD = [CORRELATE, OUT_SIZE, CONV_LOOPS, LAYERS, CONV]
