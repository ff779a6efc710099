"""`train` computes what a bare loop computes, loses nothing, and says what is wrong."""

import copy
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
import two_processes
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau, StepLR
from torch.utils.data import DataLoader, Dataset, TensorDataset

from helpers.device import loader, seed_all, threads
from helpers.training import History, adamw, bar, checkpoint, cosine, epochs, parallel, run, steps, train

ROOT = Path(__file__).resolve().parents[2]
mse = functional.mse_loss


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    with threads(1):
        yield


def data(n=40, batch=8, **options):
    draw = torch.Generator().manual_seed(1)
    X = torch.randn(n, 3, generator=draw)
    return loader(X, X.sum(axis=1, keepdim=True), batch=batch, **options)


def net(dropout=0.0):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Dropout(dropout), nn.Linear(6, 1))


def sgd(model, lr=0.1):
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


# ---------------------------------------------------------------- the same as a bare loop


def test_training_is_a_bare_loop_to_the_last_bit():
    ours, theirs = net(0.2), net(0.2)
    optimiser = adamw(theirs, lr=0.01)
    seed_all(0)
    losses = []
    batches = data()
    for _ in range(3):
        for X, y in batches:
            optimiser.zero_grad()
            loss = mse(theirs(X), y)
            loss.backward()
            nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
            optimiser.step()
            losses.append(loss.item())
    seed_all(0)
    history = train(ours, data(), mse, optimiser=adamw(ours, lr=0.01), epochs=3, clip=0.5)
    assert torch.equal(weights(ours), weights(theirs))
    assert history.loss == losses
    assert (history.steps, history.epochs, history.samples, history.tokens) == (15, 3, 120, 0)
    assert (history.rates, history.ended, len(history.seconds)) == ([0.01] * 15, "finished", 3)
    assert not ours.training


@settings(max_examples=20)
@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 5), st.integers(0, 9))
def test_accumulated_batches_are_one_big_batch(n, batch, accumulate, seed):
    ours, theirs = net().double(), net().double()
    X = torch.randn(n, 3, generator=torch.Generator().manual_seed(seed)).double()
    y = X.prod(axis=1, keepdim=True)
    small = train(
        ours, loader(X, y, batch=batch), mse, optimiser=sgd(ours), accumulate=accumulate, clip=1.0, epochs=2
    )
    big = train(
        theirs, loader(X, y, batch=batch * accumulate), mse, optimiser=sgd(theirs), clip=1.0, epochs=2
    )
    torch.testing.assert_close(weights(ours), weights(theirs), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(small.loss, big.loss, rtol=1e-5)
    assert small.samples == big.samples == 2 * n


def test_batches_are_weighed_by_what_the_loss_is_a_mean_over():
    """Rows of which some tokens are padding: the mean over all tokens, in one batch or in three."""
    draw = torch.Generator().manual_seed(0)
    X = torch.randn(9, 4, 3, generator=draw, dtype=torch.float64)
    Y = torch.randint(2, (9, 4), generator=draw)
    Y[:5, 1:] = -100

    def loss(scores, y):
        return functional.cross_entropy(scores.flatten(0, 1), y.flatten())

    def once(batch, accumulate):
        torch.manual_seed(0)
        model = nn.Linear(3, 2).double()
        count = lambda batch: int((batch[1] >= 0).sum())  # noqa: E731
        history = train(
            model, loader(X, Y, batch=batch), loss, optimiser=sgd(model), accumulate=accumulate, count=count
        )
        return weights(model), history

    (small, history), (big, _) = once(3, 3), once(9, 1)
    torch.testing.assert_close(small, big, rtol=1e-10, atol=1e-12)
    assert history.tokens == 36
    assert history.samples == 5 + 16


def test_a_schedule_steps_with_the_optimiser():
    model = net()
    optimiser = sgd(model, lr=1.0)
    history = train(model, data(), mse, optimiser=optimiser, schedule=StepLR(optimiser, 2, 0.5), clip=1e-3)
    assert history.rates == [1.0, 1.0, 0.5, 0.5, 0.25]


@given(st.integers(1, 50), st.integers(0, 49), st.floats(0, 0.9))
def test_cosine_rises_to_the_full_rate_and_falls_to_its_floor(steps, warmup, floor):
    optimiser = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=2.0)
    if warmup >= steps:
        with pytest.raises(ValueError, match=f"warmup={warmup}, steps={steps}"):
            cosine(optimiser, steps, warmup, floor)
        return
    rates = []
    schedule = cosine(optimiser, steps, warmup, floor)
    for _ in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    assert rates[:warmup] == sorted(rates[:warmup])
    assert rates[warmup] == pytest.approx(2)
    assert rates[warmup:] == sorted(rates[warmup:], reverse=True)
    if steps - warmup > 1:
        assert rates[-1] == pytest.approx(2 * floor, abs=1e-9)


def test_adamw_spares_biases_norms_and_frozen_weights():
    model = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))
    model[2].requires_grad_(False)
    decayed, spared = adamw(model, weight_decay=0.3).param_groups
    assert [p.shape for p in decayed["params"]] == [(4, 3)]
    assert decayed["weight_decay"] == 0.3
    assert [p.shape for p in spared["params"]] == [(4,)] * 3
    assert spared["weight_decay"] == 0
    with pytest.raises(ValueError, match="every parameter is frozen"):
        adamw(model.requires_grad_(False))


def test_other_batches_need_a_forward_of_their_own():
    X, y = data().tensors
    batches = [{"x": X, "y": y}]
    with pytest.raises(TypeError, match=r"it is a dict.*forward=f"):
        train(net(), batches, mse)
    model = net()
    history = train(model, batches, mse, forward=lambda model, batch: (model(batch["x"]), batch["y"]))
    assert history.steps == 1


def test_any_device_but_the_cpu_gets_its_batches(monkeypatch):
    moved = []
    monkeypatch.setattr(run, "move", lambda batch, device: moved.append(device) or batch)
    one = run.Run.__new__(run.Run)
    one.here, one.device = False, torch.device("meta")
    one.move(1)
    assert moved == [torch.device("meta")]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_mixed_precision_computes_training_and_validation_in_its_dtype(dtype):
    kept = []

    def loss(output, target):
        kept.append(output.dtype)
        return mse(output.float(), target)

    train(net(), data(), loss, validation=data(), dtype=dtype, device="cpu")
    assert kept == 10 * [getattr(torch, dtype)]


# ---------------------------------------------------------------- validation


def test_validation_is_the_mean_over_all_samples_and_leaves_no_trace():
    model, other = net(0.5), net(0.5)
    X, y = data(11).tensors
    metrics = {"mae": functional.l1_loss, "share": lambda output, target: 0.25}
    shuffled = DataLoader(TensorDataset(X, y), batch_size=4, shuffle=True)  # draws on the global generator
    torch.manual_seed(5)
    history = train(model, data(), mse, optimiser=sgd(model), epochs=2, validation=shuffled, metrics=metrics)
    torch.manual_seed(5)
    train(other, data(), mse, optimiser=sgd(other), epochs=2)
    assert torch.equal(weights(model), weights(other))
    with torch.no_grad():
        expected = {
            "loss": mse(model(X), y).item(),
            "mae": functional.l1_loss(model(X), y).item(),
            "share": 0.25,
        }
    assert history.validation[-1] == pytest.approx(expected, rel=1e-5)
    assert len(history.validation) == 2


def rising(after):
    """A validation loss that falls for some epochs, then rises."""
    calls = iter(range(1000))
    return lambda output, target: torch.tensor(float(abs(next(calls) - after)))


def test_early_stopping_restores_the_best_weights(tmp_path):
    seen = []
    losses = rising(2)

    def loss(output, target):
        if torch.is_grad_enabled():
            return mse(output, target)
        seen.append(weights(model))
        return losses(output, target)

    model = net()
    one = data(8, shuffle=False)
    options = {"validation": one, "patience": 3, "epochs": 50, "checkpoint": tmp_path / "a.pt"}
    history = train(model, one, loss, optimiser=sgd(model), **options)
    assert [row["loss"] for row in history.validation] == [2, 1, 0, 1, 2, 3]
    assert (history.epochs, history.best, history.ended) == (6, 2, "stopped early")
    assert torch.equal(weights(model), seen[2])
    again = net()
    assert train(again, one, loss, optimiser=sgd(again), **options) == history  # it has ended
    assert torch.equal(weights(again), seen[2])


def test_frozen_modules_keep_their_mode():
    body, head = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout()), nn.Linear(4, 1)
    model = nn.Sequential(body, head)
    body.requires_grad_(False)
    body.eval()
    mean = body[1].running_mean.clone()
    modes = []
    train(
        model, data(), mse, epochs=2, validation=data(),
        forward=lambda m, b: modes.append((body.training, body[2].training, head.training)) or (m(b[0]), b[1]),
    )  # fmt: skip
    assert torch.equal(body[1].running_mean, mean)
    assert modes == ([(False, False, True)] * 5 + [(False, False, False)] * 5) * 2
    body.train()
    train(model, data(), mse)
    assert not torch.equal(body[1].running_mean, mean)  # the user's affair


# ---------------------------------------------------------------- checkpoints and interrupts


def full_run(folder, dropout=0.3, stop=None, batches=data, **options):
    """A run with all that has a state; `stop` interrupts it after so many losses have been computed."""
    model = net(dropout)
    optimiser = adamw(model, lr=0.05)
    schedule = LambdaLR(optimiser, lambda step: 0.9**step)
    calls = [0]

    def loss(output, target):
        calls[0] += 1
        if calls[0] == stop:
            os.kill(os.getpid(), signal.SIGINT)
        return mse(output, target)

    options = {"epochs": 3, "accumulate": 2, "clip": 1.0, "validation": data(9, shuffle=False)} | options
    path = folder / "run.pt" if folder else None
    history = train(
        model, batches(), loss, optimiser=optimiser, schedule=schedule, checkpoint=path, **options
    )
    return model, history


class Noisy(Dataset):
    """Samples that draw on all three global generators."""

    def __len__(self):
        return 20

    def __getitem__(self, i):
        x = torch.randn(3) + float(np.random.random()) + i / 20
        return x, x.sum(axis=0, keepdim=True)


SOURCES = {
    "tensors": data,
    "dataset": lambda: loader(Noisy(), batch=4),
    "torch's loader": lambda: DataLoader(Noisy(), batch_size=4, shuffle=True),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("stop", [1, 4, 5, 6, 7, 8, 15, 19])  # in steps, at the end of one, in validation
def test_an_interrupted_run_goes_on_bit_for_bit(tmp_path, capsys, source, stop):
    options = {"batches": SOURCES[source], "every": 2}
    seed_all(0)
    whole, expected = full_run(None, **options)
    seed_all(0)
    _, before = full_run(tmp_path, stop=stop, **options)
    assert before.ended == "interrupted"
    assert before.steps < expected.steps or len(before.validation) < 3
    assert "run.pt holds all of it, and the same call goes on from there" in capsys.readouterr().out
    seed_all(99)
    model, history = full_run(tmp_path, **options)
    assert torch.equal(weights(model), weights(whole))
    assert (history.loss, history.rates, history.validation) == (
        expected.loss,
        expected.rates,
        expected.validation,
    )
    assert (history.ended, history.epochs, history.samples) == ("finished", 3, expected.samples)
    assert len(history.seconds) == 3


@pytest.mark.parametrize("cut", [{"epochs": 1}, {"epochs": 2}, {"steps": 2}, {"steps": 3}, {"steps": 5}])
def test_more_epochs_later_are_the_same_as_at_once(tmp_path, cut):
    seed_all(0)
    whole, expected = full_run(None)
    seed_all(0)
    _, before = full_run(tmp_path, **cut)
    assert before.ended == "finished"
    assert before.steps == cut.get("steps", before.steps)
    assert before.epochs == before.steps // 3
    model, history = full_run(tmp_path)
    assert torch.equal(weights(model), weights(whole))
    assert history.loss == expected.loss


@pytest.mark.parametrize("lag", [1, 16])
def test_a_crashed_run_goes_on_from_its_last_checkpoint_bit_for_bit(tmp_path, monkeypatch, lag):
    seed_all(0)
    whole, expected = full_run(None)
    seed_all(0)
    monkeypatch.setattr(steps, "LAG", lag)
    with monkeypatch.context() as patch:
        left = iter(range(8))
        patch.setattr(epochs, "step", lambda *told: steps.step(*told) if next(left) < 7 else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            full_run(tmp_path, every=2)
    kept = checkpoint.read(tmp_path / "run.pt")
    assert (kept["done"], kept["history"]["epochs"], len(kept["history"]["loss"])) == (0, 2, 6)
    left = iter(range(9))
    with monkeypatch.context() as patch:
        patch.setattr(epochs, "step", lambda *told: steps.step(*told) if next(left) < 2 else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            full_run(tmp_path, every=2)
    assert len(checkpoint.read(tmp_path / "run.pt")["history"]["loss"]) == 8
    model, history = full_run(tmp_path)
    assert torch.equal(weights(model), weights(whole))
    assert history.loss == expected.loss


def test_without_a_checkpoint_an_interrupt_still_returns_the_history(capsys):
    _, history = full_run(None, stop=3)
    assert (history.ended, history.steps) == ("interrupted", 2)
    assert "checkpoint=FILE" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_interrupt_stops_at_once_and_the_handler_is_put_back():
    def loss(output, target):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        return mse(output, target)

    with pytest.raises(KeyboardInterrupt):
        train(net(), data(), loss)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_trains_in_a_thread_too():
    found = []
    thread = threading.Thread(target=lambda: found.append(train(net(), data(), mse)))
    thread.start()
    thread.join()
    assert found[0].ended == "finished"


def test_a_run_that_has_ended_is_said_and_can_begin_anew(tmp_path, capsys):
    _, first = full_run(tmp_path)
    model, again = full_run(tmp_path)
    assert again == first
    assert "holds a run that has ended" in capsys.readouterr().out
    assert not model.training
    _, anew = full_run(tmp_path, resume=False, epochs=1)
    assert anew.epochs == 1


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    full_run(tmp_path)
    other = nn.Linear(3, 1)
    with pytest.raises(ValueError, match="another model"):
        train(other, data(), mse, checkpoint=tmp_path / "run.pt", epochs=9)
    model = net()
    with pytest.raises(ValueError, match="another optimiser"):
        train(model, data(), mse, optimiser=sgd(model), checkpoint=tmp_path / "run.pt", epochs=9)


def test_a_damaged_or_foreign_file_is_refused(tmp_path):
    path = tmp_path / "run.pt"
    path.write_bytes(b"PK damaged")
    with pytest.raises(ValueError, match="can't be read as a checkpoint"):
        full_run(tmp_path)
    torch.save({"model": 1}, path)
    with pytest.raises(ValueError, match="no checkpoint of this version"):
        full_run(tmp_path)
    torch.save({"format": 1, "f": os.system}, path)  # nothing in a file is run
    with pytest.raises(ValueError, match="can't be read as a checkpoint"):
        full_run(tmp_path)


def test_a_crash_while_writing_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "a.pt"
    checkpoint.write(path, {"format": 1, "n": 1})

    def crash(state, file):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", crash)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.write(path, {"format": 1, "n": 2})
    assert checkpoint.read(path)["n"] == 1
    assert list(tmp_path.iterdir()) == [path]


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("lag", [1, 16])
def test_a_loss_that_is_not_finite_stops_with_its_step(monkeypatch, tmp_path, lag):
    calls = [0]
    model = net()
    before = []

    def loss(output, target):
        calls[0] += 1
        before.append(weights(model))
        return mse(output, target) * (float("nan") if calls[0] == 8 else 1)

    monkeypatch.setattr(steps, "LAG", lag)
    with pytest.raises(
        FloatingPointError, match=r"the loss of step 8 is nan \(learning rate 0.1\).*clip=1.0"
    ):
        train(model, data(), loss, optimiser=sgd(model), epochs=4, checkpoint=tmp_path / "a.pt")
    kept = checkpoint.read(tmp_path / "a.pt")
    assert len(kept["history"]["loss"]) == 5
    if lag == 1:
        assert torch.equal(weights(model), before[-1])


def test_losses_that_are_read_late_are_the_same(monkeypatch):
    _, at_once = full_run(None, dropout=0)
    monkeypatch.setattr(steps, "LAG", 4)
    _, late = full_run(None, dropout=0)
    assert (at_once.loss, at_once.samples) == (late.loss, late.samples)


@pytest.mark.parametrize("accumulate", [1, 3])
def test_where_memory_runs_out_the_batch_is_halved_and_the_gradient_stays(capsys, accumulate):
    ours, theirs = net().double(), net().double()

    def batches():
        X, y = data(36).tensors
        return loader(X.double(), y.double(), batch=8)

    def greedy(output, target):
        if len(output) > 3:
            raise RuntimeError("DefaultCPUAllocator: not enough memory")
        return mse(output, target)

    options = {"epochs": 2, "accumulate": accumulate}
    halved = train(ours, batches(), greedy, optimiser=sgd(ours), **options)
    whole = train(theirs, batches(), mse, optimiser=sgd(theirs), **options)
    torch.testing.assert_close(weights(ours), weights(theirs), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(halved.loss, whole.loss)
    assert halved.samples == whole.samples
    assert capsys.readouterr().out.count("Memory ran out") == 2
    with pytest.raises(RuntimeError, match="not enough"):
        train(ours, batches(), greedy, halve=False)


def bad_schedule():
    model = net()
    return {"model": model, "optimiser": sgd(model), "schedule": StepLR(sgd(model), 1)}


def plateau():
    model = net()
    optimiser = sgd(model)
    return {"model": model, "optimiser": optimiser, "schedule": ReduceLROnPlateau(optimiser)}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"accumulate": 0}, "accumulate=0"),
        ({"epochs": 0}, "epochs=0"),
        ({"patience": 2}, "give validation="),
        ({"data": []}, "gave no batch"),
        ({"validation": []}, "nothing to validate on"),
        ({"loss": lambda output, target: output}, r"has the shape \(8, 1\): take its mean"),
        ({"dtype": "float8"}, "no mixed precision 'float8'"),
        ({"device": "gpu"}, "names no device"),
        (bad_schedule, "of another optimiser"),
        (plateau, "ReduceLROnPlateau waits"),
    ],
)
def test_arguments_that_fit_nothing(options, says):
    given = {"model": net(), "data": data(), "loss": mse} | (options() if callable(options) else options)
    with pytest.raises(ValueError, match=says):
        train(given.pop("model"), given.pop("data"), given.pop("loss"), **given)


def test_data_that_can_be_run_through_once_only():
    with pytest.raises(ValueError, match="run through only once"):
        train(net(), iter(list(data())), mse, epochs=2)


# ---------------------------------------------------------------- precision, compile, progress


def test_float16_with_its_scaler_and_a_schedule():
    model = net()
    optimiser = sgd(model, lr=0.01)
    history = train(
        model, data(), mse, optimiser=optimiser, schedule=StepLR(optimiser, 1, 0.5), dtype="float16", clip=1
    )
    assert history.rates[0] == 0.01
    assert history.loss[-1] < 10
    assert torch.isfinite(weights(model)).all()


def test_a_compiled_model_trains_the_same():
    ours, theirs = net(), net()
    train(ours, data(), mse, optimiser=sgd(ours), compile="eager", validation=data())
    train(theirs, data(), mse, optimiser=sgd(theirs))
    torch.testing.assert_close(weights(ours), weights(theirs))


class Screen:
    def __init__(self, monkeypatch, terminal):
        self.text = ""
        self.terminal = terminal
        monkeypatch.setattr(sys, "stdout", self)

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return self.terminal


@pytest.mark.parametrize(("terminal", "wanted"), [(True, None), (True, False), (False, None), (False, True)])
def test_the_line_is_written_in_a_terminal_and_only_there(monkeypatch, terminal, wanted):
    screen = Screen(monkeypatch, terminal)
    train(net(), data(), mse, epochs=2, bar=wanted, validation=data())
    shown = terminal and wanted is not False
    assert bool(screen.text) == shown
    if shown:
        assert "epoch 2/2  ━━━━━━━━━━━━━━━━━━━━  5/5  loss" in screen.text
        assert "validation" in screen.text
        assert screen.text.endswith("\n")


def test_a_run_that_steps_end_counts_the_epochs_that_it_will_have(monkeypatch):
    screen = Screen(monkeypatch, terminal=True)
    train(net(), data(), mse, epochs=100, steps=7)  # of five in an epoch
    assert "epoch 2/2  " in screen.text
    assert "/100" not in screen.text


def test_a_notebook_gets_one_output_that_changes(monkeypatch):
    sent = []

    class Handle:
        def update(self, data, raw):
            sent.append(("update", data["text/plain"]))

    def display(data, raw, display_id):
        sent.append(("display", data["text/plain"]))
        return Handle()

    monkeypatch.setattr(bar, "_notebook", lambda: object())
    monkeypatch.setitem(sys.modules, "IPython.display", type("M", (), {"display": staticmethod(display)}))
    line = bar.Bar()
    assert line.due
    line.write("a")
    assert not line.due
    line.write("b")
    assert sent == [("display", "a"), ("update", "b")]


def test_a_history_is_told_in_a_line():
    history = History(
        [3.0, 2.0], [0.1, 0.1], [{"loss": 1.5, "accuracy": 0.5}], [2.0], 10, 0, 1, 0, "finished"
    )
    assert str(history) == (
        "finished after 2 steps, 1 epochs, loss 2, validation loss 1.5, validation accuracy 0.5, 2.0 s, 5 samples a second"
    )
    history.tokens = 4000
    assert "2,000 tokens a second" in str(history)


# ---------------------------------------------------------------- several processes


def test_two_processes_train_as_one_with_the_whole_batch(tmp_path):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "COURSE_DEVICE": "cpu"}
    ran = subprocess.run(
        [*torchrun, two_processes.__file__, str(tmp_path)],
        capture_output=True,
        text=True,
        env=env,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
    (one, first), (other, second) = (
        torch.load(tmp_path / f"rank{i}.pt", weights_only=True) for i in range(2)
    )
    alone = tmp_path / "alone"
    model, history = two_processes.run(alone, 2)
    for name, w in model.state_dict().items():
        assert torch.equal(one[name], other[name])
        torch.testing.assert_close(one[name], w, rtol=1e-4, atol=1e-6)
    assert first["loss"] == second["loss"] == pytest.approx(history.loss, rel=1e-4)
    assert first["validation"][1]["loss"] == pytest.approx(history.validation[1]["loss"], rel=1e-4)
    assert (first["samples"], first["rates"], first["epochs"]) == (74, history.rates, 2)


def test_data_that_can_not_be_shared_out_is_refused():
    ranks = parallel.Ranks()
    ranks.rank, ranks.world = 1, 2
    with pytest.raises(TypeError, match="2 processes can't share out a DataLoader"):
        next(ranks.shares(DataLoader(TensorDataset(torch.ones(4))), 0))


@given(st.integers(1, 20), st.integers(1, 7), st.integers(1, 4))
def test_shares_make_up_the_batches(n, batch, world):
    shares = []
    for rank in range(world):
        ranks = copy.copy(parallel.Ranks())
        ranks.rank, ranks.world = rank, world
        shares.append(list(ranks.shares(loader(torch.arange(n), batch=batch), 0)))
    whole = list(loader(torch.arange(n), batch=batch))
    assert {len(share) for share in shares} == {len(whole)}
    for (x,), *parts in zip(whole, *shares, strict=True):
        assert sorted(i for (part,), real in parts if real for i in part.tolist()) == sorted(x.tolist())
        assert all(len(part) for (part,), _ in parts)


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["auto", "float32"])
def test_it_trains_on_a_gpu(monkeypatch, tmp_path, dtype):
    monkeypatch.delenv("COURSE_DEVICE")
    model = net()
    history = train(
        model, data(), mse, epochs=20, dtype=dtype, checkpoint=tmp_path / "a.pt", validation=data()
    )
    assert history.loss[-1] < history.loss[0]
    assert next(model.parameters()).device.type != "cpu"
    again = net()
    train(again, data(), mse, epochs=21, dtype=dtype, checkpoint=tmp_path / "a.pt", validation=data())
