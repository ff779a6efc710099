"""`course bench device` compares the same work, says what it could not measure, and misses no reference module."""

import json
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers.device import loader, move, threads
from helpers.grading import cli
from helpers.grading.bench import device
from helpers.grading.bench import device_models as models
from helpers.training import train

ROOT = Path(__file__).resolve().parents[3]
CPU = torch.device("cpu")
SMALL = {"letters": 5, "T": 8, "d": 16, "heads": 2, "layers": 1}


def seeded(n: int) -> list[torch.Generator]:
    """Return n generators of the same numbers."""
    return [torch.Generator().manual_seed(0) for _ in range(n)]


def both(monkeypatch: pytest.MonkeyPatch) -> list[nn.Module]:
    """Keep the two models that a figure trains."""
    kept: list[nn.Module] = []
    twice = device.twice
    monkeypatch.setattr(device, "twice", lambda make: kept.extend(twice(make)) or kept)
    return kept


def test_train_and_the_bare_loop_do_the_same_work() -> None:
    ours, theirs = device.twice(lambda: nn.Linear(3, 2))
    batches, others = (
        loader(torch.rand(10, 3, generator=g), torch.arange(10) % 2, batch=4) for g in seeded(2)
    )
    train(
        ours, batches, device.LOSS, optimiser=torch.optim.SGD(ours.parameters(), 0.1), device=CPU, bar=False
    )
    step = device.bare(theirs, torch.optim.SGD(theirs.parameters(), 0.1))
    for batch in others:
        step(*batch)
    assert torch.equal(ours.weight, theirs.weight)
    assert torch.equal(ours.bias, theirs.bias)


def test_train_and_the_bare_loop_take_turns() -> None:
    order: list[str] = []
    model = nn.Linear(3, 2)

    def loss(scores: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        order.append("ours")
        return device.LOSS(scores, classes)

    turns = device.Turns(
        loader(torch.rand(10, 3), torch.arange(10) % 2, batch=4), lambda *_: order.append("theirs"), CPU
    )
    train(model, turns, loss, device=CPU, bar=False)
    assert order == 3 * ["ours", "theirs"]
    assert len(turns) == len(turns.ours) == len(turns.theirs) == 3
    with threads(1):
        row = device.overhead(CPU, epochs=2, n=300)
    assert row["pairs"] == 6
    assert row["kept"] == (row["overhead"] <= row["limit"])


def test_train_and_the_tuned_loop_do_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    models = both(monkeypatch)
    with threads(1):
        row = device.tokens(CPU, pairs=1, steps=3, batch=4, **SMALL)
    # the scores, not the weights: keys' biases change no score, and Adam makes steps of their rounding errors
    ours, theirs = (model.eval()(torch.arange(5)[None]) for model in models)
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
    assert row["ratio"] > 0
    assert row["tokens per second"] > 0


def test_the_gpt_has_about_ten_million_parameters_and_no_peek() -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in models.GPT().parameters())
    assert 10e6 < count < 11e6
    model = models.GPT(**SMALL).eval()
    tokens = torch.randint(5, (2, 8))
    other = tokens.clone()
    other[:, 5:] = (other[:, 5:] + 1) % 5
    before, after = model(tokens), model(other)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5:], after[:, 5:])


def test_every_reference_module_of_torch_has_a_recipe() -> None:
    assert models.without_recipe() == set(), "add them to RECIPES in helpers/grading/bench/device_models.py"


@pytest.mark.parametrize("name", models.RECIPES)
def test_reference_modules_run_on_a_device_other_than_the_cpu(name: str) -> None:
    model, inputs = models.RECIPES[name]()
    meta = torch.device("meta")  # there on every machine; it computes shapes, and refuses tensors of the CPU
    assert model.to(meta)(*move(inputs, meta)).device == meta


def test_agreement_of_the_cpu_with_itself_is_exact() -> None:
    rows = device.agreement(CPU)
    assert rows.keys() == models.RECIPES.keys()
    assert all(row["apart"] == 0 and row["kept"] for row in rows.values())


def test_the_command_prints_text_and_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "what": "it", "device": "cpu: one", "overhead": 0.012, "seconds a step": 1.0, "bare seconds a step": 0.99,
        "seconds a call": 0.001, "limit": 0.03,
        "kept": True, "pairs": 1,
    }  # fmt: skip
    monkeypatch.setattr(device, "_fresh", lambda name, **environment: {"overhead": row}[name])
    monkeypatch.setattr(device, "device", lambda: CPU)
    monkeypatch.setattr(device, "trouble", lambda: None)
    monkeypatch.chdir(ROOT)
    for option in ([], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["course", "bench", "device", *option])
        with pytest.raises(SystemExit, match="0"):
            cli.main()
    text, _, figures = capsys.readouterr().out.partition("{")
    assert "+1.2% over a bare loop" in text
    assert "at most 3% is asked: kept" in text
    assert "tokens, on a GPU: not measured: there is no GPU on this machine." in text
    assert json.loads("{" + figures)["overhead"] == row


def test_figures_of_a_gpu_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = {
        "what": "steps", "device": "cuda", "ratio": 0.9, "tokens per second": 1e6, "tuned tokens per second": 1.1e6,
        "limit": 0.95, "kept": False, "pairs": 1,
    }  # fmt: skip
    rows = {"m": {"device": "cuda", "dtype": "float32", "apart": 2e-6, "limit": 1e-4, "kept": True}}
    overhead = {
        "what": "it", "device": "cpu", "overhead": 0.1, "seconds a step": 1.0, "bare seconds a step": 1.0,
        "seconds a call": 0.001, "limit": 0.03,
        "kept": False, "pairs": 1,
    }  # fmt: skip
    figures = {"overhead": overhead, "tokens": tokens, "agreement": rows}
    monkeypatch.setattr(device, "_fresh", lambda name, **environment: figures[name])
    monkeypatch.setattr(device, "device", lambda: torch.device("cuda"))
    text = device.told(device.measure())
    assert (
        "1,000,000 tokens per second, 0.90 of a loop tuned by hand, at least 0.95 is asked: NOT KEPT" in text
    )
    assert (
        "m on cuda, float32: 2.0e-06 of the largest entry from the CPU, at most 0.0001 is asked: kept" in text
    )
    assert "+10.0% over a bare loop" in text


@pytest.mark.gpu
@pytest.mark.parametrize("name", models.RECIPES)
def test_every_reference_module_agrees_on_the_gpu(name: str) -> None:
    row = device.agreement()[name]
    assert row["kept"], row
