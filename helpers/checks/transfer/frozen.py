"""Lesson 09, parts 1 and 2: a frozen body with a new head, and its features, computed once."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed, head, labelled, stages
from helpers.probes.plain import Plain


def bodies(rng: Generator) -> Iterator[Case]:
    """Bodies of one stage and of two; the first is the same for all."""
    for draw, sizes, K in [(fixed(1), (2, 3), 2), (rng, (3, 4), 2), (rng, (4, 5, 3), 4)]:
        of_it = labelled(draw, 8, sizes[0], K)
        yield Case({"stages": stages(draw, *sizes), **head(draw, sizes[-1], K), **of_it})


def networks(rng: Generator) -> Iterator[Case]:
    """Networks of which all learns, nothing, and some layers."""
    for sizes, frozen in [([2, 3], []), ([3, 2, 4], [0]), ([2, 5, 3], [0, 1])]:
        yield Case({"sizes": sizes, "frozen": frozen})
    yield Case({"sizes": rng.integers(2, 9, 5).tolist(), "frozen": [1, 2]})


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


ALL_FROZEN = """    for p in body.parameters():
        p.requires_grad = False
"""
SEQUENTIAL = "return nn.Sequential(body, nn.Linear(d, K))"
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
            forms=[("p.requires_grad = False", "p.grad = None"), ("p.requires_grad = False", "p.require_grad = False"),
                   (ALL_FROZEN, "    for p in body.parameters(recurse=False):\n        p.requires_grad = False\n"),
                   (ALL_FROZEN, "    for m in body.children():\n        for p in m.parameters(recurse=False):\n            p.requires_grad = False\n")],
        ),
        Misconception(
            "Only some of the body is frozen: its weights, but not its biases. `body.parameters()` has all of them.",
            {"one step"},
            ("p.requires_grad = False", "p.requires_grad = p.ndim < 2"),
            forms=[(ALL_FROZEN, "    for name, p in body.named_parameters():\n        p.requires_grad = 'weight' not in name\n")],
        ),
        Misconception(
            "Only the last layer of the body is frozen; freeze all of `body.parameters()`.",
            {"one step"},
            ("for p in body.parameters()", "for p in [*body.parameters()][-2:]"),
            forms=[("for p in body.parameters()", "for p in [*body.parameters()][-1:]"),
                   ("for p in body.parameters()", "for p in [*body.parameters()][-4:]")],
        ),
        Misconception(
            "Only the first layer of the body is frozen; freeze all of `body.parameters()`.",
            {"one step"},
            ("for p in body.parameters()", "for p in [*body.parameters()][:1]"),
            forms=[("for p in body.parameters()", "for p in [*body.parameters()][:2]"),
                   ("for p in body.parameters()", "for p in [*body.parameters()][:4]")],
        ),
        Misconception(
            "The new head is frozen, too: nothing learns. Freeze the body's parameters, then add the layer.",
            {"one step"},
            (SEQUENTIAL, "return nn.Sequential(body, nn.Linear(d, K)).requires_grad_(False)"),
            forms=[(SEQUENTIAL, "return nn.Sequential(body, nn.Linear(d, K).requires_grad_(False))")],
        ),
        Misconception(
            "The frozen and the new are exchanged: the body learns, and the head is frozen.",
            {"one step"},
            edits=((ALL_FROZEN, ""), (SEQUENTIAL, "return nn.Sequential(body, nn.Linear(d, K).requires_grad_(False))")),
        ),
        Misconception(
            "The head's sizes are exchanged: it takes the d features and gives K scores, nn.Linear(d, K).",
            {"one step"},
            ("nn.Linear(d, K)", "nn.Linear(K, d)"),
        ),
        Misconception(
            "The head has no bias; nn.Linear(d, K) has one.",
            {"one step"},
            ("nn.Linear(d, K)", "nn.Linear(d, K, bias=False)"),
        ),
        Misconception(
            "What comes is not the scores: something stands behind the new layer. A cross-entropy takes raw scores.",
            {"one step"},
            ("nn.Linear(d, K))", "nn.Linear(d, K), nn.Softmax(dim=1))"),
            forms=[("nn.Linear(d, K))", "nn.Linear(d, K), nn.LogSoftmax(dim=1))"), ("nn.Linear(d, K))", "nn.Linear(d, K), nn.ReLU())"),
                   ("nn.Linear(d, K))", "nn.Linear(d, K), nn.Sigmoid())"), ("nn.Linear(d, K))", "nn.Linear(d, K), nn.Tanh())")],
        ),
        Misconception(
            "Something stands between the body and the new layer: hand it the features as they are.",
            {"one step"},
            ("(body, nn.Linear(d, K))", "(body, nn.ReLU(), nn.Linear(d, K))"),
            forms=[("(body, nn.Linear(d, K))", "(body, nn.Tanh(), nn.Linear(d, K))")],
        ),
        Misconception(
            "You took the body apart: its children run one after the other, but what its own `forward` does besides is "
            "lost. Put `body` itself into the Sequential.",
            {"one step"},
            ("nn.Sequential(body,", "nn.Sequential(*body.children(),"),
            forms=[("nn.Sequential(body,", "nn.Sequential(*[m for m in body.modules() if not [*m.children()]],")],
        ),
        Misconception(
            "The last piece of the body is missing: its head is off already.",
            {"one step"},
            ("nn.Sequential(body,", "nn.Sequential(*[*body.children()][:-1],"),
            forms=[("nn.Sequential(body, nn.Linear(d, K))", "nn.Sequential(nn.Linear(d, K))")],
        ),
        Misconception(
            "You count tensors. A matrix of 3 × 4 is twelve numbers: p.numel().",
            {"count"},
            ("(p.numel(), p.requires_grad)", "(1, p.requires_grad)"),
        ),
        Misconception(
            "You count rows. A matrix of 3 × 4 is twelve numbers: p.numel().",
            {"count"},
            ("p.numel()", "len(p)"),
        ),
        Misconception(
            "The order is: first how many numbers learn, then how many there are.",
            {"count"},
            ("return sum(n for n, learns in sizes if learns), sum(n for n, _ in sizes)", "return sum(n for n, _ in sizes), sum(n for n, learns in sizes if learns)"),
        ),
        Misconception(
            "Frozen numbers are counted as if they learned: look at p.requires_grad.",
            {"count"},
            ("sum(n for n, learns in sizes if learns)", "sum(n for n, learns in sizes)"),
        ),
        Misconception(
            "The first number is that of the frozen ones; it is of those that learn.",
            {"count"},
            ("for n, learns in sizes if learns)", "for n, learns in sizes if not learns)"),
        ),
        Misconception(
            "The second number is that of *all* numbers, those that learn included.",
            {"count"},
            ("sum(n for n, _ in sizes)", "sum(n for n, learns in sizes if not learns)"),
        ),
        Misconception(
            "The second number leaves out what is frozen: it is of *all* numbers.",
            {"count"},
            ("sum(n for n, _ in sizes)", "sum(n for n, learns in sizes if learns)"),
        ),
        Misconception(
            "A batch norm's running statistics are no parameters: count `model.parameters()`.",
            {"count"},
            ("for p in model.parameters()]", "for p in [*model.parameters(), *model.buffers()]]"),
            forms=[("sum(n for n, _ in sizes)", "sum(t.numel() for t in model.state_dict().values())")],
        ),
        Misconception(
            "Only weights are counted; biases are numbers, too.",
            {"count"},
            ("for p in model.parameters()]", "for p in model.parameters() if p.ndim > 1]"),
        ),
    ],
    hints=[
        "Each parameter has a switch, requires_grad. A new layer's is on.",
        "Switch off all of body.parameters(); return nn.Sequential(body, a layer from d to K). Count p.numel().",
        "`for p in body.parameters(): p.requires_grad = False`, and in `count` sum `p.numel()` over "
        "`model.parameters()`, once only where `p.requires_grad`",
    ],
)  # fmt: skip

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

FROZEN = [NEW_HEAD, FEATURES]
