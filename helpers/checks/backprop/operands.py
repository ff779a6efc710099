"""Lesson 03, part 6: what the four rules are tried on."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case


def operands(rng: Generator, rule: str, *shapes: tuple[tuple[int, ...], ...]) -> Iterator[Case]:
    """Inputs of these shapes, away from zero, and a gradient that is nowhere the same."""
    for each in shapes:
        inputs = [np.array(rng.uniform(0.2, 2, size=s) * rng.choice([-1.0, 1.0], size=s)) for s in each]
        out = {
            "mul": lambda a: np.broadcast_shapes(*(x.shape for x in a)),
            "matmul": lambda a: (a[0].shape[0], a[1].shape[1]),
            "relu": lambda a: a[0].shape,
            "total": lambda a: (),
        }[rule](inputs)
        yield Case({"rule": rule, "inputs": inputs, "g": np.array(rng.normal(size=out) + 0.1)})


def products(rng: Generator) -> Iterator[Case]:
    """Factors of one shape: small ones that all can see, numbers without axes, then random ones."""
    A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, -1.0], [0.5, 2.0]])
    yield Case({"rule": "mul", "inputs": [A, B], "g": np.array([[1.0, -2.0], [0.5, 3.0]])})
    yield Case({"rule": "mul", "inputs": [np.array(2.0), np.array(0.5)], "g": np.array(3.0)})
    yield from operands(rng, "mul", ((3, 4), (3, 4)), ((2,), (2,)))


def broadcast_products(rng: Generator) -> Iterator[Case]:
    """A bias, a column, both stretched; and a plain number, as in the loss: a constant, without a pull."""
    A, B = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([2.0, -1.0, 0.5])
    yield Case({"rule": "mul", "inputs": [A, B], "g": np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 4.0]])})
    yield Case({"rule": "mul", "inputs": [A, -0.25], "g": np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 4.0]])})
    yield from operands(rng, "mul", ((3, 4), (4,)), ((3, 1), (2, 1, 4)), ((), (2, 3)))


def matrix_products(rng: Generator) -> Iterator[Case]:
    """Matrices of three different sizes, small ones first, and square ones."""
    A, B = np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, -1.0], [2.0, 0.5], [-3.0, 4.0]])
    yield Case({"rule": "matmul", "inputs": [A, B], "g": np.array([[2.0, -1.0]])})
    yield from operands(rng, "matmul", ((2, 3), (3, 4)), ((3, 3), (3, 3)))


def totals(rng: Generator) -> Iterator[Case]:
    """A matrix that all can see, then random arrays."""
    yield Case(
        {"rule": "total", "inputs": [np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])], "g": np.array(2.0)}
    )
    yield from operands(rng, "total", ((3, 4),), ((5,),))


def at_the_kink(rng: Generator) -> Iterator[Case]:
    """ReLU, zeros included."""
    A = np.array([[-2.0, 0.0], [1.5, 3.0]])
    yield Case({"rule": "relu", "inputs": [A], "g": np.array([[1.0, 2.0], [3.0, -4.0]])})
    yield from operands(rng, "relu", ((3, 4),), ((5,),))
