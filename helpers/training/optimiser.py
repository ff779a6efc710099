"""The optimiser and the schedule that most models of today are trained with."""

import math

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR


def adamw(
    model: nn.Module, lr: float = 1e-3, weight_decay: float = 0.01, betas: tuple[float, float] = (0.9, 0.999)
) -> torch.optim.AdamW:
    """Return AdamW (Loshchilov & Hutter 2019) on what is not frozen, fused where the device has it.

    Weight decay is for matrices and filters: biases and the scales of norms, which have one axis, are spared.
    Put the model on its device first: whether a fused step exists is the device's affair.

    Args:
        model: whose parameters.
        lr: the learning rate.
        weight_decay: what part of lr times a weight is taken off it in each step.
        betas: the decay of both moving means; for language models (0.9, 0.95) is usual.

    Raises:
        ValueError: where all parameters are frozen.
    """
    params = [p for p in model.parameters() if p.requires_grad]
    if not params:
        raise ValueError("nothing to train: every parameter is frozen; set requires_grad_(True) on some")
    groups = [
        {"params": [p for p in params if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in params if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    fused = {p.device.type for p in params} <= {"cuda"} or {p.device.type for p in params} <= {"cpu"}
    return torch.optim.AdamW(groups, lr=lr, betas=betas, fused=fused)


def cosine(optimiser: torch.optim.Optimizer, steps: int, warmup: int = 0, floor: float = 0.1) -> LambdaLR:
    """Return a schedule: a straight rise in `warmup` steps, then half a cosine down to `floor`, then that.

    Args:
        optimiser: whose learning rates are the highest that are reached.
        steps: of the optimiser, in all.
        warmup: steps of the rise, which ends at the full rate.
        floor: the last rate as a part of the full one.

    Raises:
        ValueError: unless 0 <= warmup < steps.
    """
    if not 0 <= warmup < steps:
        raise ValueError(f"the warm-up ends before the last step, and warmup={warmup}, steps={steps}")

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / (warmup + 1)
        along = min(1.0, (step - warmup) / max(1, steps - 1 - warmup))
        return floor + (1 - floor) * (1 + math.cos(math.pi * along)) / 2

    return LambdaLR(optimiser, factor)
