"""Decide: evidence in, verdict out. Runs on the trusted side and never runs student code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from helpers.checks.evidence import describe, differ, show
from helpers.checks.generic import explain
from helpers.checks.mutants import ReferenceFailed, expected, pairs, produced
from helpers.checks.task import Case, Meaning, Misconception, Observations, Part, Task
from helpers.probes.observe import Failure, Observation
from helpers.probes.plain import Plain
from helpers.probes.surroundings import harm


class State(StrEnum):
    """How a part of a task, or a whole check, ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class PartVerdict:
    """One row of the verdict table.

    Attributes:
        part: its name.
        state: how it ended.
        says: the sentence for the student; empty where it passed.
        named: what each misconception that explains the evidence says, the one said first.
    """

    part: str
    state: State
    says: str = ""
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a check found: a row for each part, the points, and remarks that cost none."""

    task: str
    points: float
    of: float
    parts: tuple[PartVerdict, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def state(self) -> State:
        """Passed where every part is, else the first state that is neither."""
        states = [part.state for part in self.parts]
        if all(s == State.PASSED for s in states) or all(s == State.NOT_ATTEMPTED for s in states):
            return states[0]
        worst = (State.NOT_JUDGED, State.CRASHED, State.OUT_OF_MEMORY, State.TIMED_OUT)
        return next((state for state in worst if state in states), State.FAILED)


@dataclass(frozen=True)
class Answer:
    """What is known of an answer before it runs.

    Attributes:
        broken: why its cell could not run (a syntax error, an exception), if so.
        forbidden: a sentence for each thing in it that the task forbids.
    """

    broken: str = ""
    forbidden: tuple[str, ...] = ()

    @property
    def refused(self) -> str:
        """Why it is not run at all; empty where it is."""
        return self.broken or " ".join(self.forbidden)


def decide(task: Task, seed: int, seen: Observations, answer: Answer | None = None) -> Verdict:
    """Judge what the probes saw of an answer, and name the misconceptions that explain it.

    Where the reference fails, which is the machine's fault or the course's, nothing is judged.
    """
    answer = answer or Answer()
    try:
        wanted, cases = expected(task, seed), task.cases(seed)
    except ReferenceFailed as error:
        says = f"Nothing is known of your answer. {error}"
        rows = [PartVerdict(part.name, State.NOT_JUDGED, says) for part in task.parts]
        return Verdict(task.id, 0.0, task.points, tuple(rows))
    wanted, seen = ({p.name: _meant(p, rows.get(p.name, [])) for p in task.parts} for rows in (wanted, seen))
    rows = [_part(task, p, cases[p.name], wanted[p.name], seen.get(p.name, []), answer) for p in task.parts]
    if any(row.state == State.FAILED for row in rows) and not answer.refused:
        rows = _name(task, seed, rows, seen, wanted, cases)
    passed = [row.part for row in rows if row.state == State.PASSED]
    everything = [o for part in seen.values() for o in part]
    return Verdict(
        task=task.id,
        points=task.score(passed),
        of=task.points,
        parts=tuple(rows),
        notes=tuple(_notes(task, everything)),
        seconds=sum(o.seconds for o in everything),
    )


def _meant(part: Part, rows: list[Observation]) -> list[Observation]:
    """Put what a part's values mean in their place."""
    return [_meaning(part.means, row) for row in rows] if part.means else rows


def _meaning(means: Meaning, row: Observation) -> Observation:
    if row.failure:
        return row
    try:
        return replace(row, value=means(row.value))
    except Exception as error:  # a value of a form that nobody thought of
        return replace(row, value=None, failure=Failure("NotPlain", f"{describe(row.value)} ({error})"))


def _part(
    task: Task,
    part: Part,
    cases: list[Case],
    wanted: list[Observation],
    seen: list[Observation],
    answer: Answer,
) -> PartVerdict:
    if answer.refused:
        return PartVerdict(part.name, State.FAILED, answer.refused)
    for case, want, got in zip(cases, wanted, seen, strict=False):
        state, says = _case(task, part, case, want, got)
        if state != State.PASSED:
            return PartVerdict(part.name, state, says)
    if len(seen) < len(cases):
        return PartVerdict(part.name, State.FAILED, "Not all of its cases were run.")
    return PartVerdict(part.name, State.PASSED)


def _case(task: Task, part: Part, case: Case, want: Observation, got: Observation) -> tuple[State, str]:
    if got.failure:
        return _failed(task, case, got.failure)
    if says := _compare(part, case, want.value, got.value):
        return State.FAILED, f"{says[0].upper()}{says[1:]}{_given(case)}"
    if part.pure and got.changed:
        return State.FAILED, f"It changes its input `{got.changed[0]}` in place: work on a copy."
    if says := harm(got.left):
        return State.FAILED, says
    return State.PASSED, ""


def _compare(part: Part, case: Case, want: Plain, got: Plain) -> str | None:
    if part.judge is None:
        return differ(want, got, part.tol)
    try:
        return part.judge(case, want, got)
    except Exception as error:  # a value of a form that the judge did not think of
        return f"it returned {describe(got)}, which can't be judged ({error})."


def _failed(task: Task, case: Case, failure: Failure) -> tuple[State, str]:
    if failure.missing in task.answers and failure.kind == "NotImplementedError":
        return State.NOT_ATTEMPTED, ""
    if failure.missing in task.answers:
        return State.NOT_ATTEMPTED, f"`{failure.missing}` is not defined: run the cell that defines it."
    if failure.kind == "NotImplementedError" and failure.missing:
        return State.FAILED, f"It calls `{failure.missing}`, which is not written yet."
    where = f" in line {failure.line} of your cell" if failure.line else ""
    where += f" (`{failure.inside}`)" if failure.inside and failure.inside not in task.answers else ""
    if failure.kind == "TimeLimit":
        return (
            State.TIMED_OUT,
            f"Stopped{where}: {failure.message}. Is there a loop that never ends?{_given(case)}",
        )
    if failure.kind == "Crashed":
        return State.CRASHED, f"Its process {failure.message}."
    if failure.kind == "MemoryError":
        return State.OUT_OF_MEMORY, f"It ran out of memory{where}.{_given(case)}"
    if failure.kind == "NotPlain":
        return State.FAILED, f"It returned {failure.message}, which can't be judged.{_given(case)}"
    return State.FAILED, f"It raised {failure.kind}{where}: {failure.message.rstrip('.')}.{_given(case)}"


def _given(case: Case) -> str:
    told = ", ".join(f"{name} = {show(value)}" for name, value in case.inputs.items())
    return f" (With {told}.)" if told else ""


def _name(
    task: Task,
    seed: int,
    rows: list[PartVerdict],
    seen: Observations,
    wanted: Observations,
    cases: dict[str, list[Case]],
) -> list[PartVerdict]:
    """Say which misconceptions explain the failed parts; those that explain most come first."""
    failed = {row.part: part for row, part in zip(rows, task.parts, strict=True) if row.state == State.FAILED}
    single = _matches(task, seed, seen, failed, [(m,) for m in task.misconceptions])
    unexplained = {name: part for name, part in failed.items() if not single[name]}
    double = _matches(task, seed, seen, unexplained, pairs(task)) if unexplained else {}

    def named(row: PartVerdict) -> PartVerdict:
        found = single.get(row.part) or double.get(row.part) or []
        if found:
            sentences = tuple(" And: ".join(m.says for m in group) for group in found)
            return PartVerdict(row.part, row.state, sentences[0], sentences)
        observations = seen[row.part]
        if row.part in failed and not any(o.failure for o in observations) and not failed[row.part].judge:
            inputs = [case.inputs for case in cases[row.part]]
            values = zip(
                [o.value for o in wanted[row.part]], [o.value for o in observations], inputs, strict=False
            )
            if says := explain(list(values)):
                return PartVerdict(row.part, row.state, f"{says} {row.says}", (says,))
        return row

    return [named(row) for row in rows]


def _matches(
    task: Task,
    seed: int,
    seen: Observations,
    failed: dict[str, Part],
    groups: Sequence[tuple[Misconception, ...]],
) -> dict[str, list[tuple[Misconception, ...]]]:
    """Return the groups that explain each failed part: alike in *every* failed part they bear on."""
    explains = {}
    for i, group in enumerate(groups):
        bears_on = [part for name, part in failed.items() if any(name in m.fails for m in group)]
        if bears_on and all(
            _alike(p, _meant(p, produced(task, seed, p, *group)), seen[p.name]) for p in bears_on
        ):
            explains[i] = [part.name for part in bears_on]
    order = sorted(explains, key=lambda i: -len(explains[i]))  # stable: the first declared wins
    return {name: [groups[i] for i in order if name in explains[i]] for name in failed}


def _alike(part: Part, wrong: list[Observation], got: list[Observation]) -> bool:
    return len(wrong) == len(got) and all(
        (a.failure.kind, a.failure.message) == (b.failure.kind, b.failure.message)
        if a.failure and b.failure
        else not a.failure and not b.failure and not differ(a.value, b.value, part.tol)
        and (not part.pure or a.changed == b.changed)
        for a, b in zip(wrong, got, strict=True)
    )  # fmt: skip


def _notes(task: Task, seen: list[Observation]) -> list[str]:
    notes = []
    pure = any(part.pure for part in task.parts)
    if not pure and (changed := [name for o in seen for name in o.changed]):
        notes.append(f"It changes its input `{changed[0]}` in place; callers rarely expect that.")
    if left := next((o.left for o in seen if o.left), []):
        notes.append(f"It leaves {left[0]} for all code that runs after it; the check put that back.")
    if printed := next((o.printed for o in seen if o.printed), ""):
        head = printed.strip().splitlines()[:1]
        notes.append(f"It prints ({head[0][:80] if head else 'blank lines'} …), which costs nothing.")
    if warned := next((o.warned for o in seen if o.warned), []):
        notes.append(f"Python warned: {warned[0]}")
    return notes
