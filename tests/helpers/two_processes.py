"""What each of two processes runs in `test_training`, under torchrun: `two_processes.py FOLDER`."""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.optim.lr_scheduler import StepLR

from helpers.device import loader, threads
from helpers.training import train

ROWS, BATCH = 37, 4  # nine batches and a row: the last is too small for two processes


def made() -> tuple:
    """The same data, model, optimiser and schedule in every process."""
    draw = torch.Generator().manual_seed(1)
    X = torch.randn(ROWS, 5, generator=draw)
    y = X.sum(axis=1, keepdim=True).tanh()
    torch.manual_seed(2)
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))
    sgd = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return X, y, model, sgd, StepLR(sgd, 4, 0.5)


def run(folder: Path, epochs: int, **options) -> tuple[nn.Module, object]:
    X, y, model, sgd, schedule = made()
    history = train(
        model, loader(X, y, batch=BATCH), functional.mse_loss, optimiser=sgd, schedule=schedule, epochs=epochs,
        validation=loader(X, y, batch=3, shuffle=False), accumulate=3, clip=0.5, device="cpu",
        checkpoint=folder / "run.pt", **options,
    )  # fmt: skip
    return model, history


if __name__ == "__main__":
    threads(1)
    folder = Path(sys.argv[1])
    run(folder, 1)
    model, history = run(folder, 2)  # goes on from the first
    rank = torch.distributed.get_rank()
    torch.save([model.state_dict(), vars(history)], folder / f"rank{rank}.pt")
