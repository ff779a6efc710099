"""The kinds of right values: truth values, whole numbers, numbers, and what holds them."""

from collections.abc import Mapping

import numpy as np

from helpers.checks.evidence import agree, is_number, leaves
from helpers.probes.plain import Plain

NAMES = {"b": "truth values (bool)", "i": "whole numbers", "u": "whole numbers", "f": "numbers with decimals"}
ONE = {
    "b": "a truth value (bool)",
    "i": "a whole number",
    "u": "a whole number",
    "f": "a number with decimals",
}


def wrong_kind(
    expected: Plain, got: Plain, wanted: Mapping[str, str] = {}, had: Mapping[str, str] = {}
) -> str | None:
    """Return a sentence where values that are as expected are of another kind, else None.

    A whole number or a truth value may stand for a number with decimals, as 1 is typed for 1.0, and a
    NumPy scalar for a Python number.

    Args:
        expected: what the reference returned.
        got: what the answer did, with the same values.
        wanted: which leaves of the expected value were tensors, by their path.
        had: the same of the answer's.
    """
    for path, want, have in leaves(expected, got):
        if is_number(want) and is_number(have):
            where = f"{path}: the" if path else "the"
            if says := _kind(np.asarray(want), np.asarray(have)):
                return f"{where} values are right, but {says}."
            if says := _holder(want, have, path in wanted, path in had):
                return f"{where} values are right, but {says}."
    return None


def rounded(expected: Plain, got: Plain) -> str | None:
    """Return a sentence where all that differs does so as half precision rounds, else None."""
    wrong = [(want, have) for _, want, have in leaves(expected, got) if not agree(want, have)]
    if wrong and all(_half(want, have) for want, have in wrong):
        return "the values are right, but rounded to float16: keep the precision of the inputs."
    return None


def _half(want: Plain, have: Plain) -> bool:
    numbers = is_number(want) and is_number(have)
    return numbers and np.asarray(have).dtype == np.float16 and agree(want, have, 2e-3)


def _kind(want: np.ndarray, have: np.ndarray) -> str | None:
    wanted, had = (a.dtype.kind.replace("u", "i") for a in (want, have))
    if wanted in (had, "f", "O") or had == "O":
        return None
    names = NAMES if want.ndim else ONE
    what = "they are" if want.ndim else "it is"
    return f"{what} {names[had]} where {names[wanted]} {'are' if want.ndim else 'is'} asked for"


def _holder(want: Plain, have: Plain, tensor: bool, is_tensor: bool) -> str | None:
    if not tensor or is_tensor or not np.ndim(want):  # a tensor may stand for an array
        return None
    return f"they come as {_holds(is_tensor)}: return {_holds(tensor)}"


def _holds(tensor: bool) -> str:
    return "a torch tensor" if tensor else "a NumPy array"
