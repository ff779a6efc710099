"""Numbers and lists as they stand in a drawing and in its alternative text."""

from collections.abc import Sequence


def number(x: float, digits: int = 2) -> str:
    """Print a number with at most this many digits behind the point, and a real minus."""
    text = f"{round(float(x), digits) + 0.0:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if digits else text).replace("-", "−")


def brief(x: float) -> str:
    """Print a number with three digits that count, and a real minus."""
    return f"{float(x) + 0.0:.3g}".replace("-", "−")


def subscript(name: str, i: int) -> str:
    """Return a name with a small number below the line: x₁₂."""
    return name + str(i).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def listed(words: Sequence[str]) -> str:
    """Return words as English does: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
