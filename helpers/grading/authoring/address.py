"""Where the course lives on the web: pyproject.toml's `Repository`; without one, nothing points there."""

import re
import tomllib
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

SET_UP = """\
# Does nothing where the course is installed; elsewhere, as in Colab, it installs the course
try:
    import helpers
except ModuleNotFoundError:
    import subprocess
    import sys

    subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", "{package} @ git+{address}"])"""


def opening(root: Path, lesson: str) -> list[NotebookNode]:
    """Return the cells before a lesson's own: a link to Colab, and the one that installs the course.

    Args:
        root: the course's folder; its pyproject.toml says `Repository = "https://…"` under [project.urls].
        lesson: its name.

    Returns:
        No cells where there is no such file, or no address in it; no link where Colab can't open it.
    """
    path = root / "pyproject.toml"
    project = tomllib.loads(path.read_text("utf-8")).get("project", {}) if path.is_file() else {}
    address = project.get("urls", {}).get("Repository", "").removesuffix("/").removesuffix(".git")
    if not address:
        return []
    set_up = new_code_cell(SET_UP.format(package=project["name"], address=address), id="set-up")
    if not (found := re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", address)):
        return [set_up]
    link = f"https://colab.research.google.com/github/{found[1]}/blob/main/course/{lesson}/{lesson}.ipynb"
    return [new_markdown_cell(f"[Open this lesson in Colab]({link})", id="in-colab"), set_up]
