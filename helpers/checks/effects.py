"""What differs, where values are right but for one thing that happened to all of them: rules for every task.

Each rule takes all rows that differ, (expected, got, the inputs that are arrays), and returns a sentence that
states the effect, or None. A sentence is about what was seen: a cause is left to the reader.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from helpers.checks.evidence import agree, as_array
from helpers.probes.plain import Plain

Row = tuple[Plain, Plain, Mapping[str, Plain]]
Rule = Callable[[Sequence[Row]], str | None]
ENOUGH = 3  # different expected values, else a coincidence is likely
MAPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the square of what is expected": np.square,
    "the root of what is expected": np.sqrt,
    "the logarithm of what is expected": np.log,
    "e to the power of what is expected": np.exp,
    "1 minus what is expected": lambda x: 1 - x,
    "1 divided by what is expected": lambda x: 1 / x,
}
DECIMALS = 6  # places of rounding that are tried
AXES = {0: "first", 1: "second", 2: "third", 3: "fourth"}


def effect(rows: Sequence[Row]) -> str | None:
    """Return the sentence of the first rule that holds for all rows; none where they tell too little."""
    pairs = [(as_array(want), as_array(have)) for want, have, _ in rows]
    known = np.concatenate([want[np.isfinite(want)].ravel() for want, _ in pairs] or [np.zeros(0)])
    if len(np.unique(known)) < ENOUGH:
        return None
    return next((says for rule in RULES if (says := rule(rows))), None)


def given_back(rows: Sequence[Row]) -> str | None:
    """One of the inputs came back."""
    names = [{name for name, value in inputs.items() if _equal(value, have)} for _, have, inputs in rows]
    common = set.intersection(*names)
    return f"It hands back its input `{min(common)}` as it was." if common else None


def mapped(rows: Sequence[Row]) -> str | None:
    """The root, the square, … of what is expected."""
    for name, of in MAPS.items():
        with np.errstate(all="ignore"):
            if all(_alike(of(np.asarray(want, dtype=float)), have) for want, have, _ in rows):
                return f"What came is {name}, for every value."
    return None


def rounded(rows: Sequence[Row]) -> str | None:
    """Rounded to so many decimals."""
    for decimals in range(DECIMALS + 1):
        short = [np.round(np.asarray(want, dtype=float), decimals) for want, _, _ in rows]
        enough = len(np.unique(np.concatenate([a[np.isfinite(a)].ravel() for a in short]))) >= ENOUGH
        if enough and all(_alike(a, have) for a, (_, have, _) in zip(short, rows, strict=True)):
            places = f"{decimals} decimal{'s' * (decimals > 1)}" if decimals else "whole numbers"
            return f"The values are right, but rounded to {places}."
    return None


def factor(rows: Sequence[Row]) -> str | None:
    """All values times one number, or a number for each case that is a size."""
    ratios = [_ratio(want, have) for want, have, _ in rows]
    if any(r is None or abs(r - 1) < 1e-6 for r in ratios):
        return None
    named = [set(_sizes(inputs, float(r or 0))) for r, (_, _, inputs) in zip(ratios, rows, strict=True)]
    if common := set.intersection(*named):
        return (
            f"Every value is off by a factor: it is multiplied by {min(common, key=lambda t: (len(t), t))}."
        )
    if len(rows) > 1 and np.ptp([float(r or 0) for r in ratios]) < 1e-6 * abs(ratios[0] or 0):
        return f"Every value is off by the same factor: it is {ratios[0]:.4g} times what is expected."
    return None


def offset(rows: Sequence[Row]) -> str | None:
    """All values plus one number."""
    pairs = [(as_array(want).astype(float), as_array(have).astype(float)) for want, have, _ in rows]
    gaps = [have - want for want, have in pairs if np.shape(want) == np.shape(have)]
    if len(gaps) < len(rows) or not all(np.isfinite(g).all() for g in gaps):
        return None
    every = np.concatenate([np.asarray(g, dtype=float).ravel() for g in gaps])
    if len(every) < ENOUGH or np.ptp(every) > 1e-7 * max(1, np.abs(every).max()):
        return None
    return f"Every value is {abs(every[0]):.4g} too {'large' if every[0] > 0 else 'small'}."


def moved(rows: Sequence[Row]) -> str | None:
    """Mirrored along an axis, or shifted along it by one place."""
    least = min(np.ndim(want) for want, _, _ in rows)
    for axis in range(least):
        if all(np.shape(want)[axis] > 1 and _alike(np.flip(want, axis), have) for want, have, _ in rows):
            return f"The values are right, but mirrored along the {AXES.get(axis, 'last')} axis."
        for by, where in ((1, "late"), (-1, "early")):
            if all(_shifted(want, have, axis, by) for want, have, _ in rows):
                return f"The values are right, but one place too {where} along the {AXES.get(axis, 'last')} axis."
    return None


def reordered(rows: Sequence[Row]) -> str | None:
    """The same values in another order."""
    if all(
        np.ndim(want)
        and np.shape(want) == np.shape(have)
        and _alike(np.sort(want, None), np.sort(have, None))
        for want, have, _ in rows
    ):
        return "The values are right, but in another order."
    return None


def places(rows: Sequence[Row]) -> str | None:
    """Only the first, the last, the border differs: along some axis, in every case."""
    masks = [_wrong(want, have) for want, have, _ in rows]
    if any(mask is None or mask.all() or not mask.ndim for mask in masks):
        return None
    found = [mask for mask in masks if mask is not None]
    for axis in range(min(mask.ndim for mask in found)):
        lines = [
            np.atleast_1d(mask.any(axis=tuple(i for i in range(mask.ndim) if i != axis))) for mask in found
        ]
        if min(map(len, lines)) < 4:
            continue
        name = f"along the {AXES.get(axis, 'last')} axis"
        if all(line[0] and not line[1:].any() for line in lines):
            return f"Only the first place {name} is wrong; all others are right."
        if all(line[-1] and not line[:-1].any() for line in lines):
            return f"Only the last place {name} is wrong; all others are right."
        if all(line[0] and line[-1] and not line[1:-1].any() for line in lines):
            return f"Only the border is wrong: the first and the last place {name}."
    return None


RULES: list[Rule] = [given_back, rounded, mapped, factor, offset, moved, reordered, places]


def _wrong(want: Plain, have: Plain) -> np.ndarray | None:
    a, b = as_array(want), as_array(have)
    if a.shape != b.shape:
        return None
    size = np.abs(a[np.isfinite(a)], dtype=float).max(initial=1e-4)
    return ~np.isclose(a, b, rtol=0, atol=1e-8 * size, equal_nan=True)


def _ratio(want: Plain, have: Plain) -> float | None:
    a, b = as_array(want).astype(float), as_array(have).astype(float)
    if a.shape != b.shape or not a.any() or not np.isfinite(a).all() or not np.isfinite(b).all():
        return None
    at = np.unravel_index(np.abs(a).argmax(), a.shape)
    ratio = float(b[at] / a[at])
    return ratio if ratio > 0 and _alike(a * ratio, b) else None


def _sizes(inputs: Mapping[str, Plain], ratio: float) -> Iterator[str]:
    """Yield what a factor could be called by the sizes of the inputs."""
    for name, value in inputs.items():
        for axis, n in enumerate(np.shape(value)):
            if n < 2:
                continue
            size = f"{name}.shape[{axis}]"
            for told, number in (
                (f"`{size}`", n),
                (f"`1 / {size}`", 1 / n),
                (f"`sqrt({size})`", n**0.5),
                (f"`1 / sqrt({size})`", n**-0.5),
            ):
                if abs(number - ratio) < 1e-6 * ratio:
                    yield told


def _shifted(want: Plain, have: Plain, axis: int, by: int) -> bool:
    a, b = as_array(want), as_array(have)
    if a.shape != b.shape or a.shape[axis] < 4:
        return False
    early = np.take(a, range(a.shape[axis] - 1), axis), np.take(b, range(1, b.shape[axis]), axis)
    late = np.take(a, range(1, a.shape[axis]), axis), np.take(b, range(b.shape[axis] - 1), axis)
    return _alike(*(early if by == 1 else late))


def _equal(value: Plain, have: Plain) -> bool:
    return np.shape(value) == np.shape(have) and np.size(have) > 1 and _alike(value, have)


def _alike(want: Plain, have: Plain) -> bool:
    return agree(np.asarray(want, dtype=float), as_array(have))
