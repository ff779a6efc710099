"""What a notebook's cells are to the grader: a check, an experiment, code that can be read."""

from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from helpers.checks.source import tree

SKIPPED = "experiment"


def checked(cell: NotebookNode) -> str:
    """Return the task that a cell checks, empty where it checks none."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name.removeprefix("check-") if name.startswith("check-") else ""


@lru_cache(2048)
def readable(source: str) -> str:
    """Return a cell as Python, without magics; nothing where it is too deep for Python's parser."""
    try:
        source = TransformerManager().transform_cell(source)
        tree(source)
    except SyntaxError:
        pass  # which is said of the answer
    except (RecursionError, MemoryError, ValueError):
        return ""
    return source
