"""Drawings of every kind, for the tests."""

import numpy as np
from matplotlib.patches import FancyArrowPatch

from helpers.figures import (
    Drawing,
    block,
    cell,
    graph,
    network,
    neuron,
    one_filter,
    one_query,
    sliding,
    triangle,
    two_towers,
    unrolled,
    volumes,
    windows,
)  # fmt: skip
from helpers.reference import backprop as engine

RNG = np.random.default_rng(0)
XOR = (
    (2, 2, 1),
    [[[1, -1], [1, -1]], [1, 1]],
    [[-0.5, 1.5], [-1.5]],
    [["x₁", "x₂"], ["or", "nand"], ["xor"]],
)
DRAWINGS = {
    "4-5-3": lambda: network((4, 5, 3)),
    "XOR": lambda: network(*XOR),
    "784-128-10": lambda: network((784, 128, 10), titles=["pixels", "hidden", "scores"]),
    "3-4 printed": lambda: network((3, 4), [RNG.normal(size=(3, 4))], [RNG.normal(size=4)]),
    "4-5-3 weights": lambda: network((4, 5, 3), [RNG.normal(size=(4, 5)), RNG.normal(size=(5, 3))]),
    "active": lambda: network((2, 3, 1), active=[[1, 0], [0.2, -0.8, 0.6], [0.9]]),
    "deep": lambda: network((6, 8, 8, 8, 2)),
    "neuron": lambda: neuron([2, -1], -0.5, ["rain", "wind"]),
    "neuron valued": lambda: neuron([1.5, -0.75, 0], 0.25, x=[1, 2, 3], activation="sigmoid"),
    "neuron of ten": lambda: neuron(RNG.normal(size=10), -12.25, x=RNG.normal(size=10), activation="tanh"),
    "neuron without": lambda: neuron([1], -1, activation="none"),
}


def engine_graph(most: int = 15, **wanted: str) -> Drawing:
    """A graph with a shortcut, a square, and a node that is used by two."""
    a, b = engine.Tensor(2.0), engine.Tensor(-0.5)
    u = a * b
    s = u * (a + b) + a
    L = s * s
    engine.backward(L)
    return graph(L, {"a": a, "b": b, "u": u, "L": L}, most=most, **wanted)


def array_graph() -> Drawing:
    W, b = engine.Tensor(RNG.normal(size=(4, 5))), engine.Tensor(np.zeros(5))
    H = engine.apply(engine.relu, RNG.normal(size=(8, 4)) @ W + b)
    return graph(engine.apply(engine.total, H + H), {"W": W, "b": b, "H": H})


LENET = [(1, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]
LENET_STEPS = ["conv 5 × 5", "pool", "conv 5 × 5", "pool", "dense", "dense", "dense"]


def lenet() -> Drawing:
    kernels = [5, 2, 5, 2, None, None, None]
    return volumes(LENET, ["image", "maps", *[""] * 5, "scores"], kernels, LENET_STEPS)


DRAWINGS |= {
    "LeNet": lenet,
    "large volumes": lambda: volumes(
        [(3, 224, 224), (64, 55, 55), (384, 13, 13), (4096,)], kernels=[11, 3, None]
    ),
    "colour": lambda: volumes([(3, 5, 5), (1, 3, 3)], kernels=[3]),
}
DRAWINGS |= {
    "im2col": windows,
    "im2col padded": lambda: windows((3, 3), 2, pad=1, marked=5),
    "im2col channels": lambda: windows((3, 3), 2, channels=2),
    "im2col stride": lambda: windows((4, 6), 2, stride=2),
}
DRAWINGS |= {
    "padding and stride": sliding,
    "a stride that leaves some": lambda: sliding([(8, 3, 3, 0), (4, 2, 2, 0), (3, 3, 1, 2), (6, 1, 1, 0)]),
    "one filter": one_filter,
    "two filters": lambda: one_filter(filters=2),
    "two channels": lambda: one_filter(2, 4, 2),
}
DRAWINGS |= {
    "chain": lambda: unrolled(".mar", "mari"),
    "chain with one output": lambda: unrolled(["the", "dog", "barked"], ["", "", "past"]),
    "LSTM": lambda: cell(0.95, 0.1, 0.5),
    "block": block,
    "block, norm after": lambda: block(norm="after"),
    "mask": lambda: triangle(["The", "big", "dog", "barked"]),
    "sliding window": lambda: triangle(list("marianna"), back=3),
    "two towers": lambda: two_towers(["a 3", "a 7", "a 1"], ["three", "seven", "one"]),
}
DRAWINGS |= {
    "one query": lambda: one_query(
        ["The", "big", "dog"], 2, [[-0.5, -0.87], [0.7, 0.7], [-0.81, 0.59]],
        [[1, -0.87], [-1.4, 0.7], [1.62, 0.59]], [[0.5, -0.37], [-0.7, 0], [0.81, 1.4]],
    ),
    "one query of six": lambda: one_query(list("marian"), 0, *RNG.normal(size=(3, 6, 2))),
}  # fmt: skip
DRAWINGS |= {"graph": engine_graph, "graph of arrays": array_graph}


def arrows(drawing: Drawing) -> list[FancyArrowPatch]:
    return [p for p in drawing.fig.axes[0].patches if isinstance(p, FancyArrowPatch)]
