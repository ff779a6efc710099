"""Who meets whom: everybody, alike, whatever order the names come in."""

import random
from collections import Counter
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.grading.tournament import schedule
from helpers.grading.tournament.schedule import fixtures, pairs
from helpers.maze import Game

names = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=12)
seeds = st.integers(0, 2**48)


def reached(found: list[tuple[str, str]], start: str) -> set[str]:
    beyond, queue = {start}, [start]
    while queue:
        here = queue.pop()
        new = {a if b == here else b for a, b in found if here in (a, b)} - beyond
        beyond |= new
        queue += new
    return beyond


@settings(max_examples=30)
@given(names, seeds)
def test_in_a_small_class_every_pair_meets_once(everyone: list[str], seed: int) -> None:
    found = pairs(everyone, seed)
    n = len(everyone)
    assert len({frozenset(pair) for pair in found}) == len(found) == n * (n - 1) // 2
    assert all(a < b for a, b in found)


@settings(max_examples=30)
@given(names.filter(lambda n: len(n) > 3), seeds)
def test_in_a_large_class_everybody_meets_some_and_all_can_be_compared(
    everyone: list[str], seed: int
) -> None:
    with patch.multiple(schedule, ALL=3, ROUNDS=2):
        found = pairs(everyone, seed)
    assert len({frozenset(pair) for pair in found}) == len(found)
    met = Counter(name for pair in found for name in pair)
    assert set(met) == set(everyone)
    assert all(2 <= n <= 4 for n in met.values())
    assert reached(found, everyone[0]) == set(everyone)


@settings(max_examples=30)
@given(names, seeds, st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter(everyone: list[str], seed: int, rng: random.Random) -> None:
    other = everyone[:]
    rng.shuffle(other)
    for most in (40, 3):
        with patch.multiple(schedule, ALL=most, ROUNDS=2):
            assert pairs(everyone, seed) == pairs(other, seed)


def test_one_more_player_of_a_large_class_changes_the_pairs_of_few() -> None:
    everyone = [f"student {i}" for i in range(200)]
    before, after = set(pairs(everyone, 7)), set(pairs([*everyone, "late"], 7))
    assert len(before) > 2200
    assert len(before - after) <= schedule.ROUNDS


@given(seeds, st.sampled_from([2, 4, 6]))
def test_each_board_is_played_from_both_sides_and_no_two_are_alike(seed: int, games: int) -> None:
    found = fixtures(("ada", "bob"), games, seed)
    assert [f.swapped for f in found] == [False, True] * (games // 2)
    assert all(a.seed == b.seed for a, b in zip(found[::2], found[1::2], strict=True))
    assert len({f.seed for f in found}) == games // 2
    assert len({own for f in found for own in f.own}) == 2 * games
    assert not {own for f in found for own in f.own} & {f.seed for f in found}


def test_a_seed_gives_the_same_boards_again_and_another_pair_others() -> None:
    assert fixtures(("ada", "bob"), 2, 1) == fixtures(("ada", "bob"), 2, 1)
    assert fixtures(("ada", "bob"), 2, 1)[0].seed != fixtures(("ada", "eve"), 2, 1)[0].seed
    assert fixtures(("ada", "bob"), 2, 1)[0].seed != fixtures(("ada", "bob"), 2, 2)[0].seed
    assert Game.new(fixtures(("ada", "bob"), 2, 1)[0].seed).players
