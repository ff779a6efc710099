"""What `check` returns: a number for nbgrader, a table for the student."""

import html
import re
from typing import Any

from helpers.checks.verdict import State, Verdict

SIGN = {State.PASSED: "✓", State.FAILED: "✗", State.NOT_ATTEMPTED: "–", State.TIMED_OUT: "⧖"}
COLOUR = {  # text colours with a contrast above 4.5 on white and on JupyterLab's dark theme's cells
    State.PASSED: "#0b7a4b",
    State.FAILED: "#c2410c",
    State.NOT_ATTEMPTED: "#6b7280",
    State.TIMED_OUT: "#a16207",
}


class Score(float):
    """The points of a check: a float between 0 and the task's points, in quarters of a point.

    nbgrader reads a cell's result as partial credit if its plain text is a number, whatever
    `%precision` and `%pprint` say; people see `verdict` as a table.
    """

    verdict: Verdict

    def __new__(cls, verdict: Verdict) -> "Score":
        """Make a score of a verdict's points."""
        score = super().__new__(cls, verdict.points)
        score.verdict = verdict
        return score

    def __reduce__(self) -> tuple[Any, ...]:
        return Score, (self.verdict,)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        return to_html(self.verdict)


def headline(verdict: Verdict) -> str:
    """Say how the check ended, in one line: 'softmax: 1.5 of 2 points'."""
    if verdict.of:
        return f"{verdict.task}: {verdict.points:g} of {verdict.of:g} point{'s' * (verdict.of != 1)}"
    return f"{verdict.task} (practice): {verdict.state}"


def to_text(verdict: Verdict) -> str:
    """Return the verdict as plain text, a line for each part and remark."""
    rows = [f"  {SIGN[p.state]} {p.part}: {p.state}{'. ' if p.says else ''}{p.says}" for p in verdict.parts]
    return "\n".join([headline(verdict), *rows, *(f"  note: {note}" for note in verdict.notes)])


def to_html(verdict: Verdict) -> str:
    """Return the verdict as a table that can be read without its colours, and by a screen reader."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left;font-weight:normal'>{_code(p.part)}</th>"
        f"<td style='text-align:left;white-space:nowrap;color:{COLOUR[p.state]}'>"
        f"<b>{SIGN[p.state]} {p.state}</b></td>"
        f"<td style='text-align:left;max-width:46em;white-space:normal'>{_code(p.says)}</td></tr>"
        for p in verdict.parts
    )
    notes = "".join(f"<p style='margin:.2em 0'><i>Note.</i> {_code(note)}</p>" for note in verdict.notes)
    stuck = ""
    if verdict.state not in (State.PASSED, State.NOT_ATTEMPTED):
        stuck = f"<p style='margin:.2em 0'>Stuck? Run <code>hint(\"{html.escape(verdict.task)}\")</code>.</p>"
    return (
        "<table style='margin-left:0'>"
        f"<caption style='text-align:left;font-weight:bold;color:inherit'>{_code(headline(verdict))}</caption>"
        "<thead><tr><th scope='col' style='text-align:left'>part</th><th scope='col' style='text-align:left'>"
        "verdict</th><th scope='col' style='text-align:left'>what happened</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{notes}{stuck}"
    )


def _code(text: str) -> str:
    """Escape text for HTML and set what stands in backticks as code, *so* as emphasis."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"(?<![\w*])\*(\w[^*<>]*)\*(?![\w*])", r"<em>\1</em>", text)
