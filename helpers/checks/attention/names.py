"""Lesson 07, part 9: a language model of one layer of attention."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.attention.by_hand import PROBES, REFERENCE
from helpers.checks.attention.heads import FORBIDDEN, head_weights, layer
from helpers.checks.task import Case, Misconception, Part, Task

WHOLE, BEGINNINGS, LETTER, GRADIENT = "whole names", "beginnings", "one letter", "gradient"
LONGER, ALL = {WHOLE, BEGINNINGS, GRADIENT}, {WHOLE, BEGINNINGS, LETTER, GRADIENT}


def weights(rng: Generator, letters: int, longest: int, d: int) -> dict[str, ndarray]:
    """Draw the weights of a language model."""
    return {
        "letter.weight": rng.normal(size=(letters, d)),
        "place.weight": rng.normal(size=(longest, d)),
        **head_weights(rng, d, "attention."),
        **layer(rng, "scores", d, letters),
    }


def texts(rng: Generator, B: int, n: int, longest: int) -> Iterator[Case]:
    """Batches of letters."""
    for letters, d, heads in [(6, 4, 2), (5, 6, 3)]:
        tokens = rng.integers(0, letters, size=(B, n))
        yield Case({"weights": weights(rng, letters, longest, d), "heads": heads, "tokens": tokens})


def small(n: int) -> Case:
    """A model of three letters and four places, the same for all."""
    rng = np.random.default_rng(n)
    return Case({"weights": weights(rng, 3, 4, 2), "heads": 1, "tokens": np.arange(n)[None] % 3})


def full_texts(rng: Generator) -> Iterator[Case]:
    """As long as can be; once with the width and the heads that it has by default."""
    yield small(4)
    by_default = weights(np.random.default_rng(32), 3, 3, 32)
    yield Case({"weights": by_default, "heads": None, "tokens": np.array([[0, 1, 2]])})
    yield from texts(rng, 2, 5, 5)


def short_texts(rng: Generator) -> Iterator[Case]:
    """Shorter than the longest, as when a name is being written."""
    yield small(2)
    yield from texts(rng, 3, 4, 7)


def single_letters(rng: Generator) -> Iterator[Case]:
    """A single letter, the beginning of a name."""
    yield small(1)
    yield from texts(rng, 2, 1, 4)


def gradients(rng: Generator) -> Iterator[Case]:
    """Weights whose gradients are asked for."""
    yield small(3)
    yield from texts(rng, 2, 3, 4)


PLACES = "self.letter(tokens) + self.place.weight[:n]"
SUM = "X + self.attention(X, mask)"

LANGUAGE_MODEL = Task(
    "LanguageModel",
    points=2,
    answers=["LanguageModel"],
    reference=REFERENCE + "LanguageModel",
    probe=PROBES + "predicts",
    parts=[
        Part(WHOLE, full_texts),
        Part(BEGINNINGS, short_texts),
        Part(LETTER, single_letters, weight=0.5),
        Part(GRADIENT, gradients, weight=0.5, probe=PROBES + "model_gradient"),
    ],
    uses=["MultiHead"],
    forbids=FORBIDDEN,
    misconceptions=[
        Misconception(
            "There is no mask: each place can read the very letter that it is asked to predict.",
            LONGER,
            ("self.attention(X, mask)", "self.attention(X)"),
        ),
        Misconception(
            "The mask is turned round: it shows the future and hides the past.",
            LONGER,
            (".tril()", ".triu()"),
        ),
        Misconception(
            "The mask is strict: a letter may look at itself, as what it predicts is the one after it.",
            ALL,
            (".tril()", ".tril(-1)"),
        ),
        Misconception(
            "The mask lets each letter look one place ahead: at the very letter that it is asked to predict.",
            LONGER,
            (".tril()", ".tril(1)"),
        ),
        Misconception(
            "The places are missing: add `self.place` to the letters.",
            ALL,
            (" + self.place.weight[:n]", ""),
        ),
        Misconception(
            "The token itself is lost: add what attention says *to* X.",
            ALL,
            (SUM, "self.attention(X, mask)"),
        ),
        Misconception(
            "The places are counted from the end: the first letter stands at place 0.",
            {BEGINNINGS, LETTER, GRADIENT},
            ("self.place.weight[:n]", "self.place.weight[-n:]"),
        ),
        Misconception(
            "All letters are told the same place. Letter j stands at place j.",
            LONGER,
            ("self.place.weight[:n]", "self.place.weight[n - 1]"),
            forms=(("self.place.weight[:n]", "self.place.weight[0]"),),
        ),
        Misconception(
            "The places run backwards: the first letter stands at place 0.",
            LONGER,
            ("self.place.weight[:n]", "self.place.weight[:n].flip(0)"),
        ),
        Misconception(
            "Letter and place are multiplied. They are added.",
            ALL,
            (PLACES, "self.letter(tokens) * self.place.weight[:n]"),
        ),
        Misconception(
            "What is added is the bare embedding of the letter: attention reads letter *and* place, and so does the sum.",
            ALL,
            ("self.scores(X + ", "self.scores(self.letter(tokens) + "),
        ),
        Misconception(
            "Attention reads the bare letters: it is given letter *and* place.",
            ALL,
            (SUM, "X + self.attention(self.letter(tokens), mask)"),
        ),
        Misconception(
            "There are two rounds of attention. Here it is one layer.",
            ALL,
            (f"return self.scores({SUM})", f"X = {SUM}\n        return self.scores({SUM})"),
            forms=((SUM, "X + self.attention(self.attention(X, mask), mask)"),),
        ),
        Misconception(
            "What attention found is added twice, or X is.",
            ALL,
            (SUM, "X + 2 * self.attention(X, mask)"),
            forms=((SUM, "2 * X + self.attention(X, mask)"),),
        ),
        Misconception(
            "The layer `scores` is not used: it has weights of its own, and a bias.",
            ALL,
            (f"self.scores({SUM})", f"({SUM}) @ self.letter.weight.T"),
        ),
        Misconception(
            "The bias of `scores` is missing.",
            ALL,
            (f"self.scores({SUM})", f"({SUM}) @ self.scores.weight.T"),
        ),
        Misconception(
            "Attention is missing: the scores know nothing but the letter and its place.",
            ALL,
            (SUM, "X"),
        ),
        Misconception(
            "What comes back are probabilities or their logarithms. Scores are asked for: the loss takes the softmax.",
            ALL,
            (f"return self.scores({SUM})", f"return torch.softmax(self.scores({SUM}), dim=-1)"),
            forms=((f"return self.scores({SUM})", f"return torch.log_softmax(self.scores({SUM}), dim=-1)"),),
        ),
        Misconception(
            "Only the last place's scores come back. A prediction is asked for after *each* letter.",
            ALL,
            (f"return self.scores({SUM})", f"return self.scores({SUM})[:, -1]"),
            forms=((f"return self.scores({SUM})", f"return self.scores({SUM})[:, -1:]"),),
        ),
        Misconception(
            "The result is cut from the graph, so that not all of its numbers can learn: no `.detach()`, `.data` or "
            "`no_grad` on the way.",
            {GRADIENT},
            (f"self.scores({SUM})", f"self.scores({SUM}).detach()"),
            forms=(
                (f"self.scores({SUM})", f"self.scores(({SUM}).detach())"),
                (PLACES, f"({PLACES}).detach()"),
                (PLACES, "self.letter(tokens) + self.place.weight.data[:n]"),
                (PLACES, "self.letter(tokens).detach() + self.place.weight[:n]"),
                (SUM, "X + self.attention(X, mask).detach()"),
                (SUM, "X.detach() + self.attention(X, mask)"),
                (SUM, "X + self.attention(X.detach(), mask)"),
            ),
        ),
        Misconception(
            "The place is looked up by the letter. Letter j of a name stands at place j, whatever letter it is.",
            ALL,
            ("self.place.weight[:n]", "self.place(tokens.clamp(max=len(self.place.weight) - 1))"),
            forms=(("self.place.weight[:n]", "self.place(tokens)"),),
        ),
        Misconception(
            "Places are counted from 1: the first letter stands at place 0.",
            ALL,
            ("self.place.weight[:n]", "self.place.weight[torch.arange(1, n + 1) % len(self.place.weight)]"),
            forms=(
                ("self.place.weight[:n]", "self.place.weight[1 : n + 1]"),
                ("self.place.weight[:n]", "self.place(torch.arange(1, n + 1))"),
            ),
        ),
        Misconception(
            "The whole table of places is added, also where a name is shorter: take its first n rows.",
            {BEGINNINGS, LETTER, GRADIENT},
            ("self.place.weight[:n]", "self.place.weight"),
        ),
    ],
    hints=[
        "Four steps: letters become rows, each row learns its place, attention mixes what came before, a layer scores.",
        r"$X = E[\text{tokens}] + P[0..n-1]$, then scores of $X + \text{attention}(X, \text{causal mask})$.",
        "`X = self.letter(tokens) + self.place.weight[:n]`, "
        "`mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()`, `self.scores(X + ...)`",
    ],
)
