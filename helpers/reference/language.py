"""Lessons 06 to 08, in PyTorch: what all models of first names share, the recurrent ones, and a table.

A batch is (X, Y, mask), each (n, T), as `helpers.reference.rnn.encode` makes it: letters read, letters that
come next, and where there is a name at all. A model turns X into scores (n, T, letters).
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor, nn

from helpers import work
from helpers.device import loader
from helpers.reference.rnn import LETTERS, backoff, encode, followers, shorter

Batch = tuple[Int[Tensor, "n T"], Int[Tensor, "n T"], Bool[Tensor, "n T"]]


class KneserNey:
    """A table of counts that knows when to look less far back: the rival of all networks of names.

    With k = 4 it has perplexity 6.61 on the held-out names: learned from `[name + "." for name in names]`.
    Texts of other letters name them; a full stop is one of them.
    """

    def __init__(self, texts: Sequence[str], k: int = 4, discount: float = 0.75, letters: str = LETTERS):
        self.discount, self.letters = discount, letters
        self.tables = [followers(texts, k, letters)]
        for _ in range(k):
            self.tables.insert(0, shorter(self.tables[0]))

    def __call__(self, ids: Sequence[int]) -> Float[ndarray, "letters"]:
        """Return the probabilities of what follows these letters (numbers)."""
        k, never = len(self.tables) - 1, np.zeros(len(self.letters))
        past = ("." * k + "".join(self.letters[i] for i in ids[max(0, len(ids) - k) :]))[-k:] if k else ""
        rows = [table.get(past[k - j :], never) for j, table in enumerate(self.tables)]
        return backoff(rows, self.discount)

    def perplexity(self, texts: Sequence[str]) -> float:
        """Return the perplexity on texts, each read from its beginning."""
        k, log_p = len(self.tables) - 1, []
        for text in texts:
            ids = [self.letters.index(letter) for letter in text]
            log_p += [np.log(self(ids[max(0, t - k) : t])[i]) for t, i in enumerate(ids)]
        return float(np.exp(-np.mean(log_p)))


class Recurrent(nn.Module):
    """An embedding, a recurrent layer ("RNN", "GRU" or "LSTM") and scores."""

    def __init__(self, kind: str, d: int = 16, h: int = 64):
        super().__init__()
        self.embed = nn.Embedding(len(LETTERS), d)
        self.cell = getattr(nn, kind)(d, h, batch_first=True)
        self.read = nn.Linear(h, len(LETTERS))

    def forward(self, X: Int[Tensor, "n T"]) -> Float[Tensor, "n T letters"]:
        """Return the scores of the letter that follows each."""
        return self.read(self.cell(self.embed(X))[0])


def batch(names: Sequence[str]) -> Batch:
    """Return (X, Y, mask) of names."""
    X, Y, mask = (torch.from_numpy(part) for part in encode(names))
    return X, Y, mask


def surprise(
    model: nn.Module, X: Int[Tensor, "n T"], Y: Int[Tensor, "n T"], mask: Bool[Tensor, "n T"]
) -> Tensor:
    """Return the mean cross-entropy of the letters that are there; padding does not count."""
    return _mean(model(X), (X, Y, mask))


def perplexity(
    model: nn.Module, X: Int[Tensor, "n T"], Y: Int[Tensor, "n T"], mask: Bool[Tensor, "n T"]
) -> float:
    """Return e to the mean surprise: among how many letters the model was undecided."""
    with torch.no_grad():
        return surprise(model, X, Y, mask).exp().item()


def learn(model: nn.Module, data: Batch, steps: int = 600, eta: float = 0.01, seed: int = 0) -> nn.Module:
    """Train with Adam on batches of 64 names, on the best device that there is; return the model, on the CPU.

    The learning rate falls evenly from eta to 0, and gradients are clipped to a norm of 1. A cell that is
    interrupted here goes on when it is run again.
    """
    optimiser = torch.optim.Adam(model.parameters(), lr=eta)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: 1 - t / steps)
    work.learn(
        "the language model", model, loader(*data, batch=64, seed=seed), _mean, optimiser=optimiser,
        schedule=schedule, epochs=steps, steps=steps, clip=1.0,
        forward=lambda model, batch: (model(batch[0]), batch),
        count=lambda batch: int(batch[2].sum()), dtype="float32",
    )  # fmt: skip
    return model.cpu()


def _mean(scores: Tensor, batch: Batch) -> Tensor:
    _, Y, mask = batch
    return nn.functional.cross_entropy(scores[mask], Y[mask])
