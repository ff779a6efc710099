"""The graded notebook: what the student's cells printed, made harmless, and a verdict under each check."""

import json
import re
import secrets
from collections.abc import Mapping
from functools import partial
from html import escape, unescape
from typing import Any

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from helpers.checks.score import UNJUDGED, Score
from helpers.checks.verdict import Verdict
from helpers.grading.intake.rebuild import OWN
from helpers.grading.judging.cells import checked
from helpers.grading.judging.replies import cut
from helpers.grading.judging.words import Find, pictures, shown, typed

OUTPUT, MANY = 1_000_000, 200  # characters of an output; outputs of a cell
WHOLE = 20_000_000  # characters of all outputs of a notebook, as a page has to be made of it
TEXTS = 500_000  # characters of a notebook's own texts that are read as Markdown
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
DRAWN = re.compile(r'<img\b[^<>]*?\bsrc="(data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]+)"[^<>]*>')
ALT = re.compile(r'\balt="([^"<>]*)"')
SAFE = SanitizeHTML(
    tags=[
        "b", "br", "caption", "code", "div", "em", "i", "li", "ol", "p", "pre", "span", "strong", "sub",
        "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
    ],
    attributes={"*": ["colspan", "rowspan", "scope"]},
    styles=[],
    strip=False,  # escaped, so that nothing of it is lost
    safe_output_keys={"text/plain", "image/png", "image/jpeg"},
)  # fmt: skip


def fill(
    notebook: NotebookNode, reply: Any, judged: Mapping[str, Verdict], beside: Find = lambda name: ""
) -> NotebookNode:
    """Put what the student's cells printed, and the verdicts, under the cells; make their texts harmless.

    Args:
        notebook: what was rebuilt of a submission.
        reply: the worker's.
        judged: verdicts by task.
        beside: what finds a picture that lies beside the notebook, as a data address.
    """
    used, written, room = list[int](), 0, WHOLE
    printed = {e["cell"]: e.get("outputs") for e in reply["events"] if type(e.get("cell")) is str}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            if _own(cell):
                written += len(cell.source)
                plain = cell.cell_type != "markdown" or written > TEXTS
                find = pictures(cell, beside, used)
                cell.source = typed(cell.source) if plain else shown(cell.source, find)
                cell.pop("attachments", None)
            continue
        cell.outputs, cell.execution_count = [], None
        if name := checked(cell):
            score = Score(judged[name])
            data = {"text/plain": repr(score), "text/html": score._repr_html_()}
            result = {"data": data, "execution_count": None, "metadata": score._repr_mimebundle_()[1]}
            cell.outputs = [nbformat.from_dict({"output_type": "execute_result", **result})]
        elif cell.id in printed:
            room -= len(printed[cell.id]) if type(printed[cell.id]) is str else 0
            if room < 0:
                told = f"not shown: the outputs of the notebook are longer than {WHOLE} characters"
                cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text=told)]
                continue
            try:
                cell.outputs = [
                    _output(output) for output in cut(json.loads(printed[cell.id]), OUTPUT)[:MANY]
                ]
            except Exception as error:  # whatever else a submission wrote in the worker's name
                told = f"its outputs can't be read ({type(error).__name__})"
                cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text=told)]
    return notebook


def _own(cell: NotebookNode) -> bool:
    """Whether a text is the student's words; an answer that was left as it was is not."""
    if "nbgrader" not in cell.metadata:
        return cell.id.startswith(OWN)
    return cell.metadata.nbgrader.get("checksum") != compute_checksum(cell)


def left_open(cell: NotebookNode) -> bool:
    """Whether a check's cell says that nothing was found out: a person has to decide."""
    return any(output.get("metadata", {}).get(UNJUDGED) for output in cell.get("outputs", []))


def _output(told: Any) -> NotebookNode:
    """Return an output that can be opened: no script, no style, nothing that only looks like a picture.

    Raises:
        ValueError: if it is none.
    """
    match told:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            known: dict[str, Any] = {"name": name, "text": text}
        case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
            known = {"ename": name, "evalue": value, "traceback": [str(line) for line in lines]}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            bad = [k for k in data if k.startswith("image/") and not BASE64.fullmatch(str(data[k]))]
            known = {"data": {k: str(v) for k, v in data.items() if k not in bad}, "metadata": {}}
            known |= {"execution_count": None} if kind == "execute_result" else {}
        case _:
            raise ValueError("no output that is known")
    words = known.get("data", {}).pop("text/markdown", "")
    output = nbformat.from_dict({"output_type": told["output_type"], **known})
    drawn = dict[str, str]()
    if "text/html" in known.get("data", {}):
        output.data["text/html"] = DRAWN.sub(partial(_set_aside, drawn), output.data["text/html"])
    clean = SAFE.sanitize_code_outputs([output])[0]
    for name, picture in drawn.items():
        clean.data["text/html"] = clean.data["text/html"].replace(name, picture)
    if words and "text/html" not in clean.data:
        clean.data["text/html"] = shown(words, lambda name: "")
    return clean


def _set_aside(drawn: dict[str, str], found: re.Match[str]) -> str:
    """Set a picture of a figure aside, and put a name in its place that no text can have."""
    name = f"picture-{secrets.token_hex(8)}"
    alt = ALT.search(found[0])
    drawn[name] = (
        f'<img alt="{escape(unescape(alt[1]))}" src="{found[1]}">' if alt else f'<img src="{found[1]}">'
    )
    return name
