"""The playground plays by the rules, against any player, and shows what happened."""

from typing import Any

import pytest

from helpers.maze import Game, play
from helpers.maze.players import resting
from helpers.reference.maze import greedy
from helpers.widgets import VIEW
from helpers.widgets.maze import SEED, board, playground, position


def asked(widget: Any, **ask: object) -> dict[str, Any]:
    widget.ask = ask
    return dict(widget.state)


def test_a_person_that_moves_as_greedy_gets_what_greedy_gets() -> None:
    widget = playground({"greedy": greedy}).widget
    games = play(greedy, greedy, Game.new(SEED))
    for n, game in enumerate(games[:-1]):
        assert {key: widget.state[key] for key in position(game)} == position(game)
        asked(widget, move=greedy(game.maze, *game.players, game.cheeses), n=n)
    assert widget.state["over"]
    assert widget.state["scores"] == list(games[-1].scores)
    assert asked(widget, move="up", n=-1)["turn"] == games[-1].turn  # what is over stays as it is


def test_another_maze_and_another_opponent() -> None:
    widget = playground({"resting": resting, "greedy": greedy}).widget
    asked(widget, move="up", n=1)
    assert widget.state["players"][1] == [0, 8]
    state = asked(widget, seed=SEED + 1, name="greedy", n=2)
    assert (state["turn"], state["name"], state["seed"]) == (0, "greedy", SEED + 1)
    assert widget.board == board(Game.new(SEED + 1))
    assert asked(widget, move="stay", n=3)["players"][1] != [0, 8]


def test_a_player_that_fails_stays_and_is_told() -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError("too early")

    state = asked(playground({"mine": broken}).widget, move="stay", n=1)
    assert state["failed"] == "ZeroDivisionError: too early"
    assert state["players"] == [[6, 0], [0, 8]]


def test_a_board_names_each_passage_once() -> None:
    game = Game.new(SEED)
    ways = board(game)["passages"]
    assert 2 * len(ways) == sum(map(len, game.maze.passages.values()))
    assert all(game.maze.passages[r, c][r2, c2] == turns for r, c, r2, c2, turns in ways)


def test_both_forms_and_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = playground()
    end = play(greedy, greedy, Game.new(SEED))[-1]
    assert f"end after {end.turn} turns with {end.scores[0]:g} to {end.scores[1]:g}" in figure.alt
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"]
    assert figure.widget.names == ["wandering", "greedy", "resting"]
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert sorted(playground()._repr_mimebundle_()[0]) == ["text/html", "text/plain"]
