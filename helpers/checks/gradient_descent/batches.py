"""Lesson 02: an epoch of batches."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.evidence import describe
from helpers.checks.gradient_descent.descent import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

FEW = 12  # rows that may come in their own order by chance

# ---------------------------------------------------------------- cases


def whole_epochs(rng: Generator) -> Iterator[Case]:
    """How many rows and how many to a batch, all batches alike; one batch, and batches of one row, too."""
    for n, b in [(6, 2), (5, 5), (4, 1)]:
        yield Case({"n": n, "b": b, "seed": 1})
    for _ in range(2):
        b = int(rng.integers(4, 8))
        yield Case({"n": b * int(rng.integers(8, 12)), "b": b, "seed": int(rng.integers(2**31))})


def broken_epochs(rng: Generator) -> Iterator[Case]:
    """The same with a smaller last batch: of one row, of several, and where there is no other."""
    for n, b in [(7, 3), (8, 5), (4, 10)]:
        yield Case({"n": n, "b": b, "seed": 1})
    for _ in range(2):
        b = int(rng.integers(4, 8))
        n = b * int(rng.integers(8, 12)) + int(rng.integers(1, b))
        yield Case({"n": n, "b": b, "seed": int(rng.integers(2**31))})


def long_epochs(rng: Generator) -> Iterator[Case]:
    """Enough rows that no two orders are alike by chance."""
    for n, b in [(20, 5), (20, 20), (20, 1)]:
        yield Case({"n": n, "b": b, "seed": 1})
    b = int(rng.integers(3, 9))
    yield Case({"n": b * int(rng.integers(8, 12)), "b": b, "seed": int(rng.integers(2**31))})


def every_row_once(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for batches of the right sizes that hold each row once in every epoch, as whole numbers."""
    n, b = int(case.inputs["n"]), int(case.inputs["b"])
    sizes = [len(rows) for rows in want[0]]
    if len(got) != len(want):
        return f"expected the batches of {len(want)} epochs, got {describe(got)}."
    for epoch in got:
        have = [int(np.size(rows)) for rows in epoch]
        if have != sizes:
            return (
                f"{n} rows in batches of {b} have the sizes {sizes}, but it returned batches of sizes {have}."
            )
        if any(np.ndim(rows) != 1 or np.asarray(rows).dtype.kind not in "iu" for rows in epoch):
            return "a batch is a list of row numbers, whole numbers that X can be indexed with."
        flat = np.concatenate([np.ravel(rows) for rows in epoch])
        counts = [int(np.sum(flat == i)) for i in range(n)]
        if counts != [1] * n:
            row = next(i for i, count in enumerate(counts) if count != 1)
            return f"each row belongs to exactly one batch of an epoch; row {row} comes {counts[row]} times."
    return None


def new_order(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for an order that is not the rows' own, another one in the next epoch, and the generator's."""
    if any(np.asarray(rows).dtype.kind == "b" for epoch in got for rows in epoch):
        return "a batch is a list of row numbers, not of truth values."
    first, second, again = (np.concatenate([np.ravel(rows) for rows in epoch]).tolist() for epoch in got)
    if len(first) < FEW:
        return f"only {len(first)} of {case.inputs['n']} rows come at all."
    if first == sorted(first):
        return "the rows come in their own order, not shuffled."
    if first == second:
        return "the second epoch has the same order as the first: shuffle anew."
    if first != again:
        return (
            "the same `rng` brings another order each time, so nobody can repeat a run: draw from the `rng` that you "
            "are given, and from nothing else."
        )
    return None


# ---------------------------------------------------------------- tasks

CUT = "[order[i : i + b] for i in range(0, n, b)]"

BATCHES = Task(
    "batches",
    points=2,
    answers=["batches"],
    reference=REFERENCE + "batches",
    probe=PROBES + "orders",
    parts=[
        Part("every row once", whole_epochs, judge=every_row_once),
        Part("a smaller last batch", broken_epochs, weight=0.5, judge=every_row_once),
        Part("a new order each epoch", long_epochs, weight=0.5, judge=new_order),
    ],
    misconceptions=[
        Misconception(
            "The rows are not shuffled: each epoch has the same batches, and sorted data give one-sided ones.",
            {"a new order each epoch"},
            ("rng.permutation(n)", "np.arange(n)"),
        ),
        Misconception(
            "You shuffle with a generator of your own that always starts alike: use the `rng` you are given.",
            {"a new order each epoch"},
            ("rng.permutation(n)", "np.random.default_rng(0).permutation(n)"),
        ),
        Misconception(
            "You drop the rows that do not fill a batch. The last batch is smaller, ⌈n/b⌉ in all.",
            {"a smaller last batch"},
            ("range(0, n, b)", "range(0, n - b + 1, b)"),
            forms=((CUT, "[order[k * b : (k + 1) * b] for k in range(n // b)]"),),
        ),
        Misconception(
            "The last row never comes: `range(0, n - 1, b)` ends before the batch that it stands in.",
            {"every row once", "a smaller last batch"},
            ("range(0, n, b)", "range(0, n - 1, b)"),
        ),
        Misconception(
            "You fill the last batch up with rows that came before. It is smaller.",
            {"a smaller last batch"},
            ("order = rng.permutation(n)", "order = np.resize(rng.permutation(n), -(-n // b) * b)"),
        ),
        Misconception(
            "You draw rows with repetition: some come twice in an epoch and others never. Shuffle, then cut.",
            {"every row once", "a smaller last batch"},
            ("rng.permutation(n)", "rng.integers(0, n, size=n)"),
            forms=(("rng.permutation(n)", "rng.choice(n, n)"),),
        ),
        Misconception(
            "You draw each batch afresh from all rows: some come twice in an epoch and others never. Shuffle once, then cut.",
            {"every row once", "a smaller last batch"},
            wrong="def batches(n, b, rng):\n    return [rng.permutation(n)[:b] for _ in range(0, n, b)]\n",
        ),
        Misconception(
            "Your batches overlap: each must start where the last one ended, b rows further.",
            {"every row once", "a smaller last batch"},
            ("range(0, n, b)", "range(0, n - b + 1)"),
            forms=(("range(0, n, b)", "range(n)"),),
        ),
        Misconception(
            "You made b batches. b is how many rows each one has.",
            {"every row once", "a smaller last batch"},
            (CUT, "np.array_split(order, b)"),
        ),
        Misconception(
            "Where b divides n there is an empty batch at the end: ⌈n/b⌉ batches, not one more.",
            {"every row once"},
            (CUT, "[order[k * b : (k + 1) * b] for k in range(n // b + 1)]"),
        ),
        Misconception(
            "Your batches have one row too few: a slice `i : i + b` has b entries.",
            {"every row once", "a smaller last batch", "a new order each epoch"},
            ("order[i : i + b]", "order[i : i + b - 1]"),
        ),
        Misconception(
            "Your batches share a row with the next one: a slice `i : i + b` has b entries.",
            {"every row once", "a smaller last batch"},
            ("order[i : i + b]", "order[i : i + b + 1]"),
        ),
        Misconception(
            "Your batches are of nearly equal size. All but the last have b rows.",
            {"a smaller last batch"},
            (CUT, "np.array_split(order, -(-n // b))"),
        ),
        Misconception(
            "Only the first batch comes back. Is the `return` inside the loop?",
            {"every row once", "a smaller last batch", "a new order each epoch"},
            (CUT, "[order[:b]]"),
        ),
        Misconception(
            "`rng.shuffle` works in place and returns None: shuffle first, then use the array; or take "
            "`rng.permutation(n)`.",
            {"every row once", "a smaller last batch", "a new order each epoch"},
            ("rng.permutation(n)", "rng.shuffle(np.arange(n))"),
        ),
        Misconception(
            "Your rows are numbered from 1 to n. The first row is row 0.",
            {"every row once", "a smaller last batch"},
            ("rng.permutation(n)", "rng.permutation(n) + 1"),
        ),
        Misconception(
            "The batches are shuffled, but not the rows: the same rows always come together.",
            {"a smaller last batch", "a new order each epoch"},
            (
                "return " + CUT,
                "rows = np.arange(n)\n    cut = [rows[i : i + b] for i in range(0, n, b)]\n    return [cut[k] for k in rng.permutation(len(cut))]",
            ),
        ),
    ],
    hints=[
        "A shuffled pack of cards, dealt b at a time. What becomes of the rest?",
        "A random permutation of 0 … n-1, cut at 0, b, 2b, …: that makes ⌈n/b⌉ pieces.",
        "`order = rng.permutation(n)`, then the slices `order[i : i + b]` for i in `range(0, n, ...)`.",
    ],
)
