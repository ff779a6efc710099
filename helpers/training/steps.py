"""A step of a run: the gradient of the mean loss over all its samples, then the change of the weights."""

import math
import sys
from functools import partial
from typing import Any

import torch
from torch import nn

from helpers.device import split
from helpers.training.parallel import Share
from helpers.training.run import Run

LAG = 16  # steps after which a GPU is asked for its losses: to ask is to wait for it


def step(run: Run, group: list[Share]) -> None:
    """Change the weights once, by the gradient over a group of batches."""
    once = partial(gradient, run, group)
    loss = run.halving(once, group[0][0]) if run.halving else once()
    run.history.rates.append(float(run.optimiser.param_groups[0]["lr"]))
    run.pending.append(loss)
    if len(run.pending) >= LAG or (run.at_once and not math.isfinite(loss)):
        run.drain()
    if run.clip is not None:
        if run.precision.scaler.is_enabled():
            run.precision.scaler.unscale_(run.optimiser)
        nn.utils.clip_grad_norm_(run.params, run.clip)
    if run.precision.step(run.optimiser) and run.schedule:
        run.schedule.step()
    run.done += 1
    run.stop = run.stop or (run.interrupt.asked and run.ranks.world == 1)


def gradient(run: Run, group: list[Share], size: int = sys.maxsize) -> Any:
    """Compute the gradient of the mean over all samples; return this process's part of that mean.

    Every loss is the mean over its n samples. Weighed by n / N, N those of all batches and processes,
    they add up to the mean over all; DDP averages over processes, hence the factor `world`.
    """
    run.optimiser.zero_grad()
    world = run.ranks.world
    if size < sys.maxsize:  # memory ran out before
        group = [(part, real) for batch, real in group for part in split(batch, size)]
    if world == 1 and len(group) == 1:  # nothing to weigh; the common case, kept short
        [(part, _)] = group
        n = run.count(part)
        loss, tokens = run.mean(part)
        mean = run.read(loss)
        run.precision.backward(loss)
        run.seen[0] += n
        run.seen[1] += tokens
        return mean
    counts = [run.count(part) if real else 0 for part, real in group]
    N: Any = sum(counts)
    if world > 1:
        N = run.ranks.sum(torch.tensor(float(N), device=run.device))
    mean, tokens = 0, 0
    for i, ((part, real), n) in enumerate(zip(group, counts, strict=True)):
        with run.ranks.alone(run.net, last=i == len(group) - 1):
            loss, more = run.mean(part)
            loss = loss * (n / N)
            run.precision.backward(loss * world if world > 1 else loss)
        mean = mean + run.read(loss)
        tokens += more if real else 0
    run.seen[0] += sum(counts)
    run.seen[1] += tokens
    return mean
