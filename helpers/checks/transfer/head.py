"""Lesson 09, part 1: a frozen body with a new head."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed, head, labelled, stages


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
