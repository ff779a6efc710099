"""Errors of numbers, and what each of them asks for."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import show
from helpers.checks.learning.counting import PROBES, REFERENCE
from helpers.checks.task import FIRST, SECOND, Case, Misconception, Part, Task
from helpers.probes.plain import Plain

THIRD = PROBES + "third"

# ---------------------------------------------------------------- cases


def numbers(rng: Generator) -> Iterator[Case]:
    """Residuals 0, 0, 0, 4; then both signs, worked by hand; then random ones."""
    yield Case({"y": np.array([1.0, 2.0, 3.0, 8.0]), "y_hat": np.array([1.0, 2.0, 3.0, 4.0])})
    yield Case({"y": np.array([1.0, 0.0]), "y_hat": np.array([4.0, 1.0])})
    yield Case({"y": rng.normal(size=7), "y_hat": rng.normal(size=7) * 3 + 0.5})


def samples(rng: Generator, loss: str) -> Iterator[Case]:
    """An odd and an even number of values, not sorted, with repetitions and a value far away."""
    for y in (
        [2050.3, 2057.9, 2050.3, 2051.7],
        [2.0, 9.0, 2.0, 3.0, 4.0],
        [7.0, 1.0, 30.0, 2.0, 1.0, 5.0],
        [3.0, 1.0, 1.0, 3.0, 3.0, 0.0, 8.0],
    ):
        yield Case({"y": np.array(y), "loss": loss})
    yield Case(
        {"y": rng.permutation(np.repeat(rng.choice(50, 4, replace=False), [1, 2, 1, 4])) * 1.0, "loss": loss}
    )


LOSSES: dict[str, Callable[[ndarray], ndarray]] = {
    "squared": np.square,
    "absolute": np.abs,
    "0-1": lambda r: (r != 0) * 1.0,
}


def least(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for a constant whose mean loss is as small as the reference's, whichever that is."""
    if not isinstance(got, int | float | np.number) and np.shape(got) != ():
        return f"expected one number, got shape {np.shape(got)}."
    loss, y = str(case.inputs["loss"]), np.asarray(case.inputs["y"])
    try:
        c = float(got)
    except (TypeError, ValueError):
        return f"expected one number, got {show(got)}."
    mine, best = (float(np.mean(LOSSES[loss](y - value))) for value in (c, float(want)))
    if mine <= best * (1 + 1e-9):
        return None
    return f"for y = {show(y)} and the {loss} loss, {show(c)} costs {show(mine)} on average; another number costs {show(best)}."


# ---------------------------------------------------------------- tasks

ALL = {"MSE", "MAE", "RMSE"}
ERRORS = Task(
    "errors",
    points=2,
    answers=["errors"],
    reference=REFERENCE + "errors",
    parts=[
        Part("MSE", numbers, probe=FIRST, weight=0.25),
        Part("MAE", numbers, probe=SECOND, weight=0.25),
        Part("RMSE", numbers, probe=THIRD, weight=0.5),
    ],
    forbids=["sklearn.metrics.*"],
    misconceptions=[
        Misconception(
            "The root stands inside the mean, where it undoes the square: that is the MAE once more. The RMSE is the root "
            "*of* the mean.",
            {"RMSE"},
            ("np.sqrt(mse)", "np.mean(np.sqrt(r**2))"),
        ),
        Misconception(
            "The absolute value is missing in the MAE: errors up and down cancel.",
            {"MAE"},
            ("np.mean(np.abs(r))", "np.mean(r)"),
            forms=(("np.mean(np.abs(r))", "np.abs(np.mean(r))"),),
        ),
        Misconception(
            "These are sums. Here errors are means.",
            ALL,
            edits=(("np.mean(", "np.sum("),),
            forms=("def errors(y, y_hat):\n    r = y - y_hat\n    mse = np.sum(r**2)\n    return float(mse), float(np.mean(np.abs(r))), float(np.sqrt(np.mean(r**2)))\n",),
        ),
        Misconception("The RMSE has no root: it is the MSE.", {"RMSE"}, ("np.sqrt(mse)", "mse")),
        Misconception(
            "You took the square of the mean. Each residual is squared first, then comes the mean.",
            {"MSE", "RMSE"},
            ("np.mean(r**2)", "np.mean(r) ** 2"),
        ),
        Misconception(
            "MAE and RMSE are exchanged: the order is MSE, MAE, RMSE.",
            {"MAE", "RMSE"},
            ("float(np.mean(np.abs(r))), float(np.sqrt(mse))", "float(np.sqrt(mse)), float(np.mean(np.abs(r)))"),
        ),
        Misconception("The MSE is halved. That is done to make a slope simpler; here it is the mean.", {"MSE", "RMSE"},
                      ("np.mean(r**2)", "np.mean(r**2) / 2")),
        Misconception(
            "The MAE was taken from the median. It is the *mean* absolute error.",
            {"MAE"},
            ("np.mean(np.abs(r))", "np.median(np.abs(r))"),
        ),
    ],
    hints=[
        "Begin with the residuals `r = y - y_hat`. Where does the mean stand, and where the root?",
        r"$\text{MSE} = \frac1n \sum r_i^2$, $\text{MAE} = \frac1n \sum |r_i|$, $\text{RMSE} = \sqrt{\text{MSE}}$",
        "`mse = np.mean(r**2)`, and the last is `np.sqrt(...)` of it.",
    ],
)  # fmt: skip

BEST_CONSTANT = Task(
    "best_constant",
    points=2,
    answers=["best_constant"],
    reference=REFERENCE + "best_constant",
    parts=[
        Part("squared", partial(samples, loss="squared"), judge=least, weight=0.5),
        Part("absolute", partial(samples, loss="absolute"), judge=least, weight=0.75),
        Part("0-1", partial(samples, loss="0-1"), judge=least, weight=0.75),
    ],
    misconceptions=[
        Misconception(
            "The mean has not the least absolute loss: moving towards the larger half of the values pays.",
            {"absolute"},
            ("np.median(y)", "np.mean(y)"),
        ),
        Misconception(
            "The mean has the least squared loss, not the median.",
            {"squared"},
            ("np.mean(y)", "np.median(y)"),
        ),
        Misconception(
            "You took the place in the middle of y as it comes. The median is the middle of the *sorted* values.",
            {"absolute"},
            ("np.median(y)", "y[len(y) // 2]"),
        ),
        Misconception(
            "You took the middle between the smallest and the largest. The median has as many values below as above.",
            {"absolute"},
            ("np.median(y)", "(y.min() + y.max()) / 2"),
        ),
        Misconception(
            "The 0-1 loss counts misses: what it wants is the most frequent value, and a mean is hardly ever hit.",
            {"0-1"},
            ("values[counts.argmax()]", "np.mean(y)"),
        ),
        Misconception(
            "The 0-1 loss counts misses: what it wants is the most frequent value, not the middle one.",
            {"0-1"},
            ("values[counts.argmax()]", "np.median(y)"),
        ),
        Misconception(
            "You return how often the most frequent value occurs, not the value.",
            {"0-1"},
            ("values[counts.argmax()]", "counts.max()"),
        ),
        Misconception(
            "You return where the most frequent value stands in the list of values, not the value.",
            {"0-1"},
            ("values[counts.argmax()]", "counts.argmax()"),
        ),
        Misconception(
            "You return the rarest value. A miss costs 1, so the most frequent is wanted.",
            {"0-1"},
            ("counts.argmax()", "counts.argmin()"),
        ),
    ],
    hints=[
        "Try it: draw the mean loss against c, or ask when a small step of c to the right stops to pay.",
        r"$\frac{d}{dc} \sum (y_i - c)^2 = 0$ gives the mean; with $|y_i - c|$ as many must lie above as below; a miss "
        "costs 1, so hit as often as you can.",
        '`np.mean` for "squared", `np.median` for "absolute", and `np.unique(y, return_counts=True)` for "0-1".',
    ],
)
