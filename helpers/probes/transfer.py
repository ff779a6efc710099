"""Probes of lesson 09: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

Arrays = list[dict[str, ndarray]]  # for each stage the arrays of its state dict


def stage(arrays: dict[str, ndarray]) -> nn.Sequential:
    """Return a layer with a batch norm and tanh that have these numbers."""
    d_out, d_in = arrays["0.weight"].shape
    made = nn.Sequential(nn.Linear(d_in, d_out), nn.BatchNorm1d(d_out), nn.Tanh()).double()
    made.load_state_dict({key: torch.tensor(a) for key, a in arrays.items()}, strict=False)
    return made


def linear(weight: ndarray, bias: ndarray) -> nn.Linear:
    """Return a layer with these numbers; the weight is (out, in)."""
    made = nn.Linear(weight.shape[1], weight.shape[0]).double()
    made.weight.data, made.bias.data = torch.tensor(weight), torch.tensor(bias)
    return made


def numbers(module: nn.Module) -> list[Tensor]:
    """Return copies of all parameters and running statistics."""
    return [t.detach().clone() for t in module.state_dict().values() if t.is_floating_point()]


def one_step(model: nn.Module, X: ndarray, y: ndarray) -> None:
    """Take a step of gradient descent on what may learn."""
    loss = nn.functional.cross_entropy(model(torch.tensor(X)), torch.tensor(y))
    learns = [p for p in model.parameters() if p.requires_grad]
    for p, g in zip(learns, torch.autograd.grad(loss, learns, allow_unused=True), strict=True):
        p.data -= 0 if g is None else 0.5 * g


def steps_of_head(
    new_head: Callable[..., Any], count: Callable[..., Any], stages: Arrays, weight: ndarray, bias: ndarray,
    X: ndarray, y: ndarray,
) -> Any:  # fmt: skip
    """Give the new head these numbers, take a step, and return all numbers and the shape of the scores."""
    body = nn.Sequential(*map(stage, stages)).eval()
    model = new_head(body, weight.shape[1], len(weight)).double()
    head = model[-1]
    shapes = {"weight": list(head.weight.shape), "bias": list(head.bias.shape)}
    head.weight.data, head.bias.data = torch.tensor(weight), torch.tensor(bias)
    one_step(model, X, y)
    return {"head": shapes, "after a step": numbers(model)}


def counts(
    new_head: Callable[..., Any], count: Callable[..., Any], sizes: Sequence[int], frozen: Sequence[int]
) -> Any:
    """Count the numbers of a network of these sizes, some of whose layers are frozen."""
    model = nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))
    for i in frozen:
        for p in model[i].parameters():
            p.requires_grad = False
    learns, there = count(model)
    return {"learn": int(learns), "all": int(there)}


def extracts(features: Callable[..., Any], stages: Arrays, X: ndarray, b: int) -> Any:
    """Ask for the features of a body that is in training mode; note the batches that it sees."""
    body = nn.Sequential(*map(stage, stages), nn.Dropout(0.5)).train()
    seen: list[int] = []
    torch.manual_seed(0)  # dropout that should be off is the same for everyone
    body.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    F = features(body, torch.tensor(X), b)
    return {"F": F, "graph": bool(F.requires_grad), "batches": seen, "b": b}


def leaves(features: Callable[..., Any], stages: Arrays, X: ndarray, b: int, training: bool) -> Any:
    """Return the running statistics afterwards, what the body makes of the first rows in its mode, and what
    it made of the very first when it was asked: whoever does not ask it has left nothing in order.
    """
    body, rows = nn.Sequential(*map(stage, stages)).train(training), torch.tensor(X)
    asked: list[Any] = []

    def note(_: nn.Module, inputs: tuple[torch.Tensor], outputs: torch.Tensor) -> None:
        asked.extend(f.detach() for x, f in zip(inputs[0], outputs, strict=True) if torch.equal(x, rows[0]))

    hook = body.register_forward_hook(note)
    features(body, rows, b)
    hook.remove()
    return {"numbers": numbers(body), "later": body(rows[:4]), "asked": asked[0] if asked else None}


def loss_value(
    probe_loss: Callable[..., Any], W: ndarray, b: ndarray, F: ndarray, y: ndarray, lam: float
) -> Any:
    """Return the loss."""
    return probe_loss(*map(torch.tensor, (W, b, F, y)), lam)


def loss_gradient(
    probe_loss: Callable[..., Any], W: ndarray, b: ndarray, F: ndarray, y: ndarray, lam: float
) -> Any:
    """Return the gradient of the loss."""
    w, c = (torch.tensor(a, requires_grad=True) for a in (W, b))
    return torch.autograd.grad(probe_loss(w, c, torch.tensor(F), torch.tensor(y), lam), [w, c])


def predicts(fit_probe: Callable[..., Any], F: ndarray, y: ndarray, lam: float, new: ndarray) -> Any:
    """Fit a probe and return its probabilities for new rows."""
    W, b = fit_probe(F, y, lam)
    return torch.softmax(torch.tensor(new @ np.asarray(W) + np.asarray(b)), dim=1)


def weights(fit_probe: Callable[..., Any], F: ndarray, y: ndarray, lam: float) -> Any:
    """Fit a probe and return its W."""
    return fit_probe(F, y, lam)[0]


def splits(split_by_group: Callable[..., Any], groups: ndarray, share: float, seed: int) -> Any:
    """Split, with a generator of this seed."""
    train, test = split_by_group(groups, share, np.random.default_rng(seed))
    return {"train": np.asarray(train), "test": np.asarray(test)}


def tuned(
    FineTuned: Callable[..., Any],
    stages: Arrays,
    weight: ndarray,
    bias: ndarray,
    k: int,
    X: ndarray,
    y: ndarray,
) -> Any:
    """Take a step in training mode and return all numbers, in the order of the stages, head last."""
    parts, head = [stage(arrays) for arrays in stages], linear(weight, bias)
    model = FineTuned(parts, head, k)
    model.eval()
    model.train()
    one_step(model, X, y)
    return [numbers(part) for part in [*parts, head]]


def scores(
    FineTuned: Callable[..., Any], stages: Arrays, weight: ndarray, bias: ndarray, k: int, X: ndarray
) -> Any:
    """Return the scores in eval mode."""
    model = FineTuned([stage(arrays) for arrays in stages], linear(weight, bias), k)
    return model.eval()(torch.tensor(X))


def contrast(contrastive_loss: Callable[..., Any], A: ndarray, B: ndarray, tau: float) -> Any:
    """Return the loss."""
    return contrastive_loss(torch.tensor(A), torch.tensor(B), tau)


def contrast_gradient(contrastive_loss: Callable[..., Any], A: ndarray, B: ndarray, tau: float) -> Any:
    """Return the gradient by both."""
    a, b = (torch.tensor(rows, requires_grad=True) for rows in (A, B))
    return torch.autograd.grad(contrastive_loss(a, b, tau), [a, b])


def adapter(
    LoRA: Callable[..., Any], arrays: dict[str, ndarray], scale: float, X: ndarray, merge: bool
) -> Any:
    """Give the adapter these numbers and run it, or the one layer that it makes."""
    made = LoRA(linear(arrays["weight"], arrays["bias"]), arrays["A"].shape[1], scale).double()
    made.A.data, made.B.data = torch.tensor(arrays["A"]), torch.tensor(arrays["B"])
    if merge:
        one = made.merged()
        return {"weight": one.weight, "bias": one.bias, "kept": made.layer.weight}
    return made(torch.tensor(X))


def adapter_at_first(LoRA: Callable[..., Any], arrays: dict[str, ndarray], X: ndarray, y: ndarray) -> Any:
    """Return the scores of a new adapter and, after a step, all numbers of the layer, and whether B moved."""
    layer = linear(arrays["weight"], arrays["bias"])
    made = LoRA(layer, 2).double()
    before = made(torch.tensor(X))
    one_step(made, X, y)
    return {"scores": before, "layer": numbers(layer), "B moved": bool(made.B.abs().sum() > 0)}


def several_splits(
    split_by_group: Callable[..., Any], groups: ndarray, share: float, seeds: list[int]
) -> Any:
    """Split several times and return the rows held out."""
    return [np.asarray(split_by_group(groups, share, np.random.default_rng(seed))[1]) for seed in seeds]
