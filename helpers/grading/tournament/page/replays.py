"""Games to be watched: the closest ones, drawn, and stepped through with buttons and keys."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from helpers.grading.plain import plain
from helpers.grading.returning.class_report.html import Markup
from helpers.grading.tournament.match import MOVES
from helpers.grading.tournament.page.board import SIDE, board
from helpers.grading.tournament.results import Result
from helpers.grading.tournament.standings import Pair, Row
from helpers.maze import Game

MOST, EACH = 12, 3  # games on a page; of one player
BUTTONS = {
    "first": ("|◀", "to the start"),
    "back": ("◀", "one turn back"),
    "play": ("▶▶", "play"),
    "on": ("▶", "one turn on"),
    "last": ("▶|", "to the end"),
}


def closest(rows: Sequence[Row], found: Mapping[Pair, Sequence[Result]]) -> list[tuple[Pair, Result]]:
    """Return the games with the least between the players, of stronger players first.

    A player is in few of them, and a pair in one.
    """
    points = {row.name: row.points for row in rows}
    games = [(pair, game) for pair, played in found.items() for game in played if _worth(game)]
    games.sort(
        key=lambda one: (
            abs(one[1].scores[0] - one[1].scores[1]),
            -sum(map(points.__getitem__, one[0])),
            one[0],
        )
    )
    chosen, shown = dict[Pair, Result](), Counter[str]()
    for pair, game in games:
        if pair not in chosen and max(shown[name] for name in pair) < EACH and len(chosen) < MOST:
            chosen[pair] = game
            shown.update(pair)
    return [*chosen.items()]


def _worth(game: Result) -> bool:
    """Whether a game is worth watching: nobody gave up, and somebody ate."""
    return not any(game.forfeits) and any(game.scores)


def replay(pair: Pair, game: Result) -> Markup:
    """Return a game as a picture with its controls."""
    first, data = _frames(game)
    names = [escape(plain(name)) for name in (pair[::-1] if game.swapped else pair)]
    alt = f"A maze: {names[0]} (A, a circle) against {names[1]} (B, a square)."
    buttons = "".join(
        f'<button type="button" data-do="{what}" aria-label="{name}" title="{name}">{sign}</button>'
        for what, (sign, name) in BUTTONS.items()
    )
    bar = f'<input type="range" min="0" max="{len(data["at"]) - 1}" value="0" aria-label="turn">'
    heading = f'<b><i class="a">A</i> {names[0]}</b> against <b><i class="b">B</i> {names[1]}</b>'
    score = " : ".join(f"{score:g}" for score in data["scores"][-1])
    return Markup(
        f'<figure class="replay" tabindex="0" data-game="{escape(json.dumps(data))}">'
        f"<figcaption>{heading}, {score}</figcaption>{board(first, alt)}"
        f'<div class="controls" hidden>{buttons}{bar}</div><output hidden></output></figure>'
    )


def _frames(game: Result) -> tuple[Game, dict[str, list]]:
    """Return the first position, and for the script where both are in each turn and when cheeses go."""
    order = (1, 0) if game.swapped else (0, 1)
    sides = [game.moves[i] for i in order]
    games = [Game.new(game.seed)]
    for letters in zip(*sides, strict=True):
        games.append(games[-1].step([MOVES[letter] for letter in letters]))
    cheeses = sorted(games[0].cheeses)
    gone = [
        next((turn for turn, g in enumerate(games) if cheese not in g.cheeses), len(games))
        for cheese in cheeses
    ]
    at = [[[(c + 0.5) * SIDE, (r + 0.5) * SIDE] for r, c in g.players] for g in games]
    return games[0], {"at": at, "scores": [list(g.scores) for g in games], "gone": gone}
