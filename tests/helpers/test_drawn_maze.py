"""A board is drawn and told as it is."""

from helpers.figures import maze_board
from helpers.maze import Game
from helpers.maze.text import read


def test_a_board_says_what_is_on_it() -> None:
    game = read(["A|.2*", "  - -", ".|. B"])
    drawn = maze_board(game, [(0, 0), (1, 0)])
    assert drawn.alt == (
        "A maze of 2 rows and 3 columns with 1 cheese, mud in 1 passages; A in row 1, column 1 and B in "
        "row 2, column 3. 1 way through it drawn as lines."
    )
    assert sorted(text.get_text() for text in drawn.fig.axes[0].texts) == ["2", "A", "B"]


def test_both_players_in_one_cell_are_seen() -> None:
    drawn = maze_board(read(["X *"]), names=("me", "it"))
    assert {text.get_text() for text in drawn.fig.axes[0].texts} == {"me", "it"}
    assert "11 cheeses" in maze_board(Game.new(0)).alt
