"""Lesson 03, parts 6 to 8: a reverse-mode autograd engine, piece by piece."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.random import Generator

from helpers.checks.backprop.hand import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases

Shapes = tuple[tuple[int, ...], tuple[int, ...]]  # of a gradient, and of the array it is for


def repeated(rng: Generator, *pairs: Shapes) -> Iterator[Case]:
    """A gradient, and the shape of the array that was repeated to its shape."""
    for large, small in pairs:
        yield Case({"g": rng.normal(size=large), "shape": list(small)})


def operands(rng: Generator, rule: str, *shapes: tuple[tuple[int, ...], ...]) -> Iterator[Case]:
    """Inputs of these shapes, away from zero, and a gradient that is nowhere the same."""
    for each in shapes:
        inputs = [rng.uniform(0.2, 2, size=s) * rng.choice([-1.0, 1.0], size=s) for s in each]
        out = {
            "mul": lambda a: np.broadcast_shapes(*(x.shape for x in a)),
            "matmul": lambda a: (a[0].shape[0], a[1].shape[1]),
            "relu": lambda a: a[0].shape,
            "total": lambda a: (),
        }[rule](inputs)
        g = rng.normal(size=out)
        yield Case({"rule": rule, "inputs": inputs, "g": g if out else float(rng.uniform(0.5, 2))})


def at_the_kink(rng: Generator) -> Iterator[Case]:
    """ReLU, zeros included."""
    yield from operands(rng, "relu", ((3, 4),), ((5,),))
    A = np.array([[rng.uniform(-2, -1), 0.0], [rng.uniform(1, 2), 0.0]])
    yield Case({"rule": "relu", "inputs": [A], "g": rng.normal(size=(2, 2))})


def rows_of_scores(rng: Generator, huge: bool = False, g: bool = True) -> Iterator[Case]:
    """Scores of n rows and k classes, n = k included, and a gradient whose rows do not sum to zero."""
    for n, k in [(2, 3), (3, 3), (4, 2)]:
        Z = rng.normal(size=(n, k)) * 2 + huge * rng.choice([-3000.0, 900.0, 3000.0], size=(n, 1))
        yield Case({"Z": Z, "g": rng.normal(size=(n, k)) + 0.5} if g else {"Z": Z})


def trees(rng: Generator) -> Iterator[Case]:
    """Each node is used once: a chain, then a tree, its nodes listed parents first."""
    yield Case({"parents": [[], [0], [1], [2]]})
    yield Case({"parents": [[], [], [0, 1], [], [2, 3]]})
    yield Case({"parents": [[], [], [], [1, 2], [0], [4, 3]]})


def shared(rng: Generator) -> Iterator[Case]:
    """Nodes that are used more than once, and one that the last does not depend on."""
    yield Case({"parents": [[], [0, 0]]})
    yield Case({"parents": [[], [0], [1, 0], [2, 1]]})
    yield Case({"parents": [[], [0], [0, 1], [], [2, 1], [4, 0]]})
    for _ in range(2):
        n = 9
        drawn = [rng.integers(0, i, size=2).tolist() for i in range(2, n)]
        yield Case({"parents": [[], [0], *drawn[:-1], [n - 3, n - 2]]})


def in_order(case: Case, want: Plain, got: Plain) -> str | None:
    """Any order will do in which each node of the graph is there once, after its parents."""
    parents = case.inputs["parents"]
    if not isinstance(got, list) or not all(type(i) is int for i in got):
        return "expected a list of nodes."
    if -1 in got:
        return "the list holds something that is not a node of the graph."
    if len(got) != len(set(got)):
        return f"a node is in the list {max(got.count(i) for i in got)} times: {got}."
    if set(got) != set(want):
        missing, more = sorted(set(want) - set(got)), sorted(set(got) - set(want))
        return f"missing are {missing}." if missing else f"{more} do not belong there."
    early = [i for i in got if any(got.index(p) > got.index(i) for p in parents[i])]
    return f"node {early[0]} comes before one of its parents: {got}." if early else None


def graph(rng: Generator, parents: list[list[int]], plain: bool = False, times: int = 1) -> Case:
    """Return a case: a factor for each edge, or none where gradients are handed on as they are."""
    last = len(parents) - 1
    factors = [
        [None if plain and i != last else rng.uniform(0.5, 2, 3) * rng.choice([-1.0, 1.0], 3) for _ in mine]
        for i, mine in enumerate(parents)
    ]
    return Case({"parents": parents, "factors": factors, "times": times})


def used_once(rng: Generator) -> Iterator[Case]:
    """Graphs in which each node has one consumer."""
    for parents in ([[], [0], [1], [2]], [[], [], [0, 1], [], [2, 3]]):
        yield graph(rng, parents)


def used_twice(rng: Generator) -> Iterator[Case]:
    """A node that is used twice by one, by two, and across layers."""
    for parents in (
        [[], [0, 0]],
        [[], [0], [0], [1, 2]],
        [[], [0], [1, 0], [2, 1], [3, 0]],
        [[], [], [0, 1], [0, 2], [2, 3], [4, 3]],
    ):
        yield graph(rng, parents)


def handed_on(rng: Generator) -> Iterator[Case]:
    """Two sums that share a term: both hand on their gradient as it is, the same array."""
    for _ in range(2):
        yield graph(rng, [[], [], [], [0, 1], [0, 2], [3, 4]], plain=True)


def run_twice(rng: Generator) -> Iterator[Case]:
    """The same graph, two times in a row."""
    yield graph(rng, [[], [0], [1, 0], [2, 1]], times=2)


# ---------------------------------------------------------------- tasks

UNBROADCAST = Task(
    "unbroadcast",
    points=1,
    answers=["unbroadcast"],
    reference=REFERENCE + "unbroadcast",
    probe=PROBES + "summed",
    parts=[
        Part(
            "added axes",
            lambda rng: repeated(rng, ((3, 4), (3, 4)), ((3, 4), (4,)), ((2, 3, 4), (4,)), ((3, 4), ())),
        ),
        Part(
            "stretched axes",
            lambda rng: repeated(rng, ((3, 4), (3, 1)), ((3, 4), (1, 4)), ((2, 3, 4), (2, 1, 1))),
        ),
        Part("both", lambda rng: repeated(rng, ((2, 3, 4), (3, 1)), ((5, 2, 3), (1, 3)), ((3, 4), (1,)))),
    ],
    misconceptions=[
        Misconception(
            "You took the mean over the repetitions. Each copy sends its gradient back, and gradients add up.",
            {"added axes", "stretched axes", "both"},
            ("g.sum(", "g.mean("),
        ),
        Misconception(
            "Axes that NumPy *added* in front are summed, but those it *stretched* from 1 are not.",
            {"stretched axes", "both"},
            ("if n == 1", "if n < 1"),
        ),
        Misconception(
            "Axes that were *stretched* from 1 are summed, but those that were *added* in front are not.",
            {"added axes", "both"},
            ("(*range(added), *stretched)", "tuple(stretched)"),
        ),
        Misconception(
            "You count the axes of `shape` from the front of g. Broadcasting lines up shapes at the *end*: "
            "axis i of `shape` is axis added + i of g.",
            {"both"},
            ("added + i for", "i for"),
        ),
        Misconception(
            "The summed axes are gone. Bring the result into the wanted shape: (3,) is not (3, 1).",
            {"stretched axes", "both"},
            (".reshape(shape)", ""),
        ),
    ],
    hints=[
        "Along which axes was the array repeated? There are two kinds: new axes in front, and axes of length 1.",
        r"If $b_j$ is used in every row, $\partial L / \partial b_j = \sum_i g_{ij}$: sum over every axis along "
        "which there are copies.",
        "`added = g.ndim - len(shape)`; sum over `range(added)` and over `added + i` for each `shape[i] == 1`, then "
        "`.reshape(shape)`",
    ],
)

RULES = Task(
    "rules",
    points=2,
    answers=["mul", "matmul", "relu", "total"],
    reference=REFERENCE + "mul",
    probe=PROBES + "rules",
    parts=[
        Part("mul", lambda rng: operands(rng, "mul", ((3, 4), (3, 4)), ((2,), (2,))), weight=0.5),
        Part(
            "mul, broadcast",
            lambda rng: operands(rng, "mul", ((3, 4), (4,)), ((3, 1), (2, 1, 4))),
            weight=0.25,
        ),
        Part("matmul", lambda rng: operands(rng, "matmul", ((2, 3), (3, 4)), ((3, 3), (3, 3))), weight=0.75),
        Part("relu", at_the_kink, weight=0.25),
        Part("total", lambda rng: operands(rng, "total", ((3, 4),), ((5,),)), weight=0.25),
    ],
    uses=["unbroadcast"],
    forbids=["torch.*"],
    misconceptions=[
        Misconception(
            "In `mul` each factor's gradient is multiplied by the *other* factor.",
            {"mul", "mul, broadcast"},
            (
                "(lambda g: unbroadcast(g * B, np.shape(A)), lambda g: unbroadcast(g * A, np.shape(B)))",
                "(lambda g: unbroadcast(g * A, np.shape(A)), lambda g: unbroadcast(g * B, np.shape(B)))",
            ),
        ),
        Misconception(
            "In `mul` a factor that was broadcast gets a gradient of the wrong shape: `unbroadcast` it.",
            {"mul, broadcast"},
            (
                "(lambda g: unbroadcast(g * B, np.shape(A)), lambda g: unbroadcast(g * A, np.shape(B)))",
                "(lambda g: g * B, lambda g: g * A)",
            ),
        ),
        Misconception(
            "In `matmul` the gradient by A needs B transposed: (n, k) @ (k, m).",
            {"matmul"},
            ("g @ B.T", "g @ B"),
        ),
        Misconception(
            "In `matmul` your gradient by B is transposed. A.T @ g has the shape of B.",
            {"matmul"},
            ("A.T @ g", "g.T @ A"),
        ),
        Misconception(
            "In `matmul` the two pulls are swapped: the first belongs to A.",
            {"matmul"},
            ("(lambda g: g @ B.T, lambda g: A.T @ g)", "(lambda g: A.T @ g, lambda g: g @ B.T)"),
        ),
        Misconception(
            "The pulls come in a tuple even where there is only one: `(pull,)`, with a comma.",
            {"relu"},
            ("(lambda g: g * (A > 0),)", "(lambda g: g * (A > 0))"),
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
            "`total`: the gradient by A has the shape of A, every entry the same g.",
            {"total"},
            ("g * np.ones_like(A)", "g"),
        ),
        Misconception(
            "`total` is a sum, but your gradient is that of a mean.",
            {"total"},
            ("g * np.ones_like(A)", "g * np.ones_like(A) / A.size"),
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

TOPOLOGICAL_ORDER = Task(
    "topological_order",
    points=2,
    answers=["topological_order"],
    reference=REFERENCE + "topological_order",
    probe=PROBES + "order",
    parts=[Part("trees", trees, judge=in_order), Part("shared nodes", shared, judge=in_order)],
    misconceptions=[
        Misconception(
            "A node that is used twice is in your list twice: remember which nodes you have seen.",
            {"shared nodes"},
            ("if node not in seen:", "if True:"),
        ),
        Misconception(
            "The node itself comes before its parents: append it after they were visited.",
            {"trees", "shared nodes"},
            ("return order", "return order[::-1]"),
        ),
        Misconception(
            "The node that you were given is missing from the list.",
            {"trees", "shared nodes"},
            ("return order", "return order[:-1]"),
        ),
        Misconception(
            "Turning round the order in which you *met* the nodes is not enough: a shared node is met early, "
            "through one consumer, before another consumer. Append a node when all its parents are done.",
            {"shared nodes"},
            wrong="""
def topological_order(node):
    met = []

    def visit(node):
        if node not in met:
            met.append(node)
            for parent, _ in node.edges:
                visit(parent)

    visit(node)
    return met[::-1]
""",
        ),
        Misconception(
            "You follow only the first parent of each node.",
            {"trees", "shared nodes"},
            ("in node.edges:", "in node.edges[:1]:"),
        ),
    ],
    hints=[
        "Before a node can be put into the list, something must have happened to each of its parents. "
        "A function that calls itself says it in four lines.",
        "visit(node): if it was seen, do nothing. Else mark it, visit each parent, and *then* append it.",
        "`def visit(node): if node not in seen: seen.add(node); ...; order.append(node)`, where the dots are "
        "`for parent, _ in node.edges: visit(parent)`",
    ],
)

BACKWARD = Task(
    "backward",
    points=2,
    answers=["backward"],
    reference=REFERENCE + "backward",
    probe=PROBES + "gradients",
    parts=[
        Part("nodes used once", used_once, weight=0.5),
        Part("nodes used twice", used_twice),
        Part("shared arrays", handed_on, weight=0.25),
        Part("run twice", run_twice, weight=0.25),
    ],
    uses=["topological_order"],
    misconceptions=[
        Misconception(
            "A node that is used twice keeps only the gradient that arrives last. They must be added.",
            {"nodes used twice", "shared arrays", "run twice"},
            ("g if parent.grad is None else parent.grad + g", "g"),
        ),
        Misconception(
            "`+=` changes an array in place, and a sum hands the *same* array to both its terms: you changed a "
            "gradient that belongs to another node too. Write `parent.grad = parent.grad + g`.",
            {"shared arrays"},
            ("else parent.grad + g", "else np.add(parent.grad, g, out=parent.grad)"),
        ),
        Misconception(
            "You start at the leaves. Gradients flow from the loss, so go through the order from its end.",
            {"nodes used once", "nodes used twice", "shared arrays", "run twice"},
            ("in reversed(order)", "in order"),
        ),
        Misconception(
            "The second run adds to what the first one left: clear every `grad` before you start.",
            {"run twice"},
            ("node.grad = None", "pass"),
        ),
        Misconception(
            "The gradient of the loss by itself is 1, not 0.",
            {"nodes used once", "nodes used twice", "shared arrays", "run twice"},
            ("np.ones_like(", "np.zeros_like("),
        ),
        Misconception(
            "Each pull wants the gradient of its *own* node, `node.grad`; you give them all the loss's.",
            {"nodes used once", "nodes used twice", "shared arrays", "run twice"},
            ("pull(node.grad)", "pull(loss.grad)"),
        ),
    ],
    hints=[
        "When a node's turn comes, its own gradient must be complete. In which order does that hold? And what if a "
        "gradient arrives where one is already?",
        r"$\bar v = \sum_{u \text{ uses } v} \text{pull}_{u \to v}(\bar u)$, consumers first, and $\bar L = 1$",
        "`for node in reversed(order): for parent, pull in node.edges:` compute `g = pull(node.grad)`; the first g is "
        "kept, each later one is added, not in place",
    ],
)

LOG_SOFTMAX = Task(
    "log_softmax",
    points=2,
    answers=["log_softmax"],
    reference=REFERENCE + "log_softmax",
    parts=[
        Part("value", partial(rows_of_scores, g=False), probe=PROBES + "value", weight=0.5),
        Part("gradient", rows_of_scores, probe=PROBES + "gradient"),
        Part(
            "huge scores", partial(rows_of_scores, huge=True), probe=PROBES + "value_and_gradient", weight=0.5
        ),
    ],
    forbids=["torch.*", "scipy.special.*"],
    misconceptions=[
        Misconception(
            "You return softmax itself: its logarithm is asked for.",
            {"value", "gradient", "huge scores"},
            ("log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
             "log_p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"),
        ),
        Misconception(
            "You sum over axis 0. Each *row* has its own sum of exponentials.",
            {"value", "gradient", "huge scores"},
            ("np.exp(shifted).sum(axis=1,", "np.exp(shifted).sum(axis=0,"),
        ),
        Misconception(
            "The pulls come in a tuple even where there is only one: `(pull,)`, with a comma.",
            {"gradient", "huge scores"},
            ("keepdims=True),)", "keepdims=True))"),
        ),
        Misconception(
            "e^3000 overflows: subtract each row's largest score first.",
            {"huge scores"},
            (" - Z.max(axis=1, keepdims=True)", ""),
        ),
        Misconception(
            "Each score also acts on the *other* entries of its row, through their common sum: subtract p times "
            "the row's sum of g.",
            {"gradient", "huge scores"},
            ("g - np.exp(log_p) * g.sum(axis=1, keepdims=True)", "g * (1 - np.exp(log_p))"),
        ),
        Misconception(
            "p is to be multiplied by the *sum* of g over the row.",
            {"gradient", "huge scores"},
            (" * g.sum(axis=1, keepdims=True)", ""),
        ),
        Misconception(
            "You pull back through softmax, not through its logarithm.",
            {"gradient", "huge scores"},
            ("g - np.exp(log_p) * g.sum(axis=1, keepdims=True)",
             "np.exp(log_p) * (g - (g * np.exp(log_p)).sum(axis=1, keepdims=True))"),
        ),
    ],
    hints=[
        "Value: subtract each row's largest score, then the logarithm of a sum of exponentials. Gradient: which "
        "entries of its row does one score act on?",
        r"$\log p_k = z_k - \log \sum_j e^{z_j}$, so $\partial \log p_k / \partial z_j = [j = k] - p_j$, and pulled back: "
        r"$g_j - p_j \sum_k g_k$",
        "`shifted = Z - Z.max(axis=1, keepdims=True)`, `log_p = shifted - np.log(...)`, and the pull is "
        "`g - np.exp(log_p) * ...`",
    ],
)  # fmt: skip

ENGINE = [UNBROADCAST, RULES, TOPOLOGICAL_ORDER, BACKWARD, LOG_SOFTMAX]
