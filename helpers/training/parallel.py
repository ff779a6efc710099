"""Several GPUs, or processes: torch's DistributedDataParallel under its own `torchrun`.

    torchrun --nproc-per-node 2 my_script.py

Each process computes its share of the rows of every batch; gradients are those of the whole batch.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler

from helpers.device import Batches

NOTHING = nullcontext()
Share = tuple[Any, bool]  # of a batch, and whether it counts


class Ranks:
    """The processes that train one model together; alone, all of its methods are free.

    Attributes:
        rank, world: which of how many.
        index: of this process's GPU on its machine.
    """

    def __init__(self) -> None:
        started = dist.is_available() and dist.is_initialized()
        if not started and int(os.environ.get("WORLD_SIZE", 1)) > 1 and "RANK" in os.environ:
            gpus = torch.cuda.device_count()
            if gpus:
                torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)) % gpus)
            dist.init_process_group("cpu:gloo,cuda:nccl" if gpus else "gloo")
            atexit.register(dist.destroy_process_group)
            started = True
        self.rank, self.world = (dist.get_rank(), dist.get_world_size()) if started else (0, 1)
        self.index = int(os.environ.get("LOCAL_RANK", self.rank))

    @property
    def first(self) -> bool:
        """Whether this process speaks and writes for all."""
        return self.rank == 0

    def device(self, chosen: torch.device) -> torch.device:
        """Return this process's own GPU."""
        own = self.world > 1 and chosen.type == "cuda" and chosen.index is None
        return torch.device("cuda", self.index % torch.cuda.device_count()) if own else chosen

    def wrap(self, model: nn.Module, device: torch.device) -> nn.Module:
        """Return the model so that its backward pass averages gradients over the processes."""
        if self.world == 1:
            return model
        return DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)

    def sum(self, x: Tensor) -> Tensor:
        """Add x up over the processes, in place."""
        if self.world > 1:
            dist.all_reduce(x)
        return x

    def gather(self, x: Any) -> list[Any]:
        """Return every process's x, in the order of ranks."""
        if self.world == 1:
            return [x]
        every: list[Any] = [None] * self.world
        dist.all_gather_object(every, x)
        return every

    def wait(self) -> None:
        """Wait for the others."""
        if self.world > 1:
            dist.barrier()

    def alone(self, net: nn.Module, last: bool) -> AbstractContextManager:
        """Return a context that averages gradients in the last backward pass of a step only."""
        if self.world == 1 or last:
            return NOTHING
        return net.no_sync()  # type: ignore[operator]

    def shares(self, data: Any, epoch: int) -> Iterator[Share]:
        """Yield this process's share of each batch, and whether it counts.

        A batch with fewer rows than processes leaves some without one. They compute a row of another's that
        does not count, because each process has to take part.

        Raises:
            TypeError: for data that can't be shared out.
        """
        if self.world == 1:
            for batch in data:
                yield batch, True
        elif isinstance(data, Batches):
            for rows in data.order():
                own = rows[self.rank :: self.world]
                yield data.take(own if len(own) else rows[:1]), len(own) > 0
        elif isinstance(data, DataLoader) and isinstance(data.sampler, DistributedSampler):
            data.sampler.set_epoch(epoch)
            for batch in data:
                yield batch, True
        else:
            raise TypeError(
                f"{self.world} processes can't share out a {type(data).__name__}, and each would train on "
                "all of it. Use helpers.device.loader(X, y), or a DataLoader with torch's DistributedSampler"
            )
