"""Places for the nodes of a graph without cycles: in columns from left to right, with few crossings.

After Sugiyama, Tagawa and Toda (1981): columns by the longest way, long edges bent through free places of the
columns that they pass, and each column sorted by the mean of its neighbours.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Way = list[tuple[float, float]]  # the points that an edge passes

SWEEPS = 24


class Place(NamedTuple):
    """The middle of a node, in pixels."""

    x: float
    y: float


def layered(
    parents: Sequence[Sequence[int]], widths: Sequence[float], across: float, down: float
) -> tuple[list[Place], dict[tuple[int, int], list[Way]]]:
    """Return a place for each node, and for each edge the points that it passes on its way.

    Args:
        parents: of each node; a node stands behind its parents.
        widths: of the nodes.
        across: white between columns.
        down: from one row to the next.
    """
    column = _columns(parents)
    joined = [(p, i) for i, row in enumerate(parents) for p in dict.fromkeys(row)]
    where = list(column)  # the column of each node, and of the free places behind them
    chains: dict[tuple[int, int], list[int]] = {}
    for p, i in joined:
        chains[p, i] = list(range(len(where), len(where) + column[i] - column[p] - 1))
        where.extend(range(column[p] + 1, column[i]))
    links = [pair for (p, i), chain in chains.items() for pair in pairwise([p, *chain, i])]
    y = _rows(where, links, len(parents)) * down
    x = _middles(column, widths, across)
    at = [Place(x[c], float(h)) for c, h in zip(where, y, strict=True)]
    reach = _reaches(column, widths)
    roads: dict[tuple[int, int], list[Way]] = defaultdict(list)
    for i, row in enumerate(parents):
        for p in row:
            way = [(at[k].x + side * reach[where[k]], at[k].y) for k in chains[p, i] for side in (-1, 1)]
            roads[p, i].append(way)
    return at[: len(parents)], dict(roads)


def _columns(parents: Sequence[Sequence[int]]) -> list[int]:
    """Return each node's column: behind its parents, and an input just before the first that uses it."""
    column: list[int] = []
    for row in parents:
        column.append(1 + max((column[p] for p in row), default=-1))
    for i, row in enumerate(parents):
        users = [column[j] for j, others in enumerate(parents) if i in others]
        if not row and users:
            column[i] = min(users) - 1
    return column


def _rows(where: Sequence[int], links: Sequence[tuple[int, int]], nodes: int) -> np.ndarray:
    """Return how far down each node stands, in rows: near its neighbours, a row from all others."""
    before, behind = defaultdict(list), defaultdict(list)
    for a, b in links:
        behind[a].append(b)
        before[b].append(a)
    columns = [[i for i, c in enumerate(where) if c == k] for k in range(max(where) + 1)]
    y = np.zeros(len(where))
    for members in columns:
        y[members] = np.arange(len(members)) - (len(members) - 1) / 2

    def settle(members: Sequence[int], near: Callable[[int], list[int]]) -> None:
        wish = {i: float(np.mean(y[near(i)])) if near(i) else float(y[i]) for i in members}
        ranked = sorted(members, key=lambda i: (wish[i], y[i]))
        room = [1.0 if i < nodes else 0.8 for i in ranked]
        y[ranked] = _apart([wish[i] for i in ranked], room)

    for sweep in range(SWEEPS):
        for members in columns if sweep % 2 == 0 else columns[::-1]:
            settle(members, lambda i: before[i] + behind[i])
    for members in columns[1:]:  # what has one parent stands at its height
        settle(members, lambda i: before[i] or behind[i])
    return y


def _apart(wish: Sequence[float], room: Sequence[float]) -> list[float]:
    """Return rising numbers near the wishes, neighbours far enough apart, the mean as wished."""
    found: list[float] = []
    for i, w in enumerate(wish):
        found.append(w if not found else max(w, found[-1] + (room[i - 1] + room[i]) / 2))
    shift = float(np.mean(wish)) - float(np.mean(found))
    return [h + shift for h in found]


def _reaches(column: Sequence[int], widths: Sequence[float]) -> list[float]:
    """Return half of the width of each column."""
    return [max(w for w, c in zip(widths, column, strict=True) if c == k) / 2 for k in range(max(column) + 1)]


def _middles(column: Sequence[int], widths: Sequence[float], across: float) -> list[float]:
    """Return where the middle of each column stands."""
    middles: list[float] = []
    edge = 0.0
    for reach in _reaches(column, widths):
        middles.append(edge + reach)
        edge += 2 * reach + across
    return middles
