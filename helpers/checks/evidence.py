"""Compare evidence with what was expected, and say in a sentence how it differs."""

from collections.abc import Iterator

import numpy as np

from helpers.probes.plain import Plain, below

TOLERANCE = {2: 1e-2, 4: 1e-5, 8: 1e-8}  # relative to the largest expected entry, by the bytes of a number
SINGLE = 4  # bytes: float32 is precise enough where float64 is expected
KEYS = 20  # of a dict that are named
FLOOR = 1e-4  # expected entries smaller than this are compared as if they were this large

Leaf = tuple[str, Plain, Plain]  # path, expected, got


def differ(expected: Plain, got: Plain, tol: float | None = None) -> str | None:
    """Return None where `got` is as expected, else a sentence that says how it differs.

    Structure and shapes come first, then NaN and infinity, then values within `tol` times the
    largest expected entry (by default what the expected dtype allows: 1e-8 in float64, 1e-5 in float32).
    A tensor, an array, a NumPy scalar and a number of the same shape and values are the same.
    """
    for path, want, have in leaves(expected, got):
        if sentence := _differ(want, have, tol):
            return f"{path}: {sentence}" if path else sentence
    return None


def agree(expected: Plain, got: Plain, tol: float | None = None) -> bool:
    """Whether `got` is as expected, which is known sooner than how it differs."""
    for _, want, have in leaves(expected, got):
        if is_number(want) and is_number(have):
            a, b = as_array(want), as_array(have)
            if a.shape != b.shape or _gap(a, b, tol) is not None:
                return False
        elif _differ(want, have, tol):
            return False
    return True


def leaves(expected: Plain, got: Plain, path: str = "") -> Iterator[Leaf]:
    """Walk both trees together; where their structure parts, the pair is yielded as it is."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        for key in expected:
            yield from leaves(expected[key], got[key], below(path, key))
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for i, (a, b) in enumerate(zip(expected, got, strict=True)):
            yield from leaves(a, b, below(path, i))
    else:
        yield path, expected, got


def is_number(value: Plain) -> bool:
    """Whether `value` is an array, a number or a bool: something with a shape."""
    return isinstance(value, np.ndarray | bool | int | float)


def as_array(value: Plain) -> np.ndarray:
    """Return a number or array as an array; a whole number of more than 64 bits as a float."""
    array = np.asarray(value)
    return array if array.dtype.kind != "O" else np.asarray(value, dtype=float)


def _differ(expected: Plain, got: Plain, tol: float | None) -> str | None:
    if not (is_number(expected) and is_number(got)):
        if type(expected) is type(got) and not isinstance(got, list | dict) and expected == got:
            return None  # trees of the same form are walked: these differ in theirs
        return f"expected {describe(expected)}, got {describe(got)}."
    want, have = as_array(expected), as_array(got)
    if want.shape != have.shape:
        return f"expected shape {want.shape}, got shape {have.shape}."
    if (gap := _gap(want, have, tol)) is None:
        return None
    finite = np.isfinite(want)
    for name, wild in (("NaN", np.isnan(have)), ("infinite", ~np.isfinite(have))):
        if wild[finite].any():
            return f"it is {name}{_place(wild & finite)}; expected {show(want)}, got {show(have)}."
    if want.size <= 12:
        return "expected {}, got {}.".format(*show_both(want, have))
    at = np.unravel_index(gap.argmax(), gap.shape)
    told = show_both(want[at].item(), have[at].item())
    return f"{_place(gap >= gap.max()).strip()} expected {told[0]}, got {told[1]}."


def _gap(want: np.ndarray, have: np.ndarray, tol: float | None) -> np.ndarray | None:
    """Return how far numbers of one shape are apart, entry by entry; None where they are as expected."""
    finite = np.isfinite(want)
    if not finite.all():
        if not np.array_equal(want[~finite], have[~finite], equal_nan=True):
            return np.where(finite, 0.0, 1.0)
        want, have = np.where(finite, want, 0), np.where(finite, have, 0)
    if not np.isfinite(have).all():
        return np.where(finite, 0.0, 1.0)
    size = np.abs(want, dtype=float).max(initial=FLOOR)
    allowed = size * (tol if tol is not None else tolerance(want, have))
    gap = np.abs(np.subtract(want, have, dtype=float))
    return gap if gap.max(initial=0) > allowed else None


def tolerance(want: np.ndarray, have: np.ndarray) -> float:
    """Return the relative tolerance that the expected dtype allows; float32 for float64 has its own.

    What comes back in half precision is judged by what was asked for: its own coarseness excuses nothing.
    """
    asked = want.dtype.itemsize if want.dtype.kind == "f" else 8
    single = have.dtype.kind == "f" and have.dtype.itemsize == SINGLE
    return TOLERANCE[min(asked, SINGLE) if single else asked]


def _place(where: np.ndarray) -> str:
    at = np.argwhere(where)[0]
    return f" at {[int(i) for i in at]}" if at.size else ""


def describe(value: Plain) -> str:
    """Say what a value is, as a student would: 'nothing (None)', 'a list of 3', 'the number 2'."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, list):
        return f"a list or tuple of {len(value)}"
    if isinstance(value, dict):
        keys = ", ".join(f"{key!r:.40}" for key in list(value)[:KEYS]) or "no keys"
        return f"a dict with {keys}{f' and {len(value) - KEYS} more' * (len(value) > KEYS)}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, str):
        return f"the text {value!r:.60}"
    return f"the number {value:.6g}" if is_number(value) and not isinstance(value, bool) else f"{value}"


def show(value: Plain, most: int = 12, digits: int = 5) -> str:
    """Print a value on one line, large arrays by their shape."""
    if isinstance(value, np.ndarray) and value.size > most:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        form = f"{{:.{digits}g}}".format
        text = np.array2string(value, separator=", ", formatter={"float_kind": form}, max_line_width=1000)
        return " ".join(text.split())
    if isinstance(value, float):
        return f"{value:.{digits + 1}g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {show(v, most, digits)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        rest = ", …]" if len(value) > most else "]"
        return "[" + ", ".join(show(v, most, digits) for v in value[:most]) + rest
    return repr(value)[:200]


def show_both(want: Plain, have: Plain) -> tuple[str, str]:
    """Print two values that differ with as many digits as it takes to see that."""
    for digits in (5, 8, 12, 17):
        texts = show(want, digits=digits), show(have, digits=digits)
        if texts[0] != texts[1]:
            break
    return texts
