"""Lesson 09, part 3: a linear probe is fitted."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed


def cloud(rng: Generator, n: int, d: int, K: int, scale: float = 1.0) -> Case:
    """Draw a cloud for each class, an uneven number of rows in each."""
    y = np.concatenate([np.arange(K), np.minimum(rng.geometric(0.5, n - K) - 1, K - 1)])
    F = scale * (rng.normal(size=(n, d)) + rng.normal(size=(K, d))[y])
    return Case({"F": F.round(1), "y": y, "lam": 0.1})


def clouds(rng: Generator, new: int, sizes: Sequence[tuple[int, int, int]]) -> Iterator[Case]:
    """Clouds of these sizes (rows, columns, classes) with penalties of any size, and new rows to be asked."""
    for n, d, K in sizes:
        drawn = dict(cloud(rng, n, d, K).inputs)
        drawn["lam"] = float(rng.uniform(0.05, 0.3))
        yield Case({**drawn, "new": rng.normal(size=(new, d))} if new else drawn)


def new_rows(rng: Generator) -> Iterator[Case]:
    """A bowl so steep that few steps reach its bottom, then a cloud of more rows than columns."""
    F = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0], [1.0, -1.0]])
    yield Case({"F": F, "y": np.array([0, 1, 1, 0]), "lam": 1.0, "new": np.array([[1.0, 1.0], [2.0, 0.0]])})
    yield from clouds(rng, 6, [MANY])


def a_class_without_rows(rng: Generator) -> Iterator[Case]:
    """Classes 0 to 2, of which 1 has no rows."""
    F = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [3.0, -1.0]])
    yield Case({"F": F, "y": np.array([0, 2, 2, 0]), "lam": 0.2, "new": np.array([[1.0, 1.0], [2.0, 0.0]])})


def slow_ones(rng: Generator) -> Iterator[Case]:
    """Clouds for which twenty steps are not enough; the first is the same for all."""
    yield cloud(fixed(42), 5, 4, 3, scale=2.0)
    yield from clouds(rng, 0, [MANY])


FEW, MANY = (4, 8, 2), (20, 3, 3)  # rows, columns, classes
EVERY = {"new rows", "fewer rows than columns", "weights", "a class without rows"}
BACK = "return W.detach().numpy(), b.detach().numpy()"
CALL = "probe_loss(W, b, X, t, lam)"
FIT_PROBE = Task(
    "fit_probe",
    points=2,
    answers=["fit_probe"],
    reference=REFERENCE + "fit_probe",
    parts=[
        Part("new rows", new_rows, probe=PROBES + "predicts", tol=1e-3),
        Part("fewer rows than columns", partial(clouds, new=6, sizes=[FEW]), probe=PROBES + "predicts", tol=1e-3),
        Part("weights", slow_ones, probe=PROBES + "weights", tol=1e-3),
        Part("a class without rows", a_class_without_rows, probe=PROBES + "predicts", tol=1e-3),
    ],
    uses=["probe_loss"],
    misconceptions=[
        Misconception(
            "It stops before it has arrived: give LBFGS more iterations (max_iter).",
            EVERY,
            ("max_iter=500", "max_iter=2"),
            forms=[("max_iter=500, tolerance_grad=1e-7, line_search_fn=\"strong_wolfe\"", "lr=1"),
                   ("max_iter=500", "max_iter=20"), ("max_iter=500", "max_iter=1"), ("max_iter=500", "max_iter=10")],
        ),
        Misconception(
            "It stops before it has arrived: tolerance_grad is too large.",
            EVERY,
            ("tolerance_grad=1e-7", "tolerance_grad=1e-2"),
            forms=[("tolerance_grad=1e-7", "tolerance_grad=0.1")],
        ),
        Misconception(
            "Nothing learns: W and b come back as they began. Does the closure call `backward`, and is `step` called?",
            EVERY,
            ("loss.backward()", "pass"),
            forms=[("optimiser.step(closure)", "pass")],
        ),
        Misconception(
            "The biases don't learn: hand both W and b to the optimiser.",
            EVERY,
            ("LBFGS([W, b]", "LBFGS([W]"),
            forms=[(CALL, "probe_loss(W, 0 * b, X, t, lam)")],
        ),
        Misconception(
            "The weights don't learn: hand both W and b to the optimiser.",
            EVERY,
            ("LBFGS([W, b]", "LBFGS([b]"),
        ),
        Misconception(
            "lam is not handed on to the loss.",
            EVERY,
            (CALL, "probe_loss(W, b, X, t, 0.5)"),
            forms=[(CALL, "probe_loss(W, b, X, t, 0.0)"), (CALL, "probe_loss(W, b, X, t, 1.0)"), (CALL, "probe_loss(W, b, X, t, 0.1)"),
                   (CALL, "cross_entropy(X @ W + b, t)")],
        ),
        Misconception(
            "The penalty has the wrong size, or a second one is added: `probe_loss` has all of it.",
            EVERY,
            (CALL, "probe_loss(W, b, X, t, 2 * lam)"),
            forms=[(CALL, "probe_loss(W, b, X, t, lam / 2)"), (CALL, "probe_loss(W, b, X, t, lam / len(X))"),
                   (CALL, "probe_loss(W, b, X, t, lam * len(X))")],
        ),
        Misconception(
            "The bias is penalised, too: `weight_decay`, or a sum over b, pulls it towards zero.",
            EVERY,
            (CALL, "(probe_loss(W, b, X, t, lam) + lam / 2 * (b**2).sum())"),
        ),
        Misconception(
            "Gradients pile up: call zero_grad at each evaluation.",
            EVERY,
            ("optimiser.zero_grad()", "optimiser.state"),
        ),
        Misconception(
            "Least squares: it fits the labels 0 and 1 as numbers. The probe's loss is a cross-entropy.",
            EVERY,
            wrong="""
def fit_probe(F, y, lam):
    X = np.hstack([F, np.ones((len(F), 1))])
    V = np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ np.eye(int(y.max()) + 1)[y])
    return V[:-1], V[-1]
""",
            forms=["""
def fit_probe(F, y, lam):
    T = np.eye(int(y.max()) + 1)[y]
    A, m = F - F.mean(0), T.mean(0)
    W = np.linalg.solve(A.T @ A + lam * np.eye(F.shape[1]), A.T @ (T - m))
    return W, m - F.mean(0) @ W
"""],
        ),
        Misconception(
            "Classes are 0 to the largest in y, even if one of them has no rows: counting those that occur is too few.",
            {"a class without rows"},
            ("int(y.max()) + 1", "len(np.unique(y))"),
            forms=[("torch.tensor(y), int(y.max()) + 1", "torch.tensor(np.unique(y, return_inverse=True)[1]), len(np.unique(y))")],
        ),
        Misconception(
            "There is one class too few: with classes 0 to 2 there are three, y.max() + 1.",
            EVERY,
            ("torch.tensor(y), int(y.max()) + 1", "torch.tensor(y).clamp(max=int(y.max()) - 1), int(y.max())"),
            forms=[("int(y.max()) + 1", "int(y.max())")],
        ),
        Misconception(
            "There is one class too many: with classes 0 to 2 there are three, y.max() + 1.",
            EVERY,
            ("int(y.max()) + 1", "int(y.max()) + 2"),
        ),
        Misconception(
            "Tensors come back; return NumPy arrays: `.detach().numpy()`.",
            {"weights"},
            (BACK, "return W.detach(), b.detach()"),
        ),
        Misconception(
            "W is turned: it is (d, K), a column for each class.",
            EVERY,
            (BACK, "return W.detach().numpy().T, b.detach().numpy()"),
        ),
        Misconception(
            "The order is: first W, then b.",
            EVERY,
            (BACK, "return b.detach().numpy(), W.detach().numpy()"),
        ),
    ],
    hints=[
        "The loss is a bowl. LBFGS walks to its bottom if its closure returns the loss, gradients computed.",
        "Start at zero in float64; K = y.max() + 1. The closure: zero_grad, probe_loss, backward, return the loss.",
        "`optimiser = torch.optim.LBFGS([W, b], max_iter=500, line_search_fn='strong_wolfe')`, then `optimiser.step(closure)` "
        "once; at the end `.detach().numpy()`",
    ],
)  # fmt: skip
