"""What a lesson's cells showed, for a page: pictures in files of their own, live figures without a kernel."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.widgets import VIEW

WIDGETS = "application/vnd.jupyter.widget-state+json"
PICTURE = re.compile(r'src="data:image/(png|svg\+xml|jpeg);base64,([A-Za-z0-9+/=\s]+)"')
EXPORT = "export default { render };"
BY_PYTHON = ("canvas", "descent_race", "rnn", "writer")  # figures in which Python answers whatever one does
OWN = {"_esm", "_css", "_anywidget_id", "layout", "tabbable", "tooltip"}


class Files:
    """What pages show from files of their own: pictures, and the scripts of live figures.

    Attributes:
        folder: where they are written, under names that say their content.
        address: how a page refers to that folder.
    """

    def __init__(self, folder: Path, address: str):
        self.folder, self.address = folder, address

    def add(self, content: bytes, ending: str) -> str:
        """Write a file, once, and return its address."""
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)
        return f"{self.address}/{name}"


def shown(outputs: Iterable[NotebookNode], states: Mapping[str, Any], files: Files) -> list[NotebookNode]:
    """Return a cell's outputs as a page shows them.

    Args:
        outputs: as the kernel gave them.
        states: of the widgets, by model id.
        files: take the pictures and scripts.
    """
    kept = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stdout":
                kept.append(output)
        elif output.output_type != "error":
            data = _data(output.data, states, files)
            if data:
                kept.append(new_output("display_data", data))
    return kept


def _data(data: Mapping[str, Any], states: Mapping[str, Any], files: Files) -> dict[str, str]:
    if VIEW in data:
        made = live(states.get(data[VIEW]["model_id"], {}), files)
        return {"text/html": made} if made else {}
    if "text/html" in data:
        return {"text/html": PICTURE.sub(lambda found: _picture(found, files), data["text/html"])}
    return {kind: data[kind] for kind in ("text/markdown", "text/plain") if kind in data}


def _picture(found: re.Match[str], files: Files) -> str:
    ending = {"svg+xml": "svg", "jpeg": "jpg"}.get(found[1], found[1])
    return f'loading="lazy" src="{files.add(base64.b64decode(found[2]), ending)}"'


def live(model: Mapping[str, Any], files: Files) -> str:
    """Return the markup of a live figure; nothing for one that can do nothing without Python.

    Args:
        model: what ipywidgets keeps of one: its state, and buffers.
        files: take its script and its style.
    """
    state = model.get("state", {})
    script = state.get("_esm", "")
    name = str(state.get("_anywidget_id", "")).removeprefix("helpers.widgets.").partition(".")[0]
    if EXPORT not in script or name in BY_PYTHON:
        return ""
    traits = {key: value for key, value in state.items() if key not in OWN and not key.startswith("_")}
    buffers = [{"path": b["path"], "data": b["data"]} for b in model.get("buffers", [])]
    code = files.add(_classic(script).encode(), "js")
    look = files.add(state.get("_css", "").encode(), "css")
    told = json.dumps({"state": traits, "buffers": buffers}).replace("<", "\\u003c")
    return (
        f'<link rel="stylesheet" href="{html.escape(look)}"><script src="{html.escape(code)}" defer></script>'
        f'<div class="course-live" data-script="{Path(code).stem}" hidden></div>'
        f'<script type="application/json">{told}</script>'
    )


def _classic(module: str) -> str:
    """Return a module as a script that registers itself: no browser loads modules from a local file."""
    body = re.sub(r"^export (?=const|function)", "", module.replace(EXPORT, ""), flags=re.M)
    return (
        "(() => {\nconst name = document.currentScript.src.match(/(\\w+)\\.js$/)[1];\n"
        f"{body}\n(window.courseLive ??= {{}})[name] = render;\n}})();\n"
    )
