"""Lesson 12: how far it is, and the player that goes to what is nearest."""

from collections.abc import Iterator

from numpy.random import Generator

from helpers.checks.task import Case, Misconception, Part, Task
from helpers.maze import Game
from helpers.maze.text import write

REFERENCE = "helpers.reference.maze."
PROBES = "helpers.probes.maze."

# ---------------------------------------------------------------- cases


def drawn(rng: Generator, rows: int, cols: int, cheeses: int, mud: float) -> list[str]:
    """Return a board that the generator draws, as lines, with both players somewhere."""
    game = Game.new(int(rng.integers(2**31)), rows, cols, cheeses, walls=0.4, mud=mud)
    cells = sorted(set(game.maze.passages) - game.cheeses)
    first, second = rng.choice(len(cells), 2, replace=False)
    return write(Game(game.maze, (cells[first], cells[second]), (0, 0), game.cheeses, (0.0, 0.0), 0, 9))


def plain_boards(rng: Generator) -> Iterator[Case]:
    """A way along a wall, a corner cut off, a start in the middle, two sizes that differ; no mud."""
    for lines in (
        ["A|B", "   ", ". ."],
        [". . A . B"],
        ["A .|B", "-    ", ". . ."],
        [". . .", "  -  ", ".|A|.", "     ", ". . B"],
        ["A|. .|B", "  -    ", ". . . ."],
    ):
        yield Case({"maze": lines})
    yield Case({"maze": drawn(rng, 4, 6, 2, 0.0)})


def muddy_boards(rng: Generator) -> Iterator[Case]:
    """Mud that costs more than a detour, and mud that costs less; mud met first and mud met last."""
    for lines in (
        ["A4B", "   ", ". ."],
        ["A2B", "   ", ". ."],
        ["A4. B", "     ", ". . ."],
        ["A2.4B", "     ", ".2. ."],
        ["A B", "2 2", ".4."],
        ["A3.|B", "-   3", ". . ."],
    ):
        yield Case({"maze": lines})
    yield Case({"maze": drawn(rng, 4, 6, 2, 0.5)})


def one_cheese(rng: Generator) -> Iterator[Case]:
    """One cheese behind a wall, behind mud, beside the player, in each direction, and two ways to it."""
    for lines in (
        ["A|*", "   ", ". B"],
        ["A4*", "   ", ". B"],
        ["* A B"],
        ["A B *"],
        ["*", " ", "A", " ", "B"],
        ["B .", "   ", "A .", "-  ", "* ."],
        ["A .", "   ", ". *", "   ", "B ."],
        ["* .", "   ", ". A", "   ", ". B"],
        [". . .", "     ", ".|A|.", "  -  ", "B . *"],
        ["A4. *", "     ", ". . B"],
    ):
        yield Case({"maze": lines})
    yield Case({"maze": drawn(rng, 5, 5, 1, 0.2)})


def several(rng: Generator) -> Iterator[Case]:
    """The nearest for birds is not the nearest on foot; ties of cheeses; one that is the other's."""
    for lines in (
        ["* . A|*", "    -  ", ". . . B"],
        ["*3A . *", "       ", ". . . B"],
        ["* A *", "     ", ". B ."],
        [". *", "   ", "A .", "   ", "B *"],
        ["* . . A B *"],
        ["B * . . A . *"],
        ["* . A B . *"],
        ["A4. * . *", "         ", ". . B . ."],
    ):
        yield Case({"maze": lines})
    for _ in range(2):
        yield Case({"maze": drawn(rng, 5, 7, 7, 0.2)})


# ---------------------------------------------------------------- tasks

WAYS_OUT = "for there, turns in maze.passages[cell].items():"

DISTANCES = Task(
    "distances",
    points=2,
    answers=["distances"],
    reference=REFERENCE + "distances",
    probe=PROBES + "ways",
    parts=[
        Part("between walls", plain_boards),
        Part("through mud", muddy_boards),
    ],
    misconceptions=[
        Misconception(
            "You count steps. A passage through mud takes as many turns as `maze.passages` says.",
            {"through mud"},
            edits=(("found[cell] + turns", "found[cell] + 1"),),
        ),
        Misconception(
            "A cell keeps the first distance that you found. A longer way with less mud may come later: compare.",
            {"through mud"},
            (" or found[cell] + turns < found[there]", ""),
        ),
        Misconception(
            "You walk through walls. Only the keys of `maze.passages[cell]` can be reached from a cell.",
            {"between walls", "through mud"},
            (
                WAYS_OUT,
                "for there, turns in [(n, maze.passages[cell].get(n, 1)) for n in maze.passages if abs(n[0] - cell[0]) + abs(n[1] - cell[1]) == 1]:",
            ),
        ),
        Misconception(
            "You go diagonally, too. There are four moves.",
            {"between walls", "through mud"},
            (
                WAYS_OUT,
                "for there, turns in [*maze.passages[cell].items(), *((n, 1) for n in maze.passages if abs(n[0] - cell[0]) == abs(n[1] - cell[1]) == 1)]:",
            ),
        ),
        Misconception(
            "The start is missing. It is 0 turns away.",
            {"between walls", "through mud"},
            ("return found", "return {cell: turns for cell, turns in found.items() if turns}"),
        ),
        Misconception(
            "All your distances are one turn too many: the start is 0 turns away.",
            {"between walls", "through mud"},
            ("found = {start: 0}", "found = {start: 1}"),
        ),
        Misconception(
            "You count rows and columns, as the crow flies. Walls and mud make ways longer.",
            {"between walls", "through mud"},
            (
                "return found",
                "return {cell: abs(cell[0] - start[0]) + abs(cell[1] - start[1]) for cell in found}",
            ),
        ),
        Misconception(
            "You stop at the neighbours of the start. Go on from each cell that you have reached.",
            {"between walls", "through mud"},
            ("waiting.append(there)", "pass"),
        ),
        Misconception(
            "You go one way to its end first, and keep what you find. A shorter way may come later: compare.",
            {"between walls", "through mud"},
            wrong="def distances(maze, start):\n"
            "    found, waiting = {start: 0}, [start]\n"
            "    while waiting:\n"
            "        cell = waiting.pop()\n"
            "        for there, more in maze.passages[cell].items():\n"
            "            if there not in found:\n"
            "                found[there] = found[cell] + more\n"
            "                waiting.append(there)\n"
            "    return found\n",
        ),
    ],
    hints=[
        "Water that flows from the start touches the neighbours, then theirs. When does a cell that was reached need another look?",
        "Keep a list of cells to look at. From each, a neighbour is reached in found[cell] + turns: if that is new, or less than "
        "what is known, store it and look at the neighbour later (again).",
        "`found, waiting = {start: 0}, [start]`; `while waiting: cell = waiting.pop(0)`; `for there, turns in "
        "maze.passages[cell].items()`: if `found[cell] + turns` is new or smaller, store it and `waiting.append(there)`.",
    ],
)

NEAREST = "key=lambda cell: (away[cell], cell)"
FIRST_MOVE = "key=lambda move: maze.passages[me][moves[move]] + back[moves[move]]"

GREEDY = Task(
    "greedy",
    points=2,
    answers=["greedy"],
    reference=REFERENCE + "greedy",
    probe=PROBES + "move",
    uses=["distances"],
    parts=[
        Part("toward one cheese", one_cheese),
        Part("which cheese", several),
    ],
    misconceptions=[
        Misconception(
            "You take the cheese that is nearest as the crow flies. Walls and mud count: use `distances`.",
            {"which cheese"},
            (NEAREST, "key=lambda cell: (abs(cell[0] - me[0]) + abs(cell[1] - me[1]), cell)"),
        ),
        Misconception(
            "You go to the *farthest* cheese.",
            {"which cheese"},
            (NEAREST, "key=lambda cell: (-away[cell], cell)"),
        ),
        Misconception(
            "Of several nearest cheeses you take the last. Take the first by row, then by column.",
            {"which cheese"},
            (NEAREST, "key=lambda cell: (away[cell], -cell[0], -cell[1])"),
        ),
        Misconception(
            "You go to the cheese that is nearest to the *other* player.",
            {"which cheese"},
            ("away = distances(maze, me)", "away = distances(maze, other)"),
        ),
        Misconception(
            "You take the first cheese by row and column, however far it is.",
            {"which cheese"},
            (NEAREST, "key=lambda cell: cell"),
        ),
        Misconception(
            "You step to the neighbour from which the cheese is nearest, but forget what the step itself takes: mud.",
            {"toward one cheese", "which cheese"},
            (FIRST_MOVE, "key=lambda move: back[moves[move]]"),
        ),
        Misconception(
            "You step to the neighbour that is nearest to the cheese as the crow flies. Walls stand between.",
            {"toward one cheese", "which cheese"},
            (
                FIRST_MOVE,
                "key=lambda move: abs(moves[move][0] - cheese[0]) + abs(moves[move][1] - cheese[1])",
            ),
        ),
        Misconception(
            "Of several first moves that are as good you take the last. Take the first in the order up, down, left, right.",
            {"toward one cheese", "which cheese"},
            ("return min(moves,", "return min(reversed(moves),"),
        ),
        Misconception(
            "You return a cell. A player says a move: a key of `maze.moves(me)`.",
            {"toward one cheese", "which cheese"},
            edits=(
                ("    return min(", "    return moves[min("),
                ("back[moves[move]])", "back[moves[move]])]"),
            ),
        ),
        Misconception(
            "You walk away from the cheese: each move is the opposite one.",
            {"toward one cheese", "which cheese"},
            wrong="def greedy(maze, me, other, cheeses):\n"
            "    away = distances(maze, me)\n"
            "    cheese = min(cheeses, key=lambda cell: (away[cell], cell))\n"
            "    back, moves = distances(maze, cheese), maze.moves(me)\n"
            "    best = min(moves, key=lambda move: maze.passages[me][moves[move]] + back[moves[move]])\n"
            "    return {'up': 'down', 'down': 'up', 'left': 'right', 'right': 'left'}[best]\n",
        ),
    ],
    hints=[
        "Two questions: which cheese, and which neighbour is on the way to it. `distances` answers both.",
        "Measure from `me` to choose the cheese; measure from the cheese to choose the move: turns of the step plus the rest.",
        "`cheese = min(cheeses, key=lambda cell: (away[cell], cell))`, then the `min` of `maze.moves(me)` by "
        "`maze.passages[me][there] + back[there]`.",
    ],
)
