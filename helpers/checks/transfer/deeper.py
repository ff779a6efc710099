"""Lesson 09, what goes deeper: a detour of low rank, puzzles, and what training costs."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import differ
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed, labelled
from helpers.probes.plain import Plain


def detours(rng: Generator) -> dict[str, ndarray]:
    """Draw a layer and a detour."""
    return {
        "weight": rng.normal(size=(3, 5)),
        "bias": rng.normal(size=3),
        "A": rng.normal(size=(5, 2)),
        "B": rng.normal(size=(2, 3)),
    }


def adapted(rng: Generator, merge: bool) -> Iterator[Case]:
    """Layers with a detour that counts double, a small one for all; and one whose scale is left out."""
    small = {"weight": np.array([[1.0, 2.0]]), "bias": np.array([0.5]), "A": np.array([[1.0], [-1.0]]), "B": np.array([[3.0]])}  # fmt: skip
    yield Case({"arrays": small, "scale": 2.0, "X": np.array([[1.0, 0.0], [2.0, 1.0]]), "merge": merge})
    for scale in (None, float(rng.uniform(1.5, 3))):
        yield Case({"arrays": detours(rng), "scale": scale, "X": rng.normal(size=(4, 5)), "merge": merge})


def new_adapters(rng: Generator) -> Iterator[Case]:
    """Layers that get a detour, and what they are to learn."""
    for draw in (fixed(1), rng):
        yield Case({"arrays": detours(draw), **labelled(draw, 6, 5, 3)})


def orders(rng: Generator) -> Iterator[Case]:
    """Small orders, the first and the last, one whose inverse is another, and some that are drawn."""
    for order in ([0], [0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 3, 1, 2], [0, 1, 2, 3], [3, 2, 1, 0]):
        yield Case({"order": order})
    for n in (5, 9):
        yield Case({"order": [0, *(1 + rng.permutation(n - 1)).tolist()]})
        yield Case({"order": rng.permutation(n).tolist()})


def models(rng: Generator) -> Iterator[Case]:
    """Sizes of models, texts and machines; the first is the same for all."""
    yield Case({"N": 1e9, "D": 2e10, "speed": 1e14, "watts": 500.0})
    for _ in range(2):
        N, D = 10 ** rng.uniform(6, 11), 10 ** rng.uniform(8, 12)
        yield Case({"N": float(N), "D": float(D), "speed": float(10 ** rng.uniform(11, 15)), "watts": float(rng.uniform(50, 700))})  # fmt: skip


def at_first(evidence: Plain) -> Plain:
    """Return whether a new adapter does as its layer did, and the rest as it is."""
    alike = differ(evidence["alone"], evidence["scores"]) is None
    return {**{key: evidence[key] for key in ("shapes", "start", "what learns", "layer", "B after a step is zero")},
            "as the layer alone": alike}  # fmt: skip


DETOUR, PLUS = "self.layer(X) + self.scale * X @ self.A @ self.B", "self.scale * (self.A @ self.B).data.T"
NEW_A = "nn.Parameter(torch.randn(layer.in_features, r) / layer.in_features**0.5)"
NEW_B = "nn.Parameter(torch.zeros(r, layer.out_features))"
NEW = "a new one"
LORA = Task(
    "LoRA",
    points=0,
    answers=["LoRA"],
    reference=REFERENCE + "LoRA",
    probe=PROBES + "adapter",
    parts=[
        Part("scores", partial(adapted, merge=False)),
        Part("merged", partial(adapted, merge=True)),
        Part(NEW, new_adapters, probe=PROBES + "adapter_at_first", means=at_first),
    ],
    misconceptions=[
        Misconception(
            "The layer itself learns: freeze it.",
            {NEW},
            ("p.requires_grad = False", "p.requires_grad = True"),
            forms=[("p.requires_grad = False", "p.grad = None")],
        ),
        Misconception(
            "A new detour changes what the layer returns: B starts at zero, so that A B is zero.",
            {NEW},
            (NEW_B, "nn.Parameter(torch.randn(r, layer.out_features))"),
        ),
        Misconception(
            "The wrong one of the two starts at zero: A is drawn at random, and B is zero.",
            {NEW},
            edits=((NEW_A, "nn.Parameter(torch.zeros(layer.in_features, r))"), (NEW_B, "nn.Parameter(torch.randn(r, layer.out_features))")),
        ),
        Misconception(
            "A and B are both zero at the start: then neither gets a gradient, and the detour never learns.",
            {NEW},
            (NEW_A, "nn.Parameter(torch.zeros(layer.in_features, r))"),
        ),
        Misconception(
            "A and B do not learn: they must be parameters of the module, nn.Parameter.",
            {NEW},
            edits=((NEW_A, "torch.randn(layer.in_features, r) / layer.in_features**0.5"), (NEW_B, "torch.zeros(r, layer.out_features)")),
        ),
        Misconception(
            "The scale is missing in the merged layer.",
            {"merged"},
            (PLUS, "(self.A @ self.B).data.T"),
        ),
        Misconception(
            "The scale is missing.",
            {"scores"},
            ("self.scale * X @", "X @"),
        ),
        Misconception(
            "The scale counts for the layer's own output, too; it belongs to the detour alone.",
            {"scores"},
            (DETOUR, "self.scale * (self.layer(X) + X @ self.A @ self.B)"),
        ),
        Misconception(
            "You divide by the scale; multiply.",
            {"scores"},
            (DETOUR, "self.layer(X) + X @ self.A @ self.B / self.scale"),
        ),
        Misconception(
            "The detour is subtracted; it is added.",
            {"scores"},
            (DETOUR, "self.layer(X) - self.scale * X @ self.A @ self.B"),
        ),
        Misconception(
            "The layer itself is missing: its output, *plus* the detour's.",
            {"scores", NEW},
            (DETOUR, "self.scale * X @ self.A @ self.B"),
        ),
        Misconception(
            "The detour is missing: the layer's output, *plus* that of X A B.",
            {"scores", NEW},
            (DETOUR, "self.layer(X)"),
        ),
        Misconception(
            "The detour starts from the layer's output; it runs beside the layer, from X.",
            {"scores", NEW},
            edits=((DETOUR, "self.layer(X) + self.scale * self.layer(X) @ self.A @ self.B"),
                   (NEW_A, "nn.Parameter(torch.randn(layer.out_features, r))")),
        ),
        Misconception(
            "Something stands between A and B; the detour is linear, or it could not be merged.",
            {"scores"},
            (DETOUR, "self.layer(X) + self.scale * torch.relu(X @ self.A) @ self.B"),
            forms=[(DETOUR, "self.layer(X) + self.scale * torch.tanh(X @ self.A) @ self.B")],
        ),
        Misconception(
            "The bias is not taken over: a new layer begins with one that is drawn.",
            {"merged"},
            ("        one.bias.data = self.layer.bias.data.clone()\n", "        one.bias.data[:] = 0\n"),
            forms=[("        one.bias.data = self.layer.bias.data.clone()\n", "")],
        ),
        Misconception(
            "The merged layer has the detour's weight alone; add it to the layer's own.",
            {"merged"},
            ("self.layer.weight.data + self.scale", "self.scale"),
        ),
        Misconception(
            "The merged layer has the layer's weight alone; add the detour's, s A B.",
            {"merged"},
            (f"self.layer.weight.data + {PLUS}", "self.layer.weight.data.clone()"),
        ),
        Misconception(
            "`merged` changes the layer itself; make another.",
            {"merged"},
            ("one = nn.Linear(self.layer.in_features, self.layer.out_features, dtype=self.A.dtype)", "one = self.layer"),
        ),
        Misconception(
            "The merged layer shares its bias with the old one: what happens to one happens to both. Clone it.",
            {"merged"},
            ("self.layer.bias.data.clone()", "self.layer.bias.data"),
            forms=[("one.bias.data = self.layer.bias.data.clone()", "one.bias = self.layer.bias")],
        ),
    ],
    hints=[
        "A detour beside the layer: down to r numbers and up again. What must B be, so that a new one changes nothing?",
        r"$xW + b + s\,xAB$; merged, the weight is $W + sAB$, which torch keeps transposed.",
        "`self.layer(X) + self.scale * X @ self.A @ self.B`; `one.weight.data = self.layer.weight.data + self.scale * "
        "(self.A @ self.B).data.T`",
    ],
)  # fmt: skip

WEIGH, SMALLER = "number * (len(order) - i)", "later < order[i] for later in order[i + 1 :]"
PUZZLE = Task(
    "puzzle_number",
    points=0,
    answers=["puzzle_number"],
    reference=REFERENCE + "puzzle_number",
    parts=[Part("numbers", orders)],
    forbids=["itertools.*"],
    misconceptions=[
        Misconception(
            "You count from 1; the first order has number 0.",
            {"numbers"},
            ("return number", "return number + 1"),
        ),
        Misconception(
            "You count *larger* pieces that come later; what comes before an order in the dictionary begins with a smaller one.",
            {"numbers"},
            ("later < order[i]", "later > order[i]"),
        ),
        Misconception(
            "A piece counts as smaller than itself: look at those that come *later*, and are smaller.",
            {"numbers"},
            (SMALLER, "later <= order[i] for later in order[i:]"),
        ),
        Misconception(
            "Smaller pieces that have been used already don't count: look at those that come later.",
            {"numbers"},
            ("order[i + 1 :]", "range(len(order))"),
            forms=[("order[i + 1 :]", "order[:i]")],
        ),
        Misconception(
            "Each place weighs as much as n. At place i there are only n − i pieces left.",
            {"numbers"},
            (WEIGH, "number * len(order)"),
        ),
        Misconception(
            "Each place weighs too much by a factor: at place i the pieces after it have (n − 1 − i)! orders.",
            {"numbers"},
            wrong="""
from math import factorial
def puzzle_number(order):
    n = len(order)
    return sum(factorial(n - i) * sum(order[j] < order[i] for j in range(i + 1, n)) for i in range(n))
""",
        ),
        Misconception(
            "Each place weighs too little: at place i there are n − i pieces left.",
            {"numbers"},
            (WEIGH, "number * (len(order) - i - 1)"),
        ),
        Misconception(
            "The place in front weighs least: it is to weigh most, as in a dictionary.",
            {"numbers"},
            (WEIGH, "number * (i + 1)"),
        ),
        Misconception(
            "The weights are missing: that counts the pairs in the wrong order.",
            {"numbers"},
            (WEIGH, "number"),
        ),
        Misconception(
            "The order is read from its end; a dictionary is sorted by the first place.",
            {"numbers"},
            ("    number = 0\n", "    number, order = 0, order[::-1]\n"),
        ),
        Misconception(
            "That is the number of the inverse: order[i] says which piece lies at place i, not where piece i lies.",
            {"numbers"},
            ("    number = 0\n", "    number, order = 0, sorted(range(len(order)), key=lambda i: order[i])\n"),
        ),
    ],
    hints=[
        "How many orders come earlier in the dictionary, because they have a smaller piece in the first place?",
        "At place i: the number of later pieces that are smaller. Then Horner: number · (n − i) + that.",
        "`smaller = sum(later < order[i] for later in order[i + 1 :])`, `number = number * (len(order) - i) + smaller`",
    ],
)  # fmt: skip

HOURS, RETURN = "hours = 6 * N * D / speed / 3600", "return hours, hours * watts / 1000"
COST = Task(
    "training_cost",
    points=0,
    answers=["training_cost"],
    reference=REFERENCE + "training_cost",
    parts=[Part("hours and kWh", models)],
    misconceptions=[
        Misconception(
            "Two operations for each pair are the forward pass alone; backward costs twice as much again: 6.",
            {"hours and kWh"},
            ("6 * N", "2 * N"),
        ),
        Misconception(
            "Four operations for each pair are the backward pass alone; forward costs two: 6.",
            {"hours and kWh"},
            ("6 * N", "4 * N"),
        ),
        Misconception(
            "There are 6 operations for each pair of a number and a token.",
            {"hours and kWh"},
            ("6 * N", "N"),
            forms=[("6 * N", "3 * N"), ("6 * N", "8 * N"), ("6 * N", "12 * N")],
        ),
        Misconception(
            "N and D are added: each number meets each token, so they are multiplied.",
            {"hours and kWh"},
            ("6 * N * D", "6 * (N + D)"),
        ),
        Misconception(
            "That is in seconds; an hour has 3600.",
            {"hours and kWh"},
            (" / 3600", ""),
        ),
        Misconception(
            "That is in minutes; an hour has 3600 seconds.",
            {"hours and kWh"},
            ("/ 3600", "/ 60"),
        ),
        Misconception(
            "The hours are right, but the energy is not: watts times *hours*, not seconds, divided by 1000.",
            {"hours and kWh"},
            (RETURN, "return hours, 3600 * hours * watts / 1000"),
            forms=[(RETURN, "return hours, 60 * hours * watts / 1000")],
        ),
        Misconception(
            "The energy is in watt-hours; a kWh has a thousand.",
            {"hours and kWh"},
            ("watts / 1000", "watts"),
        ),
        Misconception(
            "The energy is off by thousands: a kWh is a thousand watt-hours.",
            {"hours and kWh"},
            ("watts / 1000", "watts * 1000"),
            forms=[("watts / 1000", "watts / 1e6"), (RETURN, "return hours, hours * watts / 3.6e6")],
        ),
        Misconception(
            "Energy is power *times* time; you divide.",
            {"hours and kWh"},
            (RETURN, "return hours, watts / hours / 1000"),
            forms=[(RETURN, "return hours, hours / watts / 1000")],
        ),
        Misconception(
            "You multiply by the speed; operations divided by operations per second are seconds.",
            {"hours and kWh"},
            ("D / speed", "D * speed"),
            forms=[(HOURS, "hours = speed / (6 * N * D) / 3600")],
        ),
        Misconception(
            "The order is: first hours, then kWh.",
            {"hours and kWh"},
            (RETURN, "return hours * watts / 1000, hours"),
        ),
        Misconception(
            "Only the hours come back; return (hours, kWh).",
            {"hours and kWh"},
            (RETURN, "return hours"),
        ),
        Misconception(
            "Only the energy comes back; return (hours, kWh).",
            {"hours and kWh"},
            (RETURN, "return hours * watts / 1000"),
        ),
    ],
    hints=[
        "Operations, divided by operations per second, are seconds.",
        "hours = 6 N D / speed / 3600; energy = hours · watts / 1000.",
        "`hours = 6 * N * D / speed / 3600`",
    ],
)  # fmt: skip

DEEPER = [LORA, PUZZLE, COST]
