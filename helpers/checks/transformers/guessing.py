"""Lesson 08, part 4: what a model has to guess."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.cases import PROBES, REFERENCE


def long_texts(rng: Generator) -> Iterator[Case]:
    """Texts, and where samples of them start: at the beginning, at the last place that will do, anywhere."""
    yield Case({"text": np.arange(10, 20), "starts": np.array([0, 4]), "n": 3})
    yield Case({"text": np.array([7, 3, 9, 5]), "starts": np.array([0, 1]), "n": 2})
    for N, n, B in [(9, 3, 3), (12, 5, 4), (6, 1, 3)]:
        starts = np.array([0, N - n - 1, *rng.integers(0, N - n, size=B - 2)])
        yield Case({"text": rng.integers(0, 50, size=N), "starts": starts, "n": n})


def to_hide(rng: Generator, B: int, n: int) -> dict[str, ndarray | int]:
    """Draw tokens, and darts of which every kind occurs, on padding as well."""
    darts = rng.uniform(0.15, 1, size=(B, n))
    kinds = [(0, 0.12), (0, 0.12), (0, 0.12), (0.12, 0.135), (0.12, 0.135), (0.135, 0.15), (0.135, 0.15)]
    places = rng.permutation(B * n)[: len(kinds)]
    darts.flat[places] = [rng.uniform(*kind) for kind in kinds]
    real = np.ones((B, n), dtype=bool)
    real.flat[places[[0, 4, 6]]] = False
    tokens, others = rng.integers(5, 30, size=(B, n)), rng.integers(30, 60, size=(B, n))
    return {"tokens": tokens, "real": real, "darts": darts, "others": others, "mask_token": 4}


def texts_to_hide(rng: Generator) -> Iterator[Case]:
    """One of each kind; darts on the borders; batches with padding."""
    row = {"tokens": np.array([[11, 12, 13, 14, 15]]), "real": np.ones((1, 5), dtype=bool)}
    others = {"others": np.array([[31, 32, 33, 34, 35]]), "mask_token": 4}
    padded = {"real": np.array([[False, True, True, True, False]])}
    yield Case({**row, "darts": np.array([[0.05, 0.13, 0.14, 0.5, 0.9]]), **others})
    yield Case({**row, "darts": np.array([[0.0, 0.12, 0.135, 0.15, 0.2]]), **others})
    yield Case({**row, **padded, "darts": np.array([[0.05, 0.05, 0.13, 0.5, 0.14]]), **others})
    for B, n in [(3, 6), (4, 5)]:
        yield Case(to_hide(rng, B, n))


SHIFT, INPUTS, TARGETS = "next tokens", "hidden: inputs", "hidden: targets"
CHOSEN = "chosen = real & (darts < 0.15)"
ASKED = "torch.where(chosen, tokens, -100)"
CUT = "return text[at], text[at + 1]"
OTHERS, MASKS = (
    "torch.where(chosen & (darts < 0.135), others, tokens)",
    "torch.where(chosen & (darts < 0.12), mask_token, inputs)",
)

GUESSES = Task(
    "guesses",
    points=2,
    answers=["next_tokens", "hide_tokens"],
    reference=REFERENCE + "next_tokens",
    parts=[
        Part(SHIFT, long_texts, probe=PROBES + "shifted", weight=2),
        Part(INPUTS, texts_to_hide, probe=PROBES + "hidden"),
        Part(TARGETS, texts_to_hide, probe=PROBES + "asked"),
    ],
    misconceptions=[
        Misconception(
            "The targets are the inputs themselves: the model only has to copy. Shift them by one.",
            {SHIFT},
            ("text[at + 1]", "text[at]"),
        ),
        Misconception(
            "The targets stand one place *behind*. What follows the token at `at` is at `at + 1`.",
            {SHIFT},
            ("text[at + 1]", "text[at - 1]"),
        ),
        Misconception(
            "The targets of a row run on from its own beginning: the last one is the token that follows in the *text*.",
            {SHIFT},
            ("text[at + 1]", "text[at].roll(-1, dims=1)"),
        ),
        Misconception(
            "The targets are two further on. The next token is *one* further.",
            {SHIFT},
            ("text[at + 1]", "text[(at + 2).clamp(max=len(text) - 1)]"),
            forms=(("text[at + 1]", "text[at + 2]"), ("text[at + 1]", "text[(at + 2) % len(text)]")),
        ),
        Misconception(
            "Inputs and targets are one token short: both have n.",
            {SHIFT},
            (CUT, "return text[at][:, :-1], text[at][:, 1:]"),
        ),
        Misconception(
            "Inputs and targets are one token too long: both have n.",
            {SHIFT},
            (CUT, "at = starts[:, None] + torch.arange(n + 1).clamp(max=n)\n"
                  "    return text[at], torch.cat([text[at[:, 1:]], text[at[:, -1:]]], dim=1)"),
        ),
        Misconception(
            "Inputs and targets are exchanged.", {SHIFT}, (CUT, "return text[at + 1], text[at]")
        ),
        Misconception(
            "Only the last target of each row comes back. Every place is a question: n targets.",
            {SHIFT},
            ("text[at + 1]", "text[at + 1][:, -1]"),
            forms=(("text[at + 1]", "text[at + 1][:, -1:]"),),
        ),
        Misconception(
            "The places come back, not the tokens that stand there: look them up in `text`.",
            {SHIFT},
            (CUT, "return at, at + 1"),
        ),
        Misconception(
            "The rows lie in the columns: each start has a *row* (B, n).",
            {SHIFT},
            (CUT, "return text[at].T, text[at + 1].T"),
        ),
        Misconception(
            "The rows are cut one after the other from the beginning: each begins where `starts` says.",
            {SHIFT},
            ("at = starts[:, None] + torch.arange(n)",
             "at = ((torch.arange(len(starts)) * n)[:, None] + torch.arange(n)).clamp(max=len(text) - 2)"),
        ),
        Misconception(
            "Padding is asked for. Its target is -100.", {TARGETS}, (ASKED, "torch.where(darts < 0.15, tokens, -100)")
        ),
        Misconception(
            "Padding is replaced: only tokens where `real` is True may be.",
            {INPUTS},
            edits=((OTHERS, OTHERS.replace("chosen & ", "")), (MASKS, MASKS.replace("chosen & ", ""))),
            forms=((OTHERS, OTHERS.replace("chosen & ", "")), (MASKS, MASKS.replace("chosen & ", ""))),
        ),
        Misconception(
            "Padding is hidden, too. Nobody should guess it: choose where `real` is True.",
            {INPUTS, TARGETS},
            (CHOSEN, "chosen = darts < 0.15"),
        ),
        Misconception(
            "All tokens are asked for. Only the chosen ones are: the others get -100.",
            {TARGETS},
            (ASKED, "tokens"),
            forms=((ASKED, "torch.where(real, tokens, -100)"),),
        ),
        Misconception(
            "What was left as it is is no longer asked for. The model must not know which of the words it sees are right.",
            {TARGETS},
            (ASKED, "torch.where(inputs != tokens, tokens, -100)"),
        ),
        Misconception(
            "Only the masks are asked for. All that were chosen are, whatever they became.",
            {TARGETS},
            (ASKED, "torch.where(chosen & (darts < 0.12), tokens, -100)"),
        ),
        Misconception(
            "The targets are what the model *sees*. They must be the tokens that were there before.",
            {TARGETS},
            (ASKED, "torch.where(chosen, inputs, -100)"),
        ),
        Misconception(
            "The targets are turned round: what was *not* chosen is asked for.",
            {TARGETS},
            (ASKED, "torch.where(chosen, -100, tokens)"),
        ),
        Misconception(
            "What is not asked for has another target than -100, the one that `cross_entropy` skips.",
            {TARGETS},
            (ASKED, "torch.where(chosen, tokens, 0)"),
            forms=((ASKED, "torch.where(chosen, tokens, -1)"), (ASKED, "torch.where(chosen, tokens, mask_token)"),
                   (ASKED, "torch.where(chosen, tokens, 100)")),
        ),
        Misconception(
            "All chosen tokens become the mask. 80 % do; 10 % become another token, and 10 % stay.",
            {INPUTS},
            ("(darts < 0.12)", "(darts < 0.15)"),
        ),
        Misconception(
            "The chosen tokens that should stay as they are become others.", {INPUTS}, ("(darts < 0.135)", "(darts < 0.15)")
        ),
        Misconception(
            "The chosen tokens that should become others stay as they are.", {INPUTS}, (OTHERS, "tokens")
        ),
        Misconception(
            "From 0.12 to 0.135 the mask stands where another token belongs.", {INPUTS}, ("(darts < 0.12)", "(darts < 0.135)")
        ),
        Misconception(
            "The other tokens cover the masks: below 0.12 it is the mask, from there to 0.135 another token.",
            {INPUTS},
            (MASKS, "torch.where(chosen & (darts < 0.12) & (inputs == tokens), mask_token, inputs)"),
        ),
        Misconception(
            "Masks and other tokens are exchanged: below 0.12 it is the mask.",
            {INPUTS},
            edits=((OTHERS, OTHERS.replace("others", "torch.full_like(tokens, mask_token)")),
                   (MASKS, "torch.where(chosen & (darts < 0.12), others, inputs)")),
        ),
        Misconception(
            "The inputs are the tokens themselves: nothing is hidden.",
            {INPUTS},
            ("return inputs, ", "return tokens, "),
        ),
        Misconception(
            "The darts are read from the other end: chosen is what lies *below* 0.15.",
            {INPUTS, TARGETS},
            (CHOSEN, "darts = 1 - darts\n    " + CHOSEN),
            forms=((CHOSEN, "chosen = real & (darts > 0.15)"),),
        ),
        Misconception(
            "A dart exactly on a border belongs to the row of the table that begins there: `<`, not `<=`.",
            {INPUTS, TARGETS},
            edits=(("darts < ", "darts <= "),),
            forms=((CHOSEN, CHOSEN.replace("<", "<=")), ("(darts < 0.12)", "(darts <= 0.12)"), ("(darts < 0.135)", "(darts <= 0.135)"),
                   [("(darts < 0.12)", "(darts <= 0.12)"), ("(darts < 0.135)", "(darts <= 0.135)")]),
        ),
        Misconception(
            "`real` is turned round: only padding is hidden.",
            {INPUTS, TARGETS},
            (CHOSEN, "chosen = ~real & (darts < 0.15)"),
        ),
        Misconception(
            "`hide_tokens` returns its two in the other order: inputs first, then targets.",
            {INPUTS, TARGETS},
            ("return inputs, " + ASKED, "return " + ASKED + ", inputs"),
        ),
    ],
    hints=[
        "For the first: all places as an array (B, n) by broadcasting, then look the text up. For the second: one "
        "`torch.where` for each thing that can happen to a token.",
        "places: starts + 0, 1, …, n - 1, targets one further. Chosen: real and dart < 0.15; the mask below 0.12, "
        "another from 0.12 to 0.135; targets -100 where not chosen.",
        "`at = starts[:, None] + torch.arange(n)`; `chosen = real & (darts < 0.15)`, "
        "`inputs = torch.where(chosen & (darts < 0.135), others, tokens)`, then the mask in the same way over it",
    ],
)  # fmt: skip
