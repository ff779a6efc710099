"""Lesson 08, part 6: what to draw the next token from."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE

Z_BY_HAND = np.array([1.0, 3.0, 0.0, 2.0])
ROWS_BY_HAND = np.array([[1.0, 3.0, 0.0, 2.0], [2.0, -1.0, 1.0, 4.0]])


def apart(rng: Generator, *shape: int) -> ndarray:
    """Draw scores that differ clearly from each other, in any order."""
    steps = rng.uniform(0.3, 0.8, size=shape).cumsum(axis=-1)
    return rng.permuted(steps, axis=-1) - 2


def warm(rng: Generator) -> Iterator[Case]:
    """Scores and temperatures, the default one as well."""
    yield Case({"z": Z_BY_HAND})
    yield Case({"z": Z_BY_HAND, "tau": 2.0})
    for V, tau in [(4, 1.0), (6, 0.5), (5, float(rng.uniform(1.5, 3)))]:
        yield Case({"z": apart(rng, V), "tau": tau})


def cold(rng: Generator) -> Iterator[Case]:
    """Temperature 0, also where k is given; negative scores."""
    yield Case({"z": Z_BY_HAND, "tau": 0.0})
    yield Case({"z": ROWS_BY_HAND - 5, "tau": 0.0, "k": 2})
    for shape in [(4,), (3, 5)]:
        yield Case({"z": apart(rng, *shape), "tau": 0.0})


def best(rng: Generator) -> Iterator[Case]:
    """The k best, one and all of them included."""
    yield Case({"z": Z_BY_HAND, "tau": 2.0, "k": 2})
    yield Case({"z": Z_BY_HAND, "tau": 1.0, "k": 4})
    for V, k in [(6, 2), (5, 1), (4, 4), (7, 3)]:
        yield Case({"z": apart(rng, V), "tau": float(rng.uniform(0.5, 2)), "k": k})


def best_rows(rng: Generator) -> Iterator[Case]:
    """Rows of scores, with k and without."""
    yield Case({"z": ROWS_BY_HAND, "tau": 2.0, "k": 2})
    yield Case({"z": ROWS_BY_HAND, "tau": 2.0})
    yield Case({"z": apart(rng, 3, 6), "tau": float(rng.uniform(0.5, 2)), "k": 2})
    yield Case({"z": apart(rng, 2, 3, 5), "tau": 1.0, "k": 3})


WARM, GREEDY, TOP, ROWS = "temperature", "greedy", "top k", "rows"
CUT = {TOP, ROWS}
HOT = "return torch.softmax(z / tau, dim=-1)"
COLD = "return one_hot(z.argmax(dim=-1), z.shape[-1]).to(z.dtype)"
WORST, HIDDEN = "worst = z.topk(k, dim=-1).values[..., -1:]", "z = z.masked_fill(z < worst, -torch.inf)"

NEXT = Task(
    "next_probabilities",
    points=2,
    answers=["next_probabilities"],
    reference=REFERENCE + "next_probabilities",
    probe=PROBES + "tensors",
    parts=[
        Part(WARM, warm),
        Part(GREEDY, cold, weight=0.5, probe=PROBES + "drawn"),
        Part(TOP, best),
        Part(ROWS, best_rows, weight=0.5),
    ],
    misconceptions=[
        Misconception(
            "You multiply by the temperature: a low one must drive scores apart.", {WARM, TOP, ROWS}, ("z / tau", "z * tau")
        ),
        Misconception("The temperature is not used.", {WARM, TOP, ROWS}, ("z / tau", "z")),
        Misconception(
            "The k *worst* are kept.", CUT, ("z < worst", "z > -(-z).topk(k, dim=-1).values[..., -1:]")
        ),
        Misconception(
            "One too many is thrown away: the worst of the k best stays in the game.",
            CUT,
            ("z < worst", "(z <= worst) & (z < z.max(dim=-1, keepdim=True).values)"),
            forms=(("z < worst", "z <= worst"),),
        ),
        Misconception(
            "One too many is kept: exactly the k best stay in the game.",
            CUT,
            (WORST, "worst = z.topk(min(k + 1, z.shape[-1]), dim=-1).values[..., -1:]"),
            forms=((WORST, "worst = z.topk(k + 1, dim=-1).values[..., -1:]"),),
        ),
        Misconception(
            "What is thrown away still has a chance: a score of 0 is a score like others. It must be -∞.",
            CUT,
            ("-torch.inf", "0.0"),
            forms=(("-torch.inf", "-1.0"), ("-torch.inf", "z.min().item()")),
        ),
        Misconception(
            "The rest is thrown away after the softmax, so what is left no longer sums to 1.",
            CUT,
            (HIDDEN, "return torch.softmax(z / tau, dim=-1).masked_fill(z < worst, 0)"),
        ),
        Misconception(
            "τ = 0 divides by zero. Greedy means: all probability for the best score.", {GREEDY}, ("if tau == 0:", "if False:")
        ),
        Misconception("`k` is not used.", CUT, ("if k is not None:", "if False:")),
        Misconception(
            "Greedy returns *which* token is best. What is asked for are probabilities: a 1 for it, 0 for all others.",
            {GREEDY},
            (COLD, "return z.argmax(dim=-1)"),
            forms=((COLD, "return z.argmax(dim=-1).to(z.dtype)"), (COLD, "return z.argmax(dim=-1, keepdim=True)"),
                   (COLD, "return z.max(dim=-1).values")),
        ),
        Misconception(
            "Greedy leaves the best score as it is. Its probability is 1.",
            {GREEDY},
            (COLD, "return torch.where(z == z.max(dim=-1, keepdim=True).values, z, 0.0)"),
        ),
        Misconception(
            "Greedy finds one best score for the whole batch. Each row has its own.",
            {GREEDY},
            (COLD, "return (z == z.max()).to(z.dtype)"),
        ),
        Misconception(
            "Greedy takes the *worst* score.", {GREEDY}, ("z.argmax(dim=-1)", "z.argmin(dim=-1)")
        ),
        Misconception(
            "Greedy gives the same probability to all.", {GREEDY}, (COLD, "return torch.full_like(z, 1 / z.shape[-1])")
        ),
        Misconception(
            "For τ = 0 the temperature is taken to be 1, and everything may be drawn.", {GREEDY}, (COLD, "tau = 1.0")
        ),
        Misconception(
            "For τ = 0 whole numbers or truth values come back. `torch.multinomial` can only draw from floats.",
            {GREEDY},
            (".to(z.dtype)", ""),
            forms=((COLD, "return z == z.max(dim=-1, keepdim=True).values"),),
        ),
        Misconception(
            "Only the k kept scores come back: what is returned must be as long as z, so that places still mean tokens.",
            CUT,
            (HIDDEN, "z = z.topk(k, dim=-1).values"),
            forms=((HIDDEN, "z = z.topk(k, dim=-1).values.flip(-1)"), (HIDDEN, "z = z[z >= worst]")),
        ),
        Misconception(
            "The *first* k scores are kept, whatever they are. Keep the k best.",
            CUT,
            (HIDDEN, "z = torch.where(torch.arange(z.shape[-1]) < k, z, -torch.inf)"),
            forms=((HIDDEN, "z = z[..., :k]"),),
        ),
        Misconception(
            "The k best come back sorted, the best first. They must stay at their places.",
            CUT,
            (HIDDEN, "z = z.masked_fill(z < worst, -torch.inf).sort(dim=-1, descending=True).values"),
        ),
        Misconception(
            "The k best are sought in the whole batch. Each row has its own.",
            {ROWS},
            (WORST, "worst = z.flatten().topk(k).values[-1]"),
        ),
        Misconception(
            "The probabilities are divided by the temperature. It belongs into the exponent: softmax(z / τ).",
            {WARM, TOP, ROWS},
            (HOT, "return torch.softmax(z, dim=-1) / tau"),
            forms=(
                (HOT, "return torch.softmax(z, dim=-1) ** (1 / tau)"),
                (HOT, "p = torch.softmax(z, dim=-1) / tau\n    return torch.softmax(p, dim=-1)"),
            ),
        ),
        Misconception(
            "The softmax is taken over another axis than the last: each row of probabilities must sum to 1.",
            {ROWS},
            (HOT, "return torch.softmax(z / tau, dim=0)"),
            forms=((HOT, "return torch.softmax((z / tau).flatten(), dim=0).reshape(z.shape)"), (HOT, "return torch.softmax(z / tau, dim=-2 if z.ndim > 1 else -1)")),
        ),
        Misconception(
            "Logarithms come back. What is asked for are probabilities.", {WARM, TOP, ROWS}, (HOT, "return torch.log_softmax(z / tau, dim=-1)")
        ),
        Misconception(
            "The scores are not made into probabilities: the softmax is missing.", {WARM, TOP, ROWS}, (HOT, "return z / tau"),
            forms=((HOT, "return torch.exp(z / tau)"),),
        ),
        Misconception(
            "The softmax is taken twice.", {WARM, TOP, ROWS}, (HOT, "return torch.softmax(torch.softmax(z / tau, dim=-1), dim=-1)")
        ),
        Misconception(
            "With k the temperature is not used.", CUT, (HIDDEN, HIDDEN + "\n        tau = 1.0")
        ),
    ],
    hints=[
        "Three cases. τ = 0: a single 1. With k: all scores below the k-th best become -∞ first. Then softmax of z/τ.",
        r"$p \propto e^{z_i / \tau}$ over the $k$ best, 0 elsewhere; for $\tau = 0$ it is 1 at the best.",
        "`worst = z.topk(k, dim=-1).values[..., -1:]`, `z = z.masked_fill(z < worst, -torch.inf)`, "
        "`torch.softmax(z / tau, dim=-1)`; for τ = 0 `one_hot(z.argmax(dim=-1), z.shape[-1])`",
    ],
)  # fmt: skip
