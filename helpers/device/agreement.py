"""Whether a device computes what the CPU computes."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from helpers.device.moving import move, tensors

# As parts of the largest entry. In float32 a unit in the last place is 6e-8, sums of hundreds of terms in
# another order lose a digit or two of that, and so does each layer; gradients pass each layer twice.
TOLERANCE = {"float32": 1e-4, "float64": 1e-10}


def disagreement(model: nn.Module, *inputs: Any, device: torch.device | str) -> float:
    """Return how far a device is from the CPU: the largest difference as a part of the largest entry.

    The outputs and, for a fixed upstream gradient, the gradients with respect to all parameters are
    compared, each tensor with its own scale. TF32, which computes float32 with ten bits on NVIDIA GPUs, is
    off meanwhile.

    Args:
        model: any module that returns a tensor or containers of them; compared in its eval mode.
        inputs: what it takes, on the CPU.
        device: what is compared with the CPU.

    Returns:
        0 for equal bits; compare with `TOLERANCE[dtype]`. NaN where a value is on one side only.
    """
    with _full_precision():
        theirs, ours = (
            _evidence(model, inputs, where) for where in (torch.device("cpu"), torch.device(device))
        )
    return max((_far(a, b) for a, b in zip(theirs, ours, strict=True)), default=0.0)


def _evidence(model: nn.Module, inputs: tuple, where: torch.device) -> list[Tensor]:
    model = deepcopy(model).to(where).eval()
    outputs = [y for y in tensors(model(*move(inputs, where))) if y.is_floating_point()]
    params = [p for p in model.parameters() if p.requires_grad]
    if not params or not any(y.requires_grad for y in outputs):
        return [y.detach().cpu() for y in outputs]
    chance = torch.Generator().manual_seed(0)
    upstream = [torch.randn(y.shape, generator=chance, dtype=y.dtype).to(where) for y in outputs]
    loss = sum((y * g).sum() for y, g in zip(outputs, upstream, strict=True))
    gradients = torch.autograd.grad(loss, params, allow_unused=True)  # type: ignore[arg-type]
    return [x.detach().cpu() for x in (*outputs, *gradients) if x is not None]


def _far(a: Tensor, b: Tensor) -> float:
    if not a.numel():
        return 0.0
    scale = a.abs().max().clamp_min(torch.finfo(a.dtype).tiny)
    apart = torch.where(a == b, 0, a - b)  # equal infinities, as in a mask, are no difference
    return (apart.abs().max() / scale).item()


@contextmanager
def _full_precision() -> Iterator[None]:
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before
