"""Lesson 09, part 7: a body of which the last stages learn."""

from collections.abc import Iterator
from functools import partial

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed, head, labelled, stages


def cut_bodies(rng: Generator, depths: tuple[int, ...], step: bool) -> Iterator[Case]:
    """Bodies of three stages, so many of which learn, and one that is the same for all."""
    for draw, k in [(fixed(1), depths[0]), *((rng, k) for k in depths)]:
        inputs = {"stages": stages(draw, 3, 4, 5, 3), **head(draw, 3, 2), "k": k, **labelled(draw, 8, 3, 2)}
        if not step:
            del inputs["y"]
        yield Case(inputs)


CUT = "self.frozen, self.tuned = nn.Sequential(*stages[:cut]), nn.Sequential(*stages[cut:])"
FORWARD = "return self.head(self.tuned(self.frozen(X)))"
FREEZE = "p.requires_grad = False"
STEP, HEAD, ALL = "one step", "nothing but the head", "everything"
FINE_TUNED = Task(
    "FineTuned",
    points=3,
    answers=["FineTuned"],
    reference=REFERENCE + "FineTuned",
    probe=PROBES + "tuned",
    parts=[
        Part("scores", partial(cut_bodies, depths=(1, 2), step=False), probe=PROBES + "scores", weight=0.5),
        Part(STEP, partial(cut_bodies, depths=(1, 2), step=True)),
        Part(HEAD, partial(cut_bodies, depths=(0,), step=True), weight=0.75),
        Part(ALL, partial(cut_bodies, depths=(3,), step=True), weight=0.75),
    ],
    misconceptions=[
        Misconception(
            "The frozen stages have gone back to training mode: `train()` wakes all modules, and a batch norm that is "
            "awake changes its statistics, whatever requires_grad says. Put them to eval mode again.",
            {STEP, HEAD},
            ("self.frozen.eval()", "self.frozen.train(mode)"),
            forms=[("        super().train(mode)\n        self.frozen.eval()\n", "        self.frozen.eval()\n        super().train(mode)\n")],
        ),
        Misconception(
            "The frozen stages learn: switch off requires_grad for their parameters.",
            {STEP, HEAD},
            (FREEZE, "p.requires_grad = True"),
            forms=[(FREEZE, "p.grad = None"), (FREEZE, "p.require_grad = False"), (FREEZE, "self.requires_grad = False")],
        ),
        Misconception(
            "For k = 0 everything learns: stages[-0:] is stages[0:], the whole list. Count from the front.",
            {HEAD},
            (CUT, "self.frozen, self.tuned = nn.Sequential(*stages[:-k]), nn.Sequential(*stages[-k:])"),
        ),
        Misconception(
            "The frozen stages are not asleep and not frozen: both switches are missing, requires_grad and eval mode.",
            {STEP, HEAD},
            edits=((FREEZE, "pass"), ("self.frozen.eval()", "pass")),
        ),
        Misconception(
            "Of the frozen stages only the weights are frozen; their biases and batch norms learn.",
            {STEP, HEAD},
            (FREEZE, "p.requires_grad = p.ndim < 2"),
            forms=[("        for p in self.frozen.parameters():\n            p.requires_grad = False\n",
                    "        for name, p in self.frozen.named_parameters():\n            p.requires_grad = 'weight' not in name\n")],
        ),
        Misconception(
            "Only the last of the frozen stages is frozen.",
            {STEP, HEAD},
            ("in self.frozen.parameters()", "in self.frozen[-1:].parameters()"),
        ),
        Misconception(
            "Only the first of the frozen stages is frozen.",
            {STEP, HEAD},
            ("in self.frozen.parameters()", "in self.frozen[:1].parameters()"),
        ),
        Misconception(
            "k stages are frozen and the others learn; k counts those that learn.",
            {STEP, HEAD, ALL},
            ("cut = len(stages) - k", "cut = k"),
        ),
        Misconception(
            "One stage too many is frozen: the last k learn.",
            {STEP, ALL},
            ("cut = len(stages) - k", "cut = min(len(stages) - k + 1, len(stages))"),
        ),
        Misconception(
            "One stage too few is frozen: only the last k learn.",
            {STEP, HEAD},
            ("cut = len(stages) - k", "cut = max(len(stages) - k - 1, 0)"),
        ),
        Misconception(
            "The *first* k stages learn and the last are frozen; it is to be the other way round.",
            {STEP},
            wrong="""
class FineTuned(nn.Module):
    def __init__(self, stages, head, k):
        super().__init__()
        self.tuned, self.frozen = nn.Sequential(*stages[:k]), nn.Sequential(*stages[k:])
        self.head = head
        for p in self.frozen.parameters():
            p.requires_grad = False

    def train(self, mode=True):
        super().train(mode)
        self.frozen.eval()
        return self

    def forward(self, X):
        return self.head(self.frozen(self.tuned(X)))
""",
        ),
        Misconception(
            "The stages that learn stay in eval mode; in training they are to see their batches.",
            {STEP, ALL},
            ("super().train(mode)", "super().train(False)"),
            forms=[("self.frozen.eval()", "self.frozen.eval(), self.tuned.eval()")],
        ),
        Misconception(
            "The model can't be put to eval mode: `train(False)` is to switch everything off. Hand `mode` on.",
            {"scores"},
            ("super().train(mode)", "super().train(True)"),
            forms=[("super().train(mode)", "super().train()"), ("super().train(mode)", "pass")],
        ),
        Misconception(
            "`train` does not return the model: `return self`, as PyTorch's own does.",
            {STEP, HEAD, ALL},
            ("        return self\n", ""),
        ),
        Misconception(
            "The head does not learn.",
            {STEP, HEAD, ALL},
            ("self.head = head", "self.head = head.requires_grad_(False)"),
            forms=[("for p in self.frozen.parameters()", "for p in [*self.frozen.parameters(), *head.parameters()]")],
        ),
        Misconception(
            "Nothing learns, neither the last k stages nor the head: they are frozen, or the scores carry no graph.",
            {STEP, HEAD, ALL},
            ("in self.frozen.parameters()", "in self.parameters()"),
            forms=[(FORWARD, "return self.head(self.tuned(self.frozen(X))).detach()"),
                   (FORWARD, "with torch.no_grad():\n            return self.head(self.tuned(self.frozen(X)))")],
        ),
        Misconception(
            "The last k stages don't learn: freeze the others only.",
            {STEP, ALL},
            (FREEZE, "p.requires_grad = False\n        self.tuned.requires_grad_(False)"),
            forms=[("self.tuned(self.frozen(X))", "self.tuned(self.frozen(X)).detach()")],
        ),
        Misconception(
            "The head is missing in `forward`: features come back in place of scores.",
            {"scores", STEP, HEAD, ALL},
            (FORWARD, "return self.tuned(self.frozen(X))"),
        ),
        Misconception(
            "What comes is not the scores: a softmax stands behind the head. A cross-entropy takes raw scores.",
            {"scores", STEP, HEAD, ALL},
            (FORWARD, "return torch.softmax(self.head(self.tuned(self.frozen(X))), dim=1)"),
        ),
        Misconception(
            "The stages run in another order than they came in.",
            {"scores", STEP, HEAD},
            ("nn.Sequential(*stages[:cut])", "nn.Sequential(*stages[:cut][::-1])"),
        ),
        Misconception(
            "You train a copy: the stages that were handed in stay as they were.",
            {STEP, ALL},
            (CUT, "from copy import deepcopy\n        stages = deepcopy([*stages])\n        " + CUT),
        ),
        Misconception(
            "The stages are no part of the model: a plain list hides them from `parameters()` and from `train`.",
            {"scores", STEP, ALL},
            wrong="""
class FineTuned(nn.Module):
    def __init__(self, stages, head, k):
        super().__init__()
        self.cut, self.stages, self.head = len(stages) - k, [*stages], head
        for stage in self.stages[: self.cut]:
            for p in stage.parameters():
                p.requires_grad = False

    def train(self, mode=True):
        super().train(mode)
        for stage in self.stages[: self.cut]:
            stage.eval()
        return self

    def forward(self, X):
        for stage in self.stages:
            X = stage(X)
        return self.head(X)
""",
        ),
    ],
    hints=[
        "Two things are to be switched: what the optimiser may change (requires_grad), and what a forward pass changes by "
        "itself (the mode).",
        "The first len(stages) − k stages are frozen. `train` calls super().train(mode), then frozen.eval(), and returns self.",
        "`cut = len(stages) - k`, `self.frozen = nn.Sequential(*stages[:cut])`, `self.tuned = nn.Sequential(*stages[cut:])`; "
        "`for p in self.frozen.parameters(): p.requires_grad = False`",
    ],
)  # fmt: skip

TUNING = [FINE_TUNED]
