"""What a notebook needs to run alike on a laptop, in Colab with a GPU, and on a server.

    where = device()                      # cuda, xpu, mps or cpu; COURSE_DEVICE or an argument decides
    print(describe(where))
    batches = loader(X, y, batch=64, device=where)
    for X, y in batches: ...

`helpers.training.train` puts all of it together.
"""

from helpers.device.agreement import TOLERANCE, disagreement
from helpers.device.chance import seed_all
from helpers.device.choose import describe, device, trouble
from helpers.device.loading import Batches, loader
from helpers.device.moving import move, rows, split
from helpers.device.precision import Precision, autocast
from helpers.device.resources import Halving, Memory, Timer, memory, synchronise, threads

__all__ = [
    "TOLERANCE", "Batches", "Halving", "Memory", "Precision", "Timer", "autocast", "describe", "device",
    "disagreement", "loader", "memory", "move", "rows", "seed_all", "split", "synchronise", "threads",
    "trouble",
]  # fmt: skip
