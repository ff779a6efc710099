"""What a wrong answer did, in a form so small that it can be kept, and by which answers can be compared.

Of each part that failed some cases are kept: those that are the same with every seed, where there are any.
Of each, what came: its structure as a hash, and its numbers counted in steps of the check's own tolerance, so
that two that agree are at most a step or two apart, wherever they lie. Nothing is run for it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from helpers.checks.evidence import FLOOR, TOLERANCE, agree, as_array, is_number, show, show_both, tolerance
from helpers.checks.matching import meant
from helpers.checks.mutants import ReferenceFailed, expected
from helpers.checks.task import Case, Observations, Part, Task
from helpers.checks.verdict import State, Verdict, case_verdict
from helpers.grading import CourseError
from helpers.grading.bounded import bounded
from helpers.grading.judging.replies import Evidence
from helpers.probes.observe import Observation
from helpers.probes.plain import Plain, below

CASES, NUMBERS = 6, 16  # kept of a part, and of a case; more numbers are kept as so many weighted means
STEPS = 2  # in a tolerance
APART = STEPS + 1  # steps between two numbers that agree, at most: each was rounded once
SECONDS = 2.0  # of the processor, for one check
LARGE = 1e300  # beyond which numbers are not told apart
TOLD = 300  # characters of inputs or of a value that are shown
SILENT = (
    "NameError",
    "UnboundLocalError",
    "TimeLimit",
)  # whose message holds a student's own names
WRONG = (State.FAILED, State.TIMED_OUT, State.OUT_OF_MEMORY, State.CRASHED)


@dataclass(frozen=True)
class Did:
    """What came in one case.

    Attributes:
        form: a hash of its structure, of where it is not finite, or of the error.
        steps: its numbers, in steps of the tolerance.
    """

    form: str
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A case that shows what an answer did, as text."""

    part: str
    given: str
    expected: str
    got: str


@dataclass(frozen=True)
class Trace:
    """What an answer did in the parts that it failed.

    Attributes:
        parts: by name, how each ended, and what came in the cases that are kept of it.
        seed: what cases were drawn from, where some of these were; else None.
        shown: a case in which it went wrong, where one is known.
    """

    parts: Mapping[str, tuple[str, tuple[Did, ...]]]
    seed: int | None = None
    shown: Shown | None = None

    def to_plain(self) -> dict[str, Any]:
        """Return it as what JSON can hold, the numbers of a case in one text."""
        parts = {
            name: [state, *([did.form, " ".join(map(str, did.steps))] for did in rows)]
            for name, (state, rows) in self.parts.items()
        }
        return {"parts": parts, "seed": self.seed, "shown": self.shown and asdict(self.shown)}

    @classmethod
    def from_plain(cls, told: Mapping[str, Any]) -> "Trace":
        """Read what `to_plain` returned; raises TypeError, ValueError or LookupError for anything else."""
        parts = {
            name: (str(state), tuple(Did(str(form), tuple(map(int, steps.split()))) for form, steps in rows))
            for name, (state, *rows) in told["parts"].items()
        }
        return cls(parts, told["seed"], told["shown"] and Shown(**told["shown"]))


def near(some: Sequence[Did], others: Sequence[Did]) -> bool:
    """Whether the same came in all cases, up to the check's tolerance."""
    return len(some) == len(others) and all(
        a.form == b.form and all(abs(x - y) <= APART for x, y in zip(a.steps, b.steps, strict=True))
        for a, b in zip(some, others, strict=True)
    )


def traced(task: Task, seed: int, evidence: Evidence, verdict: Verdict) -> Trace | None:
    """Return what an answer did, or None where that can't be said: a verdict stands without it."""
    of = "trace", seed, verdict.parts
    try:
        if of not in evidence.found:
            with bounded("Keeping what it did", SECONDS):
                evidence.found[of] = trace(task, seed, evidence.observations, verdict)
    except (CourseError, ReferenceFailed):
        return None
    return evidence.found[of]


def trace(task: Task, seed: int, seen: Observations, verdict: Verdict) -> Trace | None:
    """Return what an answer did in the parts that it failed; None where it failed none.

    Args:
        task: the exercise.
        seed: what its drawn cases came from.
        seen: what the probes saw.
        verdict: what was found of it.
    """
    failed = [(row, part) for row, part in zip(verdict.parts, task.parts, strict=True) if row.state in WRONG]
    if not failed:
        return None
    wanted, parts, drawn, shown = expected(task, seed), {}, False, None
    for row, part in failed:
        right, came = meant(part, wanted[part.name]), meant(part, seen.get(part.name, []))
        fixed = task.fixed(part)
        chosen = [k for k in (sorted(fixed) or range(len(right))) if k < min(len(came), len(right))][:CASES]
        drawn |= not fixed
        did = [_did(part, right[k], came[k]) for k in chosen]
        if near(did, [_did(part, right[k], right[k]) for k in chosen]):
            did.append(Did(_hash(re.sub(r"\d+", "0", row.says))))  # what the values do not tell
        parts[part.name] = str(row.state), tuple(did)
        if shown is None and chosen:
            cases = task.cases_of(part, seed)
            k = row.case if row.case is not None else _first_wrong(task, part, cases, right, came, chosen)
            shown = _shown(part, cases[k], right[k], came[k])
    return Trace(parts, seed if drawn else None, shown)


def _did(part: Part, want: Observation, got: Observation) -> Did:
    if got.failure:
        told = "" if got.failure.kind in SILENT else got.failure.message
        return Did(_hash(f"{got.failure.kind}: {told}"))
    form, numbers = hashlib.blake2b(digest_size=6), list[np.ndarray]()
    wants = dict(_leaves(want.value))
    for path, leaf in _leaves(got.value):
        form.update(f"{path}: ".encode())
        if not is_number(leaf):
            form.update(repr(leaf).encode())
            continue
        have = as_array(leaf)
        allowed = _allowed(part, wants.get(path), have)
        values = have.astype(float).ravel()
        finite = np.isfinite(values)
        form.update(f"{have.shape} {allowed[0]:.1g}".encode())
        if not finite.all():
            form.update(np.nan_to_num(values, nan=2.0, posinf=1.0, neginf=-1.0)[~finite].tobytes())
            form.update(np.packbits(finite).tobytes())
        numbers.append(_steps(np.where(finite, values, 0.0), *allowed))
    if part.pure:
        form.update(f"changed: {sorted(got.changed)}".encode())
    return Did(form.hexdigest(), _few(numbers))


def _leaves(value: Plain, path: str = "") -> Iterator[tuple[str, Plain]]:
    """Yield what is no dict or list, with its way from the root; an empty one, too."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _leaves(value[key], below(path, key))
    elif isinstance(value, list) and value:
        for i, inner in enumerate(value):
            yield from _leaves(inner, below(path, i))
    else:
        yield path, value


def _allowed(part: Part, want: Plain, have: np.ndarray) -> tuple[float, float]:
    """Return the relative tolerance of a value, and the size it is relative to, as the check has them."""
    if not is_number(want):
        return part.tol or TOLERANCE[8], 1.0
    right = as_array(want)
    size = np.abs(right[np.isfinite(right)], dtype=float).max(initial=FLOOR)
    return part.tol or tolerance(right, have), float(size)


def _steps(values: np.ndarray, tol: float, size: float) -> np.ndarray:
    """Return numbers in steps: even ones up to the expected size, beyond it relative to the number itself."""
    with np.errstate(over="ignore"):
        return np.arcsinh(np.clip(values / size, -LARGE, LARGE)) * (STEPS / tol)


def _few(numbers: list[np.ndarray]) -> tuple[int, ...]:
    """Return numbers rounded; of many, means of runs with signs, which move no more than the numbers."""
    steps = np.concatenate([np.zeros(0), *numbers])
    if steps.size > NUMBERS:
        signs = np.random.default_rng(0).choice([-1.0, 1.0], steps.size)
        steps = np.array([run.mean() for run in np.array_split(steps * signs, NUMBERS)])
    return tuple(int(step) for step in np.rint(steps))


def _first_wrong(
    task: Task,
    part: Part,
    cases: Sequence[Case],
    right: list[Observation],
    came: list[Observation],
    chosen: list[int],
) -> int:
    """Return the first of some cases that did not pass, of a part that has none for all to see."""
    wrong = (k for k in chosen if case_verdict(task, part, cases[k], right[k], came[k])[0] != State.PASSED)
    return next(wrong, chosen[0])


def _shown(part: Part, case: Case, right: Observation, came: Observation) -> Shown:
    """Return a case as text."""
    given = ", ".join(f"{name} = {show(value)}" for name, value in case.inputs.items())
    if failure := came.failure:
        texts = show(right.value), f"{failure.kind}: {failure.message}".rstrip(": ")
    else:
        texts = show_both(right.value, came.value)
        if came.changed and agree(right.value, came.value, part.tol):
            texts = texts[0], f"{texts[1]}, and its input {came.changed[0]} is changed"
    return Shown(part.name, *(_cut(text) for text in (given, *texts)))


def _cut(text: str) -> str:
    return text if len(text) <= TOLD else f"{text[: TOLD - 2]} …"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
