"""Misconceptions tried on every task without being declared."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.effects import effect
from helpers.checks.evidence import agree, as_array, is_number, leaves
from helpers.probes.plain import Plain

Rule = Callable[[Plain, Plain, Mapping[str, Plain]], bool]  # expected, got, inputs


def explain(rows: list[tuple[Plain, Plain, Mapping[str, Plain]]]) -> str | None:
    """Return the sentence of the first rule that explains every row (expected, got, inputs)."""
    wrong = [
        (want, have, {name: value for name, value in inputs.items() if isinstance(value, np.ndarray)})
        for expected, got, inputs in rows
        for _, want, have in leaves(expected, got)
        if not agree(want, have)
    ]
    numbers = all(is_number(want) and is_number(have) for want, have, _ in wrong)
    for says, rule in RULES if numbers else FOR_ANY:
        if wrong and all(rule(*row) for row in wrong):
            return says
    return effect(wrong) if wrong and numbers else None


def _nothing(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    return have is None and want is not None


def _a_list(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    return isinstance(want, np.ndarray) and isinstance(have, list) and _equal(want, have)


def _transposed(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    turned = np.ndim(want) == 2 and not _equal(want, have)
    return turned and _equal(np.transpose(want), have)


def _other_sign(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    return _equal(-np.asarray(want, dtype=float), have)


def _extra_axis(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    return np.ndim(want) != np.ndim(have) and _equal(np.squeeze(want), np.squeeze(have))


def _wrong_axis(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    shapes = [np.shape(value) for value in inputs.values() if np.ndim(value) >= 2]
    without = [{shape[:i] + shape[i + 1 :] for i in range(len(shape))} for shape in shapes]
    return any(
        np.shape(want) in s and np.shape(have) in s and np.shape(want) != np.shape(have) for s in without
    )


def _integers(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    kinds = np.asarray(want).dtype.kind, np.asarray(have).dtype.kind
    return kinds in {("f", "i"), ("f", "u")} and (_equal(np.trunc(want), have) or _equal(np.rint(want), have))


def _equal(want: Plain, have: Plain) -> bool:
    try:
        return agree(np.asarray(want), np.asarray(have))
    except (ValueError, TypeError):  # a ragged list, or text
        return False


def _nan(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    return bool(np.isnan(as_array(have)).any() and not np.isnan(as_array(want)).any())


def _infinite(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    return bool(np.isinf(as_array(have)).any() and np.isfinite(as_array(want)).all())


def _single(want: Plain, have: Plain, inputs: Mapping[str, Plain]) -> bool:
    kinds = as_array(want).dtype, as_array(have).dtype
    return kinds == (np.float64, np.float32) and agree(want, have, 1e-3)


NOTHING = "It returned nothing (None) where a value is expected."
FOR_ANY: list[tuple[str, Rule]] = [
    (NOTHING, _nothing),
    ("The values are right, but they come as a list: return a NumPy array.", _a_list),
]
RULES: list[tuple[str, Rule]] = [
    (
        "NaN is not a number; it comes of 0/0, ∞ − ∞, 0 · ∞, or a root or logarithm of something negative.",
        _nan,
    ),
    ("Infinity comes of a division by 0, or of a number too large for its type.", _infinite),
    (
        "The values came as float32 and agree to three digits only: keep the precision of the inputs.",
        _single,
    ),
    ("It is the transpose of what is expected: check which axis is which.", _transposed),
    ("Every value has the wrong sign.", _other_sign),
    ("The values are right, but the shape has an axis of length 1 too many or too few.", _extra_axis),
    ("The shape is that of a result along the other axis.", _wrong_axis),
    ("The decimals are lost: the result is in whole numbers.", _integers),
]  # fmt: skip
