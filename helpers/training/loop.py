"""`train` and its arguments."""

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from helpers.device import Halving, autocast, rows
from helpers.device import device as choose
from helpers.device.precision import Name
from helpers.training.bar import Bar
from helpers.training.checkpoint import load
from helpers.training.epochs import fit
from helpers.training.history import History
from helpers.training.optimiser import adamw
from helpers.training.parallel import Ranks
from helpers.training.run import Forward, Mean, Run
from helpers.training.stopping import Best


def outputs(model: nn.Module, batch: Any) -> tuple[Any, Any]:
    """Return (output, target) for a batch (input, ..., target): the usual `forward` of `train`.

    Raises:
        TypeError: for a batch of another form.
    """
    if not isinstance(batch, list | tuple) or len(batch) < 2:
        raise TypeError(
            f"a batch should be (input, target), and it is a {type(batch).__name__}; "
            "give train(..., forward=f), where f(model, batch) returns (output, target)"
        )
    *inputs, target = batch
    return model(*inputs), target


def train(
    model: nn.Module,
    data: Iterable[Any],
    loss: Mean,
    *,
    optimiser: Optimizer | None = None,
    schedule: LRScheduler | None = None,
    epochs: int = 1,
    steps: int | None = None,
    validation: Iterable[Any] | None = None,
    metrics: Mapping[str, Mean] | None = None,
    patience: int | None = None,
    clip: float | None = None,
    accumulate: int = 1,
    forward: Forward = outputs,
    count: Callable[[Any], int] = rows,
    device: torch.device | str | None = None,
    dtype: Name = "auto",
    checkpoint: str | PathLike | None = None,
    every: int | None = None,
    resume: bool = True,
    compile: bool | str = False,
    halve: bool = True,
    bar: bool | None = None,
) -> History:
    """Train a model, and return what happened; the model is then in eval mode, ready to predict.

    A step's gradient is that of the mean loss over all samples of its `accumulate` batches, also where the
    last is smaller; likewise over all processes under `torchrun`, each of which computes its rows of every
    batch. What is frozen (modules whose parameters all are) keeps its mode, so that its batch norm can
    stay in eval. Ctrl-C, or Jupyter's stop button, ends the run after the step that is being computed.

    Args:
        model: is moved to the device.
        data: batches (input, ..., target); best from `helpers.device.loader`. Under several processes also
            a DataLoader with torch's DistributedSampler.
        loss: loss(output, target) -> the mean over the batch, a scalar.
        optimiser: by default `adamw(model)`.
        schedule: any of torch's schedulers of that optimiser; stepped after each step.
        epochs: passes through the data, in all: a resumed run counts those before it.
        steps: at most so many steps, in all; an epoch that they end is unfinished.
        validation: batches on which the mean loss and the metrics are computed after each epoch.
        metrics: more means over a batch, metric(output, target), by their names.
        patience: stop after so many epochs without a smaller validation loss, then restore the weights of
            the best one.
        clip: the largest norm of all gradients together; longer ones are shortened to it.
        accumulate: batches in a step.
        forward: forward(model, batch) -> (output, target), for other forms of batches.
        count: count(batch) -> what the loss is a mean over: rows, or tokens that are not padding.
        device: None for the best that there is; a GPU of its own for each process.
        dtype: of mixed precision: "auto", "bfloat16", "float16" or "float32" (none).
        checkpoint: a file, written after each epoch, at an interrupt, and at the end.
        every: also after so many steps.
        resume: go on from the checkpoint where there is one; bit for bit on a CPU, if data, model and
            arguments are made in the same way. Needed of data: that its order comes from its `generator` or
            from the global ones. False begins anew and writes over it.
        compile: torch.compile the model, by the backend of this name if it is one.
        halve: where memory runs out, compute batches in halves (quarters, ...) and say so. The gradient stays
            the same, save for batch norm and other statistics of the batch. Not with several processes.
        bar: False for no progress line; there is none anyway where output is neither terminal nor notebook.

    Raises:
        ValueError: for arguments that fit nothing, no data, or a checkpoint that is not of this run.
        FloatingPointError: where the loss is NaN or infinite; on a CPU before the weights change, on a GPU up
            to 16 steps later. The checkpoint is of a step before it.
    """
    ranks = Ranks()
    where = ranks.device(choose(device))
    if where.type == "cuda" and where.index is None:
        where = torch.device("cuda", torch.cuda.current_device())
    _sensible(accumulate=accumulate, every=every, patience=patience, steps=steps, epochs=epochs)
    if patience and validation is None:
        raise ValueError("patience compares validation losses: give validation=loader(X, y, shuffle=False)")
    if schedule is not None and getattr(schedule, "optimizer", None) is not optimiser:
        raise ValueError("the schedule is of another optimiser: give train() the one that it was made with")
    if isinstance(schedule, ReduceLROnPlateau):
        raise ValueError(
            "ReduceLROnPlateau waits for validation, and schedules here go by steps: see cosine()"
        )
    model.to(where)
    net = ranks.wrap(model, where)
    if compile:
        backend = compile if isinstance(compile, str) else "inductor"
        net = torch.compile(net, backend=backend)  # type: ignore[assignment]
    run = Run(
        model, net, data, loss, optimiser or adamw(model), schedule, epochs, steps, validation,
        dict(metrics or {}), clip, accumulate, forward, count, where, autocast(where, dtype), every, ranks,
        Best(patience), Bar(bar if ranks.first else False),
        Path(checkpoint) if checkpoint is not None else None, Halving() if halve else None,
    )  # fmt: skip
    if run.path and resume and run.path.exists():
        load(run, run.path)
    return fit(run)


def _sensible(**counts: int | None) -> None:
    for name, value in counts.items():
        if value is not None and value < 1:
            raise ValueError(f"{name} counts from 1, and {name}={value}")
