import json
import sys
from pathlib import Path

import pytest

from helpers.grading import bench, cli

ROOT = Path(__file__).resolve().parents[2]


def test_every_check_and_notebook_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(bench, "_run", lambda path: 2.5)
    monkeypatch.setattr(bench, "_check", lambda task: {"right": 0.1, "wrong": 0.3})
    for option in ([], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["course", "bench", *option])
        with pytest.raises(SystemExit, match="0"):
            cli.main()
    text, _, figures = capsys.readouterr().out.partition("{")
    assert "check, mean: 0.200 s" in text
    assert "student, top to bottom, 01-perceptron: 2.5 s" in text
    assert json.loads("{" + figures)["check, slowest"] == 0.3


def test_importing_helpers_is_measured_in_fresh_interpreters() -> None:
    assert 0 < bench._import() < 60
