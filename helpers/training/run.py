"""A training run: epochs, steps, and how far they have come."""

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from helpers.device import Halving, Precision, move, split, synchronise
from helpers.device.chance import restore, states
from helpers.training.bar import Bar, line
from helpers.training.checkpoint import save
from helpers.training.history import History
from helpers.training.parallel import Ranks
from helpers.training.stopping import Interrupt
from helpers.training.validation import Best, evaluate, modes

LAG = 16  # steps after which a GPU is asked for its losses: to ask is to wait for it

Mean = Callable[[Any, Any], Tensor]
Forward = Callable[[nn.Module, Any], tuple[Any, Any]]
Share = tuple[Any, bool]  # of a batch, and whether it counts


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
        self.params = [p for group in self.optimiser.param_groups for p in group["params"]]
        self.modes = list(modes(self.model))
        self.at_once = self.device.type == "cpu" and self.ranks.world == 1  # losses are read without waiting
        n = len(self.data) if isinstance(self.data, Sized) else None
        self.length = None if n is None else -(-n // self.accumulate)  # steps in an epoch
        if self.ranks.world > 1:
            self.halving = None  # the others would wait
        if self.halving:
            self.halving.tell = self.bar.say

    # ------------------------------------------------------------ epochs

    def fit(self) -> History:
        """Run the epochs that are left; leave a checkpoint, and the model in eval mode."""
        history = self.history
        if history.ended == "stopped early" or history.epochs >= self.epochs or self.full:
            self.say(f"{self.path} holds a run that has ended ({history}). To begin anew, give resume=False.")
        else:
            history.ended = ""
            try:
                with self.interrupt:
                    while not history.ended:
                        self.epoch()
                    save(self)
            finally:
                self.bar.end()
            if history.ended == "interrupted":
                self.say(f"Interrupted after step {history.steps}: {self._kept()}.")
        if self.best.weights and history.ended != "interrupted":
            self.model.load_state_dict(self.best.weights)
        self.model.eval()
        return history

    def epoch(self) -> None:
        """Train on what is left of an epoch, then validate."""
        history = self.history
        groups = self.opened()
        for module, mode in self.modes:
            module.training = mode
        before, clock = history.seconds[-1], time.perf_counter()
        for group in groups:
            self.step(group)
            if self.bar.due:
                self.show()
            if self.full or self.stop:
                break
            if self.every and self.done % self.every == 0:
                history.seconds[-1] = before + time.perf_counter() - clock
                save(self)
        if not self.done:
            raise ValueError("nothing to train on: the data gave no batch (can it be run through only once?)")
        self.drain()
        synchronise(self.device)
        history.seconds[-1] = before + time.perf_counter() - clock
        if self.stop or not self.validated():
            history.ended = "interrupted"
        else:
            self.closed()

    def opened(self) -> Iterator[list[Share]]:
        """Begin an epoch, or go on with one; yield the batches of each of its steps."""
        if self.began is None:
            self.began = self.chance()
            self.history.seconds.append(0.0)
        else:
            self.restore(self.began)  # its order once more
        shares = self.ranks.shares(self.data, self.history.epochs)
        groups = iter(lambda: list(islice(shares, self.accumulate)), [])
        next(islice(groups, self.done, self.done), None)  # skip what is done
        if self.resumed:
            self.restore(self.resumed)
            self.resumed = None
        return groups

    def validated(self) -> bool:
        """Validate where that was asked for; False where it was interrupted, to be done after resuming."""
        if self.validation is None:
            return True
        here = states(self.device)  # so that training does not depend on validation
        row = evaluate(self)
        restore(here, self.device)
        if row is None:
            return False
        self.history.validation.append(row)
        if self.best.see(row["loss"], self.model):
            self.history.best = len(self.history.validation) - 1
        return True

    def closed(self) -> None:
        """Count the epoch, unless `steps` broke it off, and decide whether it was the last."""
        history = self.history
        if not self.full or self.done == self.length:
            history.epochs += 1
            self.began, self.done = None, 0
        if self.best.tired:
            history.ended = "stopped early"
        elif self.full or history.epochs >= self.epochs:
            history.ended = "finished"
        self.show()
        if not history.ended:
            save(self)

    @property
    def full(self) -> bool:
        """Whether all steps that were asked for are done."""
        return self.steps is not None and self.history.steps + len(self.pending) >= self.steps

    # ------------------------------------------------------------ steps

    def step(self, group: list[Share]) -> None:
        """Change the weights once, by the gradient over a group of batches."""
        if self.halving:
            loss = self.halving(partial(self.gradient, group), group[0][0])
        else:
            loss = self.gradient(group)
        self.history.rates.append(float(self.optimiser.param_groups[0]["lr"]))
        self.pending.append(loss)
        if len(self.pending) >= LAG or (self.at_once and not math.isfinite(loss)):
            self.drain()
        if self.clip is not None:
            if self.precision.scaler.is_enabled():
                self.precision.scaler.unscale_(self.optimiser)
            nn.utils.clip_grad_norm_(self.params, self.clip)
        if self.precision.step(self.optimiser) and self.schedule:
            self.schedule.step()
        self.done += 1
        self.stop = self.stop or (self.interrupt.asked and self.ranks.world == 1)

    def gradient(self, group: list[Share], size: int = sys.maxsize) -> Any:
        """Compute the gradient of the mean over all samples; return this process's part of that mean.

        Every loss is the mean over its n samples. Weighed by n / N, N those of all batches and processes,
        they add up to the mean over all; DDP averages over processes, hence the factor `world`.
        """
        self.optimiser.zero_grad()
        world = self.ranks.world
        if size < sys.maxsize:  # memory ran out before
            group = [(part, real) for batch, real in group for part in split(batch, size)]
        counts = [self.count(part) if real else 0 for part, real in group]
        if world == 1 and len(group) == 1:  # nothing to weigh; the common case, kept short
            loss, tokens = self.mean(group[0][0])
            mean = self.read(loss)
            self.precision.backward(loss)
            self.seen[0] += counts[0]
            self.seen[1] += tokens
            return mean
        N: Any = sum(counts)
        if world > 1:
            N = self.ranks.sum(torch.tensor(float(N), device=self.device))
        mean, tokens = 0, 0
        for i, ((part, real), n) in enumerate(zip(group, counts, strict=True)):
            with self.ranks.alone(self.net, last=i == len(group) - 1):
                loss, more = self.mean(part)
                loss = loss * (n / N)
                self.precision.backward(loss * world if world > 1 else loss)
            mean = mean + self.read(loss)
            tokens += more if real else 0
        self.seen[0] += sum(counts)
        self.seen[1] += tokens
        return mean

    def read(self, loss: Tensor) -> Any:
        """Return a loss: on a CPU its value, elsewhere what does not wait for it."""
        return loss.item() if self.at_once else loss.detach()

    def mean(self, part: Any) -> tuple[Tensor, int]:
        """Return the mean loss over a part of a batch, and how many tokens it has."""
        with self.precision.context():
            output, target = self.forward(self.net, self.move(part))
            loss = self.loss(output, target)
        if loss.ndim:
            raise ValueError(
                f"a loss is one number, and it has the shape {tuple(loss.shape)}: take its mean()"
            )
        return loss, _tokens(target)

    def move(self, batch: Any) -> Any:
        """Put a batch on the device."""
        return batch if self.device.type == "cpu" else move(batch, self.device)

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

    # ------------------------------------------------------------ states and words

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
        """Write the progress line."""
        if self.at_once:
            self.drain()
        h = self.history
        done = self.done or self.length or 0
        epoch = h.epochs + (self.done > 0)
        validation = h.validation[-1]["loss"] if h.validation else None
        self.bar.write(
            line(done, self.length, epoch, self.epochs, h.loss[-1] if h.loss else math.nan, validation)
        )

    def say(self, text: str) -> None:
        """Print a message, in one process."""
        if self.ranks.first:
            self.bar.say(text)

    def _kept(self) -> str:
        if self.path:
            return f"{self.path} holds all of it, and the same call goes on from there"
        return (
            "the model keeps its weights, but the optimiser's state is gone if you did not make it yourself. "
            "With checkpoint=FILE, the same call would go on from here"
        )


def _tokens(target: Any) -> int:
    whole = isinstance(target, Tensor) and target.ndim > 1 and not target.is_floating_point()
    return target.numel() if whole else 0
