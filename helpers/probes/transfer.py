"""Probes of lesson 09: they turn its answers into plain data."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor, nn

from helpers.probes.given import watch

Arrays = list[dict[str, ndarray]]  # for each stage the arrays of its state dict


def stage(arrays: dict[str, ndarray]) -> nn.Sequential:
    """Return a layer with a batch norm and tanh that have these numbers."""
    d_out, d_in = arrays["0.weight"].shape
    made = nn.Sequential(nn.Linear(d_in, d_out), nn.BatchNorm1d(d_out), nn.Tanh()).double()
    made.load_state_dict({key: torch.tensor(a) for key, a in arrays.items()}, strict=False)
    return made


class Body(nn.Module):
    """Stages, and a last step that is no module: as in EfficientNet, `forward` is more than its children."""

    def __init__(self, stages: Arrays):
        super().__init__()
        self.stages = nn.Sequential(*map(stage, stages))

    def forward(self, X: Tensor) -> Tensor:
        """Run the stages and double what comes."""
        return 2 * self.stages(X)


def linear(weight: ndarray, bias: ndarray) -> nn.Linear:
    """Return a layer with these numbers; the weight is (out, in)."""
    made = nn.Linear(weight.shape[1], weight.shape[0]).double()
    made.weight.data, made.bias.data = torch.tensor(weight), torch.tensor(bias)
    return made


def numbers(module: nn.Module) -> list[Tensor]:
    """Return copies of all parameters and running statistics."""
    return [t.detach().clone() for t in module.state_dict().values() if t.is_floating_point()]


def one_step(model: nn.Module, X: ndarray, y: ndarray) -> None:
    """Take a step of gradient descent on what may learn; nothing moves where nothing does."""
    rows = torch.tensor(X, dtype=next(model.parameters()).dtype)
    loss = nn.functional.cross_entropy(model(watch(rows, "X")), torch.tensor(y))
    learns = [p for p in model.parameters() if p.requires_grad]
    if not (learns and loss.requires_grad):
        return
    for p, g in zip(learns, torch.autograd.grad(loss, learns, allow_unused=True), strict=True):
        p.data -= 0 if g is None else 0.5 * g


def steps_of_head(
    new_head: Callable[..., Any], count: Callable[..., Any], stages: Arrays, weight: ndarray, bias: ndarray,
    X: ndarray, y: ndarray,
) -> Any:  # fmt: skip
    """Give the new head these numbers, look at its scores, take a step, and return all numbers."""
    body = Body(stages).eval()
    model = new_head(body, weight.shape[1], len(weight)).double()
    head = [part for part in model.modules() if isinstance(part, nn.Linear)][-1]
    shapes = {"weight": list(head.weight.shape), "bias": head.bias is not None and list(head.bias.shape)}
    head.weight.data = torch.tensor(weight)
    if head.bias is not None:
        head.bias.data = torch.tensor(bias)
    scores = model(torch.tensor(X)).detach()
    one_step(model, X, y)
    frozen = not any(p.requires_grad for p in body.parameters())
    return {"head": shapes, "scores": scores, "body": numbers(body), "body is frozen": frozen,
            "head after a step": numbers(head)}  # fmt: skip


def counts(
    new_head: Callable[..., Any], count: Callable[..., Any], sizes: Sequence[int], frozen: Sequence[int]
) -> Any:
    """Count the numbers of a network of these sizes, batch norm inside, some of whose layers are frozen."""
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    for i in frozen:
        layers[i].requires_grad_(False)
    model = nn.Sequential(nn.Sequential(*layers[:-1], nn.BatchNorm1d(sizes[-2])), layers[-1])
    learns, there = count(model)
    return {"learn": learns, "all": there}


def extracts(features: Callable[..., Any], stages: Arrays, X: ndarray, b: int) -> Any:
    """Ask for the features of a body that is in training mode; note the batches that it sees."""
    body = nn.Sequential(*map(stage, stages), nn.Dropout(0.5)).train()
    seen: list[int] = []
    torch.manual_seed(0)  # dropout that should be off is the same for everyone
    body.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    F = features(body, watch(torch.tensor(X), "X"), b)
    return {"F": F, "graph": bool(F.requires_grad), "batches": seen, "b": b}


def leaves(features: Callable[..., Any], stages: Arrays, X: ndarray, b: int, training: bool) -> Any:
    """Return the running statistics afterwards, what the body makes of the first rows in its mode, and what
    it made of the very first when it was asked: whoever does not ask it has left nothing in order.
    """
    body, rows = nn.Sequential(*map(stage, stages)).train(training), watch(torch.tensor(X), "X")
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
    given = (watch(torch.tensor(a), name) for a, name in zip((W, b, F, y), "WbFy", strict=True))
    return probe_loss(*given, lam)


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
    """Fit a probe and return its W, whether both are arrays, and whether they were rounded."""
    W, b = fit_probe(F, y, lam)
    arrays = isinstance(W, ndarray) and isinstance(b, ndarray)
    rounded = np.float16 in (np.asarray(W).dtype, np.asarray(b).dtype)
    return {"W": W, "two NumPy arrays": arrays, "float16": rounded}


def splits(split_by_group: Callable[..., Any], groups: ndarray, share: float, seed: int) -> Any:
    """Split, with a generator of this seed."""
    train, test = split_by_group(groups, share, np.random.default_rng(seed))
    return {"train": np.asarray(train), "test": np.asarray(test)}


def tuned(
    FineTuned: Callable[..., Any], stages: Arrays, weight: ndarray, bias: ndarray, k: int, X: ndarray,
    y: ndarray,
) -> Any:  # fmt: skip
    """Take a step in training mode and return all numbers, in the order of the stages, head last."""
    parts, head = [stage(arrays) for arrays in stages], linear(weight, bias)
    handed = [*parts]
    model = FineTuned(handed, head, k)
    itself = [model.eval() is model, model.train() is model]
    one_step(model, X, y)
    return {"numbers": [numbers(part) for part in [*parts, head]], "train() returns the model": itself,
            "stages kept": len(handed)}  # fmt: skip


def scores(
    FineTuned: Callable[..., Any], stages: Arrays, weight: ndarray, bias: ndarray, k: int, X: ndarray
) -> Any:
    """Return the scores in eval mode, after training mode was on."""
    model = FineTuned([stage(arrays) for arrays in stages], linear(weight, bias), k)
    model.train()
    model.eval()
    return model(watch(torch.tensor(X), "X"))


def contrast(contrastive_loss: Callable[..., Any], A: ndarray, B: ndarray, tau: float) -> Any:
    """Return the loss."""
    return contrastive_loss(watch(torch.tensor(A), "A"), watch(torch.tensor(B), "B"), tau)


def contrast_gradient(contrastive_loss: Callable[..., Any], A: ndarray, B: ndarray, tau: float) -> Any:
    """Return the gradient with respect to both."""
    a, b = (torch.tensor(rows, requires_grad=True) for rows in (A, B))
    return torch.autograd.grad(contrastive_loss(a, b, tau), [a, b])


def adapter(
    LoRA: Callable[..., Any], arrays: dict[str, ndarray], scale: float | None, X: ndarray, merge: bool
) -> Any:
    """Give the adapter these numbers and run it, or the layer that it makes; None leaves the scale out."""
    layer, r = linear(arrays["weight"], arrays["bias"]), arrays["A"].shape[1]
    made = (LoRA(layer, r) if scale is None else LoRA(layer, r, scale)).double()
    made.A.data, made.B.data = torch.tensor(arrays["A"]), torch.tensor(arrays["B"])
    if not merge:
        return made(watch(torch.tensor(X), "X"))
    torch.manual_seed(0)  # what a new layer begins with is the same for everyone
    one = made.merged()
    found = {"weight": one.weight.detach().clone(), "bias": one.bias.detach().clone()}
    with torch.no_grad():  # what becomes of the one is no business of the other
        one.weight.zero_()
        one.bias.zero_()
    return {**found, "the layer": numbers(layer)}


def adapter_at_first(LoRA: Callable[..., Any], arrays: dict[str, ndarray], X: ndarray, y: ndarray) -> Any:
    """Return the scores of a new adapter in float32, what it is made of, and what a step moves."""
    layer = linear(arrays["weight"], arrays["bias"]).float()
    rows = torch.tensor(X, dtype=torch.float32)
    alone, made = layer(rows).detach(), LoRA(layer, 2)
    before = made(rows).detach()
    shapes = {"A": list(made.A.shape), "B": list(made.B.shape)}
    start = {"A is zero": not made.A.any().item(), "B is zero": not made.B.any().item()}
    learn = sorted(name for name, p in made.named_parameters() if p.requires_grad)
    one_step(made, X, y)
    moved = bool(made.B.any().item())
    return {"alone": alone, "scores": before, "shapes": shapes, "start": start, "what learns": learn,
            "layer": numbers(layer),
            "B after a step is zero": not moved}  # fmt: skip


def several_splits(
    split_by_group: Callable[..., Any], groups: ndarray, share: float, seeds: list[int]
) -> Any:
    """Split several times and return the rows held out."""
    return [np.asarray(split_by_group(groups, share, np.random.default_rng(seed))[1]) for seed in seeds]
