"""Lesson 13, part 2: queries and keys that are turned by their place."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from helpers.checks.assistants.pieces import PROBES, REFERENCE, TORCH
from helpers.checks.evidence import show
from helpers.checks.task import Case, Misconception, Part, Task
from helpers.probes.plain import Plain

# ---------------------------------------------------------------- cases


def turned(rng: Generator) -> Iterator[Case]:
    """One pair, two pairs of unequal speed, places in any order, another base, heads and batches."""
    yield Case({"X": np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]]), "places": np.array([0, 1, 2])})
    yield Case({"X": np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]]), "places": np.array([1, 3])})
    yield Case({"X": np.array([[1.0, 2.0, 3.0, 4.0]]), "places": np.array([2]), "base": 100.0})
    for shape in [(3, 6), (2, 4, 8), (2, 3, 5, 4)]:
        places = rng.permutation(40)[: shape[-2]]
        yield Case({"X": rng.normal(size=shape), "places": places})
    yield Case({"X": rng.normal(size=(2, 1, 6)), "places": np.array([0])})


def far(rng: Generator) -> Iterator[Case]:
    """A query and a key at many places."""
    yield Case(
        {"q": np.array([1.0, 2.0, -1.0, 0.5]), "k": np.array([0.5, 1.0, 2.0, 1.0]), "places": np.arange(6)}
    )
    q, k = rng.normal(size=(2, 8))
    yield Case({"q": q, "k": k, "places": np.arange(20)})


def by_distance(case: Case, want: Plain, got: Plain) -> str | None:
    """Ask that products depend on the distance, and on nothing else."""
    found, right = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    if found.shape != right.shape or not np.isfinite(found).all():
        return f"expected finite products of shape {right.shape}; got {show(got)}."
    ranges = [np.ptp(found.diagonal(k)) for k in range(-len(found) + 2, len(found) - 1)]
    if max(ranges) > 1e-4:
        return (
            f"the products of a query and a key that stand equally far apart differ by up to {max(ranges):.3g}; "
            "they may depend on the distance alone."
        )
    if np.ptp(found[0]) < 1e-4 * max(1.0, np.abs(right).max()):
        return "the products are the same at every distance: nothing has been turned."
    if abs(found[0, 0] - right[0, 0]) > 1e-4:
        return "at distance 0 the product has changed: turning keeps lengths and angles."
    return None


# ---------------------------------------------------------------- task

VALUES, DISTANCE = "values", "distance alone"
ANGLE = "angle = places[:, None] / base ** (2 * i / X.shape[-1])"
PAIRS = "exact.unflatten(-1, (-1, 2))"
BACK = "torch.view_as_real(turned).flatten(-2)"
TURNED = "[x * a.cos() - y * a.sin(), x * b.sin() + y * b.cos()]"
BY_HAND = (
    "def rope(X, places, base=10000.0):\n"
    "    j = torch.arange(X.shape[-1], dtype=X.dtype) // 2 * 2\n"
    "    angle = places[:, None] / base ** (j / X.shape[-1])\n"
    "    x, y = X[..., 0::2], X[..., 1::2]\n"
    "    a, b = angle[:, 0::2], angle[:, 1::2]\n"
    f"    turned = {TURNED}\n"
    "    return torch.stack(turned, dim=-1).flatten(-2)\n"
)

ROPE = Task(
    "rope",
    points=2,
    answers=["rope"],
    reference=REFERENCE + "rope",
    probe=TORCH + "tensors",
    parts=[
        Part(VALUES, turned, tol=1e-5),
        Part(DISTANCE, far, weight=0.5, probe=PROBES + "products", judge=by_distance),
    ],
    misconceptions=[
        Misconception(
            "You pair column i with column i + d/2. That is another convention (much code has it); here pair i is the "
            "columns 2i and 2i + 1.",
            {VALUES},
            edits=(
                (PAIRS, "exact.unflatten(-1, (2, -1)).transpose(-1, -2)"),
                (BACK, "torch.view_as_real(turned).transpose(-1, -2).flatten(-2)"),
            ),
        ),
        Misconception(
            "You add the marks of lesson 8. Here nothing is added: each pair is turned.",
            {VALUES, DISTANCE},
            (
                BACK,
                "X + torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2)",
            ),
        ),
        Misconception(
            "Each column has an angle of its own. The two columns of a pair turn by the same one.",
            {VALUES, DISTANCE},
            wrong=BY_HAND.replace(" // 2 * 2", ""),
        ),
        Misconception(
            "Pair i turns by place / base^(2i/d): you left out the 2.",
            {VALUES},
            ("base ** (2 * i / X.shape[-1])", "base ** (i / X.shape[-1])"),
        ),
        Misconception(
            "All pairs turn at the same speed. Pair i turns by place / base^(2i/d).",
            {VALUES},
            (ANGLE, "angle = places[:, None] / base ** (0 * i)"),
        ),
        Misconception(
            "Later pairs turn faster with you. They turn *slower*: the power divides.",
            {VALUES},
            (ANGLE, "angle = places[:, None] * base ** (2 * i / X.shape[-1])"),
        ),
        Misconception(
            "You turn the other way round: (x cos - y sin, x sin + y cos).",
            {VALUES},
            ("torch.ones_like(angle), angle", "torch.ones_like(angle), -angle"),
        ),
        Misconception(
            "That is no turn: one sign is missing. (x, y) becomes (x cos - y sin, x sin + y cos).",
            {VALUES, DISTANCE},
            wrong=BY_HAND.replace(TURNED, "[x * a.cos() + y * a.sin(), x * a.sin() + y * a.cos()]"),
            forms=(BY_HAND.replace(TURNED, "[x * a.cos() - y * a.sin(), y * a.cos() - x * a.sin()]"),),
        ),
        Misconception(
            "Places are counted from 1 with you, so that place 0 is turned, too.",
            {VALUES},
            ("angle = places[:, None]", "angle = (places[:, None] + 1)"),
        ),
        Misconception(
            "You count the rows. `places` says where each stands.",
            {VALUES},
            ("places[:, None]", "torch.arange(X.shape[-2])[:, None]"),
        ),
        Misconception(
            "The pairs come back one half behind the other. Put x and y of a pair side by side again.",
            {VALUES},
            (BACK, "torch.view_as_real(turned).transpose(-1, -2).flatten(-2)"),
        ),
        Misconception("Nothing is turned.", {VALUES, DISTANCE}, (BACK, "X.clone()")),
        Misconception(
            "`base` is not used: it may be another than 10000.", {VALUES}, ("/ base **", "/ 10000.0 **")
        ),
    ],
    hints=[
        "The hands of lesson 8: pair i is a point in the plane. Turn it about 0, by an angle that grows with the place.",
        r"$(x, y) \mapsto (x \cos a - y \sin a,\ x \sin a + y \cos a)$ with $a = p \,/\, \text{base}^{2i/d}$.",
        "`x, y = X[..., 0::2], X[..., 1::2]`, `angle = places[:, None] / base ** (2 * i / d)`; "
        "`torch.stack([...], dim=-1).flatten(-2)` puts them side by side again.",
    ],
)
