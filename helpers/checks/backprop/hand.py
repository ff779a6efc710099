"""Lesson 03, parts 1 to 5: a network's forward pass, and its gradients by hand."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

REFERENCE = "helpers.reference.backprop."
PROBES = "helpers.probes.backprop."

# ---------------------------------------------------------------- cases


def network(rng: Generator, d: int, h: int, k: int) -> dict[str, ndarray]:
    """Draw the weights of a network with one hidden layer, its neurons neither silent nor saturated."""
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
    return {name: rng.normal(size=shape) / np.sqrt(d) for name, shape in shapes.items()}


def one_hot(rng: Generator, n: int, k: int) -> ndarray:
    """Draw n one-hot rows of k classes."""
    return np.eye(k)[rng.integers(0, k, n)]


def passes(rng: Generator) -> Iterator[Case]:
    """The 4-5-3 network first, then others, all widths equal included."""
    for n, d, h, k in [(2, 4, 5, 3), (3, 3, 3, 3), (6, 2, 4, 1)]:
        yield Case({"X": rng.normal(size=(n, d)), **network(rng, d, h, k)})


def labelled(rng: Generator) -> Iterator[Case]:
    """Rows with one-hot labels for the 4-5-3 network, for one with equal widths, and for others."""
    for n, d, h, k in [(7, 4, 5, 3), (4, 4, 4, 4), (5, 2, 6, 2)]:
        yield Case({"X": rng.normal(size=(n, d)), "Y": one_hot(rng, n, k), **network(rng, d, h, k)})


def scores(rng: Generator, of: str) -> Iterator[Case]:
    """Scores on both sides of zero, in one and two dimensions."""
    yield Case({"of": of, "z": np.array([-2.0, -0.5, 0.25, 1.5])})
    yield Case({"of": of, "z": rng.uniform(0.2, 2.5, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))})


def special_scores(rng: Generator) -> Iterator[Case]:
    """The kink, the steepest point, and scores that overflow exp."""
    yield Case({"of": "relu", "z": np.array([rng.uniform(-2, -1), 0.0, rng.uniform(1, 2)])})
    for of in ("sigmoid", "tanh"):
        yield Case({"of": of, "z": np.array([-1000.0, 0.0, rng.uniform(800, 2000)])})


def chain(rng: Generator, *widths: tuple[int, ...]) -> Iterator[Case]:
    """Jacobians of layers with these widths, input first, and a gradient by the last output."""
    for w in widths:
        jacobians = [rng.normal(size=(m, d)) / np.sqrt(d) for d, m in pairwise(w)]
        yield Case({"g": rng.normal(size=w[-1]), "jacobians": jacobians})


def stack(rng: Generator, widths: tuple[int, ...]) -> list[list[ndarray]]:
    """Draw layers [W, b] of these widths."""
    return [[rng.normal(size=(d, k)) / np.sqrt(d), rng.normal(size=k) / 2] for d, k in pairwise(widths)]


def stacks(rng: Generator, *shapes: tuple[int, ...]) -> Iterator[Case]:
    """Rows, one-hot labels and layers of these widths, with a large step so that its size shows."""
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


# ---------------------------------------------------------------- tasks

FORWARD = Task(
    "forward",
    points=1,
    answers=["forward"],
    reference=REFERENCE + "forward",
    parts=[Part("hidden layer", passes, probe=FIRST), Part("scores", passes, probe=SECOND)],
    misconceptions=[
        Misconception(
            "The activation between the layers is missing: two layers without it are one.",
            {"hidden layer", "scores"},
            ("np.tanh(X @ W1 + b1)", "X @ W1 + b1"),
        ),
        Misconception(
            "The first bias is added after tanh. It belongs to the score: tanh(X @ W1 + b1).",
            {"hidden layer", "scores"},
            ("np.tanh(X @ W1 + b1)", "np.tanh(X @ W1) + b1"),
        ),
        Misconception("The first bias is missing.", {"hidden layer", "scores"}, ("X @ W1 + b1", "X @ W1")),
        Misconception("The second bias is missing.", {"scores"}, ("H @ W2 + b2", "H @ W2")),
        Misconception(
            "You put tanh on the output as well. The last layer hands out scores, any real numbers.",
            {"scores"},
            ("H @ W2 + b2", "np.tanh(H @ W2 + b2)"),
        ),
    ],
    hints=[
        "It is the layer `X @ W + b` twice. What does the second one read?",
        r"$H = \tanh(XW_1 + b_1)$ and $Z_2 = HW_2 + b_2$",
        "`H = np.tanh(X @ W1 + b1)`, then `return H, H @ ...`",
    ],
)

SLOPES = Task(
    "slopes",
    points=1,
    answers=["sigmoid_slope", "tanh_slope", "relu_slope"],
    reference=REFERENCE + "sigmoid_slope",
    probe=PROBES + "slope",
    parts=[
        Part("sigmoid", partial(scores, of="sigmoid")),
        Part("tanh", partial(scores, of="tanh")),
        Part("ReLU", partial(scores, of="relu")),
        Part("zero and far out", special_scores),
    ],
    misconceptions=[
        Misconception(
            "s(1 - s) wants the *value* s = σ(z) of the sigmoid, and you put z into it.",
            {"sigmoid", "zero and far out"},
            ("s = sigmoid(z)", "s = z"),
        ),
        Misconception(
            "That is the sigmoid itself, not its slope.",
            {"sigmoid", "zero and far out"},
            ("return s * (1 - s)", "return s"),
        ),
        Misconception(
            "1 - t² wants the *value* t = tanh(z), and you put z into it.",
            {"tanh", "zero and far out"},
            ("1 - np.tanh(z) ** 2", "1 - z**2"),
        ),
        Misconception(
            "The square is missing in the slope of tanh: 1 - tanh².",
            {"tanh", "zero and far out"},
            ("np.tanh(z) ** 2", "np.tanh(z)"),
        ),
        Misconception(
            "That is ReLU itself. Its slope is 1 where z is positive.",
            {"ReLU", "zero and far out"},
            ("1.0, 0.0", "z, 0.0"),
        ),
        Misconception(
            "At the kink z = 0 the slope of ReLU is taken to be 0 here, as in PyTorch.",
            {"zero and far out"},
            ("z > 0", "z >= 0"),
        ),
    ],
    hints=[
        "Two of the three slopes can be written with the value of the function itself.",
        r"$\sigma' = \sigma(1 - \sigma)$, $\ \tanh' = 1 - \tanh^2$, $\ \mathrm{relu}'(z) = 1$ if $z > 0$, else $0$",
        "`s = sigmoid(z)`, then `s * (1 - s)`; `1 - np.tanh(z) ** 2`; `np.where(z > 0, ...)`",
    ],
)

PULL_BACK = Task(
    "pull_back",
    points=1,
    answers=["pull_back"],
    reference=REFERENCE + "pull_back",
    parts=[
        Part("equal widths", lambda rng: chain(rng, (3, 3, 3), (2, 2, 2, 2))),
        Part("any widths", lambda rng: chain(rng, (2, 4, 3), (5, 1, 6, 2))),
    ],
    misconceptions=[
        Misconception(
            "You begin with the first layer. A gradient starts at the output and meets the *last* Jacobian first.",
            {"equal widths", "any widths"},
            ("in reversed(jacobians)", "in jacobians"),
        ),
        Misconception(
            "`J @ g` pushes a change forward. To pull a gradient back, g stands on the left: `g @ J`.",
            {"equal widths", "any widths"},
            ("g = g @ J", "g = J @ g"),
        ),
        Misconception(
            "Each Jacobian is applied to the original g, and only the last result is kept. Hand the result on.",
            {"equal widths", "any widths"},
            ("g = g @ J\n    return g", "out = g @ J\n    return out"),
        ),
        Misconception(
            "You multiply entry by entry. A Jacobian is a matrix: every input may act on every output.",
            {"equal widths", "any widths"},
            ("g @ J", "(g * J).sum(axis=1)"),
        ),
    ],
    hints=[
        "Walk through the list from its end. Look at the shapes: g has as many entries as the last J has rows.",
        r"$g\,J_N\,J_{N-1} \cdots J_1$",
        "`for J in reversed(jacobians): g = ...`",
    ],
)

BACKPROP = Task(
    "backprop",
    points=3,
    answers=["backprop"],
    reference=REFERENCE + "backprop",
    parts=[
        Part("second layer", labelled, probe=PROBES + "output_layer", pure=True),
        Part("first layer", labelled, probe=PROBES + "hidden_layer", pure=True, weight=2),
    ],
    uses=["forward"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The error at the output points downhill: it is P - Y.",
            {"second layer", "first layer"},
            ("(softmax(Z2) - Y)", "(Y - softmax(Z2))"),
        ),
        Misconception(
            "The loss is a mean over the rows, so the error at the output is divided by n.",
            {"second layer", "first layer"},
            (" / len(X)", ""),
        ),
        Misconception(
            "You subtract Y from the scores: the probabilities P = softmax(Z2) are missing.",
            {"second layer", "first layer"},
            ("softmax(Z2) - Y", "Z2 - Y"),
        ),
        Misconception(
            "The error came through tanh on its way forward: on its way back it must be multiplied by 1 - H².",
            {"first layer"},
            (" * (1 - H**2)", ""),
        ),
        Misconception(
            "H (1 - H) is the slope of the sigmoid. These neurons have tanh: 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "H * (1 - H)"),
        ),
        Misconception(
            "1 - tanh(H)²: H is already the value of tanh. Its slope is 1 - H².",
            {"first layer"},
            ("(1 - H**2)", "(1 - np.tanh(H) ** 2)"),
        ),
        Misconception(
            "W2 is not transposed on the way back. With equal widths the shapes fit, and it is still wrong.",
            {"second layer", "first layer"},
            ("D2 @ W2.T", "D2 @ W2"),
        ),
        Misconception(
            "The first layer's gradient needs its *input* X, not its output H.",
            {"first layer"},
            ("X.T @ D1", "H.T @ D1"),
        ),
        Misconception(
            "You took means for the gradients of the biases, but the errors are divided by n already: sum them.",
            {"first layer"},
            ("D1.sum(axis=0)", "D1.mean(axis=0)"),
        ),
    ],
    hints=[
        "Write the shape of every array beside it; with n = 7 rows and the 4-5-3 network all sizes differ. "
        "Each gradient has the shape of its weights.",
        r"$\partial_{W_2} L = H^\top \Delta_2$, $\ \Delta_1 = (\Delta_2 W_2^\top) \odot (1 - H \odot H)$, "
        r"$\ \partial_{W_1} L = X^\top \Delta_1$, and the biases' are sums over the rows.",
        "`H, Z2 = forward(...)`, `D2 = (softmax(Z2) - Y) / len(X)`, `D1 = (D2 @ W2.T) * (1 - H**2)`, "
        "then `X.T @ D1, D1.sum(axis=0), ...`",
    ],
)

TRAIN_STEP = Task(
    "train_step",
    points=3,
    answers=["train_step"],
    reference=REFERENCE + "train_step",
    probe=PROBES + "stepped",
    parts=[
        Part("no hidden layer", lambda rng: stacks(rng, (3, 2), (4, 3)), weight=0.5),
        Part("one hidden layer", lambda rng: stacks(rng, (4, 5, 3), (3, 3, 3))),
        Part("many layers", lambda rng: stacks(rng, (2, 4, 3, 5, 2), (3, 3, 3, 3, 3))),
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
            {"no hidden layer", "one hidden layer", "many layers", "learns"},
            ("(W - eta * (a.T @ D), b - eta", "(W + eta * (a.T @ D), b + eta"),
        ),
        Misconception(
            "The slope of tanh is missing where the error goes back through a hidden layer: times 1 - a².",
            {"one hidden layer", "many layers", "learns"},
            (" * (1 - a**2)", ""),
        ),
        Misconception(
            "The layers come back in the order in which the error met them, the last one first.",
            {"one hidden layer", "many layers", "learns"},
            ("stepped[::-1]", "stepped"),
        ),
        Misconception(
            "The weights move but the biases do not.",
            {"no hidden layer", "one hidden layer", "many layers", "learns"},
            ("b - eta * D.sum(axis=0)", "b"),
        ),
        Misconception(
            "The loss is a mean over the rows: divide the error at the output by n.",
            {"no hidden layer", "one hidden layer", "many layers", "learns"},
            (" / len(X)", ""),
        ),
        Misconception(
            "Only the last layer learns: no error goes back to the layers before it.",
            {"one hidden layer", "many layers", "learns"},
            ("D = (D @ W.T) * (1 - a**2)", "D = 0 * (D @ W.T)"),
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

BY_HAND = [FORWARD, SLOPES, PULL_BACK, BACKPROP, TRAIN_STEP]
