"""What tests in a browser share: a server of its own on any free port, and a page that is watched."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SETTINGS = {  # of a quiet JupyterLab: all cells are in the page, and no news are fetched
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}


def serve(command: list[str], cwd: Path, folder: Path, address: str) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    settings = folder / "settings"
    for name, value in SETTINGS.items():
        (path := settings / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-m", *command], cwd=cwd, env=env, stdout=log, stderr=log)
    for _ in range(3000):
        try:
            urllib.request.urlopen(address + "/api", timeout=60).close()
            return server
        except OSError:
            time.sleep(0.2)
    server.kill()
    raise RuntimeError(f"{command} did not start:\n{(folder / 'server.log').read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def silent(page: "Page", ours: tuple[str, ...]) -> Iterator["Page"]:
    """See to it that a page asks nothing of other places than ours, and that no script of a student's runs."""
    dialogs: list[str] = []
    asked: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert dialogs == []
    assert [url for url in asked if not url.startswith(ours)] == []
    assert page.evaluate("window.hacked") is None


def widget(lesson: Any, source: str, name: str) -> Any:
    """Run the cell that shows a widget, and return the widget."""
    lesson.run(lesson.cell(source))
    found = lesson.page.locator(f".{name}").first
    found.scroll_into_view_if_needed()
    return found


def added(lesson: Any, source: str, name: str) -> Any:
    """Show a widget in a cell of its own, below the first one, and return it."""
    first = lesson.cell("start(")
    lesson.run(first)
    lesson.add_below(first, source)
    found = lesson.page.locator(f".{name}").first
    found.scroll_into_view_if_needed()
    return found
