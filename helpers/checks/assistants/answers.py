"""Lesson 13, part 5: a loss that asks for answers only."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import PROBES, REFERENCE
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases

SCORES = np.array(
    [
        [[1.0, 0.0, -1.0], [0.0, 2.0, 1.0], [-1.0, 0.0, 3.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.0, 1.0, 2.0], [3.0, 0.0, 0.0], [1.0, 1.0, -2.0], [0.0, -1.0, 1.0], [2.0, 0.0, 1.0]],
    ]
)
TOKENS = np.array([[0, 1, 2, 0, 1], [2, 0, 1, 0, 0]])


def answered(rng: Generator) -> Iterator[Case]:
    """Answers of unequal lengths, behind prompts of unequal lengths, with padding and without."""
    two = {"scores": SCORES, "tokens": TOKENS}
    yield Case(two | {"prompts": np.array([1, 2]), "lengths": np.array([5, 3])})
    yield Case(two | {"prompts": np.array([2, 1]), "lengths": np.array([3, 4])})
    yield Case(
        {
            "scores": SCORES[:1],
            "tokens": TOKENS[:1],
            "prompts": np.array([3]),
            "lengths": np.array([4]),
        }
    )
    for B, n, V in [(3, 7, 4), (4, 6, 5)]:
        prompts = rng.integers(1, n - 2, B)
        lengths = prompts + 1 + rng.integers(0, n - prompts)
        scores, tokens = 2 * rng.normal(size=(B, n, V)), rng.integers(0, V, (B, n))
        yield Case({"scores": scores, "tokens": tokens, "prompts": prompts, "lengths": lengths})


# ---------------------------------------------------------------- task

SUMS, LOSS, GRADIENT = "log-probabilities", "loss", "gradient"
ALL = {SUMS, LOSS, GRADIENT}
ANSWER = "answer = (place >= prompts[:, None]) & (place < lengths[:, None])"
LOG = "log_p = torch.log_softmax(scores[:, :-1], dim=-1)"
SUM = "return torch.where(answer, log_p, 0.0).sum(dim=-1)"
MEAN = "return -answer_logp(scores, tokens, prompts, lengths).sum() / (lengths - prompts).sum()"

ANSWER_LOSS = Task(
    "answer_loss",
    points=3,
    answers=["answer_logp", "answer_loss"],
    reference=REFERENCE + "answer_logp",
    parts=[
        Part(SUMS, answered, probe=PROBES + "summed", tol=1e-6),
        Part(LOSS, answered, probe=PROBES + "meant", tol=1e-6),
        Part(GRADIENT, answered, weight=0.5, probe=PROBES + "pulled", tol=1e-6),
    ],
    misconceptions=[
        Misconception(
            "The prompt counts, too: the model is paid for guessing the question.",
            ALL,
            (ANSWER, "answer = place < lengths[:, None]"),
        ),
        Misconception(
            "Padding counts, too: what stands behind the end of an answer is nobody's.",
            ALL,
            (ANSWER, "answer = place >= prompts[:, None]"),
        ),
        Misconception(
            "Prompt and padding count, too. Only the answer's tokens do.",
            ALL,
            (ANSWER, "answer = place >= 0"),
        ),
        Misconception(
            "Scores and tokens are not shifted: the scores at a place are of the token that *follows*.",
            ALL,
            (LOG, "log_p = torch.log_softmax(scores[:, 1:], dim=-1)"),
        ),
        Misconception(
            "The first token of the answer is left out. The last place of the prompt is where it is asked for.",
            ALL,
            ("(place >= prompts[:, None])", "(place > prompts[:, None])"),
        ),
        Misconception(
            "You count one token too early: the last of the prompt is no answer.",
            ALL,
            ("(place >= prompts[:, None])", "(place >= prompts[:, None] - 1)"),
        ),
        Misconception(
            "The last token of the answer is left out: that it *ends* is learned, too.",
            ALL,
            ("(place < lengths[:, None])", "(place < lengths[:, None] - 1)"),
        ),
        Misconception(
            "One token behind the answer counts, too.",
            ALL,
            ("(place < lengths[:, None])", "(place <= lengths[:, None])"),
        ),
        Misconception(
            "An answer's log-probability is the *sum* over its tokens; you take the mean.",
            ALL,
            (SUM, SUM + " / (lengths - prompts)"),
        ),
        Misconception(
            "The loss is a mean over *tokens*. You take one over texts, of their sums.",
            {LOSS, GRADIENT},
            (MEAN, "return -answer_logp(scores, tokens, prompts, lengths).mean()"),
        ),
        Misconception(
            "Every token counts alike. You take the mean of each text first, so that tokens of short answers weigh more.",
            {LOSS, GRADIENT},
            (MEAN, "return -(answer_logp(scores, tokens, prompts, lengths) / (lengths - prompts)).mean()"),
        ),
        Misconception(
            "You divide by all tokens, prompts and padding included.",
            {LOSS, GRADIENT},
            (MEAN, "return -answer_logp(scores, tokens, prompts, lengths).sum() / tokens.numel()"),
            forms=(
                (MEAN, "return -answer_logp(scores, tokens, prompts, lengths).sum() / lengths.sum()"),
                (MEAN, "return -answer_logp(scores, tokens, prompts, lengths).sum() / tokens[:, 1:].numel()"),
            ),
        ),
        Misconception(
            "The loss is a mean; you add up.",
            {LOSS, GRADIENT},
            (MEAN, "return -answer_logp(scores, tokens, prompts, lengths).sum()"),
        ),
        Misconception(
            "The loss is negative: surprise is *minus* the logarithm.",
            {LOSS, GRADIENT},
            ("return -answer_logp", "return answer_logp"),
        ),
        Misconception(
            "You add probabilities. Their logarithms are asked for.",
            ALL,
            (LOG, "log_p = torch.softmax(scores[:, :-1], dim=-1)"),
        ),
        Misconception(
            "The scores themselves are taken: they become log-probabilities by a log-softmax.",
            ALL,
            (LOG, "log_p = scores[:, :-1]"),
        ),
    ],
    hints=[
        "Which places of the scores ask for which tokens? Of these, which tokens are the answer's?",
        r"$\log p = \sum_{t = \text{prompt}}^{\text{length} - 1} \log \operatorname{softmax}(z_{t-1})_{w_t}$; the loss is minus "
        "all of these together, divided by the number of tokens.",
        "`log_p = torch.log_softmax(scores[:, :-1], dim=-1).gather(-1, tokens[:, 1:, None])[..., 0]`; "
        "`place = torch.arange(1, n)`; `torch.where(answer, log_p, 0.0).sum(dim=-1)`",
    ],
)
