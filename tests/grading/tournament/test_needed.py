"""What of a notebook a player needs."""

import pytest

from helpers.grading.tournament.needed import needed

IMPORTS = "import numpy as np\nimport matplotlib.pyplot as plt\nfrom helpers.maze import Game"
PLAYER = "def player(maze, me, other, cheeses):\n    return greedy(maze, me, cheeses)"
GREEDY = "def greedy(maze, me, cheeses):\n    return best(distances(maze, me))"
DISTANCES = "def distances(maze, start):\n    return np.zeros(3)"
BEST = "best = lambda d: 'up'"


def test_what_it_uses_and_what_that_uses_in_the_notebooks_order() -> None:
    cells = [IMPORTS, DISTANCES, "print('hello')", BEST, GREEDY, "plt.plot([1, 2])", PLAYER, "Game.new(0)"]
    assert needed(cells, "player") == ["import numpy as np", DISTANCES, BEST, GREEDY, PLAYER]


def test_of_a_cell_the_statements_that_are_of_use() -> None:
    cell = "# before\n@wraps(\n    1)\ndef greedy(\n    *a): return 1\n\nshow(greedy)\nx = 3"
    cells = ["from functools import wraps; y = 1", "import torch\ntorch.set_num_threads(1)", cell, PLAYER]
    assert needed(cells, "player") == [cells[0], "@wraps(\n    1)\ndef greedy(\n    *a): return 1", PLAYER]


def test_parameters_of_its_own_may_be_called_as_others_variables() -> None:
    shows = "maze = Game.new(0).maze\ndraw(maze)"
    plays = "def player(maze, me, other, cheeses):\n    return [m for m in maze.moves(me)][0]"
    assert needed([IMPORTS, shows, plays], "player") == [plays]


@pytest.mark.parametrize(
    "changes",
    [
        "Q['a'] = 1",
        "Q.update(a=1)",
        "Q['a']['b'].append(1)",
        "learn(Q)",
        "history = learn(Q, 3)",
        "for i in range(3):\n    learn(model=Q)",
        "with needs('learn'):\n    Q['a'] = 1",
        "Q |= {}",
        "del Q['a']",
        "if True:\n    Q.x = 1",
    ],
)
def test_a_cell_that_changes_what_it_uses_is_needed(changes: str) -> None:
    cells = ["Q = {}", changes, "def learn(*a, **k): pass", "def player(*position):\n    return Q['a']"]
    assert needed(cells, "player") == [cell for cell in cells if cell != cells[2] or "learn(" in changes]


@pytest.mark.parametrize(
    "harmless",
    [
        "print(Q)",
        "len(Q)",
        "other = Q['a']",
        "show(3)",
        "def f():\n    Q['a'] = 1",
        "np.random.seed(0)",
        "history = []",
    ],
)
def test_a_cell_that_changes_nothing_is_not(harmless: str) -> None:
    cells = ["import numpy as np", "Q = {}", harmless, "def player(*position):\n    return Q['a'], np"]
    assert needed(cells, "player") == [*cells[:2], cells[3]]


def test_a_long_training_is_left_out_where_the_player_loads_what_it_gave() -> None:
    training = "Q = train(Game.new(0))\nnp.savez('player.npz', Q=Q)"
    plays = "table = np.load('player.npz')\ndef player(*position):\n    return table['Q']"
    assert needed([IMPORTS, training, plays], "player") == ["import numpy as np", plays]


def test_a_network_that_is_filled_from_a_file() -> None:
    fills = "net = Scorer()\nnet.load_state_dict(np.load('player.npz'))\nmine = alone(net)"
    plays = "def player(*position):\n    return mine(*position)"
    assert needed([IMPORTS, "net = Scorer()\nfit(net)\nnet = 3", fills, plays], "player")[-2:] == [
        fills,
        plays,
    ]


def test_what_can_not_be_read_is_needed_only_where_it_means_the_player() -> None:
    assert needed(["def player(:", "x = ("], "player") == ["def player(:"]
    assert needed([IMPORTS], "player") == []
    for cells in (
        ["from helpers.maze import *", "def player(*p):\n    return MOVES"],
        ["%time x = 3", "def player(*p):\n    return x"],
        ["%%time\nx = 3", "def player(*p):\n    return x"],
    ):
        assert needed(cells, "player") == cells
