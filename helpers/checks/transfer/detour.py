"""Lesson 09, deeper: a detour of low rank."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy import ndarray
from numpy.random import Generator

from helpers.checks.evidence import agree
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.checks.transfer.cases import PROBES, REFERENCE, fixed, labelled
from helpers.probes.plain import Plain


def detours(rng: Generator) -> dict[str, ndarray]:
    """Draw a layer and a detour."""
    return {
        "weight": rng.normal(size=(3, 5)),
        "bias": rng.normal(size=3),
        "A": rng.normal(size=(5, 2)),
        "B": rng.normal(size=(2, 3)),
    }


def adapted(rng: Generator, merge: bool) -> Iterator[Case]:
    """Layers with a detour that counts double, a small one for all; and one whose scale is left out."""
    small = {"weight": np.array([[1.0, 2.0]]), "bias": np.array([0.5]), "A": np.array([[1.0], [-1.0]]), "B": np.array([[3.0]])}  # fmt: skip
    yield Case({"arrays": small, "scale": 2.0, "X": np.array([[1.0, 0.0], [2.0, 1.0]]), "merge": merge})
    for scale in (None, float(rng.uniform(1.5, 3))):
        yield Case({"arrays": detours(rng), "scale": scale, "X": rng.normal(size=(4, 5)), "merge": merge})


def new_adapters(rng: Generator) -> Iterator[Case]:
    """Layers that get a detour, and what they are to learn."""
    for draw in (fixed(1), rng):
        yield Case({"arrays": detours(draw), **labelled(draw, 6, 5, 3)})


def at_first(evidence: Plain) -> Plain:
    """Return whether a new adapter does as its layer did, and the rest as it is."""
    alike = agree(evidence["alone"], evidence["scores"])
    return {**{key: evidence[key] for key in ("shapes", "start", "what learns", "layer", "B after a step is zero")},
            "as the layer alone": alike}  # fmt: skip


DETOUR, PLUS = "self.layer(X) + self.scale * X @ self.A @ self.B", "self.scale * (self.A @ self.B).data.T"
NEW_A = "nn.Parameter(torch.randn(layer.in_features, r) / layer.in_features**0.5)"
NEW_B = "nn.Parameter(torch.zeros(r, layer.out_features))"
NEW = "a new one"
LORA = Task(
    "LoRA",
    points=0,
    answers=["LoRA"],
    reference=REFERENCE + "LoRA",
    probe=PROBES + "adapter",
    parts=[
        Part("scores", partial(adapted, merge=False)),
        Part("merged", partial(adapted, merge=True)),
        Part(NEW, new_adapters, probe=PROBES + "adapter_at_first", means=at_first),
    ],
    misconceptions=[
        Misconception(
            "The layer itself learns: freeze it.",
            {NEW},
            ("p.requires_grad = False", "p.requires_grad = True"),
            forms=[("p.requires_grad = False", "p.grad = None")],
        ),
        Misconception(
            "A new detour changes what the layer returns: B starts at zero, so that A B is zero.",
            {NEW},
            (NEW_B, "nn.Parameter(torch.randn(r, layer.out_features))"),
        ),
        Misconception(
            "The wrong one of the two starts at zero: A is drawn at random, and B is zero.",
            {NEW},
            edits=((NEW_A, "nn.Parameter(torch.zeros(layer.in_features, r))"), (NEW_B, "nn.Parameter(torch.randn(r, layer.out_features))")),
        ),
        Misconception(
            "A and B are both zero at the start: then neither gets a gradient, and the detour never learns.",
            {NEW},
            (NEW_A, "nn.Parameter(torch.zeros(layer.in_features, r))"),
        ),
        Misconception(
            "A and B do not learn: they must be parameters of the module, nn.Parameter.",
            {NEW},
            edits=((NEW_A, "torch.randn(layer.in_features, r) / layer.in_features**0.5"), (NEW_B, "torch.zeros(r, layer.out_features)")),
        ),
        Misconception(
            "The scale is missing in the merged layer.",
            {"merged"},
            (PLUS, "(self.A @ self.B).data.T"),
        ),
        Misconception(
            "The scale is missing.",
            {"scores"},
            ("self.scale * X @", "X @"),
        ),
        Misconception(
            "The scale counts for the layer's own output, too; it belongs to the detour alone.",
            {"scores"},
            (DETOUR, "self.scale * (self.layer(X) + X @ self.A @ self.B)"),
        ),
        Misconception(
            "You divide by the scale; multiply.",
            {"scores"},
            (DETOUR, "self.layer(X) + X @ self.A @ self.B / self.scale"),
        ),
        Misconception(
            "The detour is subtracted; it is added.",
            {"scores"},
            (DETOUR, "self.layer(X) - self.scale * X @ self.A @ self.B"),
        ),
        Misconception(
            "The layer itself is missing: its output, *plus* the detour's.",
            {"scores", NEW},
            (DETOUR, "self.scale * X @ self.A @ self.B"),
        ),
        Misconception(
            "The detour is missing: the layer's output, *plus* that of X A B.",
            {"scores", NEW},
            (DETOUR, "self.layer(X)"),
        ),
        Misconception(
            "The detour starts from the layer's output; it runs beside the layer, from X.",
            {"scores", NEW},
            edits=((DETOUR, "self.layer(X) + self.scale * self.layer(X) @ self.A @ self.B"),
                   (NEW_A, "nn.Parameter(torch.randn(layer.out_features, r))")),
        ),
        Misconception(
            "Something stands between A and B; the detour is linear, or it could not be merged.",
            {"scores"},
            (DETOUR, "self.layer(X) + self.scale * torch.relu(X @ self.A) @ self.B"),
            forms=[(DETOUR, "self.layer(X) + self.scale * torch.tanh(X @ self.A) @ self.B")],
        ),
        Misconception(
            "The bias is not taken over: a new layer begins with one that is drawn.",
            {"merged"},
            ("        one.bias.data = self.layer.bias.data.clone()\n", "        one.bias.data[:] = 0\n"),
            forms=[("        one.bias.data = self.layer.bias.data.clone()\n", "")],
        ),
        Misconception(
            "The merged layer has the detour's weight alone; add it to the layer's own.",
            {"merged"},
            ("self.layer.weight.data + self.scale", "self.scale"),
        ),
        Misconception(
            "The merged layer has the layer's weight alone; add the detour's, s A B.",
            {"merged"},
            (f"self.layer.weight.data + {PLUS}", "self.layer.weight.data.clone()"),
        ),
        Misconception(
            "`merged` changes the layer itself; make another.",
            {"merged"},
            ("one = nn.Linear(self.layer.in_features, self.layer.out_features, dtype=self.A.dtype)", "one = self.layer"),
        ),
        Misconception(
            "The merged layer shares its bias with the old one: what happens to one happens to both. Clone it.",
            {"merged"},
            ("self.layer.bias.data.clone()", "self.layer.bias.data"),
            forms=[("one.bias.data = self.layer.bias.data.clone()", "one.bias = self.layer.bias")],
        ),
    ],
    hints=[
        "A detour beside the layer: down to r numbers and up again. What must B be, so that a new one changes nothing?",
        r"$xW + b + s\,xAB$; merged, the weight is $W + sAB$, which torch keeps transposed.",
        "`self.layer(X) + self.scale * X @ self.A @ self.B`; `one.weight.data = self.layer.weight.data + self.scale * "
        "(self.A @ self.B).data.T`",
    ],
)  # fmt: skip
