"""Lesson 12: a board as a player sees it, and learning from the moves of another."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.maze.ways import PROBES, REFERENCE, drawn
from helpers.checks.task import Case, Misconception, Part, Task

# ---------------------------------------------------------------- cases


def boards(rng: Generator) -> Iterator[Case]:
    """A in a corner, on an edge and inside; rows and columns that differ; walls, mud, both in one cell."""
    for lines in (
        ["A B *"],
        ["A|*", "  2", ". B"],
        [". . *", "-    ", "B3A|."],
        ["B", "4", "*", " ", "A"],
        ["* . .|*", "  -    ", ". X3. ."],
    ):
        yield Case({"maze": lines})
    yield Case({"maze": drawn(rng, 3, 4, 4, 0.4)})


def scores(rng: Generator) -> Iterator[Case]:
    """One row, two, an illegal move with the best score, one legal move only, scores that are huge."""
    yield case([[0.0, 1.0, 2.0, 3.0]], [1], [[1, 1, 0, 1]])
    yield case([[1.0, 1.0, 1.0, 9.0], [0.0, 2.0, 0.0, 0.0]], [0, 3], [[1, 1, 1, 0], [1, 1, 1, 1]])
    yield case([[0.0, 5.0]], [0], [[1, 0]])
    yield case([[2000.0, -1000.0, 0.0, 900.0]], [3], [[0, 1, 1, 1]])
    n = 5
    legal = rng.random((n, 4)) < 0.6
    moves = rng.integers(0, 4, n)
    legal[np.arange(n), moves] = True
    yield Case({"scores": rng.normal(size=(n, 4)), "moves": moves, "legal": legal})


def case(scores: list[list[float]], moves: list[int], legal: list[list[int]]) -> Case:
    """Return a case of these lists."""
    return Case({"scores": np.array(scores), "moves": np.array(moves), "legal": np.array(legal, dtype=bool)})


# ---------------------------------------------------------------- tasks

PLACE = "y, x = r - me[0] + maze.rows - 1, c - me[1] + maze.cols - 1"
STRENGTH = "1 / passages[r + down, c + right]"
WALL = "if (r + down, c + right) in passages:"
SIZE = "np.zeros((6, 2 * maze.rows - 1, 2 * maze.cols - 1))"

ENCODE = Task(
    "encode",
    points=2,
    answers=["encode"],
    reference=REFERENCE + "encode",
    parts=[
        Part("cheeses and the other", boards, probe=PROBES + "places"),
        Part("passages", boards, probe=PROBES + "passages"),
    ],
    misconceptions=[
        Misconception(
            "Your planes show the board where it lies. Move it, so that `me` is in the middle.",
            {"cheeses and the other", "passages"},
            (PLACE, "y, x = r, c"),
        ),
        Misconception(
            "The board moves the wrong way: what lies to the right of `me` belongs to the right of the middle.",
            {"cheeses and the other", "passages"},
            (PLACE, "y, x = me[0] - r + maze.rows - 1, me[1] - c + maze.cols - 1"),
        ),
        Misconception(
            "The *other* is in the middle. It should be `me`.",
            {"cheeses and the other", "passages"},
            (PLACE, "y, x = r - other[0] + maze.rows - 1, c - other[1] + maze.cols - 1"),
        ),
        Misconception(
            "Rows and columns are exchanged: a plane has (2 rows - 1, 2 cols - 1) places.",
            {"cheeses and the other", "passages"},
            ("return planes", "return planes.transpose(0, 2, 1)"),
        ),
        Misconception(
            "The channels come last. PyTorch wants them first: (6, h, w).",
            {"cheeses and the other", "passages"},
            ("return planes", "return planes.transpose(1, 2, 0)"),
        ),
        Misconception(
            "You mark `me`, not the other: `me` is in the middle anyhow.",
            {"cheeses and the other"},
            ("(r, c) == other", "(r, c) == me"),
        ),
        Misconception(
            "The planes of the cheeses and of the other are exchanged.",
            {"cheeses and the other"},
            ("return planes", "return planes[[1, 0, 2, 3, 4, 5]]"),
        ),
        Misconception(
            "Mud looks like any passage with you. It is 1 over the turns that it takes.",
            {"passages"},
            (STRENGTH, "1"),
        ),
        Misconception(
            "You put in the turns. Then a wall, 0, looks *better* than any passage; 1 over the turns puts it last.",
            {"passages"},
            (STRENGTH, "passages[r + down, c + right]"),
        ),
        Misconception(
            "Walls are 1 and passages 0 with you. Outside is 0, too: to the network it would look open.",
            {"passages"},
            (
                WALL + "\n                planes[2 + k, y, x] = " + STRENGTH,
                "if (r + down, c + right) not in passages:\n                planes[2 + k, y, x] = 1",
            ),
        ),
        Misconception(
            "The planes are in another order: up, down, left, right, as in MOVES.",
            {"passages"},
            ("planes[2 + k, y, x]", "planes[2 + [2, 3, 0, 1][k], y, x]"),
            forms=(
                ("planes[2 + k, y, x]", "planes[2 + [1, 0, 3, 2][k], y, x]"),
                ("planes[2 + k, y, x]", "planes[2 + [0, 3, 1, 2][k], y, x]"),
            ),
        ),
    ],
    hints=[
        "A board that is moved so that `me` is in the middle fits into twice its size, less one.",
        "Cell (r, c) is drawn at (r - me[0] + rows - 1, c - me[1] + cols - 1). Where is `me` then?",
        "`planes = np.zeros((6, 2 * maze.rows - 1, 2 * maze.cols - 1))`; for each cell and its passages set `planes[0, y, x]`, "
        "`planes[1, y, x]`, and `planes[2 + k, y, x] = 1 / turns` where the k-th move is a passage.",
    ],
)

MASKED = "scores.masked_fill(~legal, -torch.inf)"
CROSS = "torch.nn.functional.cross_entropy(masked, moves)"

CLONE_LOSS = Task(
    "clone_loss",
    points=2,
    answers=["clone_loss"],
    reference=REFERENCE + "clone_loss",
    probe=PROBES + "cloned",
    parts=[Part("loss and gradient", scores)],
    misconceptions=[
        Misconception(
            "Illegal moves take a share of the probability. Give them -inf before the softmax.",
            {"loss and gradient"},
            (MASKED, "scores"),
        ),
        Misconception(
            "An illegal move gets the score 0, and so a probability. It is -inf that softmax turns into 0.",
            {"loss and gradient"},
            (MASKED, "scores * legal"),
        ),
        Misconception(
            "You mask the legal moves: turn the mask round.",
            {"loss and gradient"},
            (MASKED, "scores.masked_fill(legal, -torch.inf)"),
        ),
        Misconception(
            "That is a sum over the positions. A loss is a mean.",
            {"loss and gradient"},
            (CROSS, CROSS[:-1] + ', reduction="sum")'),
        ),
        Misconception(
            "The minus is missing: the likelier the move, the smaller the loss.",
            {"loss and gradient"},
            (CROSS, "-" + CROSS),
        ),
        Misconception(
            "You compare with your own best move. The target is the move that was made.",
            {"loss and gradient"},
            (CROSS, "torch.nn.functional.cross_entropy(masked, masked.argmax(dim=1))"),
        ),
        Misconception(
            "That is 1 minus the probability of the move. The loss is minus its logarithm.",
            {"loss and gradient"},
            (CROSS, "1 - masked.softmax(dim=1)[torch.arange(len(moves)), moves].mean()"),
        ),
        Misconception(
            "You apply softmax twice: cross_entropy takes scores.",
            {"loss and gradient"},
            (CROSS, "torch.nn.functional.cross_entropy(masked.softmax(dim=1), moves)"),
        ),
    ],
    hints=[
        "Which probability should a move against a wall have, whatever the network says?",
        "Scores of illegal moves become -inf; then it is the cross-entropy of any classifier.",
        "`scores.masked_fill(~legal, -torch.inf)`, then `torch.nn.functional.cross_entropy(…, moves)`.",
    ],
)
