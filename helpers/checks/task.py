"""What a right answer is: Task, Part, Case and Misconception.

One Task serves the student's instant check, the grade, the feedback, and the tests that prove the
grader itself right.
"""

import ast
import hashlib
import importlib
import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import CodeType
from typing import Any

import numpy as np

from helpers.checks.kept import kept
from helpers.probes.given import same
from helpers.probes.limit import AFTER
from helpers.probes.observe import Observation, load, observe, watched
from helpers.probes.plain import Plain

Cases = Callable[[np.random.Generator], Iterable["Case"]]
Judge = Callable[["Case", Plain, Plain], str | None]
Meaning = Callable[[Plain], Plain]
FIRST, SECOND = "helpers.probes.common.first", "helpers.probes.common.second"  # of what an answer returns
Observations = dict[str, list[Observation]]  # by part, in the order of its cases


@dataclass(frozen=True)
class Case:
    """One set of inputs for a probe, by name and in its order; `truth` stays with the judge."""

    inputs: Mapping[str, Plain]
    truth: Plain = None


@dataclass(frozen=True, eq=False)
class Part:
    """One thing that a right answer does, and its share of the points.

    Attributes:
        name: what the student reads in the verdict table.
        cases: fixed edge cases first, then random ones from the generator.
        weight: its share; the task's points are divided in proportion.
        probe: the dotted path of a probe, where it is not the task's own.
        tol: relative tolerance, where the dtypes' own is not right.
        pure: whether an input that was changed in place fails the part, as callers rarely expect that;
            False needs a `reason`.
        reason: why the lesson wants an input to be changed.
        types: whether truth values, whole numbers, numbers and tensors are told apart; False where any will do.
        judge: returns a sentence for what is wrong, or None; compares by default.
        means: what is worked out of the evidence before it is judged: on the trusted side, because a probe
            whose right result is the same for everyone could be replaced by one that returns it.
    """

    name: str
    cases: Cases
    weight: float = 1.0
    probe: str | None = None
    tol: float | None = None
    pure: bool = True
    reason: str = ""
    types: bool = True
    judge: Judge | None = None
    means: Meaning | None = None


@dataclass(frozen=True, eq=False)
class Misconception:
    """A wrong implementation that people really write, and the sentence that names it.

    Attributes:
        says: what the student reads.
        fails: the names of the parts that it fails.
        edit: one line of the reference, and what it becomes (the old text must occur exactly once).
        edits: several such, all made together and at all sites, where one slip shows in more than one place.
        wrong: the source of a whole answer, only where no edit can say it.
        forms: other forms of the same slip, each an edit, a list of edits or a source: what has the same
            effect as any of them is named alike.
        alone: whether it is never said together with another, as their sentences would contradict.
    """

    says: str
    fails: set[str]
    edit: tuple[str, str] | None = None
    wrong: str | None = None
    edits: tuple[tuple[str, str], ...] = ()
    forms: Sequence["tuple[str, str] | list[tuple[str, str]] | str"] = ()
    alone: bool = False

    @cached_property
    def variants(self) -> tuple["Misconception", ...]:
        """It in each of its forms, the one that its author wrote first."""
        found = [replace(self, forms=())]
        for form in self.forms:
            bare = replace(self, edit=None, edits=(), wrong=None, forms=())
            if isinstance(form, str):
                found.append(replace(bare, wrong=form))
            elif isinstance(form, list):
                found.append(replace(bare, edits=tuple(form)))
            else:
                found.append(replace(bare, edit=form))
        return tuple(found)


@dataclass(frozen=True, eq=False)
class Task:
    """An exercise: its answers, its reference, and how they are told apart.

    Attributes:
        id: the name of its answer and check cells, unique in the lesson.
        points: the most it can earn; 0 for practice.
        answers: the names that the answer cell binds.
        reference: the dotted path of the right first answer; the others stand in the same module.
        parts: what is judged, each on its own cases.
        misconceptions: each is looked for when a part fails, the first declared first.
        probe: the dotted path of the probe; by default it calls the answer.
        uses: earlier answers that this one calls; judged with the student's own, and once more
            with the reference's where that fails.
        forbids: dotted names (`numpy.linalg.*`) and statements (`for`) that the answer must not use.
        hints: three, from a nudge to almost the code.
        seconds: the limit for one case, in time of the processor.
    """

    id: str
    points: float
    answers: Sequence[str]
    reference: str
    parts: Sequence[Part]
    hints: Sequence[str]
    misconceptions: Sequence[Misconception] = ()
    probe: str = "helpers.probes.common.call"
    uses: Sequence[str] = ()
    forbids: Sequence[str] = ()
    seconds: float = 5.0

    def __post_init__(self) -> None:
        names = [part.name for part in self.parts]
        wrong = [f for m in self.misconceptions for f in m.fails if f not in names]
        unclear = [
            m.says
            for m in self.misconceptions
            if (m.edit is not None) + (m.wrong is not None) + bool(m.edits) != 1 or not m.fails
        ]
        if len(set(names)) != len(names) or not names:
            raise ValueError(f"task {self.id!r}: its parts need different names, at least one: {names}")
        if wrong:
            raise ValueError(
                f"task {self.id!r}: a misconception fails {wrong[0]!r}, which is not a part: {names}"
            )
        if wanting := [part.name for part in self.parts if not part.pure and not part.reason]:
            raise ValueError(
                f"task {self.id!r}: {wanting[0]!r} lets inputs be changed in place: say why in `reason`"
            )
        if unclear:
            raise ValueError(
                f"task {self.id!r}: needs `fails` and one of `edit`, `edits`, `wrong`: {unclear[0]!r}"
            )
        if self.reference.rpartition(".")[2] != self.answers[0]:
            raise ValueError(
                f"task {self.id!r}: its reference {self.reference} is not called {self.answers[0]!r}"
            )
        if len(self.hints) != 3:
            raise ValueError(f"task {self.id!r}: three hints are needed (nudge, formula, almost code)")
        if self.score(names) != self.points:
            raise ValueError(f"task {self.id!r}: points are counted in quarters, not {self.points}")

    def score(self, passed: Iterable[str]) -> float:
        """Return the points for the named parts, rounded down to a quarter."""
        done = set(passed)
        share = sum(p.weight for p in self.parts if p.name in done) / sum(p.weight for p in self.parts)
        return int(self.points * share * 4 + 1e-9) / 4

    def cases(self, seed: int) -> dict[str, Sequence[Case]]:
        """Return every part's cases."""
        return {part.name: self.cases_of(part, seed) for part in self.parts}

    @kept
    def cases_of(self, part: Part, seed: int) -> Sequence[Case]:
        """Return one part's cases; it draws from a generator of its own."""
        return tuple(part.cases(np.random.default_rng([seed, self.parts.index(part)])))

    @kept
    def fixed(self, part: Part) -> frozenset[int]:
        """Return which of a part's cases, by number, are the same with every seed, so that all may see them."""
        rows = zip(self.cases_of(part, 0), self.cases_of(part, 1), strict=False)
        return frozenset(k for k, (a, b) in enumerate(rows) if same(dict(a.inputs), dict(b.inputs)))

    def observe(self, namespace: Mapping[str, Any], seed: int, patience: float = 1.0) -> Observations:
        """Run the answers found in `namespace` on every case of every part.

        Args:
            namespace: where they are.
            seed: what the random cases are drawn from.
            patience: how many times its limit of time a case may take.
        """
        seen, seconds = {}, self.seconds * patience
        for part in self.parts:
            seen[part.name] = list(self.observe_part(part, namespace, seed, seconds))
            if any(o.timed_out for o in seen[part.name]):
                seconds = min(seconds, AFTER)
        return seen

    def observe_part(
        self,
        part: Part,
        namespace: Mapping[str, Any],
        seed: int,
        seconds: float | None = None,
        first: int = 0,
        ours: bool = False,
    ) -> Iterator[Observation]:
        """Run the answers on one part's cases, each when it is asked for; after a time-out comes none.

        Args:
            part: whose cases.
            namespace: where the answers are.
            seed: what the random cases are drawn from.
            seconds: the limit for one case; by default the task's.
            first: the case to begin with.
            ours: whether the course wrote them: what is seen of them need not be read from bytes.
        """
        probe, most = load(part.probe or self.probe), self.seconds if seconds is None else seconds
        run = watched if ours else observe
        for case in self.cases_of(part, seed)[first:]:
            seen = run(probe, namespace, self.answers, case.inputs, most)
            yield seen
            if seen.timed_out:
                break

    @cached_property
    def right(self) -> dict[str, Any]:
        """The namespace of the module that defines the reference answers."""
        return vars(importlib.import_module(self.reference.rpartition(".")[0]))

    @cached_property
    def source(self) -> str:
        """The source of the reference answers, in the order in which they are defined."""
        found = [inspect.getsourcelines(inspect.unwrap(self.right[name])) for name in self.answers]
        return "\n\n".join("".join(lines) for lines, _ in sorted(found, key=lambda pair: pair[1]))

    @cached_property
    def imports(self) -> str:
        """The import statements that the source of the reference needs."""
        module = importlib.import_module(self.reference.rpartition(".")[0])
        nodes = ast.parse(inspect.getsource(module)).body
        return "\n".join(ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))

    @cached_property
    def digest(self) -> str:
        """A hash of everything that decides a verdict, to tell two versions of a task apart."""
        told = {
            "task": [
                self.id,
                self.points,
                list(self.answers),
                list(self.uses),
                list(self.forbids),
                self.seconds,
            ],
            "reference": self.source,
            "pieces": [inspect.getsource(inspect.unwrap(self.right[name])) for name in self.uses],
            "probes": [_code(load(part.probe or self.probe)) for part in self.parts],
            "parts": [
                [p.name, p.weight, p.tol, p.pure, p.types, *map(_code, (p.cases, p.judge, p.means))]
                for p in self.parts
            ],
            "misconceptions": [
                [m.says, sorted(m.fails), m.edit, m.wrong, m.edits, m.forms, m.alone]
                for m in self.misconceptions
            ],
        }
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def _code(thing: object, seen: set[object] | None = None) -> str:
    """Return what tells two versions of a function apart: its source, what is bound to it, what it calls.

    The functions that it calls by name count with it, wherever they are, each once and in an order that
    no version of Python changes.
    """
    seen = set() if seen is None else seen
    if isinstance(thing, partial):
        return f"{_code(thing.func, seen)}{thing.args}{thing.keywords}"
    if not inspect.isfunction(thing):
        return repr(thing)
    function = inspect.unwrap(thing)
    if function in seen:
        return ""
    seen.add(function)
    bound = [cell.cell_contents for cell in function.__closure__ or ()]
    named = [function.__globals__.get(name) for name in sorted({*_names(function.__code__)})]
    called = [found for found in named if inspect.isfunction(found)]
    return inspect.getsource(function) + "".join(_code(found, seen) for found in [*bound, *called])


def _names(code: CodeType) -> Iterator[str]:
    """Yield the global names that a function and those inside it use."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
