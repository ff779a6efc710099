"""Lesson 09, parts 5 to 7: fine-tuning and two towers; then what goes deeper."""

from collections.abc import Iterator
from functools import partial

from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.frozen import head, labelled, stages

REFERENCE = "helpers.reference.transfer."
PROBES = "helpers.probes.transfer."

# ---------------------------------------------------------------- cases


def cut_bodies(rng: Generator, depths: tuple[int, ...], step: bool) -> Iterator[Case]:
    """Bodies of three stages, so many of which learn."""
    for k in depths:
        inputs = {"stages": stages(rng, 3, 4, 5, 3), **head(rng, 3, 2), "k": k, **labelled(rng, 8, 3, 2)}
        if not step:
            del inputs["y"]
        yield Case(inputs)


def towers(rng: Generator, tau: float | None = None) -> Iterator[Case]:
    """Rows of different lengths, as many on both sides."""
    for n, d in [(2, 3), (5, 3), (4, 6)]:
        A, B = rng.normal(size=(2, n, d)) * rng.uniform(0.2, 5, (2, n, 1))
        yield Case({"A": A, "B": B, "tau": float(rng.uniform(0.2, 0.8)) if tau is None else tau})


def classes(rng: Generator, p: int) -> Iterator[Case]:
    """Pictures, and several prompts for each class, of different lengths."""
    for n, K, d in [(4, 3, 5), (3, 2, 4)]:
        prompts = rng.normal(size=(K, p, d)) * rng.uniform(0.2, 5, (K, p, 1))
        yield Case({"Z": rng.normal(size=(n, d)) * rng.uniform(0.2, 5, (n, 1)), "prompts": prompts})


def detours(rng: Generator) -> dict[str, ndarray]:
    """Draw a layer and a detour."""
    return {
        "weight": rng.normal(size=(3, 5)),
        "bias": rng.normal(size=3),
        "A": rng.normal(size=(5, 2)),
        "B": rng.normal(size=(2, 3)),
    }


def adapted(rng: Generator, merge: bool) -> Iterator[Case]:
    """Layers with a detour that counts double, and others."""
    for scale in (1.0, float(rng.uniform(1.5, 3))):
        yield Case({"arrays": detours(rng), "scale": scale, "X": rng.normal(size=(4, 5)), "merge": merge})


def new_adapters(rng: Generator) -> Iterator[Case]:
    """Layers that get a detour, and what they are to learn."""
    yield Case({"arrays": detours(rng), **labelled(rng, 6, 5, 3)})


def orders(rng: Generator) -> Iterator[Case]:
    """The first order, the last, and some between."""
    for n in (1, 3, 4):
        yield Case({"order": list(range(n))})
        yield Case({"order": list(range(n))[::-1]})
    for n in (4, 5, 9):
        yield Case({"order": [0, *(1 + rng.permutation(n - 1)).tolist()]})
        yield Case({"order": rng.permutation(n).tolist()})


def models(rng: Generator) -> Iterator[Case]:
    """Sizes of models, texts and machines."""
    for _ in range(3):
        N, D = 10 ** rng.uniform(6, 11), 10 ** rng.uniform(8, 12)
        yield Case({"N": float(N), "D": float(D), "speed": float(10 ** rng.uniform(11, 15)), "watts": float(rng.uniform(50, 700))})  # fmt: skip


# ---------------------------------------------------------------- tasks

FINE_TUNED = Task(
    "FineTuned",
    points=3,
    answers=["FineTuned"],
    reference=REFERENCE + "FineTuned",
    probe=PROBES + "tuned",
    parts=[
        Part("scores", partial(cut_bodies, depths=(1, 2), step=False), probe=PROBES + "scores", weight=0.5),
        Part("one step", partial(cut_bodies, depths=(1, 2), step=True)),
        Part("nothing but the head", partial(cut_bodies, depths=(0,), step=True), weight=0.75),
        Part("everything", partial(cut_bodies, depths=(3,), step=True), weight=0.75),
    ],
    misconceptions=[
        Misconception(
            "The frozen stages have gone back to training mode: `train()` wakes all modules, and a batch norm that is "
            "awake changes its statistics, whatever requires_grad says. Put them to eval mode again.",
            {"one step", "nothing but the head"},
            ("self.frozen.eval()", "self.frozen.train(mode)"),
        ),
        Misconception(
            "The frozen stages learn: switch off requires_grad for their parameters.",
            {"one step", "nothing but the head"},
            ("p.requires_grad = False", "p.requires_grad = True"),
        ),
        Misconception(
            "For k = 0 everything learns: stages[-0:] is stages[0:], the whole list. Count from the front.",
            {"nothing but the head"},
            (
                "self.frozen, self.tuned = nn.Sequential(*stages[:cut]), nn.Sequential(*stages[cut:])",
                "self.frozen, self.tuned = nn.Sequential(*stages[:-k]), nn.Sequential(*stages[-k:])",
            ),
        ),
        Misconception(
            "k stages are frozen and the others learn; k counts those that learn.",
            {"one step", "nothing but the head", "everything"},
            ("cut = len(stages) - k", "cut = k"),
        ),
        Misconception(
            "The whole model stays in eval mode: the stages that learn should see their batches.",
            {"one step", "everything"},
            ("super().train(mode)", "super().train(False)"),
        ),
        Misconception(
            "The head does not learn.",
            {"one step", "nothing but the head", "everything"},
            ("self.head = head", "self.head = head.requires_grad_(False)"),
        ),
    ],
    hints=[
        "Two things are to be switched: what the optimiser may change (requires_grad), and what a forward pass changes by "
        "itself (the mode).",
        "The first len(stages) − k stages are frozen. `train` calls super().train(mode), then frozen.eval(), and returns self.",
        "`cut = len(stages) - k`, `self.frozen = nn.Sequential(*stages[:cut])`, `self.tuned = nn.Sequential(*stages[cut:])`; "
        "`for p in self.frozen.parameters(): p.requires_grad = False`",
    ],
)

CONTRASTIVE = Task(
    "contrastive_loss",
    points=2,
    answers=["contrastive_loss"],
    reference=REFERENCE + "contrastive_loss",
    parts=[
        Part("value", towers, probe=PROBES + "contrast"),
        Part("cold", partial(towers, tau=1e-3), probe=PROBES + "contrast", weight=0.5),
        Part("gradient", towers, probe=PROBES + "contrast_gradient", weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "Only one direction counts: each row of A must find its partner among B, *and* each row of B among A.",
            {"value", "cold", "gradient"},
            ("(cross_entropy(S, own) + cross_entropy(S.T, own)) / 2", "cross_entropy(S, own)"),
        ),
        Misconception(
            "The rows are not brought to length 1: long vectors win every comparison.",
            {"value", "cold", "gradient"},
            ("normalize(A, dim=1), normalize(B, dim=1)", "A, B"),
        ),
        Misconception(
            "You multiply by the temperature; divide, so that a small one makes differences large.",
            {"value", "cold", "gradient"},
            ("/ tau", "* tau"),
        ),
        Misconception(
            "You normalise the columns. A row is a sample: dim=1.",
            {"value", "cold", "gradient"},
            ("normalize(A, dim=1), normalize(B, dim=1)", "normalize(A, dim=0), normalize(B, dim=0)"),
        ),
        Misconception(
            "The two directions are added; the loss is their mean.",
            {"value", "cold", "gradient"},
            ("cross_entropy(S.T, own)) / 2", "cross_entropy(S.T, own))"),
        ),
        Misconception(
            "Probabilities instead of scores go into the cross-entropy, which takes a softmax itself.",
            {"value", "cold", "gradient"},
            ("S = A @ B.T / tau", "S = torch.softmax(A @ B.T / tau, dim=1)"),
        ),
    ],
    hints=[
        "All cosines are one matrix product. Row i of it is a question with n answers, of which the i-th is right.",
        r"$S = \hat A \hat B^\top / \tau$ with rows of length 1; the mean of the cross-entropies of S and of Sᵀ, targets 0 … n−1.",
        "`S = normalize(A, dim=1) @ normalize(B, dim=1).T / tau`, `own = torch.arange(len(S))`, "
        "`(cross_entropy(S, own) + cross_entropy(...)) / 2`",
    ],
)

ZERO_SHOT = Task(
    "zero_shot",
    points=2,
    answers=["zero_shot"],
    reference=REFERENCE + "zero_shot",
    parts=[
        Part("one prompt for each class", partial(classes, p=1), pure=True),
        Part("several prompts", partial(classes, p=3), pure=True),
    ],
    misconceptions=[
        Misconception(
            "The prompts are averaged as they are, and the longest decides: bring each to length 1 first.",
            {"several prompts"},
            ("directions.mean(axis=1)", "prompts.mean(axis=1)"),
        ),
        Misconception(
            "A mean of unit vectors is shorter than 1, the more its prompts disagree: bring it to length 1 again.",
            {"several prompts"},
            ("T = T / np.linalg.norm(T, axis=1, keepdims=True)", "T = T * 1"),
        ),
        Misconception(
            "The pictures' vectors are not brought to length 1; a cosine lies between −1 and 1.",
            {"one prompt for each class", "several prompts"},
            ("Z / np.linalg.norm(Z, axis=1, keepdims=True) @ T.T", "Z @ T.T"),
        ),
        Misconception(
            "You average over the classes. The prompts of a class lie along axis 1.",
            {"one prompt for each class", "several prompts"},
            (
                "directions.mean(axis=1)",
                "np.repeat(directions.mean(axis=(0, 1))[None], len(prompts), axis=0)",
            ),
        ),
        Misconception(
            "Only the first prompt of each class is used.",
            {"several prompts"},
            ("directions.mean(axis=1)", "directions[:, 0]"),
        ),
    ],
    hints=[
        "A class is a direction: the mean of the directions of its prompts. How near is each picture's direction?",
        "prompts / length → mean over p → / length again; then the product of the unit rows of Z with these.",
        "`T = (prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)).mean(axis=1)`, normalise T and Z by their rows, "
        "`Z @ T.T`",
    ],
)

LORA = Task(
    "LoRA",
    points=0,
    answers=["LoRA"],
    reference=REFERENCE + "LoRA",
    probe=PROBES + "adapter",
    parts=[
        Part("scores", partial(adapted, merge=False)),
        Part("merged", partial(adapted, merge=True)),
        Part("a new one", new_adapters, probe=PROBES + "adapter_at_first"),
    ],
    misconceptions=[
        Misconception(
            "The layer itself learns: freeze it.", {"a new one"}, ("p.requires_grad = False", "p.requires_grad = True")
        ),
        Misconception(
            "The scale is missing in the merged layer.", {"merged"}, ("self.scale * (self.A", "(self.A")
        ),
        Misconception(
            "The scale is missing.", {"scores"}, ("self.scale * X @", "X @")
        ),
        Misconception(
            "`merged` changes the layer itself; make another.",
            {"merged"},
            (
                "one = nn.Linear(self.layer.in_features, self.layer.out_features, dtype=self.A.dtype)",
                "one = self.layer",
            ),
        ),
    ],
    hints=[
        "A detour beside the layer: down to r numbers and up again. What must B be, so that a new one changes nothing?",
        r"$xW + b + s\,xAB$; merged, the weight is $W + sAB$, which torch keeps transposed.",
        "`self.layer(X) + self.scale * X @ self.A @ self.B`; `one.weight.data = self.layer.weight.data + self.scale * "
        "(self.A @ self.B).data.T`",
    ],
)  # fmt: skip

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
            "Smaller pieces that have been used already don't count: look at those that come later.",
            {"numbers"},
            ("order[i + 1 :]", "range(len(order))"),
        ),
        Misconception(
            "Each place weighs as much as n. At place i there are only n − i pieces left.",
            {"numbers"},
            ("number * (len(order) - i)", "number * len(order)"),
        ),
    ],
    hints=[
        "How many orders come earlier in the dictionary, because they have a smaller piece in the first place?",
        "At place i: the number of later pieces that are smaller. Then Horner: number · (n − i) + that.",
        "`smaller = sum(later < order[i] for later in order[i + 1 :])`, `number = number * (len(order) - i) + smaller`",
    ],
)

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
        Misconception("That is in seconds; an hour has 3600.", {"hours and kWh"}, (" / 3600", "")),
        Misconception(
            "The energy is in watt-hours; a kWh has a thousand.", {"hours and kWh"}, ("watts / 1000", "watts")
        ),
    ],
    hints=[
        "Operations, divided by operations per second, are seconds.",
        "hours = 6 N D / speed / 3600; energy = hours · watts / 1000.",
        "`hours = 6 * N * D / speed / 3600`",
    ],
)

LEARNING = [FINE_TUNED, CONTRASTIVE, ZERO_SHOT]
DEEPER = [LORA, PUZZLE, COST]
