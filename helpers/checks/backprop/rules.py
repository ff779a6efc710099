"""Lesson 03, part 6: four operations, each with its pulls."""

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.backprop.operands import (
    at_the_kink,
    broadcast_products,
    matrix_products,
    products,
    totals,
)
from helpers.checks.task import Misconception, Part, Task

MUL_PULLS = "(lambda g: unbroadcast(g * B, np.shape(A)), lambda g: unbroadcast(g * A, np.shape(B)))"


RELU_IN_PLACE = """
def mul(A, B):
    return A * B, (lambda g: unbroadcast(g * B, np.shape(A)), lambda g: unbroadcast(g * A, np.shape(B)))

def matmul(A, B):
    return A @ B, (lambda g: g @ B.T, lambda g: A.T @ g)

def relu(A):
    def pull(g):
        g[A <= 0] = 0
        return g

    return np.maximum(A, 0), (pull,)

def total(A):
    return A.sum(), (lambda g: g * np.ones_like(A),)
"""


RULES = Task(
    "rules",
    points=2,
    answers=["mul", "matmul", "relu", "total"],
    reference=REFERENCE + "mul",
    probe=PROBES + "rules",
    parts=[
        Part("mul", products, weight=0.5),
        Part("mul, broadcast", broadcast_products, weight=0.25),
        Part("matmul", matrix_products, weight=0.75),
        Part("relu", at_the_kink, weight=0.25),
        Part("total", totals, weight=0.25),
    ],
    uses=["unbroadcast"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "In `mul` each factor's gradient is multiplied by the *other* factor.",
            {"mul", "mul, broadcast"},
            (
                MUL_PULLS,
                "(lambda g: unbroadcast(g * A, np.shape(A)), lambda g: unbroadcast(g * B, np.shape(B)))",
            ),
        ),
        Misconception(
            "In `mul` a factor that was broadcast gets a gradient of the wrong shape: `unbroadcast` it.",
            {"mul, broadcast"},
            (MUL_PULLS, "(lambda g: g * B, lambda g: g * A)"),
        ),
        Misconception(
            "In `mul` the gradient is brought into its shape too early: first times the other factor, entry by entry, "
            "then `unbroadcast`.",
            {"mul, broadcast"},
            (
                MUL_PULLS,
                "(lambda g: unbroadcast(g, np.shape(A)) * B, lambda g: unbroadcast(g, np.shape(B)) * A)",
            ),
        ),
        Misconception(
            "The pulls of `mul` leave out g: the gradient that arrives is multiplied by the other factor.",
            {"mul", "mul, broadcast"},
            (
                MUL_PULLS,
                "(lambda g: unbroadcast(B + 0 * g, np.shape(A)), lambda g: unbroadcast(A + 0 * g, np.shape(B)))",
            ),
            forms=((MUL_PULLS, "(lambda g: B, lambda g: A)"),),
        ),
        Misconception(
            "The pulls of `mul` are those of a sum. A product hands each factor g times the other one.",
            {"mul", "mul, broadcast"},
            (MUL_PULLS, "(lambda g: unbroadcast(g, np.shape(A)), lambda g: unbroadcast(g, np.shape(B)))"),
        ),
        Misconception(
            "`mul` returns a matrix product. Entry by entry it is `A * B`.",
            {"mul", "mul, broadcast"},
            ("return A * B, ", "return A @ B, "),
        ),
        Misconception(
            "In `matmul` the gradient of A needs B transposed: (n, k) @ (k, m).",
            {"matmul"},
            ("g @ B.T", "g @ B"),
            forms=([("g @ B.T", "g @ B"), ("A.T @ g", "A @ g")],),
        ),
        Misconception(
            "In `matmul` the gradient of B needs A transposed: (m, n) @ (n, k).",
            {"matmul"},
            ("A.T @ g", "A @ g"),
        ),
        Misconception(
            "In `matmul` the factors of a gradient stand in the other order: g Bᵀ for A, Aᵀ g for B.",
            {"matmul"},
            ("g @ B.T", "B.T @ g"),
            forms=(("A.T @ g", "g @ A.T"), [("g @ B.T", "B.T @ g"), ("A.T @ g", "g @ A.T")]),
        ),
        Misconception(
            "In `matmul` a gradient is transposed: it has the shape of what it belongs to.",
            {"matmul"},
            ("A.T @ g", "g.T @ A"),
            forms=(("g @ B.T", "B @ g.T"), [("g @ B.T", "B @ g.T"), ("A.T @ g", "g.T @ A")]),
        ),
        Misconception(
            "In `matmul` the two pulls are swapped: the first belongs to A.",
            {"matmul"},
            ("(lambda g: g @ B.T, lambda g: A.T @ g)", "(lambda g: A.T @ g, lambda g: g @ B.T)"),
        ),
        Misconception(
            "`matmul` is written entry by entry. Its value is `A @ B`.",
            {"matmul"},
            ("return A @ B, ", "return A * B, "),
        ),
        Misconception(
            "The pulls come in a tuple even where there is only one: `(pull,)`, with a comma.",
            {"relu", "total"},
            edits=(
                ("(lambda g: g * (A > 0),)", "(lambda g: g * (A > 0))"),
                ("(lambda g: g * np.ones_like(A),)", "(lambda g: g * np.ones_like(A))"),
            ),
            forms=(
                ("(lambda g: g * (A > 0),)", "(lambda g: g * (A > 0))"),
                ("(lambda g: g * np.ones_like(A),)", "(lambda g: g * np.ones_like(A))"),
            ),
        ),
        Misconception(
            "`relu` lets the whole gradient through. Where the input was not positive, nothing passes.",
            {"relu"},
            ("g * (A > 0)", "g"),
        ),
        Misconception(
            "`relu` passes a gradient where its input is exactly 0: the slope there is taken to be 0.",
            {"relu"},
            ("A > 0", "A >= 0"),
        ),
        Misconception(
            "The pull of `relu` returns the slope, 0 or 1. It is the gradient g that passes or not: g times the slope.",
            {"relu"},
            ("g * (A > 0)", "1.0 * (A > 0)"),
        ),
        Misconception(
            "The pull of `relu` multiplies by its value. The slope is 1 where the input is positive.",
            {"relu"},
            ("g * (A > 0)", "g * np.maximum(A, 0)"),
            forms=(("g * (A > 0)", "g * A"),),
        ),
        Misconception(
            "The pull of `relu` asks where g is positive. It depends on the input A: where *that* was positive, g passes.",
            {"relu"},
            ("g * (A > 0)", "np.maximum(g, 0)"),
            forms=(("g * (A > 0)", "g * (g > 0)"), ("g * (A > 0)", "(A > 0) * np.maximum(g, 0)")),
        ),
        Misconception(
            "`relu` leaks: for a negative input its value is 0, and nothing passes back.",
            {"relu"},
            edits=(
                ("np.maximum(A, 0)", "np.where(A > 0, A, 0.01 * A)"),
                ("(A > 0)", "np.where(A > 0, 1, 0.01)"),
            ),
            forms=(("np.maximum(A, 0)", "np.where(A > 0, A, 0.01 * A)"),),
        ),
        Misconception(
            "The value of `relu` is the absolute value, or A itself: it is max(0, A).",
            {"relu"},
            ("np.maximum(A, 0)", "np.abs(A)"),
            forms=(("np.maximum(A, 0)", "A"),),
        ),
        Misconception(
            "The pull of `relu` changes the array g that it was given, and g may be on its way to others as well. "
            "Make a new array: `g * (A > 0)`.",
            {"relu"},
            wrong=RELU_IN_PLACE,
        ),
        Misconception(
            "`total`: the gradient of A has the shape of A, every entry the same g.",
            {"total"},
            ("g * np.ones_like(A)", "g"),
        ),
        Misconception(
            "The pull of `total` leaves out g: every entry of A gets g, not 1.",
            {"total"},
            ("g * np.ones_like(A)", "np.ones_like(A)"),
        ),
        Misconception(
            "The pull of `total` multiplies by A. The sum grows by 1 with each entry, whatever its value.",
            {"total"},
            ("g * np.ones_like(A)", "g * A"),
        ),
        Misconception(
            "`total` is a sum, but your gradient is that of a mean.",
            {"total"},
            ("g * np.ones_like(A)", "g * np.ones_like(A) / A.size"),
        ),
        Misconception(
            "`total` is the sum of all entries; yours is their mean.",
            {"total"},
            edits=(("A.sum()", "A.mean()"), ("g * np.ones_like(A)", "g * np.ones_like(A) / A.size")),
            forms=(("A.sum()", "A.mean()"),),
        ),
        Misconception(
            "`total` is one number, the sum of all entries; yours is a sum along one axis.",
            {"total"},
            ("A.sum()", "A.sum(axis=0)"),
            forms=(("A.sum()", "A.sum(axis=-1)"),),
        ),
    ],
    hints=[
        "For each input ask: if this entry grows a little, which entries of the value grow, and how fast? "
        "Then check the shapes: a gradient has the shape of what it belongs to.",
        r"$\partial A = g \odot B$; $\ \partial A = g B^\top,\ \partial B = A^\top g$; "
        r"$\ \partial A = g \odot [A > 0]$; $\ \partial A_{ij} = g$",
        "`return A * B, (lambda g: unbroadcast(g * B, np.shape(A)), ...)`; `return A @ B, (lambda g: g @ B.T, ...)`; "
        "with one input mind the comma: `(lambda g: ...,)`",
    ],
)
