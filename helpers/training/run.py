"""A training run: what it was given, and how far it has come."""

import math
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from helpers.device import Halving, Precision, move
from helpers.device.chance import restore, states
from helpers.training.bar import Bar, line
from helpers.training.history import History
from helpers.training.modes import modes
from helpers.training.parallel import Ranks
from helpers.training.stopping import Best, Interrupt

Mean = Callable[[Any, Any], Tensor]
Forward = Callable[[nn.Module, Any], tuple[Any, Any]]


@dataclass
class Run:
    """What `train` was given, and how far it has come."""

    model: nn.Module
    net: nn.Module  # the model as it is called: compiled, or one of several
    data: Iterable[Any]
    loss: Mean
    optimiser: Optimizer
    schedule: LRScheduler | None
    epochs: int
    steps: int | None
    validation: Iterable[Any] | None
    metrics: dict[str, Mean]
    clip: float | None
    accumulate: int
    forward: Forward
    count: Callable[[Any], int]
    device: torch.device
    precision: Precision
    every: int | None
    ranks: Ranks
    best: Best
    bar: Bar
    path: Path | None
    halving: Halving | None
    history: History = field(default_factory=History)
    done: int = 0  # steps of the present epoch
    began: dict[str, Any] | None = None  # the states that its order was drawn from
    resumed: dict[str, Any] | None = None  # the states to go on from
    pending: list[Any] = field(
        default_factory=list
    )  # losses not yet in the history, tensors where to read them is to wait
    seen: list[int] = field(default_factory=lambda: [0, 0])  # samples and tokens, likewise
    interrupt: Interrupt = field(default_factory=Interrupt)
    stop: bool = False  # the interrupt, once all processes know of it

    def __post_init__(self) -> None:
        learning = {id(p): p for group in self.optimiser.param_groups for p in group["params"]}
        ordered = {id(p): p for p in self.model.parameters() if id(p) in learning}
        self.params = [*(ordered | learning).values()]  # as a bare loop has them: a norm is a sum in an order
        self.modes = list(modes(self.model))
        self.here = self.device.type == "cpu"  # where batches are
        self.at_once = self.here and self.ranks.world == 1  # losses are read without waiting
        self.mean = self.precision.around(self._mean)
        n = len(self.data) if isinstance(self.data, Sized) else None
        self.length = None if n is None else -(-n // self.accumulate)  # steps in an epoch
        if self.ranks.world > 1:
            self.halving = None  # the others would wait
        if self.halving:
            self.halving.tell = self.bar.say

    @property
    def full(self) -> bool:
        """Whether all steps that were asked for are done."""
        return self.steps is not None and self.history.steps + len(self.pending) >= self.steps

    def _mean(self, part: Any) -> tuple[Tensor, int]:
        """Return the mean loss over a part of a batch, and how many tokens it has."""
        output, target = self.forward(self.net, self.move(part))
        loss = self.loss(output, target)
        if loss.ndim:
            raise ValueError(
                f"a loss is one number, and it has the shape {tuple(loss.shape)}: take its mean()"
            )
        whole = isinstance(target, Tensor) and target.ndim > 1 and not target.is_floating_point()
        return loss, target.numel() if whole else 0

    def read(self, loss: Tensor) -> Any:
        """Return a loss: on a CPU its value, elsewhere what does not wait for it."""
        return loss.item() if self.at_once else loss.detach()

    def move(self, batch: Any) -> Any:
        """Put a batch on the device."""
        return batch if self.here else move(batch, self.device)

    def drain(self) -> None:
        """Note the losses that are pending, of all processes; stop where one is not finite."""
        if not self.pending:
            return
        losses: list[float] = self.pending
        if self.ranks.world > 1:
            mine = torch.tensor([float(self.interrupt.asked), *self.seen], dtype=torch.float64)
            every = self.ranks.sum(torch.cat([torch.stack(self.pending).double(), mine.to(self.device)]))
            *losses, asked, samples, tokens = every.tolist()
            self.stop, self.seen = self.stop or asked > 0, [int(samples), int(tokens)]
        elif not self.at_once:
            losses = torch.stack(self.pending).tolist()
        history = self.history
        first = history.steps
        history.loss += losses
        history.samples += self.seen[0]
        history.tokens += self.seen[1]
        self.pending, self.seen = [], [0, 0]
        for i, loss in enumerate(losses, first):
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"the loss of step {i + 1} is {loss} (learning rate {history.rates[i]:g}). From there on "
                    "training computes nothing of use. Look for NaN in the data and for log(0) or a division "
                    "by 0 in the loss; else lower the learning rate, or clip the gradients: clip=1.0"
                )

    def chance(self) -> dict[str, Any]:
        """Return the states of all random numbers that this run draws on."""
        own = [g.get_state() for g in self._generators()]
        return {"global": states(self.device), "own": own}

    def restore(self, chance: dict[str, Any]) -> None:
        """Put the states back that `chance` returned."""
        restore(chance["global"], self.device)
        for generator, state in zip(self._generators(), chance["own"], strict=False):
            generator.set_state(state)

    def _generators(self) -> list[torch.Generator]:
        found = [getattr(data, "generator", None) for data in (self.data, self.validation)]
        return [g for g in found if isinstance(g, torch.Generator)]

    def show(self) -> None:
        """Write the progress line, where there is one."""
        if not self.bar.seen:
            return
        if self.at_once:
            self.drain()
        h = self.history
        done = self.done or self.length or 0
        epoch = h.epochs + (self.done > 0)
        validation = h.validation[-1]["loss"] if h.validation else None
        loss = h.loss[-1] if h.loss else math.nan
        all_steps = min(self.steps or math.inf, self.epochs * (self.length or math.inf))
        epochs = math.ceil(all_steps / self.length) if self.length else self.epochs
        left = self.bar.left((h.steps + len(self.pending)) / all_steps)
        self.bar.write(line(done, self.length, epoch, epochs, loss, validation, left))

    def say(self, text: str) -> None:
        """Print a message, in one process."""
        if self.ranks.first:
            self.bar.say(text)
