"""How far a student is in a lesson: the points so far, and what is left."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

from helpers.checks.score import COLOUR, LEFT, SIGN, Score
from helpers.checks.task import Task
from helpers.checks.verdict import State

NEVER = "not checked yet"


@dataclass(frozen=True)
class Progress:
    """What the checks of this kernel's lesson found, in the order of the lesson; shows itself as a table.

    Attributes:
        tasks: the lesson's tasks by id.
        scores: the last score of each task that was checked.
    """

    tasks: Mapping[str, Task]
    scores: Mapping[str, Score]

    @property
    def points(self) -> float:
        """The points so far, of those that checks give."""
        return sum(self.scores.get(name, 0.0) for name in self.tasks)

    @property
    def headline(self) -> str:
        """Say it in a line."""
        of = sum(task.points for task in self.tasks.values())
        left = sum(self.scores.get(name, 0.0) < task.points for name, task in self.tasks.items())
        rest = f"{left} exercise{'s' * (left != 1)} left" if left else "all exercises solved"
        return f"{self.points:g} of {of:g} points so far, {rest}; a written question is graded by hand."

    def __repr__(self) -> str:
        rows = [f"  {sign} {name}: {told}" for name, sign, told, _ in self._rows()]
        return "\n".join([self.headline, *rows])

    def _repr_html_(self) -> str:
        of = sum(task.points for task in self.tasks.values()) or 1.0
        bar = (
            f"<progress max='{of:g}' value='{self.points:g}' style='width:18em' "
            f"aria-label='points so far'>{self.points:g} of {of:g}</progress>"
        )
        body = "".join(
            f"<tr><th scope='row' style='{LEFT};font-weight:normal'><code>{html.escape(name)}</code></th>"
            f"<td style='{LEFT};white-space:nowrap;color:{colour}'><b>{sign} {told}</b></td></tr>"
            for name, sign, told, colour in self._rows()
        )
        caption = f"<caption style='{LEFT};color:inherit;white-space:nowrap'><b>{html.escape(self.headline)}</b><br>{bar}</caption>"
        head = f"<th scope='col' style='{LEFT}'>exercise</th><th scope='col' style='{LEFT}'>so far</th>"
        return f"<table style='margin-left:0'>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _rows(self) -> list[tuple[str, str, str, str]]:
        """Return for each task its id, a sign, what is to be said, and a colour; practice only if tried."""
        rows = []
        for name, task in self.tasks.items():
            score = self.scores.get(name)
            if score is None:
                if task.points:
                    rows.append((name, SIGN[State.NOT_ATTEMPTED], NEVER, COLOUR[State.NOT_ATTEMPTED]))
                continue
            state = score.verdict.state
            told = f"{score:g} of {task.points:g}" if task.points else f"practice, {state}"
            rows.append((name, SIGN[state], told, COLOUR[state]))
        return rows
