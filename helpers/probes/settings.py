"""Settings of NumPy and torch that an answer may leave changed: nothing outlives its check."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


@contextmanager
def kept() -> Iterator[None]:
    """Run the body with the usual settings, and put back afterwards what was there before."""
    torch: Any = sys.modules.get("torch")
    errors = np.geterr()
    before = (torch.is_grad_enabled(), torch.get_default_dtype()) if torch is not None else None
    if before:
        torch.set_grad_enabled(True)
    try:
        yield
    finally:
        np.seterr(**errors)
        if before:
            torch.set_grad_enabled(before[0])
            torch.set_default_dtype(before[1])
