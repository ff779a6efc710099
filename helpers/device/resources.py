"""Time, threads and memory."""

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from helpers.device.moving import rows

GB = 1e9
T = TypeVar("T")


def synchronise(device: torch.device | str) -> None:
    """Wait until a device has done all that was asked of it; a CPU always has."""
    device = torch.device(device)
    if device.type == "mps":
        torch.mps.synchronize()
    elif device.type in ("cuda", "xpu"):
        getattr(torch, device.type).synchronize(device)


class Timer:
    """The seconds that a block takes, its work on the GPU included: `with Timer(device) as timer: ...`.

    A GPU works on after Python has gone on; without waiting for it, one times how fast work is asked for.

    Attributes:
        seconds: what the block took; inside it, what it has taken so far.
    """

    def __init__(self, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self._began: float | None = None
        self._took = 0.0

    def __enter__(self) -> "Timer":
        synchronise(self.device)
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self._took, self._began = self.seconds, None

    @property
    def seconds(self) -> float:
        """Seconds; synchronises while the block runs."""
        if self._began is None:
            return self._took
        synchronise(self.device)
        return time.perf_counter() - self._began


class threads:  # noqa: N801  # used like a function: threads(1), or with threads(1): ...
    """Compute with n threads from now on; as a context, only inside it.

    One thread is best for small models: on a machine that does other work, two were up to 25 times slower,
    because each operation waits for the slower one.
    """

    def __init__(self, n: int = 1):
        if n < 1:
            raise ValueError(f"there must be at least one thread, and n={n}")
        self._before = torch.get_num_threads()
        torch.set_num_threads(n)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self._before)


@dataclass(frozen=True)
class Memory:
    """A device's memory in bytes; None where the system does not say.

    Attributes:
        used: what tensors hold now; on a CPU None.
        peak: the most that they held; on a CPU the most that this process held, of all kinds.
        total: what there is.
    """

    device: torch.device
    used: int | None
    peak: int | None
    total: int | None

    def __str__(self) -> str:
        parts = [("in use", self.used), ("at most", self.peak), ("there is", self.total)]
        return f"{self.device}: " + ", ".join(f"{name} {n / GB:.2f} GB" for name, n in parts if n is not None)


def memory(device: torch.device | str) -> Memory:
    """Return what is in use of a device's memory; print it for a line of text."""
    device = torch.device(device)
    if device.type in ("cuda", "xpu"):
        of = getattr(torch, device.type)
        total = of.get_device_properties(device).total_memory
        return Memory(device, of.memory_allocated(device), of.max_memory_allocated(device), total)
    if device.type == "mps":
        return Memory(device, torch.mps.current_allocated_memory(), None, torch.mps.recommended_max_memory())
    try:
        import os
        import resource
    except ImportError:  # Windows
        return Memory(device, None, None, None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Memory(device, None, peak, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def out_of_memory(error: BaseException) -> bool:
    """Return whether this is what torch raises where memory runs out, on a GPU or a CPU."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    known = ("not enough memory", "can't allocate memory", "out of memory")
    return isinstance(error, RuntimeError) and any(text in str(error) for text in known)


class Halving:
    """A number of rows to compute at once, which halves itself where memory runs out, says so, and stays.

    Attributes:
        size: rows that are computed at once; until memory runs out there is no limit.
        smallest: below which it gives up.
        tell: what prints the message.
    """

    def __init__(self, smallest: int = 1, tell: Callable[[str], Any] = print):
        self.size, self.smallest, self.tell = sys.maxsize, smallest, tell

    def __call__(self, work: Callable[[int], T], batch: Any) -> T:
        """Return work(size) for a batch, begun anew with half the size while memory runs out.

        Args:
            work: does all of the batch in parts of `size` rows, as `split(batch, size)` cuts them. It may be
                broken off and called again, so it has to begin with `zero_grad`. With the loss of a part of
                m rows of n weighed by m / n, the gradient is that of the whole batch.
            batch: whose rows are counted, where memory runs out; one without rows can't be cut.

        Raises:
            RuntimeError: what torch raised, where the smallest size does not fit either.
        """
        while True:
            try:
                return work(self.size)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
                size = min(self.size, _rows(batch))
                if size // 2 < self.smallest:
                    error.add_note(
                        f"Not even {size} rows at once fit: take a smaller model or shorter inputs."
                    )
                    raise
            # here, not above: as long as the error lives, its frames hold all their tensors
            self.size = size // 2
            gc.collect()
            torch.cuda.empty_cache()
            self.tell(f"Memory ran out: from now on at most {self.size} rows are computed at once.")


def _rows(batch: Any) -> int:
    try:
        return rows(batch)
    except ValueError:
        return 1
