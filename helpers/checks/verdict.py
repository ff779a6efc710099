"""Decide: evidence in, verdict out. Runs on the trusted side and never runs student code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from helpers.checks.evidence import describe, differ, show
from helpers.checks.generic import explain
from helpers.checks.kinds import rounded, wrong_kind
from helpers.checks.likeness import likeness
from helpers.checks.matching import matches, meant
from helpers.checks.mutants import ReferenceFailed, expected, pairs
from helpers.checks.returns import no_return
from helpers.checks.task import Case, Observations, Part, Task
from helpers.probes.observe import Failure, Observation
from helpers.probes.surroundings import harm

AGAIN = "Run the check again; if that does not help, restart the kernel and run the cells from the top."
ALSO, RIGHT = " It also changes its input ", "the values are right"
BY_HAND = 300  # characters of a case that is printed: longer ones nobody works through


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
        by: what named it: "misconception" for one that the task declares, "rule" for one of every task,
            "likeness" for a change of the reference by rule that does the same.
        case: which of the part's cases it failed first, by number, of those that may be shown.
    """

    part: str
    state: State
    says: str = ""
    named: tuple[str, ...] = ()
    by: str = ""
    case: int | None = None


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
        silent: its functions and methods that should return a value and have no `return` with one.
    """

    broken: str = ""
    forbidden: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def refused(self) -> str:
        """Why it is not run at all; empty where it is."""
        return self.broken or " ".join(self.forbidden)


def decide(
    task: Task, seed: int, seen: Observations, answer: Answer | None = None, secret: bool = False
) -> Verdict:
    """Judge what the probes saw of an answer, and name the misconceptions that explain it.

    Where the reference fails, which is the machine's fault or the course's, nothing is judged.

    Args:
        task: the exercise.
        seed: what the random cases were drawn from.
        seen: what the probes saw.
        answer: what is known of it without running it.
        secret: whether the seed is a class's: only cases that are the same with every seed are shown.
    """
    answer = answer or Answer()
    try:
        wanted, cases = expected(task, seed), task.cases(seed)
    except ReferenceFailed as error:
        return not_judged(task, f"Nothing is known of your answer. {error} {AGAIN}")
    wanted, seen = ({p.name: meant(p, rows.get(p.name, [])) for p in task.parts} for rows in (wanted, seen))
    rows = [
        _part(task, p, cases[p.name], wanted[p.name], seen.get(p.name, []), answer, secret)
        for p in task.parts
    ]
    if any(row.state == State.FAILED for row in rows) and not answer.refused:
        rows = _name(task, seed, rows, seen, wanted, cases, answer)
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


def not_judged(task: Task, says: str) -> Verdict:
    """Return what is said where nothing was found out: no points, and no fault of the answer."""
    rows = tuple(PartVerdict(part.name, State.NOT_JUDGED, says) for part in task.parts)
    return Verdict(task.id, 0.0, task.points, rows)


def _part(
    task: Task,
    part: Part,
    cases: Sequence[Case],
    wanted: list[Observation],
    seen: list[Observation],
    answer: Answer,
    secret: bool,
) -> PartVerdict:
    if answer.refused:
        return PartVerdict(part.name, State.FAILED, answer.refused)
    common = task.fixed(part) if secret else frozenset(range(len(cases)))
    failed: list[tuple[int | None, State, str]] = []
    for k, (case, want, got) in enumerate(zip(cases, wanted, seen, strict=False)):
        state, says = case_verdict(task, part, case, want, got, told=k in common)
        if state != State.PASSED:
            failed.append((k if k in common else None, state, says))
            if k in common:
                break
    if failed:
        number, state, says = failed[-1] if failed[-1][0] is not None else failed[0]  # one that may be shown
        return PartVerdict(part.name, state, says, case=number)
    if len(seen) < len(cases):
        return PartVerdict(part.name, State.FAILED, "Not all of its cases were run.")
    return PartVerdict(part.name, State.PASSED)


def case_verdict(
    task: Task, part: Part, case: Case, want: Observation, got: Observation, told: bool = True
) -> tuple[State, str]:
    """Judge one case: how it ended, and the sentence where it did not pass, with the inputs where `told`."""
    spoilt = f"`{got.changed[0]}` in place" if part.pure and got.changed else ""
    also = f"{ALSO}{spoilt}, which may be the cause: work on a copy." * bool(spoilt)
    if got.failure:
        state, why = _failed(task, case if told else Case({}), got.failure)
        return state, f"{why}{also if why else ''}"
    if says := _compare(part, case, want, got):
        if not told:
            says = _without_values(task, says)
        return State.FAILED, f"{says[0].upper()}{says[1:]}{_given(task, case) if told else ''}{also}"
    if spoilt:
        return State.FAILED, f"It changes its input {spoilt}: work on a copy."
    if says := harm(got.left):
        return State.FAILED, says
    return State.PASSED, ""


def _without_values(task: Task, says: str) -> str:
    """Return a sentence that gives no number of a case away that a class must not know beforehand."""
    if "shape" in says or "the values are right" in says:
        return says
    return (
        "a value is not as expected, on a case that is drawn anew for each class: "
        f'`counterexample("{task.id}")` in your notebook gives you one like it.'
    )


def _compare(part: Part, case: Case, want: Observation, got: Observation) -> str | None:
    if part.judge is None:
        if says := differ(want.value, got.value, part.tol):
            return rounded(want.value, got.value) or says
        compared = part.types and not part.means
        return wrong_kind(want.value, got.value, want.tensors, got.tensors) if compared else None
    try:
        return part.judge(case, want.value, got.value)
    except Exception as error:  # a value of a form that the judge did not think of
        return f"it returned {describe(got.value)}, which can't be judged ({error})."


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
            f"Stopped{where}: {failure.message}. Is there a loop that never ends?{_given(task, case)}",
        )
    if failure.kind == "Crashed":
        return State.CRASHED, f"Its process {failure.message}."
    if failure.kind == "MemoryError":
        return State.OUT_OF_MEMORY, f"It ran out of memory{where}.{_given(task, case)}"
    if failure.kind == "NotPlain":
        return State.FAILED, f"It returned {failure.message}, which can't be judged.{_given(task, case)}"
    return (
        State.FAILED,
        f"It raised {failure.kind}{where}: {failure.message.rstrip('.')}.{_given(task, case)}",
    )


def _given(task: Task, case: Case) -> str:
    """Tell the inputs where a person can work with them, else where to get them."""
    told = ", ".join(f"{name} = {show(value)}" for name, value in case.inputs.items())
    if not told:
        return ""
    if len(told) > BY_HAND or "an array of shape" in told:
        return f' (`counterexample("{task.id}")` gives you the case.)'
    return f" (With {told}.)"


def _name(
    task: Task,
    seed: int,
    rows: list[PartVerdict],
    seen: Observations,
    wanted: Observations,
    cases: dict[str, Sequence[Case]],
    answer: Answer,
) -> list[PartVerdict]:
    """Say which misconceptions explain the failed parts; those that explain most come first."""
    failed = {row.part: part for row, part in zip(rows, task.parts, strict=True) if row.state == State.FAILED}
    single = matches(task, seed, seen, failed, [(v,) for m in task.misconceptions for v in m.variants])
    double = matches(task, seed, seen, failed, pairs(task)) if not all(single.values()) else {}

    def named(row: PartVerdict) -> PartVerdict:
        found = single.get(row.part) or double.get(row.part) or []
        if found:
            sentences = tuple(dict.fromkeys(" And: ".join(m.says for m in group) for group in found))
            also = next((row.says[at:] for at in [row.says.find(ALSO)] if at >= 0), "")
            return replace(row, says=f"{sentences[0]}{also}", named=sentences, by="misconception")
        observations = seen[row.part]
        if row.part in failed and (missing := no_return(wanted[row.part], observations, answer.silent)):
            return replace(row, says=f"{missing} {row.says}", named=(missing,), by="rule")
        if row.part in failed and not any(o.failure for o in observations) and not failed[row.part].judge:
            inputs = [case.inputs for case in cases[row.part]]
            values = zip(
                [o.value for o in wanted[row.part]], [o.value for o in observations], inputs, strict=False
            )
            if says := explain(list(values)):
                return replace(row, says=f"{says} {row.says}", named=(says,), by="rule")
            if row.says.lower().startswith(RIGHT) or row.says.startswith("It changes its input"):
                return replace(row, named=(row.says.partition(" (")[0],), by="rule")
        return row

    told = [named(row) for row in rows]
    if any(row.named for row in told):
        return told
    says = likeness(task, seed, seen, {name for name in failed if any(not o.failure for o in seen[name])})
    return [
        replace(row, says=f"{says} {row.says}", named=(says,), by="likeness")
        if says and row.part in failed
        else row
        for row in told
    ]


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
