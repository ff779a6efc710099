"""What a notebook's cells are to the grader: a check, an experiment, code that can be read."""

import re

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from helpers.checks.source import remembered, tree

SKIPPED = "experiment"
READ = 200_000  # characters of a cell
MAGICAL = 40_000  # the same times its lines with a magic, that IPython is asked to read
TIMES = ("%%time", "%%capture", "%%prun")  # and %%timeit: the rest of the cell is code like any other
MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|.*\?)$", re.MULTILINE)  # a line with one


def checked(cell: NotebookNode) -> str:
    """Return the task that a cell checks, empty where it checks none."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name.removeprefix("check-") if name.startswith("check-") else ""


@remembered
def readable(source: str) -> str:
    """Return a cell as Python, without magics; nothing where it is too deep or too large for Python's parser.

    IPython reads the whole cell anew for each line with a magic, so that many of them are taken out here.
    """
    if len(source) > READ:
        return ""
    head, _, body = source.lstrip().partition("\n")
    if head.startswith(TIMES) and _parses(body):
        return body
    if _parses(source):
        return source
    try:
        if len(MAGIC.findall(source)) * len(source) > MAGICAL:
            return source if _parses(source := MAGIC.sub(r"\1pass", source)) else ""
        source = TransformerManager().transform_cell(source)
        tree(source)
    except SyntaxError:
        pass  # which is said of the answer
    except (RecursionError, MemoryError, ValueError):
        return ""
    return source


def _parses(source: str) -> bool:
    try:
        tree(source)
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return False
    return True
