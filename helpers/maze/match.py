"""A whole game between two players, and its replay: plain data from which it is made again."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from helpers.maze.board import Cell, Maze
from helpers.maze.game import Game

Player = Callable[[Maze, Cell, Cell, frozenset[Cell]], str]


def play(player0: Player, player1: Player, game: Game) -> list[Game]:
    """Return all positions from `game` to the end; a player in mud is not asked."""
    return [game, *(after for _, after in turns(player0, player1, game))]


def turns(player0: Player, player1: Player, game: Game) -> Iterator[tuple[tuple[str, str], Game]]:
    """Yield both moves of each turn and the position after it, until the game is over."""
    while not game.over:
        a, b = game.players
        moves = (
            "stay" if game.waiting[0] else player0(game.maze, a, b, game.cheeses),
            "stay" if game.waiting[1] else player1(game.maze, b, a, game.cheeses),
        )
        game = game.step(moves)
        yield moves, game


@dataclass(frozen=True)
class Replay:
    """A game as plain data: the seed and what else `Game.new` was asked for, and all moves."""

    seed: int
    size: dict[str, Any] = field(default_factory=dict)  # rows, cols, cheeses, limit, walls, mud
    moves: list[tuple[str, str]] = field(default_factory=list)

    def games(self) -> list[Game]:
        """Return all positions, from the first."""
        games = [Game.new(self.seed, **self.size)]
        for moves in self.moves:
            games.append(games[-1].step(moves))
        return games

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold; `Replay(**data)` is this replay again."""
        return asdict(self)


def record(player0: Player, player1: Player, seed: int, **size: Any) -> Replay:
    """Play the game that a seed draws and keep its replay; size: arguments of `Game.new`."""
    moves = [moves for moves, _ in turns(player0, player1, Game.new(seed, **size))]
    return Replay(seed, size, moves)
