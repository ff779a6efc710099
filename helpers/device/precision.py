"""Automatic mixed precision: which dtype a device does well, and the scaling that float16 needs."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, TypeVar

import torch
from torch import Tensor

F = TypeVar("F", bound=Callable)
NOTHING = nullcontext()
Name = Literal["auto", "bfloat16", "float16", "float32"]


@dataclass(frozen=True)
class Precision:
    """What a training step needs of mixed precision.

    Attributes:
        device: where it computes.
        dtype: of matrix products and convolutions; None leaves everything as it is.
        scaler: of the loss, without effect unless dtype is float16, whose small gradients would become 0.
    """

    device: torch.device
    dtype: torch.dtype | None
    scaler: torch.amp.GradScaler

    def context(self) -> AbstractContextManager:
        """Return the context for the forward pass and the loss; the backward pass stands outside of it."""
        return torch.autocast(self.device.type, self.dtype) if self.dtype else NOTHING

    def around(self, f: F) -> F:
        """Return f as it computes in that context; f itself where there is nothing to mix."""
        return torch.autocast(self.device.type, self.dtype)(f) if self.dtype else f

    def backward(self, loss: Tensor) -> None:
        """Run backward from a loss, scaled where that is needed."""
        (self.scaler.scale(loss) if self.dtype is torch.float16 else loss).backward()

    def step(self, optimiser: torch.optim.Optimizer) -> bool:
        """Step the optimiser; False where gradients overflowed in float16, so that the step was left out."""
        if self.dtype is not torch.float16:
            optimiser.step()
            return True
        before = self.scaler.get_scale()
        self.scaler.step(optimiser)
        self.scaler.update()
        return self.scaler.get_scale() >= before  # it falls exactly when a step was left out


def autocast(device: torch.device | str, dtype: Name = "auto") -> Precision:
    """Return the mixed precision that a device does well.

    bfloat16 on NVIDIA GPUs from compute capability 8 (Ampere) on, on AMD's that have it, and on Intel's;
    float16 with scaled losses on older NVIDIA GPUs with tensor cores (7.x); else nothing. On a CPU nothing:
    bfloat16 pays there only for large models on processors with AMX, and costs digits always.

    Args:
        device: where to compute.
        dtype: "auto", or one of your own; "float32" for none.

    Raises:
        ValueError: for another dtype.
    """
    device = torch.device(device)
    known = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": None}
    if dtype != "auto" and dtype not in known:
        raise ValueError(f"there is no mixed precision {dtype!r}; there are: auto, {', '.join(known)}")
    chosen = _best(device) if dtype == "auto" else known[dtype]
    scaler = torch.amp.GradScaler(device.type, enabled=chosen is torch.float16)
    return Precision(device, chosen, scaler)


def _best(device: torch.device) -> torch.dtype | None:
    if device.type == "xpu":
        return torch.bfloat16
    if device.type != "cuda":
        return None
    if torch.version.hip:
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else None
    major, _ = torch.cuda.get_device_capability(device)  # torch also emulates bfloat16, slowly
    return torch.bfloat16 if major >= 8 else torch.float16 if major == 7 else None
