"""The table of a tournament in a terminal."""

from collections.abc import Sequence
from textwrap import shorten

from rich.console import Console
from rich.table import Table
from rich.text import Text

from helpers.grading.commands.console import REMARK, WIDE
from helpers.grading.plain import plain
from helpers.grading.tournament.standings import Row


def show(lesson: str, rows: Sequence[Row]) -> None:
    """Print the table; who did not play is at its end, with the reason."""
    table = Table("rank", "player", "rating", "won", "drawn", "lost", "lost moves", "remark", title=lesson)
    for row in rows:
        numbers = [row.won, row.drawn, row.lost, sum(row.lost_moves.values())] if row.rank else [""] * 4
        often = max(row.lost_moves, key=row.lost_moves.__getitem__) if row.lost_moves else ""
        remark = "; ".join(filter(None, [row.reason, often, row.remark]))
        table.add_row(
            str(row.rank or "-"),
            Text(plain(row.name)),
            f"{row.points:.0f} ± {row.error:.0f}" if row.rank else "-",
            *map(str, numbers),
            Text(shorten(plain(remark), REMARK, placeholder=" …")),
        )
    console = Console()
    (console if console.is_terminal else Console(width=WIDE)).print(table)
