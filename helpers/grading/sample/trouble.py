"""Students of the sample class whose notebooks are broken or hostile; what each must get is known."""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_locked, is_solution

SHUT = "import os\nos._exit(1)"
NOISE = "import sys, warnings\nprint('100 %', file=sys.stderr)\nwarnings.warn('that is fine')"
FORGED = """
import builtins, sys, helpers
helpers.check = check = builtins.check = lambda task: 100.0
sys.modules["helpers.checks"] = helpers
"""
LIAR = """
class Liar(float):
    __eq__ = __le__ = __ge__ = lambda *_: True
    __array__ = lambda self, *_, **__: self
    shape = dtype = property(lambda self: self)
    __hash__ = float.__hash__
"""
PATCHED = """
import numpy as np
for module in (np, np.testing):
    for name in ("allclose", "array_equal", "isclose", "assert_allclose", "assert_array_equal"):
        if hasattr(module, name):
            setattr(module, name, lambda *_, **__: True)
"""
THIEF = """
import glob, os, sqlite3
try:
    from helpers.checks.lessons import tasks
except ImportError:
    pass
for depth in range(1, 5):
    for path in glob.glob("/*" * depth + "/gradebook.db") + glob.glob("/*" * depth + "/.nbgrader/*.db"):
        sqlite3.connect(path).execute("update grade set manual_score = 100")
"""
DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(sign, signal.SIG_IGN)
    while True:
        time.sleep(0.01)
        try:
            os.kill(-1, signal.SIGSTOP)
        except OSError:
            pass
"""


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a notebook.

    Attributes:
        says: what the student did.
        change: does it to a notebook that is filled in, or blank where the student is hostile.
        hostile: whether it is to gain points; else everything is answered right.
        loses: how many of the answers it costs, from the first.
    """

    says: str
    change: Callable[[NotebookNode], None]
    hostile: bool = False
    loses: int = 0


def first(source: str) -> Callable[[NotebookNode], None]:
    """Return what puts an own cell before the first answer."""

    def change(notebook: NotebookNode) -> None:
        at = next(i for i, cell in enumerate(notebook.cells) if is_solution(cell))
        notebook.cells.insert(at, new_code_cell(source, id="own"))

    return change


def _duplicated(notebook: NotebookNode) -> None:
    notebook.cells[:] = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(1 + is_solution(cell))]


def _without_checks(notebook: NotebookNode) -> None:
    notebook.cells[:] = [cell for cell in notebook.cells if not is_locked(cell)]


def _stripped(notebook: NotebookNode) -> None:
    for i, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = type(cell.metadata)(), f"c{i}"
    notebook.metadata = type(notebook.metadata)(colab={})


def _backwards(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def _endless(notebook: NotebookNode) -> None:
    answer = next(cell for cell in notebook.cells if cell.cell_type == "code" and is_solution(cell))
    for name in re.findall(r"^def (\w+)", answer.source, re.MULTILINE):
        answer.source += f"\n\ndef {name}(*_, **__):\n    while True:\n        pass"


def _everything_skipped(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if is_locked(cell):
            cell.metadata.tags = ["skip-execution", "experiment"]
            cell.metadata.nbgrader.update(points=100, locked=False, solution=True)


def _lies(notebook: NotebookNode) -> None:
    first(LIAR)(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            cell.source = cell.source.replace("raise NotImplementedError", "return Liar()")


TROUBLES: Mapping[str, Trouble] = {
    "broken-duplicated": Trouble("every answer cell is there twice", _duplicated),
    "broken-no-checks": Trouble("all check cells are deleted", _without_checks),
    "broken-stripped": Trouble("another editor dropped ids and nbgrader's metadata", _stripped),
    "broken-backwards": Trouble("the cells are in the wrong order", _backwards),
    "broken-noisy": Trouble("right, with a warning and progress on stderr", first(NOISE)),
    "broken-exits": Trouble("an own cell ends the process", first(SHUT)),
    "broken-endless": Trouble("the first answer is an endless loop", _endless, loses=1),
    "hostile-forged": Trouble("`check` is replaced, everywhere", first(FORGED), hostile=True),
    "hostile-liar": Trouble("every answer is an object that is equal to everything", _lies, hostile=True),
    "hostile-patched": Trouble("NumPy's comparisons always agree", first(PATCHED), hostile=True),
    "hostile-thief": Trouble("looks for solutions, and writes to the gradebook", first(THIEF), hostile=True),
    "hostile-daemon": Trouble("leaves a process behind that stops all others", first(DAEMON), hostile=True),
    "hostile-skipped": Trouble("checks to be skipped, for 100 points", _everything_skipped, hostile=True),
}  # fmt: skip
