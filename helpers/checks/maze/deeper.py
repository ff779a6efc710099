"""Lesson 12, deeper: rewards from comparisons, looking ahead, and a player of one's own."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.maze.ways import PROBES, REFERENCE, drawn, several
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.maze import MOVES
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def pairs(rng: Generator) -> Iterator[Case]:
    """A pair, two that disagree, scores that are huge or alike."""
    yield Case({"chosen": np.array([1.0]), "rejected": np.array([0.0])})
    yield Case({"chosen": np.array([1.0, 0.0]), "rejected": np.array([-1.0, 3.0])})
    yield Case({"chosen": np.array([2.0, 2.0]), "rejected": np.array([2.0, 2.0])})
    yield Case({"chosen": np.array([-2000.0, 900.0]), "rejected": np.array([0.0, 0.0])})
    yield Case({"chosen": rng.normal(size=5), "rejected": rng.normal(size=5)})


def plans(rng: Generator) -> Iterator[Case]:
    """A first goal that is won, one that is lost, one that is shared, one that is gone before."""
    yield Case({"maze": ["A . * B *"], "cheese": [0, 2]})
    yield Case({"maze": ["A . * B *"], "cheese": [0, 4]})
    yield Case({"maze": ["* A * B *"], "cheese": [0, 0]})
    yield Case({"maze": ["* A * B *"], "cheese": [0, 2]})
    yield Case({"maze": ["* A . * . . B * *"], "cheese": [0, 3]})
    yield Case({"maze": ["*2A . * . . . B *"], "cheese": [0, 0]})
    lines = drawn(rng, 4, 5, 6, 0.2)
    cells = [
        (r // 2, c // 2) for r in range(7) for c in range(9) if r % 2 == c % 2 == 0 and lines[r][c] == "*"
    ]
    for cheese in cells[:3]:
        yield Case({"maze": lines, "cheese": list(cheese)})


# ---------------------------------------------------------------- judges


def a_move(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask for one of the five words."""
    if isinstance(got, str) and got in {*MOVES, "stay"}:
        return None
    return f"a move is one of {', '.join(map(repr, [*MOVES, 'stay']))}; got {got!r}."


# ---------------------------------------------------------------- tasks

SURPRISE = "-torch.nn.functional.logsigmoid(chosen - rejected).mean()"

PREFERENCE_LOSS = Task(
    "preference_loss",
    points=0,
    answers=["preference_loss"],
    reference=REFERENCE + "preference_loss",
    probe=PROBES + "preferred",
    parts=[Part("loss and gradient", pairs)],
    misconceptions=[
        Misconception(
            "Chosen and rejected are exchanged: the loss falls as the *chosen* one's score rises.",
            {"loss and gradient"},
            ("chosen - rejected)", "rejected - chosen)"),
        ),
        Misconception(
            "The minus is missing.",
            {"loss and gradient"},
            (SURPRISE, SURPRISE[1:]),
        ),
        Misconception(
            "Sigmoid is applied twice.",
            {"loss and gradient"},
            ("(chosen - rejected)", "((chosen - rejected).sigmoid())"),
        ),
        Misconception(
            "You take the mean of the scores first. Each pair has a surprise of its own; then comes the mean.",
            {"loss and gradient"},
            (SURPRISE, "-torch.nn.functional.logsigmoid((chosen - rejected).mean())"),
        ),
        Misconception(
            "The logarithm of sigmoid is -inf where the difference is large. Use logsigmoid.",
            {"loss and gradient"},
            (SURPRISE, "-torch.log(torch.sigmoid(chosen - rejected)).mean()"),
        ),
        Misconception(
            "That is a sum over the pairs. A loss is a mean.",
            {"loss and gradient"},
            (SURPRISE, SURPRISE.replace("mean", "sum")),
        ),
    ],
    hints=[
        "The probability that the first is preferred is sigmoid of the difference of the scores.",
        "Minus the mean of log sigmoid (chosen - rejected), without overflow.",
        "`-torch.nn.functional.logsigmoid(...).mean()`",
    ],
)

GOAL = "goals = frozenset([cheese]) & cheeses or cheeses"

AHEAD = Task(
    "ahead",
    points=0,
    answers=["ahead"],
    reference=REFERENCE + "ahead",
    probe=PROBES + "lead",
    uses=["greedy"],
    parts=[Part("the lead", plans)],
    misconceptions=[
        Misconception(
            "You go on toward a cheese that is gone. From then on be greedy.",
            {"the lead"},
            (GOAL, "goals = frozenset([cheese])"),
        ),
        Misconception(
            "You are greedy from the start. Go to `cheese` first.",
            {"the lead"},
            (GOAL, "goals = cheeses"),
        ),
        Misconception(
            "The other goes to `cheese`, too. It is greedy all the time.",
            {"the lead"},
            ("greedy(game.maze, other, me, cheeses)", "greedy(game.maze, other, me, goals)"),
        ),
        Misconception(
            "You return your points. How far ahead you are is the difference.",
            {"the lead"},
            ("return game.scores[0] - game.scores[1]", "return game.scores[0]"),
        ),
        Misconception(
            "The difference is turned round: player 0's points minus player 1's.",
            {"the lead"},
            ("return game.scores[0] - game.scores[1]", "return game.scores[1] - game.scores[0]"),
        ),
    ],
    hints=[
        "Play the game to its end, with `game.step` and `greedy` for both; only what player 0 takes for the cheeses changes.",
        "While `cheese` is still there, player 0's greedy sees it alone.",
        "`goals = frozenset([cheese]) & cheeses or cheeses` for player 0; at the end `scores[0] - scores[1]`.",
    ],
)

PLAYER = Task(
    "player",
    points=0,
    answers=["player"],
    reference=REFERENCE + "player",
    probe=PROBES + "move",
    uses=["greedy"],
    parts=[Part("it answers with a move", several, judge=a_move)],
    misconceptions=[
        Misconception(
            "It answers with nothing.",
            {"it answers with a move"},
            ("return greedy", "greedy"),
        ),
        Misconception(
            "It answers with a number. A move is a word.",
            {"it answers with a move"},
            ("return greedy(maze, me, other, cheeses)", "return 0"),
        ),
        Misconception(
            "It answers with a cell. A move is a word: a key of `maze.moves(me)`.",
            {"it answers with a move"},
            (
                "return greedy(maze, me, other, cheeses)",
                "return maze.moves(me)[greedy(maze, me, other, cheeses)]",
            ),
        ),
    ],
    hints=[
        "Any player that answers with a move will do; a better one than `greedy` is better.",
        "The same four arguments as `greedy`, and a move as its answer.",
        "`return greedy(maze, me, other, cheeses)` is a beginning.",
    ],
)

DEEPER = [PLAYER, PREFERENCE_LOSS, AHEAD]
