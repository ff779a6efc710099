"""What is there on this machine and what is missing: for each thing what it means, and what mends it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from helpers.grading.doctor import machine, software
from helpers.grading.doctor.finding import Finding


def examine(root: Path | None = None) -> list[Finding]:
    """Look at everything; a look that fails by itself is told, and stops no other.

    Args:
        root: the checkout, where there is one.
    """
    looks: list[Callable[[], Any]] = [
        software.python,
        partial(software.packages, root),
        machine.system,
        machine.bubblewrap,
        machine.sandbox,
    ]
    looks += [
        machine.system_calls,
        machine.control_groups,
        machine.machine,
        software.nbgrader,
        software.fonts,
    ]
    looks += [partial(software.weights, root), partial(software.checkout, root)] if root else []
    found: list[Finding] = []
    for look in looks:
        try:
            found += look()
        except Exception as error:  # whatever a broken machine comes up with
            name = getattr(getattr(look, "func", look), "__name__", "").strip("_")
            found.append(Finding(name, "note", f"could not be looked at: {error!r}"))
    return found


def can_grade(found: list[Finding]) -> bool:
    """Whether nothing is missing that grading needs."""
    return not any(finding.state == "missing" for finding in found)


def as_data(found: list[Finding]) -> dict[str, Any]:
    """Return everything as plain data."""
    return {"can grade": can_grade(found), "findings": [asdict(finding) for finding in found]}


def told(found: list[Finding], signs: Mapping[str, str]) -> str:
    """Return everything as lines, each with what mends it below."""
    lines = []
    for finding in found:
        lines.append(f"{signs[finding.state]} {finding.what}: {finding.says}")
        lines += [f"    {finding.mend}"] * bool(finding.mend)
    lines.append(
        "This machine can grade." if can_grade(found) else "This machine can't grade yet: mend what has a ✗."
    )
    return "\n".join(lines)
