"""Lesson 03, part 7: the nodes of a graph, each after its parents."""

from collections.abc import Iterator, Sequence

from numpy.random import Generator

from helpers.checks.backprop.cases import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain


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
    if isinstance(got, str):
        return f"a list of nodes is expected, and it is {got}."
    for name, order, whole in zip(("", "Asked a second time: "), got, want, strict=True):
        if says := _misplaced(parents, order, whole):
            return name + says
    return None


def _misplaced(parents: Sequence[Sequence[int]], got: list[int], want: list[int]) -> str | None:
    if -1 in got:
        return "the list holds something that is not a node of the graph."
    if len(got) != len(set(got)):
        return f"a node is in the list {max(got.count(i) for i in got)} times: {got}."
    if set(got) != set(want):
        missing, more = sorted(set(want) - set(got)), sorted(set(got) - set(want))
        return f"missing are {missing}." if missing else f"{more} do not belong there."
    early = [i for i in got if any(got.index(p) > got.index(i) for p in parents[i])]
    return f"node {early[0]} comes before one of its parents: {got}." if early else None


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
            "What was seen is remembered from one call to the next, so that a second call finds less. Make the list and "
            "the set anew in each call.",
            {"trees", "shared nodes"},
            wrong="""
SEEN = set()

def topological_order(node):
    order = []

    def visit(node):
        if node not in SEEN:
            SEEN.add(node)
            for parent, _ in node.edges:
                visit(parent)
            order.append(node)

    visit(node)
    return order
""",
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
            forms=(
                """
def topological_order(node):
    met, waiting = [], [node]
    while waiting:
        here = waiting.pop(0)
        if here not in met:
            met.append(here)
            waiting += [parent for parent, _ in here.edges]
    return met[::-1]
""",
                """
def topological_order(node):
    met, waiting = [], [node]
    while waiting:
        here = waiting.pop()
        if here not in met:
            met.append(here)
            waiting += [parent for parent, _ in here.edges]
    return met[::-1]
""",
            ),
        ),
        Misconception(
            "You follow only the first parent of each node.",
            {"trees", "shared nodes"},
            ("in node.edges:", "in node.edges[:1]:"),
            forms=(("in node.edges:", "in node.edges[-1:]:"),),
        ),
        Misconception(
            "Only the parents of the given node are there; their parents, and theirs, belong to it as well.",
            {"trees", "shared nodes"},
            ("visit(parent)", "order.append(parent)"),
        ),
        Misconception(
            "A set has no order. Return a list, in which a node comes after its parents.",
            {"trees", "shared nodes"},
            ("return order", "return set(order)"),
            alone=True,
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
