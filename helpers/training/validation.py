"""What is done between epochs: validation, keeping the best weights, modules' modes."""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from helpers.training.loop import Run


def modes(module: nn.Module, frozen: bool = False) -> Iterator[tuple[nn.Module, bool]]:
    """Yield each module and whether it trains in training mode: all do, but frozen ones keep their mode.

    A module is frozen if it has parameters and none of them requires a gradient; so is what is inside it.
    """
    params = list(module.parameters())
    frozen = frozen or (bool(params) and not any(p.requires_grad for p in params))
    yield module, module.training if frozen else True
    for child in module.children():
        yield from modes(child, frozen)


@torch.no_grad()
def evaluate(run: "Run") -> dict[str, float] | None:
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


class Best:
    """The smallest validation loss so far, its weights, and for how many epochs there was none smaller."""

    def __init__(self, patience: int | None):
        self.patience = patience
        self.loss, self.waited = math.inf, 0
        self.weights: dict[str, Tensor] = {}

    def see(self, loss: float, model: nn.Module) -> bool:
        """Note an epoch's loss; return whether it is the smallest. NaN never is."""
        if not loss < self.loss:
            self.waited += 1
            return False
        self.loss, self.waited = loss, 0
        if self.patience:
            self.weights = {name: x.detach().clone() for name, x in model.state_dict().items()}
        return True

    @property
    def tired(self) -> bool:
        """Whether patience has come to its end."""
        return self.patience is not None and self.waited >= self.patience
