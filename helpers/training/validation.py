"""Validation between epochs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from helpers.training.run import Run


@torch.no_grad()
def evaluate(run: Run) -> dict[str, float] | None:
    """Return the means of loss and metrics over the validation data; None where it was interrupted."""
    run.model.eval()
    net = run.net if run.ranks.world == 1 else run.model  # DDP waits for the others at each call
    dtype = torch.float32 if run.device.type == "mps" else torch.float64
    means: dict[str, Callable[[Any, Any], Tensor]] = {"loss": run.loss, **run.metrics}
    sums = torch.zeros(1 + len(means), dtype=dtype, device=run.device)
    for batch, real in run.ranks.shares(run.validation, 0):
        if run.interrupt.asked and run.ranks.world == 1:
            return None
        with run.precision.context():
            output, target = run.forward(net, run.move(batch))
            values = [torch.as_tensor(mean(output, target)).to(sums) for mean in means.values()]
        if real:
            sums += run.count(batch) * torch.stack([torch.ones_like(sums[0]), *values])
    total, *values = run.ranks.sum(sums).tolist()
    if not total:
        raise ValueError(
            "there is nothing to validate on: the data gave no batch (can it be run through only once?)"
        )
    return {name: value / total for name, value in zip(means, values, strict=True)}
