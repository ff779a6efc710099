"""Lesson 09, part 2: a body's features, computed once."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed, stages
from helpers.probes.plain import Plain


def to_extract(rng: Generator) -> Iterator[Case]:
    """Rows that fill their batches, that don't, by one row or two, and fewer than a batch."""
    yield Case({"stages": stages(fixed(1), 1, 2), "X": fixed(2).normal(size=(4, 1)), "b": 2})
    for n, b in [(8, 3), (4, 5), (7, 3)]:
        yield Case({"stages": stages(rng, 3, 5, 4), "X": rng.normal(size=(n, 3)), "b": b})


def in_both_modes(rng: Generator) -> Iterator[Case]:
    """Bodies that were training, and that were not."""
    for draw, training in [(fixed(1), True), (rng, True), (rng, False)]:
        found = {"stages": stages(draw, 3, 4, 2), "X": 2 + draw.normal(size=(7, 3)), "b": 4}
        yield Case({**found, "training": training})


def values(evidence: Plain) -> Plain:
    """Return the features, and whether they drag a graph along."""
    return {"F": evidence["F"], "they carry a graph": evidence["graph"]}


def batches(evidence: Plain) -> Plain:
    """Return how many rows the body was given at a time."""
    return {"rows in each batch": evidence["batches"]}


def kept(evidence: Plain) -> Plain:
    """Return the body's numbers afterwards, and what it made of the first row."""
    return {"numbers": evidence["numbers"], "first row": evidence["asked"]}


def later(evidence: Plain) -> Plain:
    """Return what the body does afterwards, and what it made of the first row."""
    return {"later": evidence["later"], "first row": evidence["asked"]}


RANGE = "range(0, len(X), b)"
CAT = "F = torch.cat([body(X[i : i + b]) for i in range(0, len(X), b)])"
FEATURES = Task(
    "features",
    points=2,
    answers=["features"],
    reference=REFERENCE + "features",
    probe=PROBES + "extracts",
    parts=[
        Part("values", to_extract, means=values),
        Part("batches", to_extract, means=batches, weight=0.5),
        Part("running statistics", in_both_modes, probe=PROBES + "leaves", means=kept),
        Part("mode afterwards", in_both_modes, probe=PROBES + "leaves", means=later, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "The body runs in the mode in which it came: in training, batch norm uses the batch's statistics and changes "
            "its own, and dropout sets numbers to zero. Call body.eval() first.",
            {"values", "batches", "running statistics", "mode afterwards"},
            ("body.eval()", "body.train(before)"),
        ),
        Misconception(
            "The body is in training mode: batch norm uses the batch's statistics and changes its own, and dropout sets "
            "numbers to zero. Call body.eval() first.",
            {"values", "batches", "running statistics", "mode afterwards"},
            ("body.eval()", "body.train()"),
        ),
        Misconception(
            "The features carry the graph of the whole body along: run it under torch.no_grad().",
            {"values"},
            ("torch.no_grad()", "torch.enable_grad()"),
        ),
        Misconception(
            "The body stays in eval mode. Whoever lent it to you may have been training it: restore its mode.",
            {"mode afterwards"},
            ("body.train(before)", "body.eval()"),
            forms=[[("before = body.training", "body.eval()"), ("    body.eval()\n", "    before = body.training\n")]],
        ),
        Misconception(
            "Afterwards the body is in training mode, even if it was not before.",
            {"mode afterwards"},
            ("body.train(before)", "body.train()"),
        ),
        Misconception(
            "Afterwards the body is in the other mode than before.",
            {"mode afterwards"},
            ("body.train(before)", "body.train(not before)"),
        ),
        Misconception(
            "The last rows, which don't fill a batch, are missing.",
            {"values", "batches"},
            (RANGE, "range(0, len(X) - b + 1, b)"),
            forms=[(CAT, "F = torch.cat([body(X[i * b : (i + 1) * b]) for i in range(len(X) // b)])"),
                   (RANGE, "range(0, max(len(X) - b, 0) + 1, b)")],
        ),
        Misconception(
            "The last batch is left out, even where it is full.",
            {"values", "batches"},
            (RANGE, "range(0, len(X) - b, b)"),
        ),
        Misconception(
            "Where the rows don't fill the last batch, some are used twice.",
            {"values", "batches"},
            ("X[i : i + b]", "X[max(0, min(i, len(X) - b)) : i + b]"),
        ),
        Misconception(
            "A last batch of a single row is missing.",
            {"values", "batches"},
            (RANGE, "range(0, len(X) - 1, b)"),
        ),
        Misconception(
            "All rows go through the body at once: take b at a time, or a thousand pictures need their memory together.",
            {"batches"},
            (CAT, "F = body(X)"),
        ),
        Misconception(
            "The rows go through the body one at a time: take b of them.",
            {"batches"},
            (CAT, "F = torch.cat([body(X[i : i + 1]) for i in range(len(X))])"),
            forms=[(CAT, "F = torch.stack([body(x[None])[0] for x in X])")],
        ),
        Misconception(
            "There are b batches; each is to have b rows.",
            {"batches"},
            (CAT, "F = torch.cat([body(part) for part in torch.chunk(X, b)])"),
            forms=[(CAT, "F = torch.cat([body(part) for part in torch.tensor_split(X, b)])")],
        ),
        Misconception(
            "Batches are stacked along a new axis, which needs all to be of one length. Join their rows: torch.cat.",
            {"values", "batches", "running statistics", "mode afterwards"},
            ("torch.cat(", "torch.stack("),
        ),
        Misconception(
            "Only the last batch's features come back: collect those of each, and join them.",
            {"values"},
            (CAT, "for i in range(0, len(X), b):\n            F = body(X[i : i + b])"),
        ),
        Misconception(
            "Only the first batch's features come back: collect those of each, and join them.",
            {"values", "batches"},
            (CAT, "F = body(X[:b])"),
        ),
        Misconception(
            "The batches are joined side by side. Rows are samples: join along dim=0.",
            {"values", "batches", "running statistics", "mode afterwards"},
            ("for i in range(0, len(X), b)])", "for i in range(0, len(X), b)], dim=1)"),
        ),
    ],
    hints=[
        "Note body.training, switch to eval mode, run batch after batch without a graph, and put the mode back.",
        "Batches are X[i : i + b] for i = 0, b, 2b, …; torch.cat joins them.",
        "`before = body.training`, `body.eval()`, `with torch.no_grad(): F = torch.cat([body(X[i : i + b]) for i in "
        "range(0, len(X), b)])`, `body.train(before)`",
    ],
)  # fmt: skip
