"""What a worker makes of observations, and what it has ready before the first submission."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from helpers.grading.sandbox import pools
from helpers.grading.worker import asking
from helpers.probes.observe import Observation
from helpers.probes.plain import decode

ROOT = Path(__file__).resolve().parents[3]
REHEARSAL = """
from helpers.grading.worker.running import new_shell, rehearse, run

shell = new_shell()
before = dict(shell.user_ns)
rehearse(shell)
assert shell.user_ns == before
assert (shell.execution_count, shell.history_manager.input_hist_raw) == (1, [""])
assert run(shell, "3", 5.0)[0]["data"] == {"text/plain": "3"}
"""


READ = """
import json, sys, warnings
from IPython.core.interactiveshell import InteractiveShell
from helpers.grading.worker.running import new_shell

warnings.simplefilter("error")
shell = new_shell()
for source in json.load(sys.stdin):
    def by(reads):
        try:
            return reads(source).rstrip("\\n")
        except SyntaxError as error:
            return str(error)
    assert by(shell.transform_cell) == by(lambda s: InteractiveShell.transform_cell(shell, s)), source
"""
ODD = [
    "x", "x = 1\n%time x", "%%time\nx = 1\ny", "!ls\nx", "a = !ls\nb", "x?\ny", "ls\nls", "In [1]: x = 1\nIn [2]: y",
    "In[1]: x = 3\ny = 2", ">>> x = 1\n>>> y = 2", "    x = 1\n    y = 2", "\n\n  # a\nx = 1", "x = (5\n%3)", "if x:\n",
    "def f():\n    '''>>> f()\n    %time\n    !ls'''\n\n", "x = '''\n!ls\n'''\n", "'\\d'\n'\\e'", "x = 1;\ny;", "/f x\ny",
    ",f a\nx", "\t\nx = 1\ny", "# %%\n%x", "await f()\nx", "x = 1\r\ny = 2", "f(\n  x?)\n", "#!ls\nx = 1", "x = 1\n\\\n",
]  # fmt: skip


def test_observations_are_told_as_they_are_but_for_their_time() -> None:
    told = asking.Told()
    rows = [Observation(np.arange(3.0), seconds=0.5), Observation([1, {"a": np.ones((2, 2))}], printed='"]')]
    told.begin('a "part"')
    assert all(map(told.add, rows))
    told.begin("none")
    read = decode(told.data())
    assert list(read) == ['a "part"', "none"]
    assert read["none"] == []
    first, second = map(Observation.from_plain, read['a "part"'])
    np.testing.assert_array_equal(first.value, np.arange(3.0))
    np.testing.assert_array_equal(second.value[1]["a"], np.ones((2, 2)))
    assert (first.seconds, second.printed) == (0.0, '"]')


@pytest.mark.parametrize("value", [np.zeros(200), "x" * 2000])
def test_what_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    monkeypatch.setattr(asking, "EVIDENCE", 2000)
    monkeypatch.setattr(asking, "MAX_TEXT", 3000)
    told = asking.Told()
    told.begin("values")
    assert told.add(Observation(np.zeros(10)))
    assert not told.add(Observation(value))
    kept, left = map(Observation.from_plain, decode(told.data())["values"])
    assert kept.value.shape == (10,)
    assert left == asking.TOO_LARGE


def test_a_rehearsal_leaves_the_shell_as_it_was() -> None:
    subprocess.run([sys.executable, "-c", REHEARSAL], check=True, env={**os.environ, "HOME": "/"})


def test_cells_are_read_as_ipython_reads_them() -> None:
    """Those of the course and odd ones, whether or not they take the short way."""
    books = [nbformat.read(file, 4) for file in sorted(ROOT.glob("solutions/*/*.ipynb"))]
    cells = [cell.source for book in books for cell in book.cells if cell.cell_type == "code"]
    words, told = [sys.executable, "-c", READ], json.dumps([*cells, *ODD])
    subprocess.run(words, input=told, text=True, check=True, env={**os.environ, "HOME": "/"})


def test_workers_of_several_pools_are_different_users(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = list[int]()

    class Stub:
        def __init__(self, lesson: str, number: int, *_: object):
            numbers.append(number)

        def close(self) -> None:
            pass

        kill = close

    monkeypatch.setattr(pools, "Worker", Stub)
    one, two = pools.Local("01-perceptron", [], 1), pools.Local("01-perceptron", [], 1, each=2)
    with one, two:
        one.ready()
        two.ready()
        assert len({*numbers}) == len(numbers) == 3
