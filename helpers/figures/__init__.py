"""The drawing vocabulary of all lessons: panels, points, lines and regions, and what is built of neurons.

Figures are made without pyplot, so that none is shown twice and none is left open:

    fig, [ax] = panels()
    points(ax, X, y)
    boundary(ax, w)
    show(fig, "Two clouds of points with a line between them.", "The line passes between the clouds.")

Drawings write their alternative text themselves, from what they draw:

    show(*network((2, 2, 1), weights=[W1, W2], biases=[b1, b2]), caption="XOR, with your weights.")
"""

from helpers.figures.asking import one_query
from helpers.figures.attending import block, triangle, two_towers
from helpers.figures.cutting import cut_network
from helpers.figures.filters import one_filter
from helpers.figures.graphs import graph
from helpers.figures.mazes import maze_board
from helpers.figures.networks import network
from helpers.figures.neurons import neuron
from helpers.figures.page import Drawing, image, panels, show
from helpers.figures.palette import (
    AMBER,
    BLACK,
    BLUE,
    CLASSES,
    DPI,
    GREEN,
    GREY,
    MARKERS,
    ORANGE,
    PURPLE,
    SKY,
    STYLE,
    YELLOW,
)
from helpers.figures.plane import boundary, clip, points, regions
from helpers.figures.recurrent import cell, unrolled
from helpers.figures.sketch import Sketch
from helpers.figures.sliding import sliding
from helpers.figures.stacks import stacks
from helpers.figures.stages import stages
from helpers.figures.unfolding import windows
from helpers.figures.volume import volumes

__all__ = [
    "AMBER", "BLACK", "BLUE", "CLASSES", "DPI", "GREEN", "GREY", "MARKERS", "ORANGE", "PURPLE", "SKY",
    "STYLE", "YELLOW", "Drawing", "Sketch", "block", "boundary", "cell", "clip", "cut_network", "graph",
    "image", "maze_board", "network", "neuron", "one_filter", "one_query", "panels", "points", "regions",
    "show", "sliding", "stacks", "stages", "triangle", "two_towers", "unrolled", "volumes", "windows",
]  # fmt: skip
