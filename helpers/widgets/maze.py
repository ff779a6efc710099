"""Lesson 12's playground: a person plays the maze with the arrow keys, and looks at the replay."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from helpers.maze import Game, Player, play
from helpers.maze.players import resting, wandering
from helpers.reference.maze import greedy
from helpers.widgets import Interactive, interactive, script, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEED = 3  # of the first maze


def playground(players: Mapping[str, Player] | None = None) -> Interactive:
    """Return the figure in which a person plays.

        display(playground({"mine": player, "greedy": greedy}))

    Args:
        players: opponents by name, the first one to begin with; by default the course's.
    """
    known = (
        {"wandering": wandering(0), "greedy": greedy, "resting": resting}
        if players is None
        else dict(players)
    )
    end = play(greedy, greedy, Game.new(SEED))[-1]
    alt = (
        "A maze of 7 rows and 9 columns with 11 cheeses; you begin in the lower left corner, the other in "
        f"the upper right one. Two greedy players end after {end.turn} turns with {end.scores[0]:g} to "
        f"{end.scores[1]:g}."
    )
    return interactive(lambda: _widget()(known), draw, alt)


def draw() -> "Figure":
    """Draw the first maze with the ways of two greedy players."""
    from helpers.figures import maze_board

    games = play(greedy, greedy, Game.new(SEED))
    trails = [[game.players[i] for game in games] for i in (0, 1)]
    return maze_board(games[0], *trails, names=("me", "it")).fig


def board(game: Game) -> dict[str, Any]:
    """Return what does not change in a game: its size and its passages, each once."""
    ways = [[*a, *b, turns] for a, there in game.maze.passages.items() for b, turns in there.items() if a < b]
    return {"rows": game.maze.rows, "cols": game.maze.cols, "passages": ways}


def position(game: Game) -> dict[str, Any]:
    """Return what changes from turn to turn."""
    return {
        "players": [list(cell) for cell in game.players],
        "waiting": list(game.waiting),
        "cheeses": [list(cell) for cell in sorted(game.cheeses)],
        "scores": list(game.scores),
        "turn": game.turn,
        "over": game.over,
        "winner": game.winner,
    }


@cache
def _widget() -> Any:
    """Return the widget's class; anywidget is imported only when one is shown."""
    import anywidget
    import traitlets

    class Playground(anywidget.AnyWidget):
        """The browser sends `ask`, a move or a new game; Python answers with board and position."""

        _esm = script("maze")
        _css = style("maze", "maze-playground")
        names: "traitlets.List[Any]" = traitlets.List().tag(sync=True)
        board: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        state: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)
        ask: "traitlets.Dict[Any, Any]" = traitlets.Dict().tag(sync=True)

        def __init__(self, players: Mapping[str, Player]):
            super().__init__(names=list(players))
            self._players = dict(players)
            self._begin(SEED, self.names[0])
            self.observe(self._asked, "ask")

        def _begin(self, seed: int, name: str) -> None:
            self._game, self._opponent = Game.new(seed), self._players[name]
            self.board = board(self._game)
            self._tell(name, seed, "")

        def _asked(self, change: Any) -> None:
            ask = change["new"]
            if "seed" in ask:
                self._begin(int(ask["seed"]), ask["name"])
            elif "move" in ask and not self._game.over:
                (me, it), stuck = self._game.players, self._game.waiting[1]
                try:
                    answer = "stay" if stuck else self._opponent(self._game.maze, it, me, self._game.cheeses)
                    failed = ""
                except Exception as error:  # a player that is being written may fail: it stays
                    answer, failed = "stay", f"{type(error).__name__}: {error}"
                self._game = self._game.step((ask["move"], answer))
                self._tell(self.state["name"], self.state["seed"], failed)

        def _tell(self, name: str, seed: int, failed: str) -> None:
            self.state = {**position(self._game), "name": name, "seed": seed, "failed": failed}

    return Playground
