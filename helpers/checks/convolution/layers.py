"""Lesson 05, part 4: what layers make and what they cost."""

from collections.abc import Iterator
from functools import partial

from numpy.random import Generator

from helpers.checks.convolution.forward import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def conv_layers(rng: Generator, stride: bool = False) -> Iterator[Case]:
    """The lesson's layers, and drawn ones on images wider than high, with more filters than channels."""
    fixed = (
        [([1, 28, 28], [6, 5, 1, 2]), ([3, 227, 227], [96, 11, 4])] if stride else [([3, 32, 32], [32, 3])]
    )
    for shape, sizes in [*fixed, *([([2, 5, 9], [4, 3, 3, 1])] if stride else [([2, 5, 7], [3, 2])])]:
        yield Case({"kind": "conv", "shape": shape, "sizes": sizes})
    for _ in range(2):
        c, m = int(rng.integers(5, 9)), int(rng.integers(20, 40))
        k = int(rng.integers(2, 4)) * 2 + (1 if stride else 0)
        h, w = int(rng.integers(20, 30)), int(rng.integers(31, 40))
        yield Case({"kind": "conv", "shape": [c, h, w], "sizes": [m, k, *((2, 1) if stride else ())]})


def pool_layers(rng: Generator) -> Iterator[Case]:
    """Pools on maps that they do not divide."""
    yield Case({"kind": "pool", "shape": [64, 13, 13], "sizes": [2, 2]})
    yield Case({"kind": "pool", "shape": [3, 7, 10], "sizes": [3, 2]})
    for k, stride in [(2, 2), (3, 2)]:
        c, h, w = int(rng.integers(2, 9)), 2 * int(rng.integers(4, 9)) + 1, 2 * int(rng.integers(10, 19))
        yield Case({"kind": "pool", "shape": [c, h, w], "sizes": [k, stride]})


def dense_layers(rng: Generator) -> Iterator[Case]:
    """Dense layers on maps and on rows."""
    yield Case({"kind": "dense", "shape": [2, 3, 4], "sizes": [10]})
    yield Case({"kind": "dense", "shape": [3, 400, 400], "sizes": [1000]})
    yield Case({"kind": "dense", "shape": [120], "sizes": [84]})
    for shape in ([int(rng.integers(2, 9)) for _ in range(3)], [int(rng.integers(20, 90))]):
        yield Case({"kind": "dense", "shape": shape, "sizes": [int(rng.integers(5, 19))]})


# ---------------------------------------------------------------- the task

CONV, COUNT = {"convolution", "stride and padding"}, "m * (c * k * k + 1)"
CONV_SIDES = "out_size(h, k, stride, pad), out_size(w, k, stride, pad)"
POOL_SIDES = "(c, out_size(h, k, stride), out_size(w, k, stride))"

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
            CONV,
            (COUNT, "m * (k * k + 1)"),
        ),
        Misconception(
            "You count a bias for each channel. A filter has one bias, whatever it reads: c · k · k + 1.",
            CONV,
            (COUNT, "m * c * (k * k + 1)"),
            forms=((COUNT, "m * c * k * k + c"),),
        ),
        Misconception(
            "You count one bias for all filters together: each has its own.",
            CONV,
            (COUNT, "m * c * k * k + 1"),
        ),
        Misconception("The biases are not counted: each filter has one.", CONV, (COUNT, "m * c * k * k")),
        Misconception(
            "That is the count of a single filter: there are m of them.", CONV, (COUNT, "(c * k * k + 1)")
        ),
        Misconception(
            "A kernel of k by k has k · k weights for each channel, not k.", CONV, (COUNT, "m * (c * k + 1)")
        ),
        Misconception(
            "You count weights for each place of the map. They are the same everywhere: that is the point.",
            CONV,
            (COUNT, "m * (c * k * k + 1) * out_size(h, k, stride, pad) * out_size(w, k, stride, pad)"),
        ),
        Misconception(
            "The padding is on both sides: it adds 2 P to the height, and to the width.",
            {"stride and padding"},
            (CONV_SIDES, "(h - k + pad) // stride + 1, (w - k + pad) // stride + 1"),
        ),
        Misconception(
            "The colleague's sizes are still there: padding is on both sides, and a size is rounded down.",
            CONV,
            (CONV_SIDES, "(h - k + pad) / stride + 1, (w - k + pad) / stride + 1"),
        ),
        Misconception(
            "A size is a whole number: what is left over at the end is dropped. Use `out_size`.",
            CONV,
            (CONV_SIDES, "(h - k + 2 * pad) / stride + 1, (w - k + 2 * pad) / stride + 1"),
        ),
        Misconception(
            "There is no stride and no padding in the sizes.",
            {"stride and padding"},
            (CONV_SIDES, "out_size(h, k), out_size(w, k)"),
            forms=(
                (CONV_SIDES, "out_size(h, k, stride), out_size(w, k, stride)"),
                (CONV_SIDES, "out_size(h, k, 1, pad), out_size(w, k, 1, pad)"),
            ),
        ),
        Misconception(
            "The maps of a convolution are as many as its filters, m, not as the channels that it reads.",
            CONV,
            ("return (m, out_size(h, k, stride, pad)", "return (c, out_size(h, k, stride, pad)"),
        ),
        Misconception(
            "A pool has nothing to learn: its count is 0.",
            {"pooling"},
            ("out_size(w, k, stride)), 0", "out_size(w, k, stride)), k * k"),
            forms=(("out_size(w, k, stride)), 0", "out_size(w, k, stride)), c * k * k"),),
        ),
        Misconception(
            "Half a pixel? 13 pixels hold 6 windows of 2, and the last pixel is dropped. Use `out_size`.",
            {"pooling"},
            (POOL_SIDES, "(c, h / stride, w / stride)"),
        ),
        Misconception(
            "A pool's windows have a size, too: h / s counts those that stick out. Use `out_size`.",
            {"pooling"},
            (POOL_SIDES, "(c, h // stride, w // stride)"),
            forms=((POOL_SIDES, "(c, -(-h // stride), -(-w // stride))"),),
        ),
        Misconception(
            "A pool keeps the channels: each is pooled alone.",
            {"pooling"},
            (POOL_SIDES, "(1, out_size(h, k, stride), out_size(w, k, stride))"),
            forms=(
                (POOL_SIDES, "(k, out_size(h, k, stride), out_size(w, k, stride))"),
                (POOL_SIDES, "(out_size(c, k, stride), out_size(h, k, stride), out_size(w, k, stride))"),
            ),
        ),
        Misconception(
            "Each neuron of a dense layer has a bias: d · (inputs + 1).",
            {"dense"},
            ("d * (prod(shape) + 1)", "d * prod(shape)"),
        ),
        Misconception(
            "One bias is counted for the whole dense layer: each of its neurons has its own.",
            {"dense"},
            ("d * (prod(shape) + 1)", "d * prod(shape) + 1"),
        ),
        Misconception(
            "A dense layer reads every number of what comes in: the *product* of the sizes, not one of them.",
            {"dense"},
            ("prod(shape)", "shape[-1]"),
            forms=(
                ("prod(shape)", "shape[0]"),
                ("prod(shape)", "sum(shape)"),
                ("prod(shape)", "prod(shape[1:])"),
                ("prod(shape)", "shape[0] * shape[-1]"),
            ),
        ),
        Misconception(
            "Still the colleague's d · w: a dense neuron reads the *product* of all sizes, and has a bias.",
            {"dense"},
            ("d * (prod(shape) + 1)", "d * shape[-1]"),
        ),
        Misconception(
            "Height and width are exchanged.",
            CONV,
            (CONV_SIDES, "out_size(w, k, stride, pad), out_size(h, k, stride, pad)"),
        ),
        Misconception(
            "A pool's height and width are exchanged.",
            {"pooling"},
            (POOL_SIDES, "(c, out_size(w, k, stride), out_size(h, k, stride))"),
        ),
        Misconception(
            "The channels stand last. Here a shape is (channels, rows, columns).",
            CONV,
            (f"(m, {CONV_SIDES})", f"({CONV_SIDES}, m)"),
        ),
        Misconception(
            "What comes out of a dense layer is a shape, too: (d,), with its comma.",
            {"dense"},
            ("return (d,), d", "return d, d"),
        ),
        Misconception(
            "The count comes first, and the shape second: it is the other way round.",
            CONV | {"pooling", "dense"},
            edits=(
                (f"return (m, {CONV_SIDES}), {COUNT}", f"return {COUNT}, (m, {CONV_SIDES})"),
                (f"return {POOL_SIDES}, 0", f"return 0, {POOL_SIDES}"),
                ("return (d,), d * (prod(shape) + 1)", "return d * (prod(shape) + 1), (d,)"),
            ),
        ),
    ],
    hints=[
        "Draw one filter as a block: how deep is it? Then count its weights, its bias, and the filters.",
        r"conv: $m\,(c\,k^2 + 1)$; pool: $0$; dense: $d\,(\text{inputs} + 1)$; sizes by `out_size`",
        "`return (m, out_size(h, k, stride, pad), out_size(w, k, stride, pad)), m * (...)`",
    ],
)
