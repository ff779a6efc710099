"""The table and the page: counted right, everything escaped, one script and it is ours."""

import hashlib
import json
import re
from base64 import b64encode
from html import unescape
from html.parser import HTMLParser

import pytest

from helpers.grading.tournament.entrants import Entrant
from helpers.grading.tournament.match import LETTERS
from helpers.grading.tournament.page import page
from helpers.grading.tournament.page.replays import closest
from helpers.grading.tournament.results import Result
from helpers.grading.tournament.run import Tournament
from helpers.grading.tournament.standings import Pair, standings
from helpers.maze import Game, record
from helpers.maze.players import wandering
from helpers.reference.maze import greedy

EVIL = "<script>alert(1)</script>\"'&`*b*\u202e"
SLIP = "ValueError: </details><img src=x onerror=alert(1)>"


def game(seed: int, swapped: bool = False, lost: int = 0) -> Result:
    """A real game of greedy, the first of the pair, against one that wanders."""
    players = (wandering(seed), greedy) if swapped else (greedy, wandering(seed))
    replay = record(*players, seed, limit=100)
    order = (1, 0) if swapped else (0, 1)
    scores = replay.games()[-1].scores
    moves = ["".join(LETTERS[m[i]] for m in replay.moves) for i in order]
    ours, other = (scores[i] for i in order)
    result = 0.5 + (ours > other) / 2 - (ours < other) / 2
    slips = {SLIP: lost} if lost else {}
    return Result(seed, swapped, (moves[0], moves[1]), (ours, other), ({}, slips), ("", ""), result)


FOUND: dict[Pair, list[Result]] = {
    ("ada", EVIL): [game(1), game(1, True)],
    ("ada", "bob"): [game(2), game(2, True, lost=3)],
    ("bob", EVIL): [game(3), game(3, True)],
}
EVERYONE = [
    Entrant("ada", remark="repaired: <b>much</b>"),
    Entrant("bob"),
    Entrant(EVIL),
    Entrant("eve", reason="can't play: <i>no</i>"),
]


@pytest.fixture(scope="module")
def played() -> Tournament:
    return Tournament(standings(EVERYONE, FOUND), FOUND, 2, {})


@pytest.fixture(scope="module")
def shown(played: Tournament) -> str:
    return page("12-maze", played)


def test_the_table_counts_games_moves_and_reasons(played: Tournament) -> None:
    rows = {row.name: row for row in played.rows}
    assert [row.rank for row in played.rows] == [1, 2, 3, 0]
    assert rows["ada"].rank == 1
    assert rows["ada"].games == rows["bob"].games == 4
    assert rows["ada"].won + rows[EVIL].won + rows["bob"].won == sum(
        g.result != 0.5 for games in FOUND.values() for g in games
    )
    assert rows["bob"].lost_moves == {SLIP: 3}
    assert rows["eve"].reason == "can't play: <i>no</i>"
    assert sum(row.points for row in played.rows if row.rank) == pytest.approx(3000)


def test_nobody_played_is_a_page_too() -> None:
    nothing = Tournament(standings(EVERYONE, {}), {}, 2, {("ada", "bob"): "no sandbox"})
    assert "1 pair could not play here" in page("12-maze", nothing)
    assert "none of its games could be played here" in page("12-maze", nothing)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_nothing_of_a_students_is_markup_and_nothing_is_loaded(shown: str) -> None:
    tags = Tags()
    tags.feed(shown)
    kinds = [tag for tag, _ in tags.seen]
    assert kinds.count("script") == 1
    assert not {"img", "b-", "i-", "link", "iframe"} & {*kinds}
    assert not [a for _, attrs in tags.seen for a in attrs if a.startswith("on") or a in ("src", "srcset")]
    assert not [attrs["href"] for _, attrs in tags.seen if not (attrs.get("href") or "#").startswith("#")]
    assert "\u202e" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<b>much" not in shown
    assert "<i>no" not in shown


def test_the_browser_runs_our_script_and_no_other(shown: str) -> None:
    (script,) = re.findall(r"<script>(.*)</script>", shown, re.DOTALL)
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in shown
    assert "default-src 'none'" in shown


def test_a_replay_is_the_game_turn_by_turn(shown: str) -> None:
    data = [json.loads(unescape(told)) for told in re.findall(r'data-game="([^"]*)"', shown)]
    assert len(data) == 3
    for one in data:
        assert len(one["at"]) == len(one["scores"]) > 1
        assert one["scores"][0] == [0, 0]
        eaten = sum(when < len(one["at"]) for when in one["gone"])
        assert sum(one["scores"][-1]) == eaten
        assert len(one["gone"]) == len(Game.new(1).cheeses)


def test_the_closest_games_come_first_each_pair_once_and_no_forfeit(played: Tournament) -> None:
    found = closest(played.rows, FOUND)
    gaps = [abs(g.scores[0] - g.scores[1]) for _, g in found]
    assert gaps == sorted(gaps)
    assert len({pair for pair, _ in found}) == len(found) == 3
    given_up = {("ada", "bob"): [Result(1, False, ("", ""), (0, 0), ({}, {}), ("", "slept"), 1)]}
    assert closest(standings(EVERYONE, given_up), given_up) == []
