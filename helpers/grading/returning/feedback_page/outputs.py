"""What a cell printed, as a page shows it: text as text, pictures as pictures, and nothing that runs."""

import re
from html import escape
from typing import Any

from nbformat import NotebookNode

from helpers.grading.returning.class_report.html import Markup
from helpers.grading.returning.feedback_page.code import verbatim
from helpers.grading.returning.feedback_page.texts import clean

MANY = 20  # outputs of a cell that are shown
HTML = 4  # times as long as a printed text an output's HTML may be, pictures apart: else its text is shown
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
DATA = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
DRAWN = ("image/png", "image/jpeg")


def outputs(cell: NotebookNode, most: int) -> Markup:
    """Return the outputs of a cell; where there are very many, the first of them.

    Args:
        cell: of the graded notebook.
        most: characters of a printed text that are shown.
    """
    found = cell.get("outputs", [])
    more = f"<p>… {len(found) - MANY} more outputs, in your notebook</p>" * (len(found) > MANY)
    return Markup("".join([*(_output(output, most) for output in found[:MANY]), more]))


def _output(told: Any, most: int) -> str:
    match told:
        case {"output_type": "stream", "text": str(text)}:
            return _printed(text, most)
        case {"output_type": "error", "ename": str(name), "evalue": str(value)}:
            return _printed(f"{name}: {value}", most)
        case {"data": dict(data)}:
            return _rich(data, most)
    return ""


def _rich(data: dict[str, Any], most: int) -> str:
    """Return the richest form of an output that is harmless."""
    page = str(data.get("text/html", ""))
    if page and len(DATA.sub("", page)) <= HTML * most:
        return f'<div class="scroll" tabindex="0">{clean(page)}</div>'
    drawn = "".join(_picture(kind, data[kind]) for kind in DRAWN if kind in data)
    return drawn or _printed(str(data.get("text/plain", "")), most)


def _picture(kind: str, data: object) -> str:
    text = str(data)
    if not BASE64.fullmatch(text):
        return ""
    return f'<img src="data:{kind};base64,{"".join(text.split())}" alt="what the cell above drew">'


def _printed(text: str, most: int) -> str:
    text = ANSI.sub("", text)
    more = f"\n… {len(text) - most} more characters" * (len(text) > most)
    return verbatim(Markup(f"{escape(text[:most], quote=False)}{more}"), "printed") if text else ""
