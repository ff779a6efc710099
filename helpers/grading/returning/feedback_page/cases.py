"""The case that an answer failed, as code that runs in the next cell of the student's own notebook."""

import math

import numpy as np

from helpers.checks.evidence import show
from helpers.checks.kept import kept
from helpers.checks.rerun import call
from helpers.checks.task import Case, Part, Task
from helpers.checks.verdict import Verdict
from helpers.probes.observe import load, observe
from helpers.probes.plain import Plain

ASKS = "counterexample("
LONG = 600  # characters of a case that anybody works through by hand


def rerun(task: Task, verdict: Verdict) -> str:
    """Return code that shows one case that an answer failed; empty where it was not run at all.

    It is the first that all may see, where one line says what the check did with it; else it asks the
    notebook for a case, which draws its own. No case that was drawn for the class is ever told.
    """
    ran = any(row.case is not None or row.named or ASKS in row.says for row in verdict.parts)
    asks = f'{ASKS}"{task.id}")' * ran
    failed = [row for row in verdict.parts if row.says and row.case is not None]
    return next(filter(None, (_code(task, row.part, row.case) for row in failed)), asks)


@kept
def _code(task: Task, name: str, number: int | None) -> str:
    """Return the case as code; empty where it is no longer there, too large, or more than one call."""
    part = next((part for part in task.parts if part.name == name), None)
    if part is None or number is None or number not in task.fixed(part):
        return ""
    case = task.cases_of(part, 0)[number]
    line = call(task, part, case)
    try:
        given = [f"{name} = {literal(value)}" for name, value in case.inputs.items()]
    except ValueError:
        return ""
    if not line or len("".join(given)) > LONG:
        return ""
    wanted = _expected(task, part, case)
    return "\n".join([*given, line, *([f"# expected: {wanted}"] if wanted else [])])


def _expected(task: Task, part: Part, case: Case) -> str:
    """Return what a right answer gives, on one line; empty where that is long, or the reference fails."""
    seen = observe(load(part.probe or task.probe), task.right, task.answers, case.inputs, math.inf)
    told = "" if seen.failure else show(seen.value)
    return told if len(told) <= LONG else ""


def literal(value: Plain) -> str:
    """Return an input as Python.

    Raises:
        ValueError: where there is no short way to say it.
    """
    if isinstance(value, np.ndarray):
        if value.size > LONG:
            raise ValueError(f"an array of {value.size} numbers")
        if not value.size:
            return f"np.zeros({value.shape})"
        kind = "" if np.array(value.tolist()).dtype == value.dtype else f", dtype=np.{value.dtype}"
        return f"np.array({literal(value.tolist())}{kind})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return f"np.{value}" if value > 0 or math.isnan(value) else "-np.inf"
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    raise ValueError(f"a {type(value).__name__}")
