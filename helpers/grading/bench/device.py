"""Measure the training loop beside bare ones, and a GPU beside the CPU, each in a fresh interpreter.

On a CPU: what `train()` costs. On a GPU: the tokens per second that it reaches beside a loop tuned by hand,
and how far every reference module of torch is from what the CPU computes.
"""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

import helpers.reference
from helpers.device import TOLERANCE, describe, device, disagreement, loader, synchronise, trouble
from helpers.device.precision import Name
from helpers.training import adamw, train

OVERHEAD = 0.03  # at most, on a CPU
REACHES = 0.95  # at least, of the hand-tuned loop's tokens per second
PAIRS = 31
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

Work = Callable[[], object]


def measure() -> dict[str, Any]:
    """Return the figures by name; those that need a GPU say so in a line where there is none."""
    figures = {"overhead": _fresh("overhead")}
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
            f"({row['seconds']:.3f} s and {row['bare seconds']:.3f} s), "
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


def overhead(where: torch.device | None = None, pairs: int = PAIRS, n: int = 8000) -> dict[str, Any]:
    """Time an epoch of `train()` beside the barest loop on the same batches, which keeps no loss at all."""
    torch.set_num_threads(1)
    where = where or torch.device("cpu")
    draw = torch.Generator().manual_seed(0)
    X, y = torch.rand(n, 784, generator=draw), torch.randint(10, (n,), generator=draw)
    model, same = twice(lambda: nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10)).to(where))
    batches, others = (loader(X, y, batch=128, device=where) for _ in range(2))
    optimiser, other = adamw(model), adamw(same)

    def ours() -> None:
        train(
            model,
            batches,
            functional.cross_entropy,
            optimiser=optimiser,
            device=where,
            dtype="float32",
            bar=False,
        )

    def bare() -> None:
        same.train()
        for inputs, classes in others:
            other.zero_grad()
            functional.cross_entropy(same(inputs), classes).backward()
            other.step()

    ratio, seconds, theirs = in_turns(ours, bare, pairs, where)
    return {
        "what": f"an epoch of a 784-512-10 network on {n:,} images, batches of 128, processor time",
        "device": describe(where), "overhead": ratio - 1, "seconds": seconds, "bare seconds": theirs,
        "limit": OVERHEAD, "kept": ratio - 1 <= OVERHEAD, "pairs": pairs,
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

    ratio, seconds, theirs = in_turns(ours, tuned, pairs, where)
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


class GPT(nn.Module):
    """A decoder-only Transformer in the form of GPT-2 (Radford et al. 2019), of 10.7 million parameters."""

    def __init__(self, letters: int = 65, T: int = 256, d: int = 384, heads: int = 6, layers: int = 6):
        super().__init__()
        self.letter, self.place = nn.Embedding(letters, d), nn.Embedding(T, d)
        self.blocks = nn.Sequential(*(Block(d, heads) for _ in range(layers)))
        self.norm, self.scores = nn.LayerNorm(d), nn.Linear(d, letters, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the scores (B, T, letters) of the token after each of (B, T)."""
        X = self.letter(tokens) + self.place.weight[: tokens.shape[1]]
        return self.scores(self.norm(self.blocks(X)))


class Block(nn.Module):
    """Causal attention, then two layers, each beside a shortcut and behind a norm."""

    def __init__(self, d: int, heads: int):
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))

    def forward(self, X: Tensor) -> Tensor:
        """Map (B, T, d) to the same shape."""
        B, T, d = X.shape
        q, k, v = self.qkv(self.norm1(X)).view(B, T, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        A = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        X = X + self.out(A.transpose(1, 2).reshape(B, T, d))
        return X + self.mlp(self.norm2(X))


def next_token(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy of scores (B, T, letters) against tokens (B, T)."""
    return functional.cross_entropy(scores.flatten(0, 1), targets.flatten())


def _multi_head() -> tuple[nn.Module, tuple]:
    from helpers.reference.attention import MultiHead

    return MultiHead(64, 4), (torch.randn(4, 32, 64), torch.ones(32, 32, dtype=torch.bool).tril())


def _language_model() -> tuple[nn.Module, tuple]:
    from helpers.reference.attention import LanguageModel

    return LanguageModel(27, 32), (torch.randint(27, (8, 32)),)


def _block() -> tuple[nn.Module, tuple]:
    from helpers.reference.transformers import Block

    return Block(64, 4, 256), (torch.randn(4, 32, 64), torch.ones(32, 32, dtype=torch.bool).tril())


def _fused() -> tuple[nn.Module, tuple]:
    from helpers.reference.transformers import Fused

    return Fused(64, 4), (torch.randn(4, 32, 64), torch.ones(32, 32, dtype=torch.bool).tril())


def _gpt() -> tuple[nn.Module, tuple]:
    from helpers.reference import transformers

    return transformers.GPT(27, 32), (torch.randint(27, (8, 32)),)


def _encoder() -> tuple[nn.Module, tuple]:
    from helpers.reference.transformers import Encoder

    return Encoder(50, 16, 32, 4, 64, 2), (
        torch.randint(50, (4, 16)),
        torch.arange(16) < torch.tensor([[9], [16], [1], [5]]),
    )


def _recurrent() -> tuple[nn.Module, tuple]:
    from helpers.reference.language import Recurrent

    return Recurrent("LSTM"), (torch.randint(27, (8, 12)),)


def _fine_tuned() -> tuple[nn.Module, tuple]:
    from helpers.reference.transfer import FineTuned

    stages = [nn.Sequential(nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU()) for _ in range(3)]
    return FineTuned(stages, nn.Linear(32, 10), 1), (torch.randn(64, 32),)


def _lora() -> tuple[nn.Module, tuple]:
    from helpers.reference.transfer import LoRA

    return LoRA(nn.Linear(64, 32), 4), (torch.randn(16, 64),)


RECIPES: dict[str, Callable[[], tuple[nn.Module, tuple]]] = {  # each returns a module and what it takes
    "attention.MultiHead": _multi_head,
    "attention.LanguageModel": _language_model,
    "language.Recurrent": _recurrent,
    "transfer.FineTuned": _fine_tuned,
    "transfer.LoRA": _lora,
    "transformers.Block": _block,
    "transformers.Encoder": _encoder,
    "transformers.Fused": _fused,
    "transformers.GPT": _gpt,
}


def without_recipe() -> set[str]:
    """Return the reference modules of torch that no recipe builds."""
    found = set()
    for module in pkgutil.iter_modules(helpers.reference.__path__, "helpers.reference."):
        for name, value in vars(importlib.import_module(module.name)).items():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and issubclass(value, nn.Module) and not name.startswith("_"):
                found.add(f"{module.name.rpartition('.')[2]}.{name}")
    return found - RECIPES.keys()


def twice(make: Callable[[], Any]) -> tuple[Any, Any]:
    """Return two models with the same weights."""
    a, b = make(), make()
    b.load_state_dict(a.state_dict())
    return a, b


def in_turns(ours: Work, theirs: Work, pairs: int, where: torch.device) -> tuple[float, float, float]:
    """Return the medians of the ratio and of both times; a busy moment hits both works of a pair."""
    ours(), theirs()  # warm
    rows = []
    for i in range(pairs):
        order = (ours, theirs) if i % 2 else (theirs, ours)
        took = {work: _seconds(work, where) for work in order}
        rows.append((took[ours] / took[theirs], took[ours], took[theirs]))
    ratio, mine, others = (median(column) for column in zip(*rows, strict=True))
    return ratio, mine, others


def _seconds(work: Work, where: torch.device) -> float:
    clock = (
        time.process_time if where.type == "cpu" else time.perf_counter
    )  # others may use this machine, too
    synchronise(where)
    began = clock()
    work()
    synchronise(where)
    return clock() - began


def _fresh(name: str) -> Any:
    one = ONE_THREAD if name == "overhead" else {}
    return json.loads(
        subprocess.check_output([sys.executable, "-m", __name__, name], text=True, env={**os.environ, **one})
    )


def _kept(row: dict[str, Any]) -> str:
    return "kept" if row["kept"] else "NOT KEPT"


if __name__ == "__main__":  # the interpreter that `measure` starts
    figures: dict[str, Callable[[], dict[str, Any]]] = {
        "overhead": overhead, "tokens": tokens, "agreement": agreement,
    }  # fmt: skip
    print(json.dumps(figures[sys.argv[1]]()))
