"""A tournament as one page: table, matrix, replays; nothing is loaded, and no script but ours is run."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from helpers.grading.plain import plain
from helpers.grading.returning.class_report.html import (
    Markup,
    cards,
    document,
    many,
    paragraph,
    section,
    table,
)
from helpers.grading.tournament.page.replays import closest, replay
from helpers.grading.tournament.rating import MIDDLE
from helpers.grading.tournament.results import Result
from helpers.grading.tournament.run import Tournament
from helpers.grading.tournament.standings import Pair, Row

SHOWN = 60  # players in the matrix
WIDE = 160  # of the picture of a rating


def page(lesson: str, played: Tournament) -> str:
    """Return the page."""
    rows = [row for row in played.rows if row.rank]
    idle = [row for row in played.rows if not row.rank]
    games = [replay(pair, game) for pair, game in closest(rows, played.results)]
    parts = [
        section("table", "Table", _words(), _table(rows)),
        section("matrix", "Who beat whom", *_matrix(rows, played.results)),
        section(
            "replays",
            "The closest games",
            paragraph(
                "Step with the buttons, or click a board and use ← and →, Home, End and the space bar."
            ),
            Markup(f'<div class="replays">{"".join(games)}</div>'),
        ),
    ]
    if idle:
        reasons = [[_name(row), _text(row.reason), _text(row.remark)] for row in idle]
        parts.append(
            section(
                "idle",
                "Who did not play",
                table("Who did not play.", ["player", "why", "remark"], reasons, "-ww", seen=False),
            )
        )
    here = Path(__file__)
    style, script = (here.with_name(f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return document(f"{lesson}: tournament", [*_top(played, rows, idle)], "\n".join(parts), style, script)


def _top(played: Tournament, rows: Sequence[Row], idle: Sequence[Row]) -> Iterator[object]:
    count = sum(map(len, played.results.values()))
    lacking = f" {many(len(played.missing), 'pair')} could not play here: run the command again." * bool(
        played.missing
    )
    yield paragraph(
        f"{many(len(rows), 'player')}, {many(count, 'game')}, {played.games} for each pair that met, each "
        f"board from both sides. For teachers only: this page names students.{lacking}",
        kind="soft",
    )
    found: list[tuple[object, str]] = [(count, "games")]
    if rows:
        best = rows[0]
        found.append((f"{best.points:.0f} ± {best.error:.0f}", Markup(f"the best rating, {_name(best)}")))
    found.append((sum(sum(row.lost_moves.values()) for row in rows), "lost moves"))
    found += [(len(idle), "did not play")] * bool(idle)
    yield cards(found)


def _words() -> Markup:
    return paragraph(
        "Ratings are fitted to all games at once (Bradley-Terry; a draw counts half to each): "
        f"{MIDDLE:.0f} is the mean, and who has 100 points more is expected to win 64 % of the games, 200 "
        "more 76 %. The bar is one standard error to either side: two players whose bars overlap are not "
        "told apart. A lost move is one that the player did not make itself: it raised an exception, was too "
        "slow, or returned no move."
    )


def _table(rows: Sequence[Row]) -> Markup:
    ends = [row.points + sign * row.error for row in rows for sign in (-1, 1)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    body = [
        [
            row.rank,
            _name(row),
            f"{row.points:.0f} ± {row.error:.0f}",
            _interval(row, low, high),
            row.won,
            row.drawn,
            row.lost,
            _reasons(row),
            _text(row.remark),
        ]
        for row in rows
    ]
    heads = [
        "rank",
        "player",
        "rating",
        "",
        "won",
        "drawn",
        "lost",
        "lost moves, and games lost by them",
        "remark",
    ]
    return table("All players, the best first.", heads, body, "n-nbnnnw-", seen=False)


def _reasons(row: Row) -> Markup:
    """Say how many moves were lost, and why; and how many games were lost by that."""
    moves, games = sum(row.lost_moves.values()), sum(row.forfeits.values())
    told = [
        f"{n} × {escape(plain(why))}"
        for why, n in sorted(row.lost_moves.items(), key=lambda one: -one[1])[:5]
    ]
    told += [
        f"game lost, {n} ×: {escape(plain(why))}"
        for why, n in sorted(row.forfeits.items(), key=lambda one: -one[1])[:3]
    ]
    if not told:
        return Markup("")
    head = f"{many(moves, 'move')}" + f", {many(games, 'game')}" * bool(games)
    return Markup(f"<details><summary>{head}</summary>{'<br>'.join(told)}</details>")


def _interval(row: Row, low: float, high: float) -> Markup:
    scale = (WIDE - 16) / max(high - low, 1e-9)
    at, reach, mean = (8 + scale * (x - low) for x in (row.points, row.points + row.error, MIDDLE))
    inner = (
        f'<line class="mean" x1="{mean:.1f}" x2="{mean:.1f}" y1="0" y2="16"/>'
        f'<line class="reach" x1="{2 * at - reach:.1f}" x2="{reach:.1f}" y1="8" y2="8"/>'
        f'<circle class="dot" cx="{at:.1f}" cy="8" r="4"/>'
    )
    return Markup(f'<svg class="interval" aria-hidden="true" width="{WIDE}" height="16">{inner}</svg>')


def _matrix(rows: Sequence[Row], results: Mapping[Pair, Sequence[Result]]) -> Iterator[Markup]:
    """Show what the row's player scored against the column's."""
    shown = rows[:SHOWN]
    more = f" Shown are the {SHOWN} best." * (len(rows) > SHOWN)
    yield paragraph(
        f"What the player of a row scored against that of a column, of the games that they played: the "
        f"stronger the colour, the more. Columns are numbered by rank.{more}"
    )
    scored: dict[Pair, tuple[float, int]] = {}
    for (a, b), games in results.items():
        total = sum(game.result for game in games)
        scored[a, b], scored[b, a] = (total, len(games)), (len(games) - total, len(games))
    head = "".join(f'<th scope="col" title="{escape(plain(row.name))}">{row.rank}</th>' for row in shown)
    body = "".join(
        f'<tr><th scope="row">{row.rank} {_name(row)}</th>'
        + "".join(_met(scored.get((row.name, other.name)), row is other) for other in shown)
        + "</tr>"
        for row in shown
    )
    caption = '<caption class="unseen">What each scored against each.</caption>'
    yield Markup(
        f'<div class="matrix" tabindex="0" role="group" aria-label="What each scored against each">'
        f"<table>{caption}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _met(score: tuple[float, int] | None, alone: bool) -> str:
    if score is None or not score[1]:
        return '<td class="self"></td>' if alone else "<td></td>"
    share = round(100 * score[0] / score[1])
    return f'<td style="--share:{share}"{" class=high" * (share > 55)}>{score[0]:g}</td>'


def _name(row: Row) -> Markup:
    shown = escape(plain(row.name))
    return Markup(f'<em class="id">{shown}</em>' if row.ours else f'<span class="id">{shown}</span>')


def _text(words: str) -> Markup:
    return Markup(escape(plain(words)))
