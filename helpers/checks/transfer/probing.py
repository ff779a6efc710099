"""Lesson 09, part 3: the linear probe, its loss and its fit."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed


def losses(rng: Generator) -> Iterator[Case]:
    """Weights, features and classes; the first two are the same for all, without a penalty and with one."""
    by_hand = {
        "W": np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]]),
        "b": np.array([0.0, 1.0, -0.5]),
        "F": np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 1.0], [2.0, 0.0]]),
        "y": np.array([0, 2, 1, 1]),
    }
    for lam in (0.0, 0.5):
        yield Case({**by_hand, "lam": lam})
    for n, d, K, lam in [(6, 2, 4, 0.7), (4, 5, 3, 3.0)]:
        inputs = {"W": rng.normal(size=(d, K)), "b": rng.normal(size=K), "F": rng.normal(size=(n, d))}
        yield Case({**inputs, "y": rng.integers(0, K, n), "lam": lam})


def penalised(rng: Generator) -> Iterator[Case]:
    """The same with a penalty always."""
    return (case for case in losses(rng) if case.inputs["lam"])


def cloud(rng: Generator, n: int, d: int, K: int, scale: float = 1.0) -> Case:
    """Draw a cloud for each class, an uneven number of rows in each."""
    y = np.concatenate([np.arange(K), np.minimum(rng.geometric(0.5, n - K) - 1, K - 1)])
    F = scale * (rng.normal(size=(n, d)) + rng.normal(size=(K, d))[y])
    return Case({"F": F.round(1), "y": y, "lam": 0.1})


def clouds(rng: Generator, new: int, sizes: tuple[tuple[int, int, int], ...]) -> Iterator[Case]:
    """Clouds of these sizes (rows, columns, classes) with penalties of any size, and new rows to be asked."""
    for n, d, K in sizes:
        drawn = dict(cloud(rng, n, d, K).inputs)
        drawn["lam"] = float(rng.uniform(0.05, 0.3))
        yield Case({**drawn, "new": rng.normal(size=(new, d))} if new else drawn)


def a_class_without_rows(rng: Generator) -> Iterator[Case]:
    """Classes 0 to 2, of which 1 has no rows."""
    F = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [3.0, -1.0]])
    yield Case({"F": F, "y": np.array([0, 2, 2, 0]), "lam": 0.2, "new": np.array([[1.0, 1.0], [2.0, 0.0]])})


def slow_ones(rng: Generator) -> Iterator[Case]:
    """Clouds for which twenty steps are not enough; the first is the same for all."""
    yield cloud(fixed(3), 6, 6, 3, scale=2.0)
    yield from clouds(rng, 0, MANY)


MANY = ((20, 3, 2), (30, 4, 3))
FEW = ((4, 12, 2), (6, 20, 3))

CROSS, SQUARES = "cross_entropy(F @ W + b, y)", "(W**2).sum()"
BOTH = {"value", "gradient"}
PROBE_LOSS = Task(
    "probe_loss",
    points=1,
    answers=["probe_loss"],
    reference=REFERENCE + "probe_loss",
    parts=[
        Part("value", losses, probe=PROBES + "loss_value"),
        Part("gradient", penalised, probe=PROBES + "loss_gradient"),
    ],
    misconceptions=[
        Misconception(
            "The penalty has no gradient: the value is right, but nothing pulls W towards zero.",
            {"gradient"},
            (SQUARES, "(W.detach()**2).sum()"),
            forms=[(SQUARES, "(W**2).sum().item()")],
        ),
        Misconception(
            "The bias is penalised, too. It says how frequent a class is, and may be as large as it likes.",
            BOTH,
            (SQUARES, "((W**2).sum() + (b**2).sum())"),
        ),
        Misconception(
            "The bias is penalised in place of W.",
            BOTH,
            (SQUARES, "(b**2).sum()"),
        ),
        Misconception(
            "The features are penalised in place of W.",
            BOTH,
            (SQUARES, "(F**2).sum()"),
            forms=[(SQUARES, "((F @ W + b) ** 2).sum()")],
        ),
        Misconception(
            "The penalty is missing: with `lam` > 0 it adds to the loss.",
            BOTH,
            (" + lam / 2 * (W**2).sum()", ""),
        ),
        Misconception(
            "The penalty has the wrong size: it is lam *half* times the sum of squares.",
            BOTH,
            ("lam / 2", "lam"),
            forms=[("lam / 2", "lam / 4"), ("lam / 2", "2 * lam"), ("lam / 2", "lam**2 / 2"), ("lam / 2", "0.5")],
        ),
        Misconception(
            "The penalty is subtracted: large weights would be rewarded.",
            BOTH,
            (" + lam / 2", " - lam / 2"),
        ),
        Misconception(
            "The squares are averaged; here they are summed.",
            BOTH,
            (SQUARES, "(W**2).mean()"),
            forms=[(SQUARES, "(W**2).sum(0).mean()"), (SQUARES, "(W**2).sum(1).mean()")],
        ),
        Misconception(
            "The penalty is divided by the number of rows; it does not depend on how many there are.",
            BOTH,
            ("lam / 2", "lam / (2 * len(F))"),
            forms=[("lam / 2", "lam / len(F)")],
        ),
        Misconception(
            "The penalty is multiplied by the number of rows; it does not depend on how many there are.",
            BOTH,
            ("lam / 2", "lam * len(F) / 2"),
        ),
        Misconception(
            "The penalty takes the length of W; it is the length squared.",
            BOTH,
            (SQUARES, "(W**2).sum().sqrt()"),
            forms=[("lam / 2 * (W**2).sum()", "lam * (W**2).sum().sqrt()")],
        ),
        Misconception(
            "The penalty takes the absolute values of W; it is the sum of their squares.",
            BOTH,
            (SQUARES, "W.abs().sum()"),
            forms=[("lam / 2 * (W**2).sum()", "lam * W.abs().sum()")],
        ),
        Misconception(
            "You square the sum of W; square each number, then sum.",
            BOTH,
            (SQUARES, "W.sum() ** 2"),
            forms=[(SQUARES, "W.sum()")],
        ),
        Misconception(
            "The loss has no gradient: a number was taken out of the graph (`.item()`, `.detach()`, float, NumPy).",
            {"gradient"},
            ("return cross_entropy(F @ W + b, y) + lam / 2 * (W**2).sum()", "return (cross_entropy(F @ W + b, y) + lam / 2 * (W**2).sum()).detach()"),
            forms=[(CROSS, "cross_entropy(F @ W + b, y).detach()"), ("F @ W + b", "(F @ W + b).detach()")],
        ),
        Misconception(
            "The cross-entropies are summed; a loss is a mean.",
            BOTH,
            (CROSS, "cross_entropy(F @ W + b, y, reduction='sum')"),
        ),
        Misconception(
            "The cross-entropy has the wrong sign: it is *minus* the mean logarithm of the right class's probability.",
            BOTH,
            (CROSS, "-cross_entropy(F @ W + b, y)"),
        ),
        Misconception(
            "Probabilities instead of scores go into the cross-entropy, which takes a softmax itself.",
            BOTH,
            ("F @ W + b", "torch.softmax(F @ W + b, dim=1)"),
        ),
        Misconception(
            "The bias is missing in the scores F W + b.",
            BOTH,
            ("F @ W + b", "F @ W"),
        ),
        Misconception(
            "The softmax goes over the rows; each row has its own classes, along dim=1.",
            BOTH,
            (CROSS, "-torch.log_softmax(F @ W + b, dim=0)[range(len(y)), y].mean()"),
        ),
    ],
    hints=[
        "cross_entropy takes scores and class numbers and gives the mean. Add the penalty.",
        r"$\text{cross-entropy}(FW + b, y) + \frac{\lambda}{2}\sum_{ij} W_{ij}^2$",
        "`cross_entropy(F @ W + b, y) + lam / 2 * ...`",
    ],
)  # fmt: skip

EVERY = {"new rows", "fewer rows than columns", "weights", "a class without rows"}
BACK = "return W.detach().numpy(), b.detach().numpy()"
CALL = "probe_loss(W, b, X, t, lam)"
FIT_PROBE = Task(
    "fit_probe",
    points=2,
    answers=["fit_probe"],
    reference=REFERENCE + "fit_probe",
    parts=[
        Part("new rows", partial(clouds, new=6, sizes=MANY), probe=PROBES + "predicts", tol=1e-3),
        Part("fewer rows than columns", partial(clouds, new=6, sizes=FEW), probe=PROBES + "predicts", tol=1e-3),
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

PROBING = [PROBE_LOSS, FIT_PROBE]
