"""What `check` returns: a number for nbgrader, a table for the student."""

import html
import re
from typing import Any

from helpers.checks.verdict import PartVerdict, State, Verdict

SIGN = {
    State.PASSED: "✓",
    State.FAILED: "✗",
    State.NOT_ATTEMPTED: "–",
    State.TIMED_OUT: "⧖",
    State.OUT_OF_MEMORY: "✗",
    State.CRASHED: "✗",
    State.NOT_JUDGED: "?",
}
# No colour has a contrast of 4.5 on white and on dark cells, so the page's own text colour is mixed in.
COLOUR = {
    state: f"color-mix(in srgb, {colour} 70%, currentColor)"
    for state, colour in {
        State.PASSED: "#0b7a4b",
        State.FAILED: "#c2410c",
        State.NOT_ATTEMPTED: "#6b7280",
        State.TIMED_OUT: "#a16207",
        State.OUT_OF_MEMORY: "#a16207",
        State.CRASHED: "#a16207",
        State.NOT_JUDGED: "#a16207",
    }.items()
}
ADVICE = {
    State.NOT_ATTEMPTED: "Write your answer in the cell above and delete its line <code>raise NotImplementedError</code>.",
    State.NOT_JUDGED: "This is no fault of yours, and no mark.",
}
UNJUDGED = "not judged"  # in the metadata of an output: it is no mark, a person has to decide
LEFT = "text-align:left;padding:.15em 1em .15em 0"


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

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return {}, {UNJUDGED: True} if self.verdict.state == State.NOT_JUDGED else {}


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
    columns = ["part", "verdict", "what happened"][: 3 if any(p.says for p in verdict.parts) else 2]
    head = "".join(f"<th scope='col' style='{LEFT}'>{column}</th>" for column in columns)
    body = "".join(f"<tr>{_row(part, len(columns))}</tr>" for part in verdict.parts)
    remarks = [f"<i>Note.</i> {_code(note)}" for note in verdict.notes]
    if verdict.state != State.PASSED:
        remarks.append(
            ADVICE.get(verdict.state, f'Stuck? Run <code>hint("{html.escape(verdict.task)}")</code>.')
        )
    below = "".join(f"<p style='margin:.2em 0'>{remark}</p>" for remark in remarks)
    return (
        "<table style='margin-left:0'>"
        f"<caption style='{LEFT};font-weight:bold;color:inherit;white-space:nowrap'>{_code(headline(verdict))}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"
    )


def _row(part: PartVerdict, columns: int) -> str:
    cells = [
        f"<th scope='row' style='{LEFT};font-weight:normal'>{_code(part.part)}</th>",
        f"<td style='{LEFT};white-space:nowrap;color:{COLOUR[part.state]}'><b>{SIGN[part.state]} {part.state}</b></td>",
        f"<td style='{LEFT};max-width:46em;white-space:normal'>{_code(part.says)}</td>",
    ]
    return "".join(cells[:columns])


def _code(text: str) -> str:
    """Escape text for HTML and set what stands in backticks as code, *so* as emphasis."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"(?<![\w*])\*(\w[^*<>]*)\*(?![\w*])", r"<em>\1</em>", text)
