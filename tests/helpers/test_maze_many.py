"""Games on arrays are the readable game, move by move; texts and replays give positions back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.maze import MOVES, Game, play
from helpers.maze.many import STAY, Many, all_distances, many_greedy, many_wandering, play_many
from helpers.maze.text import read, write
from helpers.reference.maze import distances, greedy

SEEDS = st.integers(0, 10**6)
WORDS = [*MOVES, "stay"]


def numbers(game: Game) -> tuple[list[int], list[int], list[int]]:
    """Cells of players and cheeses as `Many` counts them."""
    cols = game.maze.cols
    return (
        [r * cols + c for r, c in game.players],
        list(game.waiting),
        sorted(r * cols + c for r, c in game.cheeses),
    )


@given(SEEDS, st.sampled_from([(7, 9, 11), (5, 5, 3), (4, 6, 4)]), st.sampled_from([5, 60]))
def test_many_games_are_single_ones_move_by_move(seed: int, size: tuple[int, int, int], limit: int) -> None:
    rng = np.random.default_rng(seed)
    rows, cols, cheeses = size
    games = [Game.new(seed + i, rows, cols, cheeses, limit, mud=0.4) for i in range(6)]
    many = Many.of(games)
    for _ in range(limit + 2):
        for i, game in enumerate(games):
            players, waiting, left = numbers(game)
            assert many.players[i].tolist() == players
            assert many.waiting[i].tolist() == waiting
            assert np.flatnonzero(many.cheeses[i]).tolist() == left
            assert tuple(many.scores[i]) == game.scores
            assert (many.turn[i], many.over[i]) == (game.turn, game.over)
            winner = {1: 0, -1: 1, 0: None}[int(np.sign(many.lead[i]))]
            assert not game.over or game.winner == winner
        moves = rng.integers(0, STAY + 1, (6, 2))
        games = [game.step((WORDS[a], WORDS[b])) for game, (a, b) in zip(games, moves.tolist(), strict=True)]
        many = many.step(moves)


@given(SEEDS)
def test_distances_and_greedy_are_the_readable_ones(seed: int) -> None:
    games = [Game.new(seed + i, 5, 7, 7, mud=0.3) for i in range(3)]
    many = Many.of(games)
    away = all_distances(many)
    for game, rows in zip(games, away, strict=True):
        for cell in [(0, 0), (2, 3), (4, 6)]:
            found = distances(game.maze, cell)
            want = [found[r, c] for r in range(5) for c in range(7)]
            assert rows[cell[0] * 7 + cell[1]].tolist() == want
    ends = play_many(many_greedy(away), many_greedy(away), many)
    for i, game in enumerate(games):
        end = play(greedy, greedy, game)[-1]
        assert (tuple(ends.scores[i]), ends.turn[i]) == (end.scores, end.turn)


def test_wandering_takes_open_passages_only_and_all_of_them() -> None:
    games, player = Many.new(range(20)), many_wandering(0)
    seen = np.zeros((20, STAY), bool)
    for _ in range(60):
        seen[np.arange(20), player(games, 0)] = True
    assert (seen == (games.ways[np.arange(20), games.players[:, 0], :STAY] > 0)).all()


def test_games_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        Many.of([Game.new(0), Game.new(0, 5, 5, 5)])


@given(SEEDS, st.integers(0, 12))
def test_a_text_gives_the_position_back(seed: int, turns: int) -> None:
    game = play(greedy, greedy, Game.new(seed, 5, 5, 7))[turns : turns + 1]
    for position in game:
        again = read(write(position))
        assert (again.maze, again.players, again.cheeses) == (
            position.maze,
            position.players,
            position.cheeses - {*position.players},
        )


def test_a_text_is_read_as_it_looks() -> None:
    game = read(["A|.2*", "  - -", ".|. B"])
    assert game.maze.passages[0, 1] == {(0, 2): 2}
    assert game.maze.passages[1, 0] == {(0, 0): 1}
    assert (game.players, game.cheeses) == (((0, 0), (1, 2)), {(0, 2)})
    with pytest.raises(ValueError, match="one A and one B"):
        read(["A ."])
    with pytest.raises(ValueError, match="odd"):
        read(["A B", "   "])
