"""The table: what all games together say of each player, and of each pair."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from helpers.grading.tournament.entrants import Entrant
from helpers.grading.tournament.rating import fit
from helpers.grading.tournament.results import Result

Pair = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """One player's line.

    Attributes:
        name: whose.
        rank: 1 for the best; 0 for who did not play.
        points: the rating; the mean of all is 1000.
        error: its standard error.
        won: games; and those drawn, and lost.
        lost_moves: how often a move was lost, by reason.
        forfeits: how often a game was lost whatever its cheese, by reason.
        reason: why it did not play; empty where it did.
        remark: what else the teacher should know.
        ours: whether it is a player of the course.
    """

    name: str
    rank: int = 0
    points: float = 0.0
    error: float = 0.0
    won: int = 0
    drawn: int = 0
    lost: int = 0
    lost_moves: Mapping[str, int] = field(default_factory=dict)
    forfeits: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    remark: str = ""
    ours: bool = False

    @property
    def games(self) -> int:
        """How many it has played."""
        return self.won + self.drawn + self.lost


def standings(everyone: Sequence[Entrant], results: Mapping[Pair, Sequence[Result]]) -> list[Row]:
    """Return a row for each, the best first; at the end those who did not play, by name."""
    playing = sorted({name for pair in results for name in pair})
    ratings = fit(scored(playing, results))
    told = {name: (ratings.points[i], ratings.errors[i]) for i, name in enumerate(playing)}
    order = sorted(playing, key=lambda name: (-round(told[name][0], 6), name))
    rank = {name: i + 1 for i, name in enumerate(order)}
    rows = []
    for one in everyone:
        if one.name not in told:
            why = one.reason or "none of its games could be played here: run the command again"
            rows.append(Row(one.name, reason=why, remark=one.remark, ours=bool(one.ours)))
            continue
        points, error = map(float, told[one.name])
        counts, moves, forfeits = _counted(one.name, results)
        won, drawn, lost = (counts[score] for score in (1.0, 0.5, 0.0))
        rows.append(
            Row(
                one.name,
                rank[one.name],
                points,
                error,
                won,
                drawn,
                lost,
                moves,
                forfeits,
                "",
                one.remark,
                bool(one.ours),
            )
        )
    return sorted(rows, key=lambda row: (row.rank == 0, row.rank, row.name))


def scored(names: Sequence[str], results: Mapping[Pair, Sequence[Result]]) -> Float[np.ndarray, "n n"]:
    """Return what each has scored against each."""
    place, found = {name: i for i, name in enumerate(names)}, np.zeros((len(names), len(names)))
    for (a, b), games in results.items():
        for game in games:
            found[place[a], place[b]] += game.result
            found[place[b], place[a]] += 1 - game.result
    return found


def _counted(
    name: str, results: Mapping[Pair, Sequence[Result]]
) -> tuple[Counter[float], Counter[str], Counter[str]]:
    """Count a player's results, lost moves and forfeits."""
    counts, moves, forfeits = Counter[float](), Counter[str](), Counter[str]()
    for pair, games in results.items():
        if name not in pair:
            continue
        i = pair.index(name)
        for game in games:
            counts[1 - game.result if i else game.result] += 1
            moves.update(game.lost[i])
            forfeits.update([game.forfeits[i]] * bool(game.forfeits[i]))
    return counts, moves, forfeits
