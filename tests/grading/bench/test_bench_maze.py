"""What `course bench maze` and `course bench players` tell, on small works."""

import pytest

from helpers.grading.bench.mazes import players
from helpers.grading.bench.mazes import speed as maze
from helpers.maze import Game


def test_every_work_counts_the_moves_of_games_that_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maze, "GAMES", 3)
    monkeypatch.setattr(maze, "TURNS", 4)
    assert maze.on_arrays()() == 2 * 3 * 4
    assert maze.readable(2)() == maze.stepwise(2)() == 2 * 2 * 4
    found = maze.figures(rounds=1)
    assert [*found] == ["on arrays", "readable", "step by step"]
    assert all(rate > 0 for rate in found.values())


def test_an_environment_steps_as_the_game_does() -> None:
    world, game = maze.Environment(1), Game.new(1)
    while not game.over:
        seen, reward, ended, late, _ = world.step((3, 4))
        before, game = game, game.step(("right", "stay"))
        assert reward == game.scores[0] - before.scores[0]
        assert (ended or late) == game.over
        assert seen[0].sum() == len(game.cheeses)


def test_figures_are_told() -> None:
    assert "20 times" in maze.told({"on arrays": 2e6, "readable": 1e5}).replace(".0", "")
    rows = {"Q-learning": [(0.5, 0.25, 0.25), (0.7, 0.1, 0.2)]}
    assert players.told(rows) == (
        "Q-learning: 60.0% won, 17.5% drawn, 22.5% lost (won, seed by seed: 0.500, 0.700)"
    )
