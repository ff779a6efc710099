"""Workers that have loaded other modules run side by side, and none gets more jobs than it can soon begin."""

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from helpers.grading.judging import jobs, pipeline
from helpers.grading.sandbox.process import nothing

FAST, SLOW = ([f"{kind}-{i}" for i in range(20)] for kind in ("fast", "slow"))


def test_a_crew_that_is_slow_is_not_given_a_job_for_each_that_another_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting, most, through = list[Future[bytes]](), 0, False
    workers = SimpleNamespace(slots=1, ready=lambda: None)
    crews = [pipeline.Crew(workers, iter(names)) for names in (SLOW, FAST)]

    def submit(crew: pipeline.Crew, *_: Any) -> "Future[bytes]":
        nonlocal most
        crew.busy += 1
        most = max(most, crew.busy)
        future: Future[bytes] = Future()
        if crew is crews[0] and not through:
            waiting.append(future)
        else:
            future.set_result(b"")
        return future

    def finish(lesson: str, work: Any) -> Any:
        nonlocal through
        if work.student == FAST[-1]:
            through = True
            while waiting:
                waiting.pop().set_result(b"")
        return work.student

    monkeypatch.setattr(pipeline, "_submit", submit)
    monkeypatch.setattr(pipeline, "decoded", lambda data: data)
    for module, name, instead in [
        (pipeline.jobs, "job", lambda *_: {}),
        (pipeline.jobs, "pieces", lambda *_: {}),
        (pipeline.underway, "hear", lambda *_: None),
        (pipeline.underway, "settled", lambda *_: []),
        (pipeline.underway, "finish", finish),
    ]:
        monkeypatch.setattr(module, name, instead)

    def begin(student: str) -> Any:
        return SimpleNamespace(student=student, rebuilt=SimpleNamespace(notebook=None), asked=[], earlier={})

    lender = SimpleNamespace(lent=lambda sources: nothing)
    found = dict(pipeline._in(crews, "", 0, begin, lender))
    assert found == {name: name for name in (*FAST, *SLOW)}
    assert most <= pipeline.AHEAD


def test_who_imports_what_is_slow_to_load_has_workers_of_their_own(tmp_path: Path) -> None:
    given = "experiment: from matplotlib.colors import to_rgb"
    texts = {
        "given": given,
        "plain": f"{given}\nimport numpy  # as torch does",
        "draws": f"{given}\nimport matplotlib.pyplot as plt",
        "learns": f"{given}\nfrom torch import nn",
        "both": f"{given}\nimport torch\nimport matplotlib",
        "in one line": f"{given}\nimport numpy as np, matplotlib.pyplot as plt, torch",
        "in one string": rf"{given}\nimport matplotlib.pyplot as plt\nimport torch\n",
        "took the experiment away": "import torch",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    def groups(*usual: str) -> list[tuple[list[str], list[str]]]:
        students = [*texts, "handed in nothing"][1:]
        return jobs.by_imports(students, usual, lambda name: tmp_path / name, tmp_path / "given")

    assert groups("numpy") == [
        (["numpy", "torch", "matplotlib.pyplot"], ["both", "in one line", "in one string"]),
        (["numpy", "torch"], ["learns", "took the experiment away"]),
        (["numpy", "matplotlib.pyplot"], ["draws"]),
        (["numpy"], ["plain", "handed in nothing"]),
    ]
    assert groups("torch") == [
        (["torch", "matplotlib.pyplot"], ["draws", "both", "in one line", "in one string"]),
        (["torch"], ["plain", "learns", "took the experiment away", "handed in nothing"]),
    ]
