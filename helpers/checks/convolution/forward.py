"""Lesson 05, parts 1 and 2: to slide a kernel, and how large a map is."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.convolution.cases import small
from helpers.checks.task import Case, Misconception, Part, Task

REFERENCE = "helpers.reference.convolution."
PROBES = "helpers.probes.convolution."
LIBRARIES = ["torch.*", "scipy.signal.*", "scipy.ndimage.*"]  # they have the layer ready

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


def pictures(rng: Generator) -> Iterator[Case]:
    """Pictures wider than high and higher than wide, and kernels of which no two weights agree."""
    for shape in [(3, 4), (4, 3)]:
        yield Case({"X": small(shape), "K": np.array([[1.0, 2.0], [0.5, -3.0]])})
    for h, w, k in [(7, 7, 3), (5, 6, 2), (6, 4, 3)]:
        X = EXAMPLE if h == w else rng.normal(size=(h, w))
        yield Case({"X": X, "K": rng.normal(size=(k, k))})


def sides(rng: Generator, stride: bool = False, pad: bool = False) -> Iterator[Case]:
    """Lengths: the lesson's, and drawn ones; with a stride, one that divides the room and others that do not."""
    yield from (Case(row) for row in FIXED_SIDES[stride, pad])
    for i in range(3):
        k, s = int(rng.integers(2, 6)), int(rng.integers(2, 5)) if stride else 1
        p = s + int(rng.integers(0, 3)) if pad else 0  # so large that half of it shows
        room = s * int(rng.integers(8, 14)) + (int(rng.integers(1, s)) if stride and i else 0)
        yield Case({"n": room + k - 2 * p, "k": k, "stride": s, "pad": p})


FIXED_SIDES: dict[tuple[bool, bool], list[dict[str, int]]] = {
    (False, False): [{"n": 7, "k": 3}, {"n": 5, "k": 5}],  # the worked example; as long as the row
    (False, True): [{"n": 32, "k": 5, "stride": 1, "pad": 2}, {"n": 4, "k": 3, "stride": 1, "pad": 3}],
    (True, False): [
        {"n": 8, "k": 3, "stride": 3},
        {"n": 13, "k": 2, "stride": 2},
        {"n": 9, "k": 2, "stride": 3},
    ],  # much is left over, half of a step, and less
    (True, True): [
        {"n": 7, "k": 3, "stride": 2, "pad": 1},
        {"n": 6, "k": 3, "stride": 3, "pad": 1},
        {"n": 8, "k": 3, "stride": 3, "pad": 1},
    ],
}

# ---------------------------------------------------------------- tasks

CORRELATE = Task(
    "correlate",
    points=2,
    answers=["correlate", "convolve"],
    reference=REFERENCE + "correlate",
    parts=[
        Part(
            "the worked example",
            lambda rng: [Case({"X": EXAMPLE, "K": CROSS})],
            weight=0.5,
            probe=PROBES + "cross_correlates",
        ),
        Part("cross-correlation", pictures, weight=2.5, probe=PROBES + "cross_correlates"),
        Part("convolution", pictures, probe=PROBES + "convolves"),
    ],
    forbids=[*LIBRARIES, "numpy.convolve", "numpy.correlate"],
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
            alone=True,
        ),
        Misconception(
            "The map of `convolve` is that of `correlate`, turned. It is the *kernel* that is turned, before it slides.",
            {"convolution"},
            ("correlate(X, K[::-1, ::-1])", "correlate(X, K)[::-1, ::-1]"),
        ),
        Misconception(
            "The map of `convolve` is upside down: as if the image were turned and not the kernel.",
            {"convolution"},
            ("correlate(X, K[::-1, ::-1])", "correlate(X[::-1, ::-1], K)"),
        ),
        Misconception(
            "You transpose the kernel. Turning it by 180 degrees reverses both axes: K[::-1, ::-1].",
            {"convolution"},
            ("K[::-1, ::-1]", "K.T"),
            forms=(("K[::-1, ::-1]", "K.T[::-1, ::-1]"),),
        ),
        Misconception(
            "A kernel turned by 90 degrees, not by 180: both axes are reversed, and none is exchanged.",
            {"convolution"},
            ("K[::-1, ::-1]", "np.rot90(K)"),
            forms=(("K[::-1, ::-1]", "np.rot90(K, -1)"),),
        ),
        Misconception(
            "Only one axis of the kernel is reversed. A turn by 180 degrees reverses both.",
            {"convolution"},
            ("K[::-1, ::-1]", "K[::-1]"),
            forms=(("K[::-1, ::-1]", "K[:, ::-1]"),),
        ),
        Misconception(
            "`@` multiplies matrices. Here the window and the kernel are multiplied entry by entry: `*`.",
            {"the worked example", "cross-correlation", "convolution"},
            ("X[i : i + k, j : j + k] * K", "X[i : i + k, j : j + k] @ K"),
        ),
        Misconception(
            "The kernel is added to the window, or taken from it. They are multiplied.",
            {"the worked example", "cross-correlation", "convolution"},
            ("X[i : i + k, j : j + k] * K", "X[i : i + k, j : j + k] + K"),
            forms=(("X[i : i + k, j : j + k] * K", "X[i : i + k, j : j + k] - K"),),
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
        Misconception(
            "The map is square whatever the image: its rows are counted from the image's rows, its columns from the "
            "image's columns.",
            {"cross-correlation", "convolution"},
            ("X.shape[0] - k + 1, X.shape[1] - k + 1", "X.shape[0] - k + 1, X.shape[0] - k + 1"),
            forms=(("X.shape[0] - k + 1, X.shape[1] - k + 1", "X.shape[1] - k + 1, X.shape[1] - k + 1"),),
        ),
        Misconception(
            "The map has the size of the image: it is zero, or wrong, where the kernel does not fit. It fits at "
            "n - k + 1 places.",
            {"the worked example", "cross-correlation", "convolution"},
            ("Z = np.zeros((p, q))", "Z = np.zeros(X.shape)"),
        ),
        Misconception(
            "The map has the size of the image: zeros were put around it. Here the kernel stays inside.",
            {"the worked example", "cross-correlation", "convolution"},
            ("    k = len(K)\n", "    k = len(K)\n    X = np.pad(X, k // 2)\n"),
        ),
        Misconception(
            "You keep the largest of the products. A convolution is their sum.",
            {"the worked example", "cross-correlation", "convolution"},
            ("np.sum(X", "np.max(X"),
        ),
        Misconception(
            "Negative sums have lost their sign.",
            {"cross-correlation", "convolution"},
            ("np.sum(X[i : i + k, j : j + k] * K)", "abs(np.sum(X[i : i + k, j : j + k] * K))"),
            forms=(("np.sum(X[i : i + k, j : j + k] * K)", "max(0, np.sum(X[i : i + k, j : j + k] * K))"),),
        ),
        Misconception(
            "`convolve` hands back the turned kernel. It has to slide over the image, too.",
            {"convolution"},
            ("correlate(X, K[::-1, ::-1])", "K[::-1, ::-1]"),
        ),
        Misconception(
            "Rows and columns are exchanged: the kernel, or what it looks at, is transposed in `correlate`.",
            {"cross-correlation", "convolution"},
            ("j : j + k] * K)", "j : j + k] * K.T)"),
        ),
    ],
    hints=[
        "Two loops, over the places where the kernel fits. At each: cut the window out, multiply, add up.",
        r"$Z_{pq} = \sum_{i=0}^{k-1} \sum_{j=0}^{k-1} X_{p+i,\,q+j}\, K_{ij}$",
        "`Z[p, q] = np.sum(X[p : p + k, q : q + k] * K)` for p in range(h - k + 1); `convolve` is `correlate` with "
        "`K[::-1, ::-1]`",
    ],
)

ALL_SIDES = {"stride 1", "padding", "stride", "both"}
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
            ALL_SIDES,
            ("// stride", "/ stride"),
        ),
        Misconception(
            "You round up. Where the kernel would stick out, it does not fit: round down.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride", "-((k - 2 * pad - n) // stride)"),
        ),
        Misconception(
            "You round to the nearest. Where the kernel would stick out, it does not fit: round down, always.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride", "round((n + 2 * pad - k) / stride)"),
        ),
        Misconception("The padding is on both sides: 2 * pad.", {"padding", "both"}, ("2 * pad", "pad")),
        Misconception(
            "There is no padding in it: 2 * pad zeros make the row longer.",
            {"padding", "both"},
            ("2 * pad", "0"),
        ),
        Misconception(
            "One is missing: a kernel as long as the row fits once, not zero times.",
            ALL_SIDES,
            (" + 1", ""),
        ),
        Misconception(
            "The 1 is added before dividing. The first place counts whatever the stride.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride + 1", "(n + 2 * pad - k + 1) // stride"),
        ),
        Misconception(
            "The stride is forgotten: the kernel stands at every stride-th place only.",
            {"stride", "both"},
            ("// stride + 1", "+ 1"),
        ),
        Misconception(
            "The padding is added after the division. It makes the row longer, so it belongs inside.",
            {"both"},
            ("(n + 2 * pad - k) // stride + 1", "(n - k) // stride + 1 + 2 * pad"),
            forms=(("(n + 2 * pad - k) // stride + 1", "(n - k) // stride + 1 + pad"),),
        ),
        Misconception(
            "The kernel's own length is missing: its left end can travel n + 2 * pad - k pixels only.",
            ALL_SIDES,
            ("(n + 2 * pad - k)", "(n + 2 * pad)"),
        ),
        Misconception(
            "Only a part of it is divided: `//` comes before `-`. Put brackets around n + 2 * pad - k.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride", "n + 2 * pad - k // stride"),
        ),
        Misconception(
            "The kernel's length is taken off after the division. It belongs inside: the left end can travel n + 2 * pad - k pixels.",
            {"stride", "both"},
            ("(n + 2 * pad - k) // stride", "(n + 2 * pad) // stride - k"),
            forms=(("(n + 2 * pad - k) // stride", "n // stride + 2 * pad - k"),),
        ),
        Misconception(
            "The padding makes the row longer, not shorter.",
            {"padding", "both"},
            ("2 * pad", "(-2) * pad"),
            forms=(("2 * pad", "(-1) * pad"),),
        ),
    ],
    hints=[
        "Put the kernel at the left end. How far can it still move, and how many strides is that?",
        r"$\left\lfloor \dfrac{n + 2P - k}{s} \right\rfloor + 1$",
        "`(n + 2 * pad - k) // stride + 1`",
    ],
)
