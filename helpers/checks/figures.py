"""`needs`: a figure or an experiment is for those whose answers have passed their checks."""

import ast
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from helpers.checks.score import Score
from helpers.checks.source import bound, cell_of
from helpers.checks.task import Task
from helpers.checks.verdict import State

GUARD = "_needs_are_met"


@dataclass
class Session:
    """One kernel's lesson: what was checked and which hints were given.

    Attributes:
        lesson: its name.
        scores: the last score of each task that was checked.
        hints: the highest hint of each task that was given.
        asked: by task, the cells of its answers when it was checked.
        unmade: names that a cell would have bound which was left out, or stopped on its way.
    """

    lesson: str
    scores: dict[str, Score] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    asked: dict[str, list[str | None]] = field(default_factory=dict)
    unmade: set[str] = field(default_factory=set)

    def wants(self, task: Task, cells: list[str]) -> str:
        """Say why an answer is not one to build on yet; empty where it has passed its check."""
        again = f'`check("{task.id}")`'
        score = self.scores.get(task.id)
        if score is None:
            return f"`{task.id}`: run {again}"
        if self.asked[task.id] != [cell_of(name, cells) for name in task.answers]:
            return f"`{task.id}` has changed since: run {again} once more"
        return "" if score.verdict.state == State.PASSED else f"`{task.id}`: {score.verdict.state}"


class Guard(ast.NodeTransformer):
    """Makes what stands in `with needs(…):` depend on it: Python itself has no way to leave a body out."""

    def visit_With(self, node: ast.With) -> ast.AST:
        """Put `if` around the body, and tell `needs` that it is there."""
        self.generic_visit(node)
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "needs":
                call.keywords.append(ast.keyword("guarded", ast.Constant(True)))
                item.optional_vars = ast.Name(GUARD, ast.Store())
                node.body = [ast.If(ast.Name(GUARD, ast.Load()), node.body, [])]
        return ast.fix_missing_locations(node)


def install() -> None:
    """Have the shell transform the cells that it runs from now on; nothing where there is none."""
    if (runs := shell()) is not None and not any(isinstance(t, Guard) for t in runs.ast_transformers):
        runs.ast_transformers.append(Guard())


class Needs:
    """A context that says whether its body is to run, and cleans up where that stops on its way.

    Args:
        session: of this kernel.
        tasks: whose checks must have passed.
        namespace: the student's globals.
        cells: the cells that were run; the last is the one that this stands in.
        strict: whether an exception is shown as what it is: in CI.
        guarded: whether the body is left out by `Guard`; a plain script has none, and runs it in any case.
    """

    def __init__(
        self,
        session: Session,
        tasks: Mapping[str, Task],
        namespace: Any,
        cells: list[str],
        strict: bool,
        guarded: bool,
    ):
        self._session, self._tasks, self._namespace = session, tasks, namespace
        self._cells, self._strict, self._guarded = cells, strict, guarded
        self._makes = bound(cells[-1]) if guarded and cells else frozenset()
        self._met = False

    def __enter__(self) -> bool:
        waits = [why for task in self._tasks.values() if (why := self._session.wants(task, self._cells[:-1]))]
        self._met = not waits
        if waits and self._strict:
            raise NotPassed(f"this stands above the checks that it needs: {'; '.join(waits)}")
        if waits and self._guarded:
            self._session.unmade |= {name for name in self._makes if name not in self._namespace}
            show_note(f"This appears when {_and(self._tasks)} passed. {'; '.join(waits)}.")
        return self._met

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            if self._met:
                self._session.unmade -= self._makes
            return False
        close_figures()
        for name in self._makes:
            self._namespace.pop(name, None)
        self._session.unmade |= self._makes
        if not isinstance(error, Exception) or self._strict:
            return False
        show_note(self._stopped(error))
        return True

    def _stopped(self, error: Exception) -> str:
        if isinstance(error, NameError) and error.name in self._session.unmade:
            return (
                f"This needs `{error.name}`, which a cell above makes. That cell was left out, or it did not "
                "run to its end: run it first."
            )
        told = f"This stopped with {type(error).__name__}: {str(error)[:200]}"
        if self._met:
            return f"{told}. ({_and(self._tasks)} passed all the same: a check can't ask for everything.)"
        waiting = isinstance(error, NotImplementedError | NameError)
        return f"This appears when {_and(self._tasks)} passed." + f" {told}." * (not waiting)


class NotPassed(Exception):
    """Raised in CI for a figure that no reader of the notebook would see."""


def _and(tasks: Mapping[str, Task]) -> str:
    """Return the subject of a sentence: "the check of `a` has", "the checks of `a` and `b` have"."""
    *first, last = [f"`{name}`" for name in tasks]
    return f"the checks of {', '.join(first)} and {last} have" if first else f"the check of {last} has"


def close_figures() -> None:
    """Close what a cell that stopped has drawn so far."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def show_note(text: str) -> None:
    """Show a sentence where a figure would be."""
    if shell() is None:
        print(text)
    else:
        from IPython.display import Markdown, display

        display(Markdown(f"*{text}*"))


def shell() -> Any:
    """Return the shell that runs the cells; None in a plain script."""
    get_ipython: Callable[[], Any] = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)
    return get_ipython()
