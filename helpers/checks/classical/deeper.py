"""Lesson 11, deeper: a perceptron that sees only similarities, densities, a graph, and codes that are mostly zero."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.classical.groups import REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

CLOSE = 1e-6

# ---------------------------------------------------------------- cases


def similarities(rng: Generator) -> Iterator[Case]:
    """Rows on a line, XOR by a curved kernel, and any cloud; one sweep and several."""
    line = np.array([1.0, 2.0, -1.0])
    yield Case({"K": np.outer(line, line), "s": np.array([1.0, 1.0, -1.0]), "epochs": 1})
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    xor = (1 + corners @ corners.T) ** 2
    for epochs in (1, 3):
        yield Case({"K": xor, "s": np.array([-1.0, 1.0, 1.0, -1.0]), "epochs": epochs})
    ones = np.array([3.0, 3.0, 3.0])  # the same row with two labels: mistaken in each sweep
    yield Case({"K": 1 + np.outer(ones, ones), "s": np.array([-1.0, -1.0, 1.0]), "epochs": 3})
    X = rng.normal(size=(9, 2))
    yield Case({"K": 1 + X @ X.T, "s": np.where(rng.random(9) < 0.5, -1.0, 1.0), "epochs": 3})


def places(rng: Generator) -> Iterator[Case]:
    """A standard Gaussian, a wide one, a slanted one."""
    yield Case({"X": np.array([[0.0], [1.0], [3.0]]), "mu": np.array([0.0]), "cov": np.array([[1.0]])})
    yield Case({"X": np.array([[0.0], [1.0]]), "mu": np.array([1.0]), "cov": np.array([[9.0]])})
    slant = np.array([[2.0, 1.0], [1.0, 3.0]])
    yield Case({"X": np.array([[0.0, 0.0], [1.0, -1.0]]), "mu": np.array([1.0, 0.0]), "cov": slant})
    L = rng.normal(size=(3, 3))
    yield Case({"X": rng.normal(size=(4, 3)), "mu": rng.normal(size=3), "cov": L @ L.T + 0.5 * np.eye(3)})


def graphs(rng: Generator) -> Iterator[Case]:
    """A path of three, a lonely node, a random graph."""
    path = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    yield Case({"A": path, "X": np.array([[1.0], [2.0], [4.0]]), "W": np.array([[1.0, -1.0]])})
    star = np.array([[0.0, 1.0, 1.0, 1.0], [1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])
    yield Case({"A": star, "X": np.array([[1.0], [2.0], [4.0], [8.0]]), "W": np.array([[1.0]])})
    lonely = np.zeros((2, 2))
    yield Case({"A": lonely, "X": np.array([[1.0, 2.0], [3.0, 0.0]]), "W": np.eye(2)})
    A = np.triu(rng.random((6, 6)) < 0.4, 1) * 1.0
    yield Case({"A": A + A.T, "X": rng.normal(size=(6, 3)), "W": rng.normal(size=(3, 2))})


def signals(rng: Generator) -> Iterator[Case]:
    """A dictionary of unit vectors, a redundant one, weak and strong penalties, one step and many."""
    yield Case({"x": np.array([3.0, -2.0, -0.5]), "D": np.eye(3), "lam": 1.0, "steps": 1})
    both = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    for steps in (1, 4, 50):
        yield Case({"x": np.array([1.2, 1.6]), "D": both, "lam": 0.3, "steps": steps})
    yield Case({"x": rng.normal(size=4), "D": rng.normal(size=(6, 4)), "lam": 0.4, "steps": 20})


# ---------------------------------------------------------------- tasks

KERNEL_PERCEPTRON = Task(
    "kernel_perceptron",
    points=0,
    answers=["kernel_perceptron"],
    reference=REFERENCE + "kernel_perceptron",
    parts=[Part("mistakes of each row", similarities)],
    misconceptions=[
        Misconception(
            "The labels are missing in the sum: a row that was a mistake pulls towards its own side.",
            {"mistakes of each row"},
            ("(a * s)", "a"),
        ),
        Misconception(
            "At exactly 0 it is a mistake, too: at the start everything is 0, and nothing would ever be learned.",
            {"mistakes of each row"},
            ("<= 0", "< 0"),
        ),
        Misconception(
            "You count within a sweep and correct after it. Each mistake is corrected at once.",
            {"mistakes of each row"},
            wrong="def kernel_perceptron(K, s, epochs):\n"
            "    a = np.zeros(len(s), dtype=int)\n"
            "    for _ in range(epochs):\n"
            "        a = a + (s * (K @ (a * s)) <= 0)\n"
            "    return a\n",
        ),
        Misconception(
            "Whether a row is a mistake depends on its label: s times the sum.",
            {"mistakes of each row"},
            ("s[i] * (K[i] @ (a * s)) <= 0", "K[i] @ (a * s) <= 0"),
        ),
        Misconception(
            "You mark a row once. It may be a mistake again in a later sweep: count.",
            {"mistakes of each row"},
            ("a[i] += 1", "a[i] = 1"),
        ),
    ],
    hints=[
        "The perceptron's w is a sum of rows. Put that into w·x.",
        "x_i is a mistake if s_i · the sum over j of a_j s_j K_ij is not above 0; then a_i grows by 1.",
        "`if s[i] * (K[i] @ (a * s)) <= 0: a[i] += 1`, in two loops",
    ],
)

HALF = "-(distance + np.linalg.slogdet(cov)[1] + X.shape[1] * np.log(2 * np.pi)) / 2"

LOG_DENSITY = Task(
    "log_density",
    points=0,
    answers=["log_density"],
    reference=REFERENCE + "log_density",
    parts=[Part("the logarithm", places, tol=CLOSE)],
    misconceptions=[
        Misconception(
            "2π stands there once. It is there once for each column.",
            {"the logarithm"},
            ("X.shape[1] * np.log(2 * np.pi)", "np.log(2 * np.pi)"),
        ),
        Misconception(
            "The determinant is missing: a wide Gaussian is low everywhere.",
            {"the logarithm"},
            ("np.linalg.slogdet(cov)[1] + ", ""),
        ),
        Misconception(
            "The minus is missing: farther away it must be less.", {"the logarithm"}, (HALF, HALF[1:])
        ),
        Misconception(
            "That is the density. Its logarithm is asked for.", {"the logarithm"}, (HALF, f"np.exp({HALF})")
        ),
        Misconception("The 2π are missing.", {"the logarithm"}, (" + X.shape[1] * np.log(2 * np.pi)", "")),
    ],
    hints=[
        "`e_step` has most of it.",
        "-½ [(x - μ) Σ⁻¹ (x - μ) + log det Σ + d log 2π]",
        "`np.linalg.solve(cov, D.T).T` times D, summed along each row, and `np.linalg.slogdet(cov)[1]`.",
    ],
)

NORMAL = "scale[:, None] * loops * scale @ X @ W"

MESSAGE_PASS = Task(
    "message_pass",
    points=0,
    answers=["message_pass"],
    reference=REFERENCE + "message_pass",
    parts=[Part("one layer", graphs, tol=CLOSE)],
    misconceptions=[
        Misconception(
            "A node does not hear itself: add the identity to A.",
            {"one layer"},
            ("loops = A + np.eye(len(A))", "loops = A + 1e-12 * np.eye(len(A))"),
        ),
        Misconception(
            "Messages are added up as they are: a node of many neighbours shouts. Scale by D^-½ on both sides.",
            {"one layer"},
            (NORMAL, "loops @ X @ W"),
        ),
        Misconception(
            "You scale rows alone, to means. Here both sides are scaled, by the root of the degrees.",
            {"one layer"},
            (NORMAL, "(scale**2)[:, None] * loops @ X @ W"),
        ),
        Misconception("The root is missing: D^-½, on both sides.", {"one layer"}, ("1 / np.sqrt(", "1 / (")),
        Misconception("The ReLU is missing.", {"one layer"}, (f"np.maximum({NORMAL}, 0)", NORMAL)),
    ],
    hints=[
        "Each node hears its neighbours, and itself.",
        "Â = D^-½ (A + I) D^-½, with the row sums of A + I in D; then relu(Â X W).",
        "`loops = A + np.eye(len(A))`, `scale = 1 / np.sqrt(loops.sum(axis=1))`, `scale[:, None] * loops * scale`.",
    ],
)

ISTA = Task(
    "ista",
    points=0,
    answers=["ista"],
    reference=REFERENCE + "ista",
    parts=[Part("codes", signals, tol=CLOSE)],
    misconceptions=[
        Misconception(
            "You shrink by λ in each step. It is η λ, as the step is.",
            {"codes"},
            ("- eta * lam, 0.0", "- lam, 0.0"),
        ),
        Misconception(
            "Nothing is shrunk: that is descent on the squares alone.",
            {"codes"},
            ("- eta * lam, 0.0", ", 0.0"),
        ),
        Misconception(
            "The signs are lost: a negative entry shrinks towards 0 and stays negative.",
            {"codes"},
            ("np.sign(c) * np.maximum(np.abs(c) -", "np.maximum(np.abs(c) -"),
        ),
        Misconception("You climb: the gradient is (c D - x) Dᵀ.", {"codes"}, ("(c @ D - x)", "(x - c @ D)")),
        Misconception(
            "Your step is one over the *smallest* eigenvalue.", {"codes"}, ("[-1]", "[0].clip(0.05)")
        ),
        Misconception(
            "Your step is one over the largest singular value; it is one over its square.",
            {"codes"},
            ("1 / np.linalg.eigvalsh(D @ D.T)[-1]", "1 / np.linalg.norm(D, 2)"),
        ),
    ],
    hints=[
        "Lesson 4's lasso, with one signal in place of many rows.",
        "c ← soft threshold of c - η (c D - x) Dᵀ at η λ, with η = 1 / largest eigenvalue of D Dᵀ.",
        "`eta = 1 / np.linalg.eigvalsh(D @ D.T)[-1]`, then two lines in a loop.",
    ],
)

DEEPER = [KERNEL_PERCEPTRON, LOG_DENSITY, MESSAGE_PASS, ISTA]
