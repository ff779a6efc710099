"""Random numbers: one seed for all of them, and their states, to be kept and put back."""

import random
from typing import Any

import numpy as np
import torch

NOTE = """\
The same seed gives the same numbers again on the same machine, with the same versions and as many threads.
Not covered: another processor, GPU or version of torch (sums are taken in another order, so the last digits
differ, and training makes them grow); some GPU kernels add in an order that changes from run to run
(torch.use_deterministic_algorithms(True) forbids them, and is slower); the order of a set of strings
(PYTHONHASHSEED); generators that you made yourself; anything that depends on time."""


def seed_all(seed: int = 0, tell: bool = False) -> torch.Generator:
    """Seed Python's, NumPy's and torch's global generators, those of all GPUs included.

    The same seed gives the same numbers again on the same machine, with the same versions and as many
    threads. It does not cover another machine or version, nor GPU kernels that add in an order that changes
    from run to run: `helpers.device.chance.NOTE` says all of it.

    Args:
        seed: 0 to 2**32 - 1.
        tell: print what stays non-deterministic.

    Returns:
        a generator on the CPU with the same seed, for what should not depend on the global ones.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # the global one is what libraries use
    torch.manual_seed(seed)
    if tell:
        print(NOTE)
    return torch.Generator().manual_seed(seed)


def states(device: torch.device) -> dict[str, Any]:
    """Return the states of the global generators, as tensors and plain data."""
    name, keys, *rest = np.random.get_state()  # noqa: NPY002
    kept = {
        "python": random.getstate(),
        "numpy": [name, torch.tensor(np.asarray(keys, dtype=np.int64)), *rest],
        "torch": torch.get_rng_state(),
    }
    if device.type in ("cuda", "xpu", "mps"):
        kept[device.type] = _of(device).get_rng_state(*_index(device))
    return kept


def restore(kept: dict[str, Any], device: torch.device) -> None:
    """Put the global generators back into the states that `states` returned."""
    name, keys, *rest = kept["numpy"]
    random.setstate(kept["python"])
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    torch.set_rng_state(kept["torch"])
    if device.type in kept:
        _of(device).set_rng_state(kept[device.type], *_index(device))


def _of(device: torch.device) -> Any:
    return getattr(torch, device.type)


def _index(device: torch.device) -> tuple[torch.device, ...]:
    return () if device.type == "mps" else (device,)
