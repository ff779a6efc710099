"""Measure the training loop beside bare ones, and a GPU beside the CPU, each in a fresh interpreter.

On a CPU: what `train()` costs. On a GPU: the tokens per second that it reaches beside a loop tuned by hand,
and how far every reference module of torch is from what the CPU computes.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from helpers.device import TOLERANCE, describe, device, disagreement, loader, synchronise, trouble
from helpers.device.precision import Name
from helpers.grading.bench.device_models import GPT, RECIPES, next_token
from helpers.grading.bench.pairs import ONE_THREAD, fresh, in_turns
from helpers.training import adamw, train

OVERHEAD = 0.01  # at most, on a CPU
LOSS = functional.cross_entropy
REACHES = 0.95  # at least, of the hand-tuned loop's tokens per second
PAIRS = 31  # of runs
EPOCHS = 31  # of pairs of steps


def measure() -> dict[str, Any]:
    """Return the figures by name; those that need a GPU say so in a line where there is none."""
    figures = {"overhead": _fresh("overhead", **ONE_THREAD)}
    where = device()
    if where.type == "cpu":
        why = trouble() or "there is no GPU on this machine."
        return {**figures, "tokens": f"not measured: {why}", "agreement": f"not measured: {why}"}
    return {**figures, "tokens": _fresh("tokens"), "agreement": _fresh("agreement")}


def told(figures: dict[str, Any]) -> str:
    """Return the figures as lines of text."""
    lines = []
    if row := figures.get("overhead"):
        lines.append(
            f"train() on {row['device']}, {row['what']}: {row['overhead']:+.1%} over a bare loop "
            f"({1e3 * row['seconds a step']:.2f} ms and {1e3 * row['bare seconds a step']:.2f} ms a step, "
            f"{1e3 * row['seconds a call']:.1f} ms more in a call), "
            f"at most {row['limit']:.0%} is asked: {_kept(row)}"
        )
    for name in ("tokens", "agreement"):
        if isinstance(figures.get(name), str):
            lines.append(f"{name}, on a GPU: {figures[name]}")
    if isinstance(row := figures.get("tokens"), dict):
        lines.append(
            f"train() on {row['device']}, {row['what']}: {row['tokens per second']:,.0f} tokens per second, "
            f"{row['ratio']:.2f} of a loop tuned by hand, at least {row['limit']:g} is asked: {_kept(row)}"
        )
    if isinstance(rows := figures.get("agreement"), dict):
        lines += [
            f"{name} on {row['device']}, {row['dtype']}: {row['apart']:.1e} of the largest entry from "
            f"the CPU, at most {row['limit']:g} is asked: {_kept(row)}"
            for name, row in rows.items()
        ]
    return "\n".join(lines)


# ---------------------------------------------------------------- the figures


def overhead(where: torch.device | None = None, epochs: int = EPOCHS, n: int = 8000) -> dict[str, Any]:
    """Time `train()` beside the barest loop, which keeps no loss at all: a step of each in turns.

    Both train one model with one optimiser on the same data, so that they differ in nothing but the loop.
    What a call of `train()` costs once, before its first step and after its last, and beyond what opening its
    loader costs a bare loop, is shared by one epoch.
    """
    torch.set_num_threads(1)
    where = where or torch.device("cpu")
    draw = torch.Generator().manual_seed(0)
    X, y = torch.rand(n, 784, generator=draw), torch.randint(10, (n,), generator=draw)
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10)).to(where)
    optimiser = adamw(model)

    def epoch() -> tuple[Turns, float]:
        turns = Turns(loader(X, y, batch=128, device=where), bare(model, optimiser), where)
        began = time.perf_counter()
        train(model, turns, LOSS, optimiser=optimiser, device=where, dtype="float32", bar=False)
        spent = time.perf_counter() - began
        return turns, spent - sum(turns.ours) - sum(turns.theirs) - 2 * turns.opened

    epoch()  # warm
    every, once = zip(*(epoch() for _ in range(epochs)), strict=True)
    ours, theirs = ([t for turns in every for t in getattr(turns, name)] for name in ("ours", "theirs"))
    step, call = median(a / b for a, b in zip(ours, theirs, strict=True)), median(once)
    cost = step - 1 + call / (len(every[0]) * median(theirs))
    return {
        "what": f"a 784-512-10 network on {n:,} images, batches of 128", "device": describe(where),
        "overhead": cost, "seconds a step": median(ours), "bare seconds a step": median(theirs),
        "seconds a call": call, "limit": OVERHEAD, "kept": cost <= OVERHEAD, "pairs": len(ours),
    }  # fmt: skip


def tokens(
    where: torch.device | None = None, pairs: int = PAIRS, steps: int = 100, batch: int = 64, **sizes: int
) -> dict[str, Any]:
    """Time steps of a GPT by `train()` beside a loop tuned by hand, both in bfloat16 where that is fast."""
    where = where or device()
    model, same = twice(lambda: GPT(**sizes).to(where))
    T = model.place.num_embeddings
    draw = torch.Generator().manual_seed(0)
    text = torch.randint(model.letter.num_embeddings, (steps * batch, T + 1), generator=draw)
    X, Y = text[:, :-1].contiguous(), text[:, 1:].contiguous()
    batches, others = (loader(X, Y, batch=batch) for _ in range(2))  # in pinned memory where there is CUDA
    optimiser, other = adamw(model, betas=(0.9, 0.95)), adamw(same, betas=(0.9, 0.95))
    half = where.type == "cuda" and torch.cuda.get_device_capability(where)[0] >= 8

    def ours() -> None:
        dtype: Name = "bfloat16" if half else "float32"
        train(model, batches, next_token, optimiser=optimiser, device=where, dtype=dtype, clip=1.0, bar=False)

    def tuned() -> None:
        same.train()
        for x, y in others:
            x, y = x.to(where, non_blocking=True), y.to(where, non_blocking=True)
            with torch.autocast(where.type, torch.bfloat16, enabled=half):
                loss = next_token(same(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(same.parameters(), 1.0)
            other.step()
            other.zero_grad(set_to_none=True)

    ratio, seconds, theirs = in_turns(ours, tuned, pairs, lambda: synchronise(where))
    count = sum(p.numel() for p in model.parameters())
    return {
        "what": f"{steps} steps of a GPT of {count / 1e6:.1f} million parameters, {batch} x {T} tokens each",
        "device": describe(where), "ratio": 1 / ratio, "tokens per second": X.numel() / seconds,
        "tuned tokens per second": X.numel() / theirs, "limit": REACHES, "kept": 1 / ratio >= REACHES,
        "pairs": pairs,
    }  # fmt: skip


def agreement(where: torch.device | None = None) -> dict[str, Any]:
    """Compare every reference module of torch on the CPU and on the GPU, outputs and gradients."""
    where = where or device()
    rows = {}
    for name, made in RECIPES.items():
        torch.manual_seed(0)
        model, inputs = made()
        apart = disagreement(model, *inputs, device=where)
        limit = TOLERANCE["float32"]
        rows[name] = {
            "device": str(where), "dtype": "float32", "apart": apart, "limit": limit, "kept": apart <= limit,
        }  # fmt: skip
    return rows


# ---------------------------------------------------------------- what they need


def bare(model: nn.Module, optimiser: torch.optim.Optimizer) -> Callable[[Tensor, Tensor], None]:
    """Return the least that a step can be."""

    def step(inputs: Tensor, classes: Tensor) -> None:
        optimiser.zero_grad()
        LOSS(model(inputs), classes).backward()
        optimiser.step()

    return step


def twice(make: Callable[[], Any]) -> tuple[Any, Any]:
    """Return two models with the same weights."""
    a, b = make(), make()
    b.load_state_dict(a.state_dict())
    return a, b


class Turns:
    """Batches for `train()`; between two of its steps, another step is done on a batch of its own.

    Attributes:
        ours, theirs: seconds of each step of `train()`, drawing its batch included, and of the other one.
        opened: seconds of opening the batches once; each of the two does.
    """

    def __init__(self, batches: Any, other: Callable[..., object], where: torch.device):
        self.batches, self.other, self.where = batches, other, where
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self.opened = 0.0

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        began = self._now()
        others = iter(self.batches)
        self.opened, began = self._now() - began, self._now()
        for batch in self.batches:
            yield batch
            between = self._now()
            self.ours.append(between - began)
            self.other(*next(others))
            began = self._now()
            self.theirs.append(began - between)

    def _now(self) -> float:
        synchronise(self.where)
        return time.perf_counter()


def _fresh(name: str, **environment: str) -> Any:
    return fresh(__name__, name, **environment)


def _kept(row: dict[str, Any]) -> str:
    return "kept" if row["kept"] else "NOT KEPT"


if __name__ == "__main__":  # the interpreter that `measure` starts
    figures: dict[str, Callable[[], dict[str, Any]]] = {
        "overhead": overhead, "tokens": tokens, "agreement": agreement,
    }  # fmt: skip
    print(json.dumps(figures[sys.argv[1]]()))
