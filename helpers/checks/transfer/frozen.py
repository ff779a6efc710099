"""Lesson 09, parts 1 to 4: a frozen body, a linear probe on its features, and honest splits."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

REFERENCE = "helpers.reference.transfer."
PROBES = "helpers.probes.transfer."

# ---------------------------------------------------------------- cases


def stage(rng: Generator, d_in: int, d_out: int) -> dict[str, ndarray]:
    """Draw a layer and a batch norm, as torch names and stores them."""
    return {
        "0.weight": rng.normal(size=(d_out, d_in)) / np.sqrt(d_in),
        "0.bias": rng.normal(size=d_out),
        "1.weight": rng.uniform(0.5, 2, d_out),
        "1.bias": rng.normal(size=d_out),
        "1.running_mean": rng.normal(size=d_out),
        "1.running_var": rng.uniform(0.5, 2, d_out),
    }


def stages(rng: Generator, *sizes: int) -> list[dict[str, ndarray]]:
    """Draw stages of these sizes."""
    return [stage(rng, a, b) for a, b in pairwise(sizes)]


def head(rng: Generator, d: int, K: int) -> dict[str, ndarray]:
    """Draw a head, (out, in)."""
    return {"weight": rng.normal(size=(K, d)), "bias": rng.normal(size=K)}


def labelled(rng: Generator, n: int, d: int, K: int) -> dict[str, ndarray]:
    """Draw rows and their classes, each of which occurs."""
    return {"X": rng.normal(size=(n, d)), "y": np.concatenate([np.arange(K), rng.integers(0, K, n - K)])}


def bodies(rng: Generator) -> Iterator[Case]:
    """Bodies of one stage and of two."""
    for sizes, K in [((3, 4), 2), ((4, 5, 3), 4)]:
        yield Case(
            {"stages": stages(rng, *sizes), **head(rng, sizes[-1], K), **labelled(rng, 8, sizes[0], K)}
        )


def networks(rng: Generator) -> Iterator[Case]:
    """Networks of which all learns, nothing, and some layers."""
    for n, frozen in [(2, []), (2, [0, 1]), (4, [1, 2])]:
        yield Case({"sizes": rng.integers(2, 9, n + 1).tolist(), "frozen": frozen})


def to_extract(rng: Generator) -> Iterator[Case]:
    """Rows that are a multiple of the batch, and not; fewer than a batch."""
    for n, b in [(6, 3), (8, 3), (4, 5)]:  # no batch of one row: batch norm could not be trained on it
        yield Case({"stages": stages(rng, 3, 5, 4), "X": rng.normal(size=(n, 3)), "b": b})


def in_both_modes(rng: Generator) -> Iterator[Case]:
    """Bodies that were training, and that were not."""
    for training in (True, False):
        found = {"stages": stages(rng, 3, 4, 2), "X": 2 + rng.normal(size=(7, 3)), "b": 4}
        yield Case({**found, "training": training})


def values(evidence: Plain) -> Plain:
    """Return the features, and whether they drag a graph along."""
    return {"F": evidence["F"], "they carry a graph": evidence["graph"]}


def batches(evidence: Plain) -> Plain:
    """Return the features, and whether a batch was larger than it may be."""
    return {"rows": sum(evidence["batches"]), "too large": max(evidence["batches"]) > evidence["b"]}


def kept(evidence: Plain) -> Plain:
    """Return the body's numbers afterwards, and what it made of the first row."""
    return {"numbers": evidence["numbers"], "first row": evidence["asked"]}


def later(evidence: Plain) -> Plain:
    """Return what the body does afterwards, and what it made of the first row."""
    return {"later": evidence["later"], "first row": evidence["asked"]}


def losses(rng: Generator) -> Iterator[Case]:
    """Weights, features and classes; without a penalty, and with one."""
    for n, d, K, lam in [(5, 3, 2, 0.0), (6, 2, 4, 0.7), (4, 5, 3, 3.0)]:
        inputs = {"W": rng.normal(size=(d, K)), "b": rng.normal(size=K), "F": rng.normal(size=(n, d))}
        yield Case({**inputs, "y": rng.integers(0, K, n), "lam": lam})


def penalised(rng: Generator) -> Iterator[Case]:
    """The same with a penalty always."""
    return (case for case in losses(rng) if case.inputs["lam"])


def clouds(rng: Generator, new: int, sizes: tuple[tuple[int, int, int], ...]) -> Iterator[Case]:
    """Draw a cloud for each class, an uneven number of rows in each."""
    for n, d, K in sizes:
        y = np.concatenate([np.arange(K), np.minimum(rng.geometric(0.5, n - K) - 1, K - 1)])
        F = rng.normal(size=(n, d)) + rng.normal(size=(K, d))[y]
        more = {"new": rng.normal(size=(new, d))} if new else {}
        yield Case({"F": F, "y": y, "lam": float(rng.uniform(0.05, 0.3)), **more})


MANY = ((20, 3, 2), (30, 4, 3))
FEW = ((4, 12, 2), (6, 20, 3))


def tables(rng: Generator) -> Iterator[Case]:
    """Rows to learn from and to be held out, of different means."""
    for n, m, d in [(5, 3, 2), (4, 6, 3)]:
        yield Case({"train": 3 + 2 * rng.normal(size=(n, d)), "test": rng.normal(size=(m, d))})


def flat_columns(rng: Generator) -> Iterator[Case]:
    """A column that is constant where one learns and not where one asks."""
    train, test = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    train[:, int(rng.integers(3))] = 2.0
    yield Case({"train": train, "test": test})


def one_new_row(rng: Generator) -> Iterator[Case]:
    """A single row, as it comes when the model is in use."""
    yield Case({"train": 1 + rng.normal(size=(6, 3)), "test": rng.normal(size=(1, 3))})


def pictures(rng: Generator) -> Iterator[Case]:
    """Groups of different sizes, in any order, with any numbers as names."""
    for n, share in [(6, 0.5), (10, 0.3), (8, 0.25)]:
        names = rng.choice(1000, n, replace=False)
        groups = rng.permutation(np.repeat(names, rng.integers(1, 6, n)))
        yield Case({"groups": groups, "share": share, "seed": int(rng.integers(2**31))})


def rows_of(case: Case, got: Plain) -> tuple[ndarray, ndarray] | None:
    """Return the rows of both sides, or None where they are no rows."""
    n = len(np.asarray(case.inputs["groups"]))
    two = [np.asarray(got[side]) for side in ("train", "test")]
    if any(a.ndim != 1 or a.dtype.kind not in "iu" or not ((a >= 0) & (a < n)).all() for a in two):
        return None
    return two[0], two[1]


def whole(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge that each row is on one side and no group on both."""
    if (two := rows_of(case, got)) is None:
        return "expected two arrays of row numbers."
    train, test = two
    groups = np.asarray(case.inputs["groups"])
    if not np.array_equal(np.sort(np.concatenate(two)), np.arange(len(groups))):
        return f"each of the {len(groups)} rows must be on exactly one side; you return {len(train)} and {len(test)}."
    if torn := sorted({*groups[train].tolist()} & {*groups[test].tolist()}):
        return f"group {torn[0]} has rows on both sides."
    return None


def right_share(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge how many groups are held out."""
    if (two := rows_of(case, got)) is None:
        return "expected two arrays of row numbers."
    groups = np.asarray(case.inputs["groups"])
    n, found = len(np.unique(groups)), len(np.unique(groups[two[1]]))
    asked = round(float(case.inputs["share"]) * n)
    return (
        None
        if found == asked
        else f"{found} of {n} groups are held out; a share of {case.inputs['share']} is {asked}."
    )


def many_draws(rng: Generator) -> Iterator[Case]:
    """The same twenty groups, several times."""
    yield Case(
        {"groups": np.repeat(np.arange(20), 2), "share": 0.5, "seeds": rng.integers(2**31, size=4).tolist()}
    )


def drawn(case: Case, want: Plain, got: Plain) -> str | None:
    """Judge that other generators hold out other groups."""
    first = [sorted(np.asarray(found).tolist()) for found in got]
    return (
        None
        if any(rows != first[0] for rows in first)
        else "the same groups are held out whatever `rng` draws."
    )


# ---------------------------------------------------------------- tasks

NEW_HEAD = Task(
    "new_head",
    points=2,
    answers=["new_head", "count"],
    reference=REFERENCE + "new_head",
    probe=PROBES + "steps_of_head",
    parts=[Part("one step", bodies), Part("count", networks, probe=PROBES + "counts")],
    misconceptions=[
        Misconception(
            "The body is not frozen: after a step its numbers have changed.",
            {"one step"},
            ("p.requires_grad = False", "p.requires_grad = True"),
        ),
        Misconception(
            "The head's sizes are exchanged: it takes the d features and gives K scores, nn.Linear(d, K).",
            {"one step"},
            ("nn.Linear(d, K)", "nn.Linear(K, d)"),
        ),
        Misconception(
            "You count tensors. A matrix of 3 × 4 is twelve numbers: p.numel().",
            {"count"},
            ("(p.numel(), p.requires_grad)", "(1, p.requires_grad)"),
        ),
        Misconception(
            "Frozen numbers are counted as if they learned: look at p.requires_grad.",
            {"count"},
            ("sum(n for n, learns in sizes if learns)", "sum(n for n, learns in sizes)"),
        ),
        Misconception(
            "The second number is that of *all* numbers, those that learn included.",
            {"count"},
            ("sum(n for n, _ in sizes)", "sum(n for n, learns in sizes if not learns)"),
        ),
    ],
    hints=[
        "Each parameter has a switch, requires_grad. A new layer's is on.",
        "Switch off all of body.parameters(); return nn.Sequential(body, a layer from d to K). Count p.numel().",
        "`for p in body.parameters(): p.requires_grad = False`, and in `count` sum `p.numel()` over "
        "`model.parameters()`, once only where `p.requires_grad`",
    ],
)

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
            "The body is in training mode: batch norm uses the batch's statistics and changes its own, dropout drops. "
            "Call body.eval() first.",
            {"values", "running statistics", "mode afterwards"},
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
        ),
        Misconception(
            "Afterwards the body is in training mode, even if it was not before.",
            {"mode afterwards"},
            ("body.train(before)", "body.train()"),
        ),
        Misconception(
            "The last rows, which don't fill a batch, are missing.",
            {"values", "batches"},
            ("range(0, len(X), b)", "range(0, max(len(X) - b, 0) + 1, b)"),
        ),
        Misconception(
            "All rows go through the body at once: take b at a time, or a thousand pictures need their memory together.",
            {"batches"},
            ("X[i : i + b]) for i in range(0, len(X), b)", "X) for _ in range(1)"),
        ),
    ],
    hints=[
        "Note body.training, switch to eval mode, run batch after batch without a graph, and put the mode back.",
        "Batches are X[i : i + b] for i = 0, b, 2b, …; torch.cat joins them.",
        "`before = body.training`, `body.eval()`, `with torch.no_grad(): F = torch.cat([body(X[i : i + b]) for i in "
        "range(0, len(X), b)])`, `body.train(before)`",
    ],
)

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
            "The bias is penalised, too. It says how frequent a class is, and may be as large as it likes.",
            {"value", "gradient"},
            ("(W**2).sum()", "((W**2).sum() + (b**2).sum())"),
        ),
        Misconception(
            "The penalty is lam *half* times the sum of squares.", {"value", "gradient"}, ("lam / 2", "lam")
        ),
        Misconception(
            "The squares are averaged; here they are summed.",
            {"value", "gradient"},
            ("(W**2).sum()", "(W**2).mean()"),
        ),
        Misconception(
            "The penalty takes the length of W; it is the length squared.",
            {"value", "gradient"},
            ("(W**2).sum()", "(W**2).sum().sqrt()"),
        ),
        Misconception(
            "The cross-entropies are summed; a loss is a mean.",
            {"value", "gradient"},
            ("cross_entropy(F @ W + b, y)", "cross_entropy(F @ W + b, y, reduction='sum')"),
        ),
    ],
    hints=[
        "cross_entropy takes scores and class numbers and gives the mean. Add the penalty.",
        r"$\text{cross-entropy}(FW + b, y) + \frac{\lambda}{2}\sum_{ij} W_{ij}^2$",
        "`cross_entropy(F @ W + b, y) + lam / 2 * ...`",
    ],
)

FIT_PROBE = Task(
    "fit_probe",
    points=2,
    answers=["fit_probe"],
    reference=REFERENCE + "fit_probe",
    parts=[
        Part("new rows", partial(clouds, new=6, sizes=MANY), probe=PROBES + "predicts", tol=1e-3),
        Part("fewer rows than columns", partial(clouds, new=6, sizes=FEW), probe=PROBES + "predicts", tol=1e-3),
        Part("weights", partial(clouds, new=0, sizes=MANY), probe=PROBES + "weights", tol=1e-3),
    ],
    uses=["probe_loss"],
    misconceptions=[
        Misconception(
            "It stops long before it has arrived: give LBFGS more iterations (max_iter).",
            {"new rows", "fewer rows than columns", "weights"},
            ("max_iter=500", "max_iter=2"),
        ),
        Misconception(
            "The biases don't learn: hand both W and b to the optimiser.",
            {"new rows", "fewer rows than columns", "weights"},
            ("LBFGS([W, b]", "LBFGS([W]"),
        ),
        Misconception(
            "lam is not handed on to the loss.",
            {"new rows", "fewer rows than columns", "weights"},
            ("probe_loss(W, b, X, t, lam)", "probe_loss(W, b, X, t, 0.5)"),
        ),
        Misconception(
            "Gradients pile up: call zero_grad at each evaluation.",
            {"new rows", "fewer rows than columns", "weights"},
            ("optimiser.zero_grad()", "optimiser.state"),
        ),
    ],
    hints=[
        "The loss is a bowl with one lowest point. LBFGS walks there if its closure returns the loss, gradients computed.",
        "Start at zero in float64; K = y.max() + 1. The closure: zero_grad, probe_loss, backward, return the loss.",
        "`optimiser = torch.optim.LBFGS([W, b], max_iter=500, line_search_fn='strong_wolfe')`, then `optimiser.step(closure)` "
        "once; at the end `.detach().numpy()`",
    ],
)  # fmt: skip

STANDARDISE = Task(
    "standardise",
    points=2,
    answers=["standardise"],
    reference=REFERENCE + "standardise",
    parts=[
        Part("two tables", tables, pure=True),
        Part("constant columns", flat_columns, weight=0.5),
        Part("one new row", one_new_row, weight=0.5),
    ],
    forbids=["sklearn.*"],
    misconceptions=[
        Misconception(
            "The statistics come from all rows: the held-out ones have had a say. Use the training rows alone.",
            {"two tables", "constant columns", "one new row"},
            (
                "mean, std = train.mean(axis=0), train.std(axis=0)",
                "both = np.concatenate([train, test]); mean, std = both.mean(axis=0), both.std(axis=0)",
            ),
        ),
        Misconception(
            "The held-out rows are scaled by their own statistics. They must go through the very same map as the training "
            "rows, one row as well as many.",
            {"two tables", "constant columns", "one new row"},
            (
                "return (train - mean) / std, (test - mean) / std",
                "return (train - mean) / std, (test - test.mean(axis=0)) / np.where(test.std(axis=0) > 0, test.std(axis=0), 1)",
            ),
        ),
        Misconception(
            "A column that is constant in training has deviation 0, and you divide by it. Divide it by 1.",
            {"constant columns"},
            ("np.where(std > 0, std, 1)", "std"),
        ),
        Misconception(
            "There is one mean and one deviation for the whole table; each column has its own: axis=0.",
            {"two tables", "constant columns", "one new row"},
            ("train.mean(axis=0), train.std(axis=0)", "train.mean(), train.std()"),
        ),
        Misconception(
            "You divide by the variance; divide by its root.",
            {"two tables", "constant columns", "one new row"},
            ("train.std(axis=0)", "train.var(axis=0)"),
        ),
    ],
    hints=[
        "Which rows may decide on mean and deviation, if the others are to play the part of pictures not yet taken?",
        "(x − mean) / std for both tables, with mean and std of each column of `train`, and 1 for a deviation of 0.",
        "`mean, std = train.mean(axis=0), train.std(axis=0)`, `std = np.where(std > 0, std, 1)`",
    ],
)

SPLIT = Task(
    "split_by_group",
    points=2,
    answers=["split_by_group"],
    reference=REFERENCE + "split_by_group",
    probe=PROBES + "splits",
    parts=[
        Part("no group on both sides", pictures, judge=whole),
        Part("share of the groups", pictures, judge=right_share, weight=0.5),
        Part("drawn at random", many_draws, probe=PROBES + "several_splits", judge=drawn, weight=0.5),
    ],
    forbids=["sklearn.*"],
    misconceptions=[
        Misconception(
            "You draw rows. Draw *groups*, and take all rows of each.",
            {"no group on both sides", "share of the groups"},
            (
                "names = rng.permutation(np.unique(groups))",
                "groups = np.arange(len(groups)); names = rng.permutation(groups)",
            ),
        ),
        Misconception(
            "The same groups are held out each time: let `rng` draw them.",
            {"drawn at random"},
            ("rng.permutation(np.unique(groups))", "np.unique(groups)"),
        ),
        Misconception(
            "The sides are exchanged: first the rows to learn from, then those held out.",
            {"share of the groups"},
            ("return np.flatnonzero(~held_out), np.flatnonzero(held_out)", "return np.flatnonzero(held_out), np.flatnonzero(~held_out)"),
        ),
        Misconception(
            "Large groups are drawn as often as they have rows: draw from the *different* groups, np.unique.",
            {"share of the groups"},
            ("rng.permutation(np.unique(groups))", "rng.permutation(groups)"),
        ),
    ],
    hints=[
        "Draw among the different groups, then ask each row whether its group was drawn.",
        "Shuffle np.unique(groups), hold out the first round(share · number of groups), and let np.isin find their rows.",
        "`names = rng.permutation(np.unique(groups))`, `held_out = np.isin(groups, names[: round(share * len(names))])`, "
        "`np.flatnonzero`",
    ],
)  # fmt: skip

FROZEN = [NEW_HEAD, FEATURES, PROBE_LOSS, FIT_PROBE, STANDARDISE, SPLIT]
