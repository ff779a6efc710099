"""Loaders of batches with sensible defaults."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class Batches:
    """Batches of rows of tensors in memory: a whole batch is one indexing, not one for each sample.

    Attributes:
        tensors: what rows are taken from, each (n, ...).
        batch: rows in a batch; the last may have fewer.
        shuffle: whether each pass has a new order, drawn from `generator`.
        generator: a seeded one; whoever restores its state before a pass gets the same order again.
        pin: whether batches come in pinned memory, from which a GPU copies without blocking.
    """

    def __init__(
        self, tensors: tuple[Tensor, ...], batch: int, shuffle: bool, seed: int, drop_last: bool, pin: bool
    ):
        self.tensors, self.batch, self.shuffle, self.drop_last, self.pin = (
            tensors,
            batch,
            shuffle,
            drop_last,
            pin,
        )
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        n = len(self.tensors[0])
        return n // self.batch if self.drop_last else -(-n // self.batch)

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        return (self.take(rows) for rows in self.order())

    def order(self) -> tuple[Tensor, ...]:
        """Draw the rows of each batch of the next pass, int64, on the tensors' device."""
        n = len(self.tensors[0])
        order = torch.randperm(n, generator=self.generator) if self.shuffle else torch.arange(n)
        return order.to(self.tensors[0].device).split(self.batch)[: len(self)]

    def take(self, rows: Tensor) -> tuple[Tensor, ...]:
        """Return these rows of every tensor."""
        batch = tuple(x.index_select(0, rows) for x in self.tensors)
        return tuple(x.pin_memory() for x in batch) if self.pin else batch


def loader(
    *data: Any,
    batch: int = 64,
    shuffle: bool = True,
    seed: int = 0,
    device: torch.device | str | None = None,
    workers: int = 0,
    drop_last: bool = False,
) -> Any:
    """Return an iterable of batches that can be run through again and again.

    Args:
        data: tensors or arrays with rows (n, ...), all of one length, which gives `Batches`; or one
            torch `Dataset`, which gives torch's `DataLoader`.
        batch: rows in a batch.
        shuffle: a new order in each pass, from the seed: for training. Say False for validation.
        seed: of the order, apart from all other random numbers.
        device: tensors are put there once, which saves a copy for each batch where they fit.
        workers: processes that read a Dataset; what is in memory needs none.
        drop_last: leave out a last batch that is smaller than the others.

    Raises:
        ValueError: for no data, an empty batch, or lengths that differ.
    """
    if batch < 1:
        raise ValueError(f"a batch has at least one row, and batch={batch}")
    if not data:
        raise ValueError("there is nothing to load: give tensors, as in loader(X, y), or one Dataset")
    if len(data) == 1 and isinstance(data[0], Dataset):
        return DataLoader(
            data[0], batch_size=batch, shuffle=shuffle, num_workers=workers, drop_last=drop_last,
            pin_memory=torch.cuda.is_available(), persistent_workers=workers > 0,
            generator=torch.Generator().manual_seed(seed),
        )  # fmt: skip
    tensors = tuple(torch.as_tensor(np.asarray(x) if isinstance(x, list) else x) for x in data)
    lengths = [len(x) for x in tensors]
    if len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(f"every tensor needs the same number of rows, at least one; they have {lengths}")
    if device is not None:
        tensors = tuple(x.to(device) for x in tensors)
    pin = torch.cuda.is_available() and all(x.device.type == "cpu" for x in tensors)
    return Batches(tensors, batch, shuffle, seed, drop_last, pin)
