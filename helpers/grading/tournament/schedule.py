"""Who meets whom, and on which boards: a function of the names and a seed, whatever their order."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

ALL = 40  # players at most that each meet every other one
ROUNDS = 12  # of a larger class: in each, everybody meets two neighbours in a new order


@dataclass(frozen=True)
class Fixture:
    """One game of a pair.

    Attributes:
        seed: of the board.
        swapped: whether the second of the pair plays first: each board is played once from either side.
        own: the seeds that the players' own randomness may begin with.
    """

    seed: int
    swapped: bool
    own: tuple[int, int]


def pairs(names: Iterable[str], seed: int) -> list[tuple[str, str]]:
    """Return who meets whom: all, or in a large class the neighbours in several random orders.

    The orders come from a hash of each name, so that one more player changes the pairs of a few only, and
    each order is one ring, so that everybody can be compared with everybody.
    """
    everyone = sorted(set(names))
    if len(everyone) <= ALL:
        found = [*combinations(everyone, 2)]
    else:
        rings = [sorted(everyone, key=lambda name: drawn(seed, "ring", k, name)) for k in range(ROUNDS)]
        beside = [pair for ring in rings for pair in zip(ring, [*ring[1:], ring[0]], strict=True)]
        found = [(min(pair), max(pair)) for pair in beside]
    return sorted({*found}, key=lambda pair: drawn(seed, "order", *pair))


def fixtures(pair: Sequence[str], games: int, seed: int) -> list[Fixture]:
    """Return the games of a pair; games: an even number."""
    found = []
    for i in range(games):
        board, swapped = drawn(seed, "board", *pair, i // 2), bool(i % 2)
        first, second = (drawn(seed, "own", *pair, i, side) for side in (0, 1))
        found.append(Fixture(board, swapped, (first, second)))
    return found


def drawn(*told: object) -> int:
    """Return a number of 48 bits that depends on all that is told."""
    return int.from_bytes(hashlib.sha256(repr(told).encode()).digest()[:6])
