"""Lesson 02: the curve x² / (1 + log x), its slope and what decides descent on it."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def places(rng: Generator, fixed: tuple[float, ...], high: float) -> Iterator[Case]:
    """Points x: some that are easy to compute, random ones up to a bound, a grid."""
    yield Case({"x": np.array(fixed)})
    yield Case({"x": rng.uniform(fixed[0], high, 5)})
    yield Case({"x": rng.uniform(fixed[0], high, (2, 3))})


def one_landmark(rng: Generator, name: str) -> Iterator[Case]:
    """The name of a number."""
    yield Case({"name": name})


# ---------------------------------------------------------------- tasks

WHOLE = "x * (1 + 2 * np.log(x)) / (1 + np.log(x)) ** 2"

SLOPE = Task(
    "slope",
    points=1,
    answers=["slope"],
    reference=REFERENCE + "slope",
    parts=[
        Part("right of the pole", partial(places, fixed=(0.5, 1.0, 2.0, 3.0), high=4.0)),
        Part("left of the pole", partial(places, fixed=(0.05, 0.1, 0.2, 0.3), high=0.3)),
    ],
    misconceptions=[
        Misconception(
            "You divided the derivative of the numerator by that of the denominator. A quotient u/v has the derivative "
            "(u'v - uv') / v².",
            {"right of the pole", "left of the pole"},
            (WHOLE, "2 * x**2"),
        ),
        Misconception(
            "You treat the logarithm as a constant: its derivative, 1/x, is missing.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "2 * x / (1 + np.log(x))"),
        ),
        Misconception(
            "The denominator of a quotient's derivative is squared.",
            {"right of the pole", "left of the pole"},
            (" ** 2", ""),
        ),
        Misconception(
            "The *whole* denominator is squared, (1 + log x)², not the logarithm alone.",
            {"right of the pole", "left of the pole"},
            ("(1 + np.log(x)) ** 2", "(1 + np.log(x) ** 2)"),
        ),
        Misconception(
            "A sign is turned in the quotient rule: it is u'v *minus* uv'.",
            {"right of the pole", "left of the pole"},
            ("(1 + 2 * np.log(x))", "(3 + 2 * np.log(x))"),
        ),
        Misconception(
            "The quotient rule is the other way round: it is u'v - uv', not uv' - u'v.",
            {"right of the pole", "left of the pole"},
            (WHOLE, f"-{WHOLE}"),
        ),
        Misconception(
            "The derivative of log x is 1/x, so uv' is x² times 1/x.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "(2 * x * (1 + np.log(x)) - x**2) / (1 + np.log(x)) ** 2"),
        ),
        Misconception(
            "The derivative of x² is 2x: a 2 is missing.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "x * np.log(x) / (1 + np.log(x)) ** 2"),
            forms=(("1 + 2 * np.log(x)", "1 + np.log(x)"),),
        ),
        Misconception(
            "A factor x is missing: in 2x (1 + log x) - x both terms have one.",
            {"right of the pole", "left of the pole"},
            ("x * (1 + 2", "(1 + 2"),
        ),
        Misconception(
            "You returned the numerator u'v - uv' alone. Divide it by (1 + log x)².",
            {"right of the pole", "left of the pole"},
            (" / (1 + np.log(x)) ** 2", ""),
        ),
        Misconception(
            "`log` is the natural logarithm here: `np.log`.",
            {"right of the pole", "left of the pole"},
            edits=(("np.log(", "np.log10("),),
            forms=([("np.log(", "np.log2(")],),
        ),
        Misconception(
            "log(1 + x) is not 1 + log x: the 1 stands outside of the logarithm.",
            {"right of the pole", "left of the pole"},
            ("(1 + np.log(x)) ** 2", "np.log1p(x) ** 2"),
            forms=((WHOLE, "(2 * x * np.log1p(x) - x**2 / (1 + x)) / np.log1p(x) ** 2"),),
        ),
        Misconception(
            "Only the last term is divided: brackets around the whole numerator, u'v - uv'.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "2 * x * (1 + np.log(x)) - x / (1 + np.log(x)) ** 2"),
            forms=((WHOLE, "2 * x * (1 + np.log(x)) - x**2 / x / (1 + np.log(x)) ** 2"),),
        ),
        Misconception(
            "In uv' the numerator is x², and x² times 1/x is x, not 1.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "(2 * x * (1 + np.log(x)) - 1) / (1 + np.log(x)) ** 2"),
        ),
        Misconception(
            "The term uv' is missing or has become 2x: it is x² times 1/x, which is x.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "2 * x * np.log(x) / (1 + np.log(x)) ** 2"),
        ),
        Misconception(
            "One of the logarithms has another base: both are `np.log`.",
            {"right of the pole", "left of the pole"},
            ("2 * np.log(x)", "2 * np.log10(x)"),
            forms=(
                ("(1 + np.log(x)) ** 2", "(1 + np.log10(x)) ** 2"),
                ("2 * np.log(x)", "2 * np.log2(x)"),
                ("(1 + np.log(x)) ** 2", "(1 + np.log2(x)) ** 2"),
            ),
        ),
        Misconception(
            "`math.log` takes one number. For arrays it is `np.log`.",
            {"right of the pole", "left of the pole"},
            wrong="import math\n\n\ndef slope(x):\n    return x * (1 + 2 * math.log(x)) / (1 + math.log(x)) ** 2\n",
        ),
        Misconception(
            "That is close to the slope, as a difference quotient is, but not exact: derive the formula.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "((x + 1e-3) ** 2 / (1 + np.log(x + 1e-3)) - x**2 / (1 + np.log(x))) / 1e-3"),
            forms=tuple(
                (WHOLE, f"((x + {h}) ** 2 / (1 + np.log(x + {h})) - x**2 / (1 + np.log(x))) / {h}")
                for h in ("1e-2", "1e-4", "1e-5", "1e-6")
            ),
        ),
        Misconception(
            "You return J(x) itself, not its derivative.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "x**2 / (1 + np.log(x))"),
        ),
        Misconception(
            "That is the slope of a product, x² (1 + log x). This is a quotient.",
            {"right of the pole", "left of the pole"},
            (WHOLE, "x * (3 + 2 * np.log(x))"),
        ),
    ],
    hints=[
        "It is a quotient. What is the derivative of its numerator, and of its denominator?",
        r"$J' = \dfrac{2x\,(1 + \log x) - x^2 \cdot \frac1x}{(1 + \log x)^2}$; what is left can be gathered.",
        "`return x * (1 + 2 * ...) / (1 + np.log(x)) ** 2`",
    ],
)

POLE, MINIMUM, VALUE, LIMIT = "np.exp(-1.0)", "np.exp(-0.5)", "2 / np.e", "2 / 8"

LANDMARKS = Task(
    "landmarks",
    points=1,
    answers=["landmarks"],
    reference=REFERENCE + "landmarks",
    probe=PROBES + "landmark",
    parts=[
        Part(name, partial(one_landmark, name=name), tol=1e-3)
        for name in ("pole", "minimum", "value", "limit")
    ],
    misconceptions=[
        Misconception(
            "At x = 1 the logarithm is zero, but the denominator is 1 + log x = 1 there.",
            {"pole"},
            (POLE, "1.0"),
        ),
        Misconception(
            "Solve 1 + log x = 0 once more: log x is *minus* 1, and x = 1/e.",
            {"pole"},
            (POLE, "np.exp(1.0)"),
            forms=((POLE, "-1.0"),),
        ),
        Misconception(
            "At x = 0 the logarithm has no value; the denominator 1 + log x vanishes at another place.",
            {"pole"},
            (POLE, "0.0"),
        ),
        Misconception(
            "That is where the slope vanishes. The pole is where the denominator does.",
            {"pole"},
            (POLE, "np.exp(-0.5)"),
        ),
        Misconception(
            "Solve 1 + 2 log x = 0 once more: log x is *minus* one half.",
            {"minimum"},
            (MINIMUM, "np.exp(0.5)"),
            forms=((MINIMUM, "-0.5"),),
        ),
        Misconception(
            "1 + 2 log x = 0 means log x = -1/2. You have -2.", {"minimum"}, (MINIMUM, "np.exp(-2.0)")
        ),
        Misconception(
            "At x = 1/e the denominator vanishes: that is the pole. The minimum is where 1 + 2 log x does.",
            {"minimum"},
            (MINIMUM, "np.exp(-1.0)"),
        ),
        Misconception(
            "Half of 1/e is not the root of 1/e: e^(-1/2) = 0.6065.",
            {"minimum"},
            (MINIMUM, "1 / (2 * np.e)"),
        ),
        Misconception(
            "There the slope is not zero: put it into x (1 + 2 log x) / (1 + log x)².",
            {"minimum"},
            (MINIMUM, "1.0"),
            forms=((MINIMUM, "0.0"),),
        ),
        Misconception(
            "That is the numerator only. At the minimum the denominator is 1 - ½, so J is twice as large.",
            {"value"},
            (VALUE, "1 / np.e"),
        ),
        Misconception(
            "At the minimum log x = -½, and the denominator is 1 - ½, not 1 + ½.",
            {"value"},
            (VALUE, "1 / np.e / 1.5"),
        ),
        Misconception(
            "The numerator is x², the square of e^(-1/2), which is 1/e.",
            {"value"},
            (VALUE, "2 * np.exp(-0.5)"),
            forms=((VALUE, "2 * np.exp(-2.0)"),),
        ),
        Misconception("That is J at e^(+1/2). The minimum is at e^(-1/2).", {"value"}, (VALUE, "np.e / 1.5")),
        Misconception(
            "That is the place of the minimum. Asked for is the loss there, J.",
            {"value"},
            (VALUE, "np.exp(-0.5)"),
        ),
        Misconception(
            "2/e is meant as a number: 2 divided by e, not times e.", {"value"}, (VALUE, "2 * np.e")
        ),
        Misconception(
            "That is 1/κ, where descent is at its fastest. It stops converging at twice that.",
            {"limit"},
            (LIMIT, "1 / 8"),
        ),
        Misconception(
            "The limit is 2/κ, not κ/2, where the curvature κ is J'' at the minimum.",
            {"limit"},
            (LIMIT, "8 / 2"),
        ),
        Misconception("That is the curvature J'' itself. The limit is 2/κ.", {"limit"}, (LIMIT, "8.0")),
        Misconception(
            "That is 2/4, but the curvature is not 4: at the minimum x/(1 + log x)² is 4x, and the derivative of "
            "1 + 2 log x is 2/x.",
            {"limit"},
            (LIMIT, "2 / 4"),
        ),
        Misconception(
            "That is 2/κ of another curvature: J'' at the minimum is 4x times 2/x, whatever x is.",
            {"limit"},
            (LIMIT, "2 / (4 * np.exp(-0.5))"),
            forms=((LIMIT, "2 / (8 * np.exp(-0.5))"), (LIMIT, "2 / 2"), (LIMIT, "2 / (2 * np.exp(0.5))")),
        ),
    ],
    hints=[
        "Where is the denominator zero? Where is the numerator of J' zero? For the last, look at part 2.",
        r"$1 + \log x = 0$; $\ 1 + 2\log x = 0$; put that $x$ into $J$; and $\eta < 2/\kappa$ with $\kappa = 4x \cdot \frac2x$.",
        '`{"pole": np.exp(-1), "minimum": np.exp(...), "value": 2 / ..., "limit": 2 / ...}`',
    ],
)
