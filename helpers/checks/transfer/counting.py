"""Lesson 09, deeper: the number of a puzzle, and what training costs."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import REFERENCE


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
