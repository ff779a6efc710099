"""Lesson 05: a convolution layer there and back, by the lesson's rule and by torch."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from helpers.grading.bench.references.recurrent import repeated
from helpers.reference.convolution import conv_rule

WHAT = "forward and backward of 16 filters of 3 x 3 on a batch of (32, 3, 32, 32)"
LIMIT = 0.95


def pair(
    stride: int = 1, pad: int = 0, dilation: int = 1
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same layer twice; each call returns the value and the three gradients."""
    import torch

    rng = np.random.default_rng(0)
    shapes = (32, 3, 32, 32), (16, 3, 3, 3), (16,)
    X, K, b = (rng.normal(size=shape).astype(np.float32) for shape in shapes)
    layer = partial(torch.nn.functional.conv2d, stride=stride, padding=pad, dilation=dilation)
    tensors = [torch.tensor(a, requires_grad=True) for a in (X, K, b)]
    shape = layer(*tensors).shape
    G = rng.normal(size=tuple(shape)).astype(np.float32)
    gradient = torch.tensor(G)

    def once() -> list[Any]:
        value, pulls = conv_rule(X, K, b, stride, pad, dilation)
        return [value, *(pull(G) for pull in pulls)]

    def torch_once() -> list[Any]:
        value = layer(*tensors)
        return [value.detach(), *torch.autograd.grad(value, tensors, gradient)]

    return repeated(once), repeated(torch_once)
