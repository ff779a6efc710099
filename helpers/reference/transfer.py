"""Lesson 09: a frozen body and a new head, honest splits, fine-tuning, and two towers that meet.

Rows are samples: features F are (n, d), a probe's weights W (d, K), and losses are means.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

# ---------------------------------------------------------------- a frozen body and a new head


def new_head(body: nn.Module, d: int, K: int) -> nn.Sequential:
    """Freeze the body; return it followed by a new layer from its d features to K classes."""
    for p in body.parameters():
        p.requires_grad = False
    return nn.Sequential(body, nn.Linear(d, K))


def count(model: nn.Module) -> tuple[int, int]:
    """Return how many numbers of the model learn, and how many there are."""
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(n for n, learns in sizes if learns), sum(n for n, _ in sizes)


def features(body: nn.Module, X: Float[Tensor, "n ..."], b: int) -> Float[Tensor, "n d"]:
    """Return the body's output for all rows, b at a time: in eval mode, without a graph, mode restored."""
    before = body.training
    body.eval()
    with torch.no_grad():
        F = torch.cat([body(X[i : i + b]) for i in range(0, len(X), b)])
    body.train(before)
    return F


def probe_loss(
    W: Float[Tensor, "d K"], b: Float[Tensor, "K"], F: Float[Tensor, "n d"], y: Int[Tensor, "n"], lam: float
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of the scores F W + b, plus lam/2 times the sum of the squares of W."""
    return cross_entropy(F @ W + b, y) + lam / 2 * (W**2).sum()


def fit_probe(
    F: Float[ndarray, "n d"], y: Int[ndarray, "n"], lam: float
) -> tuple[Float[ndarray, "d K"], Float[ndarray, "K"]]:
    """Return the W and b with the least `probe_loss`; classes are 0 to the largest in y."""
    X, t, K = torch.tensor(F, dtype=torch.float64), torch.tensor(y), int(y.max()) + 1
    W, b = (torch.zeros(*shape, dtype=torch.float64, requires_grad=True) for shape in [(X.shape[1], K), (K,)])
    optimiser = torch.optim.LBFGS([W, b], max_iter=500, tolerance_grad=1e-7, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = probe_loss(W, b, X, t, lam)
        loss.backward()
        return loss

    optimiser.step(closure)
    return W.detach().numpy(), b.detach().numpy()


# ---------------------------------------------------------------- honest splits


def standardise(
    train: Float[ndarray, "n d"], test: Float[ndarray, "m d"]
) -> tuple[Float[ndarray, "n d"], Float[ndarray, "m d"]]:
    """Shift and scale both by the training rows' mean and deviation; a constant column is only shifted."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > 0, std, 1)
    return (train - mean) / std, (test - mean) / std


def split_by_group(
    groups: Int[ndarray, "n"], share: float, rng: np.random.Generator
) -> tuple[Int[ndarray, "_"], Int[ndarray, "_"]]:
    """Return the rows to learn from and those held out: a share of the groups, drawn by rng, each whole."""
    names = rng.permutation(np.unique(groups))
    held_out = np.isin(groups, names[: round(share * len(names))])
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


# ---------------------------------------------------------------- fine-tuning


class FineTuned(nn.Module):
    """A body of several stages, of which the last k learn, and a head that learns."""

    def __init__(self, stages: Sequence[nn.Module], head: nn.Module, k: int):
        super().__init__()
        cut = len(stages) - k
        self.frozen, self.tuned = nn.Sequential(*stages[:cut]), nn.Sequential(*stages[cut:])
        self.head = head
        for p in self.frozen.parameters():
            p.requires_grad = False

    def train(self, mode: bool = True) -> "FineTuned":
        """Switch the mode of what learns; what is frozen stays in eval mode."""
        super().train(mode)
        self.frozen.eval()
        return self

    def forward(self, X: Float[Tensor, "n ..."]) -> Float[Tensor, "n K"]:
        """Run the frozen stages, the others, and the head."""
        return self.head(self.tuned(self.frozen(X)))


# ---------------------------------------------------------------- two towers


def contrastive_loss(A: Float[Tensor, "n d"], B: Float[Tensor, "n d"], tau: float) -> Float[Tensor, ""]:
    """Return the mean of two cross-entropies: finding row i of B for row i of A, and the other way round."""
    A, B = normalize(A, dim=1), normalize(B, dim=1)
    S = A @ B.T / tau
    own = torch.arange(len(S))
    return (cross_entropy(S, own) + cross_entropy(S.T, own)) / 2


def zero_shot(Z: Float[ndarray, "n d"], prompts: Float[ndarray, "K p d"]) -> Float[ndarray, "n K"]:
    """Return the cosine of each row of Z with each class: the mean direction of its p prompts."""
    directions = prompts / np.linalg.norm(prompts, axis=-1, keepdims=True)
    C = directions.mean(axis=1)
    C = C / np.linalg.norm(C, axis=1, keepdims=True)
    return Z / np.linalg.norm(Z, axis=1, keepdims=True) @ C.T


# ---------------------------------------------------------------- deeper


class LoRA(nn.Module):
    """A frozen layer, and beside it a detour of rank r that learns: x W + scale · x A B."""

    def __init__(self, layer: nn.Linear, r: int, scale: float = 1.0):
        super().__init__()
        self.layer, self.scale = layer, scale
        for p in layer.parameters():
            p.requires_grad = False
        self.A = nn.Parameter(torch.randn(layer.in_features, r) / layer.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(r, layer.out_features))

    def forward(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        """Return the layer's output plus the detour's."""
        return self.layer(X) + self.scale * X @ self.A @ self.B

    def merged(self) -> nn.Linear:
        """Return one layer that does the same; torch keeps its weight as (out, in)."""
        one = nn.Linear(self.layer.in_features, self.layer.out_features, dtype=self.A.dtype)
        one.weight.data = self.layer.weight.data + self.scale * (self.A @ self.B).data.T
        one.bias.data = self.layer.bias.data.clone()
        return one


def puzzle_number(order: Sequence[int]) -> int:
    """Return the place of an order of 0 to n - 1 in the dictionary of all n! orders, from 0."""
    number = 0
    for i in range(len(order)):
        smaller = sum(later < order[i] for later in order[i + 1 :])
        number = number * (len(order) - i) + smaller
    return number


def training_cost(N: float, D: float, speed: float, watts: float) -> tuple[float, float]:
    """Return the hours and kWh to train N numbers on D tokens, at 6 operations for each pair of them.

    `speed` is the operations per second that one processor really does, `watts` what it takes.
    """
    hours = 6 * N * D / speed / 3600
    return hours, hours * watts / 1000
