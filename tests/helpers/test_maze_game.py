"""The rules of the maze game, as properties of any board and any moves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from helpers.maze import MOVES, Board, Game, Maze, Replay, play, record
from helpers.maze.board import Cell
from helpers.maze.players import resting, wandering
from helpers.reference.maze import greedy

SEEDS = st.integers(0, 10**6)
ANY_MOVE = st.sampled_from([*MOVES, "stay", "north", None])


@st.composite
def boards(draw: st.DrawFn) -> Board:
    rows, cols = draw(st.integers(2, 7)), draw(st.integers(3, 9))
    odd = draw(st.booleans()) and rows % 2 and cols % 2
    share = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    return Board.draw(draw(SEEDS), rows, cols, (2 if rows * cols < 9 else 4) + bool(odd), *share)


@st.composite
def games(draw: st.DrawFn) -> Game:
    board = draw(boards())
    return Game(board.maze, board.starts, (0, 0), board.cheeses, (0.0, 0.0), 0, draw(st.integers(1, 60)))


def turned(game: Game) -> Game:
    """The game after half a turn of the board, which exchanges the players."""
    first, second = (game.maze.opposite(cell) for cell in game.players)
    return Game(
        game.maze,
        (second, first),
        game.waiting[::-1],
        frozenset(game.maze.opposite(cell) for cell in game.cheeses),
        game.scores[::-1],
        game.turn,
        game.limit,
    )


def reached(maze: Maze, start: Cell) -> set[Cell]:
    seen, todo = {start}, [start]
    while todo:
        new = set(maze.passages[todo.pop()]) - seen
        seen |= new
        todo += new
    return seen


@given(boards())
def test_a_board_is_connected_goes_both_ways_and_is_the_same_after_half_a_turn(board: Board) -> None:
    maze = board.maze
    assert reached(maze, (0, 0)) == {(r, c) for r in range(maze.rows) for c in range(maze.cols)}
    for a, ways in maze.passages.items():
        for b, turns in ways.items():
            assert abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1
            assert 1 <= turns <= 4
            assert maze.passages[b][a] == turns
            assert maze.passages[maze.opposite(a)][maze.opposite(b)] == turns
    assert board.starts[0] == maze.opposite(board.starts[1]) != board.starts[1]
    assert board.cheeses == {maze.opposite(cell) for cell in board.cheeses}
    assert not board.cheeses & set(board.starts)


@given(games(), st.lists(st.tuples(ANY_MOVE, ANY_MOVE), max_size=60))
def test_points_are_neither_made_nor_lost_and_nobody_leaves_the_maze(
    game: Game, moves: list[tuple[str, str]]
) -> None:
    total = len(game.cheeses)
    for pair in moves:
        after = game.step(pair)
        assert sum(after.scores) + len(after.cheeses) == total
        assert after.cheeses <= game.cheeses
        if game.over:
            assert after == game
            break
        assert after.turn == game.turn + 1
        for i in (0, 1):
            here, there = game.players[i], after.players[i]
            legal = game.maze.moves(here).get(pair[i], here)
            assert there == (here if game.waiting[i] else legal)
            turns = game.waiting[i] or game.maze.passages[here].get(there, 1)
            assert after.waiting[i] == turns - 1
            if after.cheeses & {there}:
                assert after.waiting[i]  # whoever is not stuck eats
        game = after


@given(games(), st.lists(st.tuples(ANY_MOVE, ANY_MOVE), max_size=60))
def test_half_a_turn_of_the_board_changes_nothing_but_the_sides(
    game: Game, moves: list[tuple[str, str]]
) -> None:
    back = {"up": "down", "down": "up", "left": "right", "right": "left"}
    other = turned(game)
    for a, b in moves:
        game, other = game.step((a, b)), other.step((back.get(b, b), back.get(a, a)))
        assert turned(game) == other
        assert game.over == other.over
        assert other.winner == (None if game.winner is None else 1 - game.winner)


LINE = Maze(
    1,
    4,
    {
        (0, 0): {(0, 1): 1},
        (0, 1): {(0, 0): 1, (0, 2): 3},
        (0, 2): {(0, 1): 3, (0, 3): 1},
        (0, 3): {(0, 2): 1},
    },
)


def on_the_line(a: int, b: int, *cheeses: int) -> Game:
    return Game(LINE, ((0, a), (0, b)), (0, 0), frozenset((0, c) for c in cheeses), (0.0, 0.0), 0, 9)


def test_mud_holds_for_as_many_turns_as_the_passage_takes() -> None:
    game = on_the_line(1, 0, 2, 3)
    seen = []
    for _ in range(3):
        game = game.step(("right", "stay"))
        seen.append((game.players[0], game.waiting[0], game.scores[0]))
    assert seen == [((0, 2), 2, 0.0), ((0, 2), 1, 0.0), ((0, 2), 0, 1.0)]


def test_two_that_arrive_at_once_share_and_one_in_mud_gets_nothing() -> None:
    narrow = Maze(1, 3, {(0, 0): {(0, 1): 1}, (0, 1): {(0, 0): 1, (0, 2): 1}, (0, 2): {(0, 1): 1}})
    game = Game(narrow, ((0, 0), (0, 2)), (0, 0), frozenset([(0, 1)]), (0.0, 0.0), 0, 9)
    game = game.step(("right", "left"))
    assert (game.scores, game.over, game.winner) == ((0.5, 0.5), True, None)
    game = on_the_line(1, 3, 2).step(("right", "left"))
    assert (game.scores, game.over, game.winner) == ((0.0, 1.0), True, 1)


def test_the_end_is_more_than_half_or_nothing_left_or_the_limit() -> None:
    assert not on_the_line(0, 3, 1, 2).step(("right", "stay")).over  # one of two is half, not more
    assert on_the_line(0, 3, 1).step(("right", "stay")).winner == 0
    late = Game(LINE, ((0, 0), (0, 3)), (0, 0), frozenset([(0, 1), (0, 2)]), (0.0, 0.0), 8, 9)
    after = late.step(("right", "stay"))
    assert (after.over, after.winner) == (True, 0)
    assert late.step(("stay", "stay")).winner is None
    assert late.winner is None


@given(SEEDS)
def test_a_replay_is_plain_and_gives_the_same_game_again(seed: int) -> None:
    size = {"rows": 5, "cols": 5, "cheeses": 5}
    replay = record(greedy, wandering(seed), seed, **size)
    again = Replay(**json.loads(json.dumps(replay.plain())))
    assert again.games() == play(greedy, wandering(seed), Game.new(seed, **size))
    assert again.games()[-1].over


@given(SEEDS)
def test_the_nearest_cheese_is_enough_against_one_that_rests(seed: int) -> None:
    end = play(resting, greedy, Game.new(seed))[-1]
    assert end.winner == 1
    assert end.scores == (0.0, 6.0)


def test_a_board_that_cannot_be_says_what_can() -> None:
    with pytest.raises(ValueError, match="ask for an even number"):
        Board.draw(0, 4, 5, 3)
    with pytest.raises(ValueError, match="from 1 to 7 find a place"):
        Board.draw(0, 3, 3, 9)


def test_players_can_be_imported_where_no_reference_is() -> None:
    program = "import sys; sys.modules['helpers.reference'] = None; import helpers.maze.players, helpers.maze.learning"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(helpers.__file__).parents[1])
