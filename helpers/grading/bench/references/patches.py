"""Lesson 08: pictures cut into patches that become tokens, by a cut and a product, and as torch convolves."""

from collections.abc import Callable
from typing import Any

WHAT = "forward and backward of 64 numbers for each patch of 4 x 4 pixels of 64 pictures of (3, 32, 32)"
LIMIT = 1.0
PICTURES, CHANNELS, SIDE, PATCH, WIDTH = 64, 3, 32, 4, 64


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same tokens twice, with the gradients of the weights."""
    import torch
    from torch import nn

    from helpers.reference.transformers import patchify

    torch.manual_seed(0)
    images = torch.randn(PICTURES, CHANNELS, SIDE, SIDE)
    theirs = nn.Conv2d(CHANNELS, WIDTH, PATCH, stride=PATCH)
    ours = nn.Linear(CHANNELS * PATCH**2, WIDTH)
    ours.load_state_dict({"weight": theirs.weight.flatten(1), "bias": theirs.bias})
    G = torch.randn(PICTURES, (SIDE // PATCH) ** 2, WIDTH)

    def there_and_back(layer: nn.Module, tokens: Callable[[], Any]) -> Callable[[], list[Any]]:
        def once() -> list[Any]:
            Z = tokens()
            dW, db = torch.autograd.grad(Z, [*layer.parameters()], G)
            return [Z.detach(), dW.flatten(1), db]

        return once

    return (
        there_and_back(ours, lambda: ours(patchify(images, PATCH))),
        there_and_back(theirs, lambda: theirs(images).flatten(2).transpose(1, 2)),
    )
