"""Batches are nested containers of tensors: move them, count their rows, cut them into parts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

Batch = TypeVar("Batch")


def move(batch: Batch, device: torch.device | str) -> Batch:
    """Return the batch with everything that can be moved on the device, in containers of the same types.

    Tensors in pinned memory are copied without blocking: the GPU's own queue keeps the order, so the copy
    runs beside what Python does next. Others are copied the ordinary way; what is there is not copied.

    Args:
        batch: a tensor of any shape and dtype, anything else with `.to(device)`, or a dict, list, tuple,
            named tuple or dataclass of such, nested as you like. Everything else stays what it is.
        device: where to.
    """
    device = torch.device(device)

    def to(x: Any) -> Any:
        if isinstance(x, Tensor):
            if x.device == device:
                return x
            pinned = device.type != "cpu" and x.device.type == "cpu" and x.is_pinned()
            return x.to(device, non_blocking=pinned)
        return x.to(device) if callable(getattr(x, "to", None)) and not isinstance(x, type) else x

    return walk(batch, to)


def walk(x: Any, f: Callable[[Any], Any]) -> Any:
    """Return the containers of x, with f of every leaf in its place."""
    if isinstance(x, Tensor):
        return f(x)
    if isinstance(x, tuple):
        inner = [walk(v, f) for v in x]
        return type(x)(*inner) if hasattr(x, "_fields") else tuple(inner)
    if isinstance(x, list):
        return [walk(v, f) for v in x]
    if isinstance(x, Mapping):
        if callable(getattr(x, "to", None)):  # a tokenizer's output
            return f(x)
        items = {k: walk(v, f) for k, v in x.items()}
        return items if type(x) is dict else type(x)(items)  # type: ignore[call-arg]
    if is_dataclass(x) and not isinstance(x, type):
        given = {part.name: walk(getattr(x, part.name), f) for part in fields(x) if part.init}
        return replace(x, **given)
    return f(x)


def rows(batch: Any) -> int:
    """Return how many rows (samples) a batch has: the length of its first tensor that has a length.

    Raises:
        ValueError: where there is none.
    """
    if isinstance(batch, (tuple, list)) and batch and isinstance(first := batch[0], Tensor) and first.ndim:
        return first.shape[0]  # the usual batch, at once: every step of training asks
    for x in tensors(batch):
        if x.ndim:
            return x.shape[0]
    raise ValueError(
        f"a batch of type {type(batch).__name__} holds no tensor with rows, so that it can't be weighed; "
        "give train(..., count=f), where f(batch) is the number of samples"
    )


def tensors(batch: Any) -> Iterator[Tensor]:
    """Yield the tensors in a batch's containers."""
    if isinstance(batch, Tensor):
        yield batch
    elif isinstance(batch, list | tuple):
        for x in batch:
            yield from tensors(x)
    elif isinstance(batch, Mapping):
        for x in batch.values():
            yield from tensors(x)
    elif is_dataclass(batch) and not isinstance(batch, type):
        for part in fields(batch):
            yield from tensors(getattr(batch, part.name))


def split(batch: Batch, size: int) -> list[Batch]:
    """Return the batch in parts of at most `size` rows; tensors of another length are in each part."""
    n = rows(batch)

    def part(first: int) -> Batch:
        def cut(x: Any) -> Any:
            has_rows = isinstance(x, Tensor) and x.ndim and len(x) == n
            return x[first : first + size] if has_rows else x

        return walk(batch, cut)

    return [batch] if size >= n else [part(first) for first in range(0, n, size)]
