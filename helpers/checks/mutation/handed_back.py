"""What mutants call: the same result as another type, or with an input changed behind it."""

import copy
import sys
from collections.abc import Callable
from typing import Any

import numpy as np


class Unchanged(Exception):
    """Raised where a value has no such other form: the mutant would be the reference."""


def float16(value: Any) -> Any:
    """Round to half precision."""
    return _of_each(value, lambda a: a.astype(np.float16), lambda t: t.half(), "f")


def whole(value: Any) -> Any:
    """Cut the decimals off."""
    return _of_each(value, lambda a: a.astype(int), lambda t: t.long(), "f")


def detached(value: Any) -> Any:
    """Cut a tensor from the graph."""
    torch: Any = sys.modules.get("torch")
    cut: list[Any] = []

    def of(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(of(v) for v in value)
        if torch is not None and isinstance(value, torch.Tensor) and value.requires_grad:
            cut.append(value)
            return value.detach()
        return value

    out = of(value)
    if not cut:
        raise Unchanged
    return out


def transposed(value: Any) -> Any:
    """Exchange the last two axes."""
    if getattr(value, "ndim", 0) < 2:
        raise Unchanged
    return value.swapaxes(-1, -2)


def spoilt(value: Any, argument: Any) -> Any:
    """Change an argument in place once the result is made."""
    value = copy.deepcopy(value)
    try:
        if getattr(argument, "requires_grad", False) or not np.size(argument):
            raise Unchanged
        argument[...] = 1 - argument if str(argument.dtype).rpartition(".")[2] != "bool" else ~argument
    except (AttributeError, TypeError, ValueError, RuntimeError):
        raise Unchanged from None
    return value


def _of_each(value: Any, array: Callable[[Any], Any], tensor: Callable[[Any], Any], kinds: str) -> Any:
    torch: Any = sys.modules.get("torch")
    changed: list[Any] = []

    def of(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return type(value)(of(v) for v in value)
        if isinstance(value, np.ndarray | np.floating | float) and np.asarray(value).dtype.kind in kinds:
            changed.append(value)
            return array(np.asarray(value))[()]
        if torch is not None and isinstance(value, torch.Tensor) and value.dtype.is_floating_point:
            changed.append(value)
            return tensor(value)
        return value

    out = of(value)
    if not changed:
        raise Unchanged
    return out
