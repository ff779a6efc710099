"""Lesson 08, deeper: what is written token by token, by the best one each time or by several beams."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transformers.decoder import DECODER_BLOCK, PROBES, REFERENCE

# ---------------------------------------------------------------- cases


def table(*steps: list[list[float]]) -> ndarray:
    """Return the probabilities of what follows: a step, a row for the last token, a column for the next."""
    return np.array(steps)


NEVER = [1 / 3, 1 / 3, 1 / 3]  # what would follow the end
MISSED = table([[0.04, 0.56, 0.40], NEVER, NEVER], [NEVER, [0.34, 0.33, 0.33], [0.90, 0.05, 0.05]])
LATE = table(
    [[0.30, 0.60, 0.10], NEVER, NEVER],
    [[0.10, 0.80, 0.10], [0.10, 0.80, 0.10], [0.20, 0.40, 0.40]],
    [[0.10, 0.80, 0.10], [0.95, 0.03, 0.02], [0.70, 0.20, 0.10]],
)
EARLY = table(
    [[0.10, 0.70, 0.20], NEVER, NEVER],
    [NEVER, [0.60, 0.25, 0.15], [0.05, 0.80, 0.15]],
    [[0.02, 0.95, 0.03], [0.50, 0.30, 0.20], [0.40, 0.35, 0.25]],
)
FEW = [0.25, 0.25, 0.25, 0.25]
CROWDED = table(
    [[0.05, 0.50, 0.30, 0.15], FEW, FEW, FEW],
    [FEW, [0.05, 0.45, 0.40, 0.10], [0.50, 0.20, 0.20, 0.10], [0.40, 0.30, 0.20, 0.10]],
    [FEW, [0.30, 0.28, 0.22, 0.20], [0.31, 0.25, 0.23, 0.21], [0.40, 0.30, 0.20, 0.10]],
)
ENDLESS = table(
    [[0.05, 0.55, 0.40], NEVER, NEVER],
    [NEVER, [0.10, 0.30, 0.60], [0.05, 0.80, 0.15]],
    [NEVER, [0.20, 0.10, 0.70], [0.10, 0.65, 0.25]],
)

SISTERS = table(  # the two best of the second step have the same beginning, and the lesser wins
    [[0.05, 0.55, 0.40], NEVER, NEVER],
    [NEVER, [0.05, 0.50, 0.45], [0.05, 0.60, 0.35]],
    [NEVER, [0.10, 0.50, 0.40], [0.02, 0.95, 0.03]],
)


def tables(rng: Generator, letters: int, ends: float, steps: int = 4) -> ndarray:
    """Draw probabilities; the end gets about `ends` of them, and nearly all in the last step."""
    p = rng.dirichlet(np.ones(letters - 1), size=(steps, letters))
    end = rng.uniform(ends / 2, 1.5 * ends, size=(steps, letters, 1))
    end[-1] = rng.uniform(0.9, 0.95, size=(letters, 1))
    return np.concatenate([end, (1 - end) * p], axis=-1)


def going_on(rng: Generator, letters: int, steps: int) -> ndarray:
    """Draw probabilities where the end is never likely."""
    p = rng.dirichlet(np.full(letters - 1, 2.0), size=(steps, letters))
    return np.concatenate([np.full((steps, letters, 1), 1e-4), (1 - 1e-4) * p], axis=-1)


def ending(rng: Generator) -> Iterator[Case]:
    """Texts that end, at once and later."""
    for p in (LATE, EARLY, MISSED):
        yield Case({"p": p, "longest": 5})
    for ends in (0.1, 0.2, 0.5):
        yield Case({"p": tables(rng, 4, ends), "longest": 8})


def endless(rng: Generator) -> Iterator[Case]:
    """Texts that are cut, as their end never comes."""
    yield Case({"p": ENDLESS, "longest": 1})
    yield Case({"p": ENDLESS, "longest": 3})
    yield Case({"p": going_on(rng, 6, 12), "longest": 12})


def one_beam(rng: Generator) -> Iterator[Case]:
    """A single beginning is kept."""
    for case in ending(rng):
        yield Case({**case.inputs, "beams": 1})


def missed(rng: Generator) -> Iterator[Case]:
    """The best text begins with a token that is not the best, or takes longer, or is shorter."""
    yield Case({"p": MISSED, "longest": 3, "beams": 2})
    yield Case({"p": LATE, "longest": 4, "beams": 2})
    yield Case({"p": EARLY, "longest": 4, "beams": 2})
    yield Case({"p": CROWDED, "longest": 4, "beams": 2})
    for beams in (2, 3, 4):
        yield Case({"p": tables(rng, 5, 0.3), "longest": 6, "beams": beams})


def cut_short(rng: Generator) -> Iterator[Case]:
    """The best text is cut, as its end never comes."""
    yield Case({"p": ENDLESS, "longest": 1, "beams": 2})
    yield Case({"p": ENDLESS, "longest": 3, "beams": 2})
    yield Case({"p": SISTERS, "longest": 3, "beams": 2})
    yield Case({"p": going_on(rng, 4, 4), "longest": 4, "beams": 3})


# ---------------------------------------------------------------- tasks

ENDS, CUT = "texts that end", "texts that are cut"

GREEDY = Task(
    "greedy",
    points=0,
    answers=["greedy"],
    reference=REFERENCE + "greedy",
    probe=PROBES + "searched",
    parts=[Part(ENDS, ending), Part(CUT, endless)],
    misconceptions=[
        Misconception(
            "The end is in the text. Token 0 ends it, and is not a part of it.",
            {ENDS},
            ("if best == 0:\n            break\n        tokens.append(best)",
             "tokens.append(best)\n        if best == 0:\n            break"),
        ),
        Misconception(
            "The beginning is in the text: leave out the first 0.",
            {ENDS, CUT},
            ("return tokens[1:]", "return tokens"),
        ),
        Misconception(
            "The text goes on after its end: stop at token 0.",
            {ENDS},
            ("if best == 0:\n            break\n        tokens.append(best)", "tokens.append(best)"),
        ),
        Misconception(
            "The least likely token is taken.",
            {ENDS, CUT},
            (".argmax()", ".argmin()"),
        ),
        Misconception(
            "Only the last token is given to `scores`. It wants the whole beginning: what was written matters.",
            {ENDS, CUT},
            ("torch.tensor([tokens])", "torch.tensor([tokens[-1:]])"),
            forms=[("torch.tensor([tokens])", "torch.tensor([tokens[:1]])")],
        ),
        Misconception(
            "The first 0 is not given to `scores`, so that it begins elsewhere.",
            {ENDS, CUT},
            ("torch.tensor([tokens])", "torch.tensor([tokens[1:] or [0]])"),
        ),
        Misconception(
            "A text may have `longest` tokens; one is missing.",
            {CUT},
            ("range(longest)", "range(longest - 1)"),
        ),
        Misconception(
            "The text is longer than `longest`.",
            {CUT},
            ("range(longest)", "range(longest + 1)"),
            forms=[("range(longest)", "range(longest + 5)")],
        ),
        Misconception(
            "The second best token is taken.",
            {ENDS, CUT},
            (".argmax()", ".argsort()[-2]"),
        ),
    ],
    hints=[
        "Begin with [0]. Ask what follows, take the best, put it behind, and ask again; stop at a 0.",
        r"$\text{next} = \operatorname{argmax} \, \text{scores}(\text{all tokens so far})$, at most `longest` times",
        "`best = int(scores(torch.tensor([tokens]))[0].argmax())`, then either stop or `tokens.append(best)`; "
        "return all but the first",
    ],
)  # fmt: skip

ONE, MISSES, SHORT = "one beam", "what greedy misses", "texts that are cut"
ALL = {ONE, MISSES, SHORT}
GROW = "([*tokens, i], total + p)"
SORT = "kept = sorted(grown, key=lambda pair: pair[1], reverse=True)[:beams]"
ASK = "row = scores(torch.tensor([tokens]))[0].tolist()"

BEAM_SEARCH = Task(
    "beam_search",
    points=0,
    answers=["beam_search"],
    reference=REFERENCE + "beam_search",
    probe=PROBES + "likeliest",
    parts=[Part(ONE, one_beam), Part(MISSES, missed), Part(SHORT, cut_short)],
    misconceptions=[
        Misconception(
            "Only one beginning is kept: this is the greedy search.",
            {MISSES, SHORT},
            ("[:beams]", "[:1]"),
        ),
        Misconception(
            "The best of *each* beginning are kept. They compete with each other: the best `beams` of all.",
            {MISSES, SHORT},
            (
                "grown += [([*tokens, i], total + p) for i, p in enumerate(row)]",
                "grown += sorted([([*tokens, i], total + p) for i, p in enumerate(row)], "
                "key=lambda pair: pair[1], reverse=True)[: max(1, beams // len(kept))]",
            ),
        ),
        Misconception(
            "Texts that have ended go on. A text with its end stays as it is, and keeps its place among the others.",
            {ONE, MISSES},
            ("if 0 in tokens[1:]:", "if False:"),
        ),
        Misconception(
            "Texts that have ended are lost while others go on: they keep their place among the best.",
            {ONE, MISSES},
            ("grown.append((tokens, total))", "pass"),
            forms=[("grown.append((tokens, total))", "if len(kept) == 1:\n                    grown.append((tokens, total))")],
        ),
        Misconception(
            "The search stops at the first text that ends. A longer one may be likelier: go on until all have ended.",
            {MISSES},
            (SORT, SORT + "\n        if any(0 in tokens[1:] for tokens, _ in kept):\n"
             "            kept = [pair for pair in kept if 0 in pair[0][1:]]\n            break"),
        ),
        Misconception(
            "What was lost before is forgotten: beginnings are compared by their last token alone. Add the logarithms "
            "of all.",
            ALL,
            (GROW, "([*tokens, i], p)"),
        ),
        Misconception(
            "Logarithms of probabilities are added, not multiplied.",
            ALL,
            (GROW, "([*tokens, i], total * p)"),
            forms=[[(GROW, "([*tokens, i], total * p)"), ("([0], 0.0)", "([0], 1.0)")],
                   [(GROW, "([*tokens, i], -abs(total * p))"), ("([0], 0.0)", "([0], 1.0)")]],
        ),
        Misconception(
            "Probabilities are added; a text has the product of them, so add their logarithms.",
            ALL,
            (GROW, "([*tokens, i], total + 2.718281828459045**p)"),
        ),
        Misconception(
            "The probability is returned; its logarithm is asked for.",
            ALL,
            ("if token != 0], total", "if token != 0], 2.718281828459045**total"),
        ),
        Misconception(
            "The log-probability is divided by the length. That is often done, but here the sum is asked for.",
            ALL,
            ("if token != 0], total", "if token != 0], total / (len(tokens) - 1)"),
            forms=[(SORT, "kept = sorted(grown, key=lambda pair: pair[1] / (len(pair[0]) - 1), reverse=True)[:beams]")],
        ),
        Misconception(
            "The worst are kept, not the best.",
            ALL,
            (", reverse=True", ""),
        ),
        Misconception(
            "Of the texts that are kept, the last is returned and not the best.",
            {MISSES, SHORT},
            ("kept[0]", "kept[-1]"),
        ),
        Misconception(
            "The beginning or the end is in the text: leave out the zeros.",
            ALL,
            ("[token for token in tokens if token != 0], total", "tokens, total"),
            forms=[("[token for token in tokens if token != 0], total", "tokens[1:], total")],
        ),
        Misconception(
            "The last token is lost, where no end has come.",
            {SHORT},
            ("[token for token in tokens if token != 0], total", "tokens[1:-1], total"),
        ),
        Misconception(
            "Only the last token is given to `scores`. It wants the whole beginning.",
            ALL,
            ("torch.tensor([tokens])", "torch.tensor([tokens[-1:]])"),
        ),
        Misconception(
            "A step is missing: `longest` tokens may be written, the end counted.",
            {SHORT},
            ("range(longest)", "range(longest - 1)"),
        ),
        Misconception(
            "The text is longer than `longest`.",
            {SHORT},
            ("range(longest)", "range(longest + 1)"),
        ),
        Misconception(
            "More than `beams` beginnings are kept.",
            {ONE, MISSES},
            ("[:beams]", "[: beams + 1]"),
            forms=[("[:beams]", "")],
        ),
    ],
    hints=[
        "Keep pairs of tokens and the sum of their log-probabilities. Let each grow by every token; sort; keep the best few.",
        r"$\log p(\text{text}) = \sum_t \log p(\text{token}_t \mid \text{tokens before})$. A text that has its end stays "
        "as it is.",
        "for each of `kept`: ended ones go into `grown` as they are, others as `([*tokens, i], total + p)` for every "
        "`i, p` of `scores(torch.tensor([tokens]))[0]`; then `sorted(grown, …, reverse=True)[:beams]`",
    ],
)  # fmt: skip

TRANSLATION = [DECODER_BLOCK, GREEDY, BEAM_SEARCH]
