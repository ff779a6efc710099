"""Lesson 08: the blocks of the lesson's reader of texts there and back, with fused heads, and torch's own."""

from collections.abc import Callable
from typing import Any

WHAT = "forward and backward of 2 encoder blocks of width 48 on 32 texts of up to 40 words"
LIMIT = 1.0
TEXTS, LONGEST, WIDTH, HEADS, HIDDEN, LAYERS = 32, 40, 48, 4, 192, 2


def pair() -> tuple[Callable[[], object], Callable[[], object]]:
    """Return the same blocks twice; each call returns the rows and the gradients of the inputs."""
    import torch
    from torch import nn

    from helpers.grading.bench.references.transformers import layer_of
    from helpers.reference.transformers import Block, fuse

    torch.manual_seed(0)
    blocks = nn.ModuleList(Block(WIDTH, HEADS, HIDDEN, pre=False) for _ in range(LAYERS))
    theirs = nn.ModuleList(layer_of(block, norm_first=False) for block in blocks)
    fuse(blocks)
    X = torch.randn(TEXTS, LONGEST, WIDTH, requires_grad=True)
    G = torch.randn(TEXTS, LONGEST, WIDTH)
    real = torch.arange(LONGEST) < torch.randint(LONGEST // 2, LONGEST + 1, (TEXTS, 1))

    def there_and_back(stack: Any, run: Callable[[Any, Any], Any]) -> Callable[[], list[Any]]:
        learning = [X, *stack.parameters()]

        def once() -> list[Any]:
            H = X
            for block in stack:
                H = run(block, H)
            return [H.detach(), torch.autograd.grad(H, learning, G)[0]]

        return once

    mask = real[:, None, None, :]
    return (
        there_and_back(blocks, lambda block, H: block(H, mask)),
        there_and_back(theirs, lambda block, H: block(H, src_key_padding_mask=~real)),
    )
