import json
import sys
from pathlib import Path

import pytest

from helpers.grading import cli
from helpers.grading.bench import reference
from helpers.grading.bench.references import backprop

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", reference.MODULES)
def test_both_sides_of_a_figure_do_the_same_work(name: str) -> None:
    row = reference.figure(name, pairs=1)
    assert row["ratio"] > 0
    assert {"what", "ratio", "seconds", "torch seconds", "limit"} <= row.keys()


def test_the_backprop_epochs_end_in_the_same_weights() -> None:
    import numpy as np

    epoch, torch_epoch = backprop.pair()
    epoch(), torch_epoch()
    params = next(
        c.cell_contents
        for c in epoch.__closure__
        if isinstance(c.cell_contents, list) and hasattr(c.cell_contents[0], "grad")
    )
    model = next(c.cell_contents for c in torch_epoch.__closure__ if hasattr(c.cell_contents, "parameters"))
    for ours, theirs in zip(params, model.parameters(), strict=True):
        np.testing.assert_allclose(ours.data.T, theirs.detach().numpy(), atol=2e-4)


@pytest.mark.parametrize("theirs", [[1.0, 2.01], [1.0, [2.0, 2.0]]])
def test_works_that_do_not_bring_the_same_are_not_timed(
    monkeypatch: pytest.MonkeyPatch, theirs: object
) -> None:
    monkeypatch.setattr(backprop, "pair", lambda: (lambda: [1.0, 2.0], lambda: theirs))
    with pytest.raises(AssertionError, match="do not bring the same"):
        reference.figure("backprop", pairs=1)


def test_the_command_prints_text_and_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"what": "it", "ratio": 0.5, "seconds": 1.0, "torch seconds": 2.0, "limit": 2.0, "pairs": 1}
    monkeypatch.setattr(reference, "measure", lambda: {"reference.backprop": row})
    monkeypatch.chdir(ROOT)
    for option in ([], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["course", "bench", "reference", *option])
        with pytest.raises(SystemExit, match="0"):
            cli.main()
    text, _, figures = capsys.readouterr().out.partition("{")
    assert "0.50 times torch's time" in text
    assert json.loads("{" + figures)["reference.backprop"] == row


def test_a_figure_that_is_not_kept_says_so() -> None:
    row = {"what": "it", "ratio": 2.5, "seconds": 5.0, "torch seconds": 2.0, "limit": 2.0, "pairs": 1}
    assert "NOT KEPT" in reference.told({"reference.it": row})
