"""Which modules train in training mode: all but frozen ones."""

from collections.abc import Iterator

from torch import nn


def modes(module: nn.Module, frozen: bool = False) -> Iterator[tuple[nn.Module, bool]]:
    """Yield each module and whether it trains in training mode: all do, but frozen ones keep their mode.

    A module is frozen if it has parameters and none of them requires a gradient; so is what is inside it.
    """
    params = list(module.parameters())
    frozen = frozen or (bool(params) and not any(p.requires_grad for p in params))
    yield module, module.training if frozen else True
    for child in module.children():
        yield from modes(child, frozen)
