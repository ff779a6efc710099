"""The file of results: what was written stands, and what was cut short is played again."""

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.grading.tournament.results import Result, keep, read, results

GAME: dict[str, Any] = {
    "seed": 5,
    "swapped": False,
    "moves": ["uud", "lrs"],
    "scores": [2.0, 1.5],
    "lost": [{"too slow": 2}, {}],
    "forfeits": ["", "slept"],
    "result": 1.0,
}


def told(*games: dict[str, Any]) -> bytes:
    return json.dumps({"code": "c", "games": games}).encode()


def test_a_swapped_game_is_told_from_the_first_of_the_pair() -> None:
    [plain, swapped] = results(told(GAME, GAME | {"swapped": True}), "c")
    assert plain == Result(5, False, ("uud", "lrs"), (2, 1.5), ({"too slow": 2}, {}), ("", "slept"), 1)
    assert swapped == Result(5, True, ("lrs", "uud"), (1.5, 2), ({}, {"too slow": 2}), ("slept", ""), 0)


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"[]", b"{}", b'{"code": "c"}', told(GAME | {"result": 2}), told(GAME | {"moves": ["u"]}),
        told(GAME | {"moves": ["u", "uu"]}), told({}), told(GAME | {"lost": 3}), told(GAME).replace(b'"c"', b'"d"'),
    ],
)  # fmt: skip
def test_what_is_no_result_is_refused(reply: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        results(reply, "c")


def test_what_is_kept_is_read_again_and_a_line_that_was_cut_short_is_not(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.jsonl"
    assert read(path) == {}
    games = results(told(GAME, GAME | {"swapped": True}), "c")
    for key in "abc":
        keep(path, key, ("ada", "bob"), games)
    assert read(path) == {"a": games, "b": games, "c": games}
    path.write_bytes(path.read_bytes()[:-30])
    assert read(path) == {"a": games, "b": games}
    keep(path, "d", ("ada", "bob"), games[:1])
    assert read(path) == {"a": games, "b": games, "d": games[:1]}


@pytest.mark.parametrize(
    "line", [b"\xff\n", b"[1]\n", b'{"key": "a"}\n', b'{"key": "a", "games": [1]}\n', b"3\n"]
)
def test_a_line_that_somebody_else_wrote_is_no_result(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(line)
    assert read(path) == {}
