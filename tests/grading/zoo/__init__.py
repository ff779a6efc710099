"""Submissions of lesson 01-perceptron that no grader may stumble over, each with what it must get."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.checks import lessons
from helpers.checks.verdict import State

LESSON = "01-perceptron"
TASKS = lessons.tasks(LESSON)
P, F, N, T, M, C = (
    State.PASSED, State.FAILED, State.NOT_ATTEMPTED, State.TIMED_OUT, State.OUT_OF_MEMORY, State.CRASHED,
)  # fmt: skip
FULL = {name: task.points for name, task in TASKS.items()}


def right(*tasks: str) -> dict[str, str]:
    """Return right answers."""
    return {name: "from collections.abc import Callable\n\n" + TASKS[name].source for name in tasks}


States = State | tuple[State, ...]


@dataclass(frozen=True)
class Animal:
    """A submission, and what it must get.

    Attributes:
        name: its id, and the student's.
        family: honest, broken, runaway or hostile.
        says: one sentence on the idea.
        answers: the source of answer cells by task; the others stay stubs.
        cells: own cells before the first answer.
        later: own cells after the last check.
        states: of checks, or several where each would be true; all others must be "not attempted".
        marks: of checks, full where the state is passed and else 0.
        everything: the state of every check, where one cell ruins all of them.
        prints: what the first own cell must print, as a pattern; `%` stands for anything.
        shows: what the verdict of a check must say, by task.
    """

    name: str
    family: str
    says: str
    answers: dict[str, str] = field(default_factory=dict)
    cells: Sequence[str] = ()
    later: Sequence[str] = ()
    states: dict[str, States] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)
    everything: States | None = None
    prints: str = ""
    shows: dict[str, str] = field(default_factory=dict)

    def allowed(self, task: str) -> tuple[State, ...]:
        """Return what the check of a task may show."""
        told = self.everything or self.states.get(task, N)
        return told if isinstance(told, tuple) else (told,)

    def mark(self, task: str) -> float:
        """Return what a task must get."""
        return self.marks.get(task, FULL[task] if self.allowed(task) == (P,) else 0.0)


ZOO: dict[str, Animal] = {}


class Family:
    """Where a family's animals are declared."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, name: str, says: str, *, passes: str = "", **told: object) -> None:
        """Declare an animal; `passes` names tasks that must get full marks, answered right by default."""
        assert name not in ZOO, name
        answers: dict = dict(told.pop("answers", {}))  # type: ignore[call-overload]
        known = [task for task in passes.split() if task not in answers]
        states = dict.fromkeys(passes.split(), P) | told.pop("states", {})  # type: ignore[operator]
        ZOO[name] = Animal(name, self.name, says, right(*known) | answers, states=states, **told)  # type: ignore[arg-type]


from . import broken, honest, hostile, runaway  # noqa: E402

__all__ = ["FULL", "LESSON", "TASKS", "ZOO", "broken", "honest", "hostile", "right", "runaway"]
