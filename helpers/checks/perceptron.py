"""The tasks of lesson 01-perceptron."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def batch(rng: Generator, n: int, d: int) -> tuple[ndarray, ndarray, float]:
    """Draw inputs X (n, d), weights w (d,) and a bias, none of them near a special value."""
    return rng.normal(size=(n, d)), rng.normal(size=d), float(rng.uniform(0.5, 2) * rng.choice([-1, 1]))


def weighted(rng: Generator, names: tuple[str, ...]) -> Iterator[Case]:
    """Worked by hand first: 1·3 + 2·(-1) + 0.5, then random shapes."""
    X, w, b = np.array([[1.0, 2.0], [0.0, 0.0], [-1.0, 4.0]]), np.array([3.0, -1.0]), 0.5
    for i in range(4):
        for f in names:
            yield Case({"X": X, "w": w, "b": b, "f": f})
        X, w, b = batch(rng, n=int(rng.integers(1, 7)) + i, d=int(rng.integers(2, 5)))


def affine(rng: Generator) -> Iterator[Case]:
    """Inputs, weights and a bias."""
    yield Case({"X": np.array([[2.0, 3.0]]), "w": np.array([0.5, -1.0]), "b": 4.0})
    for n, d in [(5, 3), (2, 4), (3, 1)]:
        X, w, b = batch(rng, n, d)
        yield Case({"X": X, "w": w, "b": b})


def off_zero(rng: Generator) -> Iterator[Case]:
    """Scores that are not zero, in one and two dimensions."""
    yield Case({"z": np.array([-2.0, -0.1, 0.1, 2.0])})
    yield Case({"z": rng.normal(size=7)})
    yield Case({"z": rng.normal(size=(3, 4)) * 100})


def at_zero(rng: Generator) -> Iterator[Case]:
    """Scores that are exactly zero, alone and among others."""
    yield Case({"z": np.array([0.0])})
    yield Case({"z": np.array([rng.uniform(-2, -0.5), 0.0, -0.0, rng.uniform(1.5, 3)])})


def one_gate(rng: Generator, name: str) -> Iterator[Case]:
    """The name of a gate."""
    yield Case({"name": name})


CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def fires(X: ndarray, W: Plain, b: Plain) -> ndarray:
    """Return the outputs of a layer of Heaviside neurons."""
    z = X @ np.asarray(W, dtype=float) + np.asarray(b, dtype=float)
    return (np.squeeze(z) > 0).astype(int)


def gate_outputs(weights: Plain) -> ndarray:
    """Return what a gate's weights compute on the four corners, in the order of the truth table."""
    w, b = weights
    return fires(CORNERS, w, b)


def network_outputs(weights: Plain) -> ndarray:
    """Return what a network's weights compute on the four corners."""
    W1, b1, w2, b2 = weights
    return fires(fires(CORNERS, W1, b1), w2, b2)


def shapes(weights: Plain) -> Plain:
    """Return the shapes of a network's weights."""
    return [list(np.shape(v)) for v in weights]


def nothing(rng: Generator) -> Iterator[Case]:
    """No inputs."""
    yield Case({})


def with_ones(X: ndarray) -> ndarray:
    """Put the constant input x_0 = 1 first."""
    return np.column_stack([np.ones(len(X)), X])


def weights_and_rows(rng: Generator) -> Iterator[Case]:
    """Weights and inputs, one row exactly on the line."""
    yield Case({"X": np.array([[1.0, 2.0], [1.0, 1.0], [1.0, 0.0]]), "w": np.array([-1.0, 1.0])})
    X, w, _ = batch(rng, 8, 3)
    yield Case({"X": with_ones(X[:, :2]), "w": w})


def one_sample(rng: Generator) -> Iterator[Case]:
    """A sample of each label, met by weights that are zero, that get it right, and that get it wrong."""
    x = with_ones(rng.uniform(0.5, 2.0, size=(1, 3)))[0]
    for y in (0.0, 1.0):
        for w in (np.zeros(4), x / 2 + rng.uniform(0, 0.1, size=4), -x / 2 - rng.uniform(0, 0.1, size=4)):
            yield Case({"x": x, "y": y, "w": w})


def discs(rng: Generator, n: int) -> tuple[ndarray, ndarray]:
    """Draw n rows of each label from two discs of radius 1 around (1, 1) and (5, 4), label 0 first."""
    angle, radius = rng.uniform(0, 2 * np.pi, 2 * n), np.sqrt(rng.uniform(0, 1, 2 * n))
    y = np.repeat([0.0, 1.0], n)
    centre = np.where(y[:, None] > 0, [5.0, 4.0], [1.0, 1.0])
    return with_ones(centre + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])), y


def sorted_discs(rng: Generator) -> Iterator[Case]:
    """OR, then two discs, for few sweeps and for as many as it takes."""
    X = with_ones(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    yield Case({"X": X, "y": np.array([0.0, 1.0, 1.0, 1.0]), "epochs": 10})
    for epochs in (2, 100):
        X, y = discs(rng, 10)
        yield Case({"X": X, "y": y, "epochs": epochs})


def unseen_discs(rng: Generator) -> Iterator[Case]:
    """Three draws of training rows, and rows that were not seen; their labels are the truth."""
    for _ in range(3):
        X, y = discs(rng, 30)
        X_new, y_new = discs(rng, 100)
        yield Case({"X": X, "y": y, "X_new": X_new}, truth=y_new)


def accuracy_asked(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for 70 % on unseen rows, where always guessing one label is right for 50 %."""
    truth = np.asarray(case.truth)
    if np.shape(got) != truth.shape:
        return f"expected {truth.shape[0]} predictions, got shape {np.shape(got)}."
    right = float(np.mean(np.asarray(got) == truth))
    return None if right >= 0.7 else (
        f"on rows it has not seen it is right for {right:.0%}; 70 % is asked for, and always guessing one label "
        "gives 50 %. It is shown all rows of label 0 first: does it sweep until a sweep is free of mistakes?"
    )  # fmt: skip


def separated(rng: Generator, scales: tuple[float, ...], unit: bool = False) -> Iterator[Case]:
    """Rows with labels, and weights that separate them; `unit` makes the weights of length 1."""
    X, y = (
        with_ones(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])),
        np.array([0.0, 1.0, 1.0, 1.0]),
    )
    w = np.array([-0.5, 1.0, 1.0])
    for scale in scales:
        yield Case({"X": X, "y": y, "w": scale * (w / np.linalg.norm(w) if unit else w)})
        X, y = discs(rng, 4)
        w = np.array([-5.5, 1.0, 1.0]) + rng.uniform(-0.05, 0.05, 3)


def not_separated(rng: Generator) -> Iterator[Case]:
    """Weights that get exactly one row wrong, though by little: the mean distance stays positive."""
    for _ in range(2):
        X, y = discs(rng, 6)
        X[-1, 1:] = [2.5, 2.7]
        yield Case({"X": X, "y": y, "w": np.array([-5.5, 1.0, 1.0])})


def labelled(rng: Generator, scale: float) -> Iterator[Case]:
    """Weights, inputs and labels; `scale` stretches the scores."""
    for n, d in [(4, 2), (7, 3)]:
        X, w, _ = batch(rng, n, d)
        y = np.resize([1.0, 0.0, 0.0], n)
        z = X @ w
        if scale > 1:  # every score is large, half of them on the wrong side
            X = X * (np.sign(z) * np.resize([1.0, -1.0], n) * scale / np.abs(z))[:, None]
        yield Case({"w": w, "X": X, "y": y})


def scores(rng: Generator) -> Iterator[Case]:
    """Scores of n rows and K classes, n = K included."""
    yield Case({"Z": np.array([[0.0, np.log(2.0), np.log(5.0)]])})
    for n, K in [(2, 3), (3, 3), (5, 2)]:
        yield Case({"Z": rng.normal(size=(n, K)) * 2})


def huge_scores(rng: Generator) -> Iterator[Case]:
    """Scores that overflow exp, and rows of very different size side by side."""
    yield Case({"Z": np.array([[1000.0, 1000.0, 999.0], [-1000.0, -1001.0, -1000.0]])})
    yield Case({"Z": rng.normal(size=(4, 3)) + np.array([[2000.0], [0.0], [-2000.0], [800.0]])})


def single_row(rng: Generator) -> Iterator[Case]:
    """One row of scores, as a one-dimensional array."""
    yield Case({"Z": rng.normal(size=4)})


def one_hot(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and one-hot labels."""
    for n, d, K in [(3, 2, 3), (6, 4, 3), (5, 3, 2)]:
        Y = np.eye(K)[rng.integers(0, K, n)]
        yield Case({"W": rng.normal(size=(d, K)), "X": rng.normal(size=(n, d)), "Y": Y})


def regression(rng: Generator) -> Iterator[Case]:
    """Inputs and targets, the columns independent."""
    yield Case({"X": with_ones(np.array([[0.0], [1.0], [2.0]])), "y": np.array([1.0, 3.0, 5.0])})
    for n, d in [(8, 3), (20, 4)]:
        yield Case({"X": rng.normal(size=(n, d)), "y": rng.normal(size=n)})


def collinear(rng: Generator) -> Iterator[Case]:
    """The same, with one column that is the sum of two others, in whole numbers."""
    X = rng.integers(-4, 5, size=(9, 3)).astype(float)
    yield Case({"X": np.column_stack([X, X[:, 0] + X[:, 1]]), "y": rng.normal(size=9)})


def signed(rng: Generator) -> Iterator[Case]:
    """Weights, inputs and signs: rows beyond the margin, inside it, and on the wrong side."""
    w, s = np.array([1.0, 0.0]), np.array([1.0, 1.0, -1.0, -1.0])
    yield Case({"w": w, "X": np.array([[3.0, 1.0], [0.5, 0.0], [1.0, 2.0], [-4.0, 0.0]]), "s": s})
    X, w, _ = batch(rng, 9, 3)
    yield Case({"w": w, "X": 2 * X, "s": np.resize([1.0, -1.0], 9)})


def two_layers(rng: Generator) -> Iterator[Case]:
    """Weights and biases of two layers of different widths."""
    for d, h, k in [(2, 3, 4), (5, 4, 2)]:
        shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
        yield Case({name: rng.normal(size=shape) for name, shape in shapes.items()})


# ---------------------------------------------------------------- tasks


REFERENCE = "helpers.reference.perceptron."
PROBES = "helpers.probes.perceptron."
FIRST, SECOND = "helpers.probes.common.first", "helpers.probes.common.second"

HEAVISIDE = Task(
    "heaviside",
    points=1,
    answers=["heaviside"],
    reference=REFERENCE + "heaviside",
    parts=[Part("fires above zero", off_zero), Part("is silent at zero", at_zero)],
    misconceptions=[
        Misconception(
            "You let the neuron fire at z = 0. With g(z) = 1 if z > 0 it is silent there.",
            {"is silent at zero"},
            ("(z > 0", "(z >= 0"),
        ),
        Misconception(
            "Your neuron answers -1 where it is silent: that is the sign function. Heaviside answers 0.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "1.0, -1.0"),
        ),
        Misconception(
            "Your neuron fires below zero and is silent above: the two values are swapped.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "0.0, 1.0"),
        ),
        Misconception(
            "You return z itself where it is positive: that is ReLU. A Heaviside neuron answers 1.",
            {"fires above zero", "is silent at zero"},
            ("1.0, 0.0", "z, 0.0"),
        ),
    ],
    hints=[
        "A comparison of an array with a number gives an array of True and False. What is missing to make it 1 and 0?",
        r"$g(z) = 1$ if $z > 0$, else $0$: the inequality is strict.",
        "`return np.where(z ..., 1.0, ...)`",
    ],
)

NEURON = Task(
    "neuron",
    points=1,
    answers=["neuron"],
    reference=REFERENCE + "neuron",
    probe=PROBES + "with_activation",
    parts=[
        Part("weighted sum", partial(weighted, names=("identity",))),
        Part("activation", partial(weighted, names=("tanh", "step"))),
    ],
    misconceptions=[
        Misconception("The bias is missing.", {"weighted sum", "activation"}, ("X @ w + b", "X @ w")),
        Misconception(
            "You add the bias after the activation. It belongs to the score: f(X @ w + b).",
            {"activation"},
            ("f(X @ w + b)", "f(X @ w) + b"),
        ),
        Misconception("The activation f is never applied.", {"activation"}, ("f(X @ w + b)", "X @ w + b")),
        Misconception(
            "You multiply by the weights but do not sum: `X * w` keeps all d products of a row, `X @ w` adds them.",
            {"weighted sum", "activation"},
            ("X @ w", "X * w"),
        ),
        Misconception(
            "You add the bias to every input before the weights, so it is counted once per weight.",
            {"weighted sum", "activation"},
            ("X @ w + b", "(X + b) @ w"),
        ),
    ],
    hints=[
        "One row of `X` is one sample. Which operator multiplies each row with `w` and sums?",
        r"$\hat y_i = f\big(\sum_j X_{ij} w_j + b\big)$",
        "`return f(X @ ... + ...)`",
    ],
)

ABSORB_BIAS = Task(
    "absorb_bias",
    points=1,
    answers=["absorb_bias"],
    reference=REFERENCE + "absorb_bias",
    parts=[Part("inputs", affine, probe=FIRST, pure=True), Part("weights", affine, probe=SECOND, pure=True)],
    misconceptions=[
        Misconception(
            "The constant input comes last. Here it comes first, as x_0.",
            {"inputs"},
            ("[ones, X]", "[X, ones]"),
        ),
        Misconception(
            "The new column holds zeros: then the bias is multiplied by 0 and vanishes.",
            {"inputs"},
            ("np.ones(", "np.zeros("),
        ),
        Misconception(
            "You put the bias into the inputs. The input x_0 is the constant 1; b is its weight.",
            {"inputs"},
            ("np.ones((len(X), 1))", "np.full((len(X), 1), b)"),
        ),
        Misconception(
            "The bias comes last among the weights. It is the weight of x_0, so it comes first.",
            {"weights"},
            ("[[b], w]", "[w, [b]]"),
        ),
        Misconception(
            "The first weight is 1, not b: the constant 1 belongs to the inputs.",
            {"weights"},
            ("[[b], w]", "[[1.0], w]"),
        ),
    ],
    hints=[
        "A row gets one number more, and so does w. What must their product add to the sum?",
        r"$\tilde x = (1, x_1, \dots, x_d)$ and $\tilde w = (b, w_1, \dots, w_d)$",
        "`np.hstack([np.ones((len(X), 1)), ...])` and `np.concatenate([[b], ...])`",
    ],
)

GATES = Task(
    "gates",
    points=2,
    answers=["gates"],
    reference=REFERENCE + "gates",
    probe=PROBES + "gate",
    parts=[
        Part("AND", partial(one_gate, name="AND"), weight=0.5, means=gate_outputs),
        Part("OR", partial(one_gate, name="OR"), weight=0.5, means=gate_outputs),
        Part("NAND", partial(one_gate, name="NAND"), means=gate_outputs),
    ],
    misconceptions=[
        Misconception(
            "Your AND fires when one input is on: the bias must outweigh one weight, but not both.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], -0.5)'),
        ),
        Misconception(
            "Your OR fires only when both inputs are on: one weight alone must outweigh the bias.",
            {"OR"},
            ('"OR": ([1.0, 1.0], -0.5)', '"OR": ([1.0, 1.0], -1.5)'),
        ),
        Misconception(
            "Your NAND never fires: to turn a neuron round, change the sign of w *and* of b.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([-1.0, -1.0], -1.5)"),
        ),
        Misconception(
            "Your NAND is AND: it should fire exactly where AND does not.",
            {"NAND"},
            ("([-1.0, -1.0], 1.5)", "([1.0, 1.0], -1.5)"),
        ),
        Misconception(
            "With both inputs on, your AND has the score 0 exactly, and g(0) = 0: it is silent there.",
            {"AND"},
            ('"AND": ([1.0, 1.0], -1.5)', '"AND": ([1.0, 1.0], -2.0)'),
        ),
    ],
    hints=[
        "Draw the four corners of the unit square. Which line has only (1, 1) on its far side?",
        "AND needs $w_1 + w_2 + b > 0$ but $w_1 + b \\le 0$ and $w_2 + b \\le 0$.",
        '`"AND": ([1, 1], -1.5)`; for OR a smaller threshold does, and NAND is AND with every sign turned.',
    ],
)

PERCEPTRON = Task(
    "Perceptron",
    points=4,
    answers=["Perceptron"],
    reference=REFERENCE + "Perceptron",
    parts=[
        Part("predict", weights_and_rows, probe=PROBES + "predicts"),
        Part("one step", one_sample, probe=PROBES + "one_step", pure=True),
        Part("sweeps", sorted_discs, probe=PROBES + "sweeps"),
        Part("learns", unseen_discs, probe=PROBES + "learns", judge=accuracy_asked),
    ],
    uses=["heaviside"],
    misconceptions=[
        Misconception(
            "Your step goes the wrong way: a sample that should fire must pull w towards it, w + (y - ŷ) x.",
            {"one step", "sweeps", "learns"},
            ("self.w + (y - y_hat) * x", "self.w - (y - y_hat) * x"),
        ),
        Misconception(
            "You add y x on every sample. The step is (y - ŷ) x: nothing moves when the prediction is right, "
            "and a false alarm moves w away.",
            {"one step", "sweeps", "learns"},
            ("(y - y_hat) * x", "y * x"),
        ),
        Misconception(
            "You compare y with the score. The perceptron compares it with its prediction, which is 0 or 1.",
            {"one step", "sweeps", "learns"},
            ("self.predict(x[None, :])[0]", "x @ self.w"),
        ),
        Misconception(
            "You stop after one sweep. A later sample can undo what an earlier one taught: sweep again until "
            "no sample is wrong.",
            {"sweeps", "learns"},
            ("for _ in range(epochs):", "for _ in range(1):"),
        ),
        Misconception(
            "You count every sample that you look at, not only the mistakes.",
            {"sweeps"},
            ("int(y != y_hat)", "1"),
        ),
        Misconception(
            "Your neuron fires where the score is exactly 0.",
            {"predict", "one step", "sweeps"},
            ("heaviside(X @ self.w)", "(X @ self.w >= 0) * 1.0"),
        ),
        Misconception(
            "Your predictions are -1 and 1. Here the labels are 0 and 1.",
            {"predict", "one step", "sweeps", "learns"},
            ("heaviside(X @ self.w)", "np.where(X @ self.w > 0, 1.0, -1.0)"),
        ),
        Misconception(
            "Your predictions are scores: `heaviside` is missing.",
            {"predict", "one step", "sweeps", "learns"},
            ("heaviside(X @ self.w)", "X @ self.w"),
        ),
        Misconception(
            "Your step is scaled by a learning rate. From w = 0 it changes no prediction; here it is 1.",
            {"one step", "sweeps"},
            ("(y - y_hat) * x", "0.1 * (y - y_hat) * x"),
        ),
    ],
    hints=[
        "`predict` is one line, `update` is three. In `fit`, how do you know that a sweep made no mistake?",
        r"$w \leftarrow w + (y - \hat y)\,x$ with $\hat y = g(x \cdot w)$; a mistake is $y \ne \hat y$.",
        "In `update`: `y_hat = self.predict(x[None, :])[0]`, then move `self.w`, then count. In `fit`: remember "
        "`self.mistakes` before the sweep and stop if it is the same after.",
    ],
)

NOVIKOFF = Task(
    "novikoff_bound",
    points=2,
    answers=["novikoff_bound"],
    reference=REFERENCE + "novikoff_bound",
    parts=[
        Part("w of length 1", partial(separated, scales=(1.0, 1.0, 1.0), unit=True)),
        Part("w of any length", partial(separated, scales=(1.0, 3.0, 0.2)), weight=0.5),
        Part("no separation, no bound", not_separated, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "You forgot to divide by the length of w: 2w is the same line, so it must have the same margin.",
            {"w of any length"},
            (" / np.linalg.norm(w)", ""),
        ),
        Misconception(
            "You took the mean distance. The margin γ is the smallest: the nearest row decides.",
            {"w of length 1", "w of any length", "no separation, no bound"},
            ("np.min(sign", "np.mean(sign"),
        ),
        Misconception(
            "The bound is (R / γ)²: the square is missing.",
            {"w of length 1", "w of any length"},
            (" ** 2", ""),
        ),
        Misconception(
            "You used the labels 0 and 1 as signs: every row of label 0 then has the distance 0. Use 2y - 1.",
            {"w of length 1", "w of any length"},
            ("2 * y - 1", "y"),
        ),
        Misconception(
            "R is the largest norm of a row, not the mean.",
            {"w of length 1", "w of any length"},
            (".max()", ".mean()"),
        ),
        Misconception(
            "R leaves out the constant 1: the bias is a weight like the others, so its input counts.",
            {"w of length 1", "w of any length"},
            ("np.linalg.norm(X, axis=1)", "np.linalg.norm(X[:, 1:], axis=1)"),
        ),
        Misconception(
            "w does not separate these rows (γ ≤ 0), so the theorem promises nothing: return infinity.",
            {"no separation, no bound"},
            (" if gamma > 0 else np.inf", ""),
        ),
    ],
    hints=[
        "You need two lengths: how far out the farthest row lies, and how close to the line the nearest one comes.",
        r"$R = \max_i \lVert x_i \rVert$, $\ \gamma = \min_i s_i\,(x_i \cdot w) / \lVert w \rVert$ with "
        r"$s_i = 2 y_i - 1$, and the bound is $(R/\gamma)^2$.",
        "`gamma = np.min(sign * (X @ w)) / np.linalg.norm(w)`; R is a `max` of `np.linalg.norm(X, axis=1)`; "
        "return `np.inf` where `gamma <= 0`.",
    ],
)

XOR = Task(
    "xor_network",
    points=2,
    answers=["xor_network"],
    reference=REFERENCE + "xor_network",
    probe=PROBES + "network",
    parts=[
        Part("shapes", nothing, weight=0.5, means=shapes),
        Part("XOR", nothing, weight=1.5, means=network_outputs),
    ],
    misconceptions=[
        Misconception(
            "Your network computes OR, it fires on (1, 1) as well: AND must *forbid*, with a negative weight.",
            {"XOR"},
            ("w2 = [1.0, -1.0]", "w2 = [1.0, 1.0]"),
        ),
        Misconception(
            "Your output never fires: its threshold is higher than what the hidden neurons can give.",
            {"XOR"},
            ("b2 = -0.5", "b2 = -1.5"),
        ),
        Misconception(
            "Your output always fires: its bias alone is enough. A threshold is a *negative* bias.",
            {"XOR"},
            ("b2 = -0.5", "b2 = 0.5"),
        ),
        Misconception(
            "Your output fires on one of the two corners only: each hidden neuron copies one input, so the second "
            "layer sees what a single neuron sees.",
            {"XOR"},
            ("W1 = [[1.0, 1.0], [1.0, 1.0]]", "W1 = [[1.0, 0.0], [0.0, 1.0]]"),
        ),
        Misconception(
            "w2 is a column of shape (2, 1). One output neuron has a weight vector of shape (2,).",
            {"shapes"},
            ("w2 = [1.0, -1.0]", "w2 = [[1.0], [-1.0]]"),
        ),
    ],
    hints=[
        "Say XOR in words, using only AND, OR and NOT. Each hidden neuron can be one of the gates you have.",
        "XOR = OR and not AND: one hidden neuron computes OR, the other AND.",
        "`W1 = [[1, 1], [1, 1]]` and `b1 = [-0.5, -1.5]`; the output wants the first and is forbidden by the second.",
    ],
)

LOGISTIC = Task(
    "logistic",
    points=2,
    answers=["logistic"],
    reference=REFERENCE + "logistic",
    parts=[
        Part("loss", partial(labelled, scale=1.0), probe=FIRST, weight=0.5),
        Part("gradient", partial(labelled, scale=1.0), probe=SECOND, pure=True),
        Part("huge scores", partial(labelled, scale=1000.0), weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The label's term has the wrong sign: the loss of a row is log(1 + e^z) - y z.",
            {"loss", "huge scores"},
            ("- y * z", "+ y * z"),
        ),
        Misconception(
            "The loss is a sum over the rows; here losses are means.",
            {"loss", "huge scores"},
            ("np.mean(", "np.sum("),
        ),
        Misconception(
            "The gradient points downhill: it is p - y, and gradient *descent* then subtracts it.",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(y - sigmoid(z))"),
        ),
        Misconception(
            "The loss is a mean but the gradient a sum: divide it by n as well.",
            {"gradient", "huge scores"},
            (" / len(X)", ""),
        ),
        Misconception(
            "You subtract y from the score. The gradient needs the probability p = sigmoid(z).",
            {"gradient", "huge scores"},
            ("(sigmoid(z) - y)", "(z - y)"),
        ),
        Misconception(
            "e^z overflows for large z and the loss becomes infinite: `np.logaddexp(0, z)` is log(1 + e^z), safely.",
            {"huge scores"},
            ("np.logaddexp(0, z)", "np.log(1 + np.exp(z))"),
        ),
        Misconception(
            "log(p) is -infinity once p rounds to 0: compute the loss from the score z, not from p.",
            {"huge scores"},
            (
                "np.mean(np.logaddexp(0, z) - y * z)",
                "-np.mean(y * np.log(sigmoid(z)) + (1 - y) * np.log(1 - sigmoid(z)))",
            ),
        ),
    ],
    hints=[
        "Start from the scores `z = X @ w`. Both results are a mean over the rows.",
        r"$J = \frac1n\sum_i \log(1 + e^{z_i}) - y_i z_i$ and $\nabla J = \frac1n X^\top (p - y)$, $p = \sigma(z)$.",
        "`loss = np.mean(np.logaddexp(0, z) - ...)` and `gradient = X.T @ (sigmoid(z) - ...) / len(X)`",
    ],
)

SOFTMAX = Task(
    "softmax",
    points=2,
    answers=["softmax"],
    reference=REFERENCE + "softmax",
    parts=[
        Part("values", scores, pure=True),
        Part("huge scores", huge_scores, weight=0.5),
        Part("a single row", single_row, weight=0.5),
    ],
    forbids=["torch.*softmax", "scipy.special.*"],
    misconceptions=[
        Misconception(
            "The denominator has no exp: the values need not sum to 1, nor be positive.",
            {"values", "huge scores", "a single row"},
            ("E / E.sum(", "E / Z.sum("),
        ),
        Misconception(
            "You normalised over axis 0. Each *row* must sum to 1.",
            {"values", "huge scores"},
            ("E / E.sum(axis=-1", "E / E.sum(axis=0"),
        ),
        Misconception(
            "You divided by the sum of all rows together. Each *row* must sum to 1 on its own.",
            {"values", "huge scores"},
            ("E.sum(axis=-1, keepdims=True)", "E.sum()"),
        ),
        Misconception(
            "The sum has lost its axis: with `keepdims=True` it stays (n, 1) and divides row by row.",
            {"values", "huge scores"},
            ("E.sum(axis=-1, keepdims=True)", "E.sum(axis=-1)"),
        ),
        Misconception(
            "e^1000 overflows. Subtract each row's largest score first: the result stays the same.",
            {"huge scores"},
            (" - Z.max(axis=-1, keepdims=True)", ""),
        ),
        Misconception(
            "You subtracted the largest score of the whole array: rows far below it become 0/0. "
            "Each row needs its own.",
            {"huge scores"},
            ("Z.max(axis=-1, keepdims=True)", "Z.max()"),
        ),
        Misconception(
            "`axis=1` does not exist in a single row; `axis=-1` is the last axis, whatever their number.",
            {"a single row"},
            ("E / E.sum(axis=-1", "E / E.sum(axis=1"),
        ),
    ],
    hints=[
        "Two things are to be repaired: what is summed below the line, and over which index.",
        r"$p_{ik} = e^{z_{ik} - m_i} \big/ \sum_j e^{z_{ij} - m_i}$ with $m_i = \max_j z_{ij}$",
        "`E = np.exp(Z - Z.max(axis=-1, keepdims=True))`, then divide by the sum over the same axis.",
    ],
)

SOFTMAX_GRADIENT = Task(
    "softmax_gradient",
    points=1,
    answers=["softmax_gradient"],
    reference=REFERENCE + "softmax_gradient",
    parts=[Part("gradient", one_hot, pure=True)],
    uses=["softmax"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "The gradient points downhill: it is P - Y, not Y - P.", {"gradient"}, ("(P - Y)", "(Y - P)")
        ),
        Misconception(
            "The loss is a mean over the rows, so the gradient is divided by n.",
            {"gradient"},
            (" / len(X)", ""),
        ),
        Misconception(
            "This is the transpose, as torch stores it. Here W is (d, K), and so is its gradient.",
            {"gradient"},
            ("X.T @ (P - Y)", "(P - Y).T @ X"),
        ),
        Misconception(
            "You subtract Y from the scores: P = softmax(X @ W) is missing.",
            {"gradient"},
            ("P = softmax(X @ W)", "P = X @ W"),
        ),
        Misconception(
            "You divided by the number of all entries of Y. The mean is over the n rows only.",
            {"gradient"},
            ("/ len(X)", "/ Y.size"),
        ),
    ],
    hints=[
        "It has the same form as the logistic neuron's gradient, with one column for each class.",
        r"$\nabla_W J = \frac1n X^\top (P - Y)$ with $P = \mathrm{softmax}(XW)$",
        "`P = softmax(X @ W)`, then `X.T @ (...) / len(X)`",
    ],
)

NORMAL_EQUATIONS = Task(
    "normal_equations",
    points=0,
    answers=["normal_equations"],
    reference=REFERENCE + "normal_equations",
    parts=[Part("independent columns", regression, tol=1e-6), Part("collinear columns", collinear, tol=1e-6)],
    forbids=["numpy.linalg.lstsq", "torch.linalg.lstsq", "scipy.*", "sklearn.*"],
    misconceptions=[
        Misconception(
            "With collinear columns XᵀX has no inverse: `np.linalg.pinv` gives the shortest of all solutions.",
            {"collinear columns"},
            ("np.linalg.pinv(", "np.linalg.inv("),
        ),
        Misconception(
            "The transpose is in the wrong place: XᵀX is (d, d), one equation for each weight.",
            {"independent columns", "collinear columns"},
            ("pinv(X.T @ X)", "pinv(X @ X.T)"),
        ),
        Misconception(
            "Only one side was divided by n: the n cancels if both are.",
            {"independent columns", "collinear columns"},
            ("(X.T @ y)", "(X.T @ y) / len(X)"),
        ),
    ],
    hints=[
        "At the minimum the gradient is zero: write it down and solve for w.",
        r"$X^\top X\, w = X^\top y$",
        "`np.linalg.pinv(X.T @ X) @ ...`",
    ],
)

HINGE = Task(
    "hinge",
    points=0,
    answers=["hinge"],
    reference=REFERENCE + "hinge",
    parts=[Part("loss", signed)],
    misconceptions=[
        Misconception(
            "The margin is missing: a row on the right side but closer than 1 costs something too.",
            {"loss"},
            ("1 - s * (X @ w)", "-s * (X @ w)"),
        ),
        Misconception(
            "A row beyond the margin costs 0, never less: clip at 0.",
            {"loss"},
            ("np.maximum(0, 1 - s * (X @ w))", "1 - s * (X @ w)"),
        ),
        Misconception("The loss is a sum; here losses are means.", {"loss"}, ("np.mean(", "np.sum(")),
        Misconception(
            "The signs s are not used: every row is treated as positive.",
            {"loss"},
            ("s * (X @ w)", "(X @ w)"),
        ),
    ],
    hints=[
        "A row costs nothing once its score is on the right side by at least 1.",
        r"$\frac1n\sum_i \max(0,\, 1 - s_i z_i)$",
        "`np.mean(np.maximum(0, ...))`",
    ],
)

COLLAPSE = Task(
    "collapse",
    points=0,
    answers=["collapse"],
    reference=REFERENCE + "collapse",
    parts=[Part("weights", two_layers, probe=FIRST), Part("bias", two_layers, probe=SECOND)],
    misconceptions=[
        Misconception(
            "With rows as samples, X @ W1 @ W2 is X @ (W1 @ W2): the order stays.",
            {"weights"},
            ("return W1 @ W2", "return W2.T @ W1.T"),
        ),
        Misconception(
            "The first bias is lost: it goes through the second layer, b1 @ W2 + b2.",
            {"bias"},
            ("b1 @ W2 + b2", "b2"),
        ),
        Misconception(
            "The two biases have different lengths: b1 must go through W2 before it can be added.",
            {"weights", "bias"},
            ("b1 @ W2 + b2", "b1 + b2"),
        ),
        Misconception("The second bias is missing.", {"bias"}, ("b1 @ W2 + b2", "b1 @ W2")),
    ],
    hints=[
        "Put the first layer's formula into the second's and multiply out.",
        r"$(X W_1 + b_1) W_2 + b_2 = X (W_1 W_2) + (b_1 W_2 + b_2)$",
        "`return W1 @ W2, b1 @ ... + ...`",
    ],
)

TASKS = [
    HEAVISIDE,
    NEURON,
    ABSORB_BIAS,
    GATES,
    PERCEPTRON,
    NOVIKOFF,
    XOR,
    LOGISTIC,
    SOFTMAX,
    SOFTMAX_GRADIENT,
    NORMAL_EQUATIONS,
    HINGE,
    COLLAPSE,
]
