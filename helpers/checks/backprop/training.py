"""Lesson 03, part 5: a step of descent for any number of layers."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE, one_hot, tenths
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain


def stack(rng: Generator, widths: tuple[int, ...]) -> list[list[ndarray]]:
    """Draw layers [W, b] of these widths."""
    return [[rng.normal(size=(d, k)) / np.sqrt(d), rng.normal(size=k) / 2] for d, k in pairwise(widths)]


def stacks(rng: Generator, *shapes: tuple[int, ...]) -> Iterator[Case]:
    """Rows, one-hot labels and layers of these widths, with a large step so that its size shows; tenths first."""
    layers = [[tenths(i, d, k), tenths(i + 5, k)] for i, (d, k) in enumerate(pairwise(shapes[0]))]
    k = shapes[0][-1]
    yield Case({"X": tenths(9, 2, shapes[0][0]), "Y": np.eye(k)[[0, k - 1]], "layers": layers, "eta": 0.5})
    for widths in shapes:
        n = int(rng.integers(5, 9))
        X, Y = rng.normal(size=(n, widths[0])), one_hot(rng, n, widths[-1])
        yield Case({"X": X, "Y": Y, "layers": stack(rng, widths), "eta": float(rng.uniform(0.5, 1.0))})


def quadrants(rng: Generator, n: int) -> tuple[ndarray, ndarray]:
    """Draw n points of a square with a cross cut out; opposite quadrants share a class, as in XOR."""
    X = rng.uniform(0.15, 1.0, size=(n, 2)) * rng.choice([-1.0, 1.0], size=(n, 2))
    return X, (X.prod(axis=1) < 0).astype(int)


def unseen_quadrants(rng: Generator) -> Iterator[Case]:
    """Three draws of training rows, and rows that were not seen; their classes are the truth."""
    for _ in range(3):
        (X, y), (X_new, y_new) = quadrants(rng, 200), quadrants(rng, 200)
        layers = [[rng.normal(size=(2, 12)), np.zeros(12)], [rng.normal(size=(12, 2)) / 4, np.zeros(2)]]
        inputs = {"X": X, "Y": np.eye(2)[y], "layers": layers, "eta": 2.0, "steps": 150, "X_new": X_new}
        yield Case(inputs, truth=y_new)


def accuracy_asked(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for 80 % on unseen rows, where always guessing one class is right for about half."""
    truth = np.asarray(case.truth)
    if np.shape(got) != truth.shape:
        return f"expected {truth.shape[0]} predictions, got shape {np.shape(got)}."
    right = float(np.mean(np.asarray(got) == truth))
    return None if right >= 0.8 else (
        f"after 150 steps it is right for {right:.0%} of rows it has not seen; 80 % is asked for, and always "
        "guessing one class gives about 50 %."
    )  # fmt: skip


STEPS = {"no hidden layer", "one hidden layer", "many layers"}


ALL = STEPS | {"learns"}


TRAIN_STEP = Task(
    "train_step",
    points=3,
    answers=["train_step"],
    reference=REFERENCE + "train_step",
    probe=PROBES + "stepped",
    parts=[
        Part("no hidden layer", lambda rng: stacks(rng, (3, 2), (4, 3)), weight=0.5),
        Part("one hidden layer", lambda rng: stacks(rng, (2, 3, 2), (4, 5, 3), (3, 3, 3))),
        Part("many layers", lambda rng: stacks(rng, (2, 1, 3, 2), (2, 4, 3, 5, 2), (3, 3, 3, 3, 3))),
        Part("learns", unseen_quadrants, probe=PROBES + "learns", judge=accuracy_asked, weight=0.5),
    ],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "You carry the error back through weights that were already updated. Propagate first, with the weights "
            "that made the prediction, then change them.",
            {"one hidden layer", "many layers"},
            ("D = (D @ W.T)", "D = (D @ stepped[-1][0].T)"),
        ),
        Misconception(
            "Your step goes uphill: subtract the gradient.",
            ALL,
            ("(W - eta * (a.T @ D), b - eta", "(W + eta * (a.T @ D), b + eta"),
            forms=(("(softmax(A[-1] @ W + b) - Y)", "(Y - softmax(A[-1] @ W + b))"),),
        ),
        Misconception(
            "The labels are missing in the error at the output: P - Y, prediction minus truth.",
            ALL,
            ("(softmax(A[-1] @ W + b) - Y)", "softmax(A[-1] @ W + b)"),
        ),
        Misconception(
            "You subtract Y from the scores: the probabilities, their softmax, are missing.",
            ALL,
            ("softmax(A[-1] @ W + b) - Y", "A[-1] @ W + b - Y"),
        ),
        Misconception(
            "The slope of tanh is missing where the error goes back through a hidden layer: times 1 - a².",
            {"one hidden layer", "many layers", "learns"},
            (" * (1 - a**2)", ""),
        ),
        Misconception(
            "The error is multiplied by a slope that belongs to another layer. Going back through layer l it passes the "
            "activation of what that layer *reads*: times 1 - A² with its input A.",
            {"one hidden layer", "many layers", "learns"},
            ("D = (D @ W.T) * (1 - a**2)", "D = (D * (1 - np.tanh(a @ W + b) ** 2)) @ W.T"),
            forms=(
                """
def train_step(X, Y, layers, eta):
    A = [X]
    for W, b in layers[:-1]:
        A.append(np.tanh(A[-1] @ W + b))
    W, b = layers[-1]
    A.append(A[-1] @ W + b)
    D = (softmax(A[-1]) - Y) / len(X)
    stepped = []
    for l in reversed(range(len(layers))):
        W, b = layers[l]
        if l < len(layers) - 1:
            D = D * (1 - A[l] ** 2) if D.shape == A[l].shape else D
        stepped.append((W - eta * (A[l].T @ D), b - eta * D.sum(axis=0)))
        D = D @ W.T
    return stepped[::-1]
""",
            ),
        ),
        Misconception(
            "Where the error goes back, you multiply by another slope than that of tanh: what a layer reads is already "
            "its value a, and the slope is 1 - a².",
            {"one hidden layer", "many layers"},
            ("(1 - a**2)", "(1 - np.tanh(a) ** 2)"),
            forms=(
                ("(1 - a**2)", "(a * (1 - a))"),
                ("(1 - a**2)", "(1 - a)"),
                ("(1 - a**2)", "(1 + a**2)"),
                ("(1 - a**2)", "(a**2)"),
                ("(1 - a**2)", "(a > 0)"),
            ),
        ),
        Misconception(
            "The layers come back in the order in which the error met them, the last one first.",
            {"one hidden layer", "many layers", "learns"},
            ("stepped[::-1]", "stepped"),
        ),
        Misconception(
            "The weights move but the biases do not.",
            ALL,
            ("b - eta * D.sum(axis=0)", "b"),
        ),
        Misconception(
            "The biases move but the weights do not.",
            ALL,
            ("W - eta * (a.T @ D)", "W"),
        ),
        Misconception(
            "The step of a bias is not η times the sum of its neuron's errors: sum over the rows only (`axis=0`); they "
            "are divided by n already.",
            ALL,
            ("D.sum(axis=0)", "D.mean(axis=0)"),
            forms=(("D.sum(axis=0)", "D.sum()"), ("D.sum(axis=0)", "D.mean()")),
        ),
        Misconception(
            "The loss is a mean over the rows: the error is divided by n, once, at the output.",
            ALL,
            (" / len(X)", ""),
            forms=(
                ("D = (D @ W.T) * (1 - a**2)", "D = (D @ W.T) * (1 - a**2) / len(X)"),
                (" / len(X)", " / len(X) ** 2"),
                (" / len(X)", " / X.shape[1]"),
                (" / len(X)", " / Y.shape[1]"),
                (" / len(X)", " / Y.size"),
            ),
        ),
        Misconception(
            "The step has length 1 times the gradient: `eta` is not used.",
            STEPS,
            edits=(("W - eta * (a.T @ D)", "W - a.T @ D"), ("b - eta * D.sum(axis=0)", "b - D.sum(axis=0)")),
        ),
        Misconception(
            "Only the last layer learns: no error goes back to the layers before it.",
            {"one hidden layer", "many layers", "learns"},
            ("D = (D @ W.T) * (1 - a**2)", "D = 0 * (D @ W.T)"),
        ),
        Misconception(
            "The hidden layers have no activation in your forward pass: tanh stands after each but the last.",
            {"one hidden layer", "many layers", "learns"},
            ("A.append(np.tanh(A[-1] @ W + b))", "A.append(A[-1] @ W + b)"),
            forms=([("A.append(np.tanh(A[-1] @ W + b))", "A.append(A[-1] @ W + b)"), (" * (1 - a**2)", "")],),
        ),
        Misconception(
            "W is not transposed on the way back. With equal widths the shapes fit, and it is still wrong.",
            ALL,
            ("D @ W.T", "D @ W"),
        ),
        Misconception(
            "You return the gradients; the layers after a step are asked for.",
            ALL,
            ("(W - eta * (a.T @ D), b - eta * D.sum(axis=0))", "(a.T @ D, D.sum(axis=0))"),
            forms=(
                ("(W - eta * (a.T @ D), b - eta * D.sum(axis=0))", "(eta * (a.T @ D), eta * D.sum(axis=0))"),
            ),
        ),
    ],
    hints=[
        "On the way forward keep what each layer *reads*: X, then each hidden value. On the way back, walk through "
        "layers and kept arrays together, from the end.",
        r"$\Delta = (P - Y)/n$ at the top; at each layer with input $A$: $\partial_W L = A^\top \Delta$, then "
        r"$\Delta \leftarrow (\Delta W^\top) \odot (1 - A \odot A)$ with the *old* $W$.",
        "Forward: `A = [X]`, then `A.append(np.tanh(A[-1] @ W + b))` for all layers but the last. Backward: "
        "`for (W, b), a in zip(reversed(layers), reversed(A)):` note the new pair, then carry `D` back.",
    ],
)
