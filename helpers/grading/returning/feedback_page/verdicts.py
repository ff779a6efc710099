"""The verdict that a graded notebook shows: the one that was kept, or what can be read from the notebook.

Nothing is kept of what nbgrader's own autograding did, in formgrader or in a class without a sandbox.
"""

import re
from html import unescape
from typing import Any

from nbformat import NotebookNode

from helpers.checks.score import to_html
from helpers.checks.task import Task
from helpers.checks.verdict import PartVerdict, State, Verdict

ROW = re.compile(
    r"<tr><th scope='row'[^>]*>(.*?)</th><td[^>]*><b>\S+ ([a-z ]+)</b></td>(?:<td[^>]*>(.*?)</td>)?</tr>"
)
NOTE = re.compile(r"<p[^>]*><i>Note\.</i> (.*?)</p>")


def verdict_of(check: NotebookNode, task: Task, kept: Verdict | None) -> Verdict | None:
    """Return the verdict below a check; None where nothing stands there that can be read.

    Args:
        check: its cell, in the graded notebook.
        task: what it judged.
        kept: the verdict that was kept, which the notebook may be newer than.
    """
    shown: list[Any] = [output.get("data", {}) for output in check.get("outputs", [])]
    pages = [page for data in shown if isinstance(page := data.get("text/html"), str)]
    if kept and (not shown or pages == [to_html(kept)]):
        return kept
    for data in shown:
        if found := _read(task, str(data.get("text/html", "")), str(data.get("text/plain", ""))):
            return found
    return None


def _read(task: Task, page: str, points: str) -> Verdict | None:
    """Read what `to_html` wrote."""
    try:
        rows = tuple(
            PartVerdict(_text(part), State(state), _text(says or ""))
            for part, state, says in ROW.findall(page)
        )
        earned = float(points)
    except ValueError:
        return None
    notes = tuple(map(_text, NOTE.findall(page)))
    return Verdict(task.id, earned, task.points, rows, notes) if rows else None


def _text(page: str) -> str:
    """Return a sentence as it was before it was HTML: code in backticks, *emphasis* between stars."""
    page = re.sub(r"</?code>", "`", page)
    return unescape(re.sub(r"</?em>", "*", page))
