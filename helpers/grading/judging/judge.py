"""What the evidence is worth: verdicts, and which tasks get a second chance."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.mutants import ReferenceFailed, expected
from helpers.checks.source import examine
from helpers.checks.task import Task
from helpers.checks.verdict import State, Verdict, decide, not_judged
from helpers.grading import CourseError
from helpers.grading.bounded import bounded
from helpers.grading.judging.cells import READ, checked, readable
from helpers.grading.judging.replies import Evidence, Seen

SETTLED = (State.PASSED, State.NOT_ATTEMPTED)  # whatever the earlier answers that a task uses
OPEN = "This could not be judged, through no fault of yours: a person looks at it, or it is judged again. "


def verdicts_of(lesson: str, notebook: NotebookNode, found: Seen, seed: int) -> dict[str, Verdict]:
    """Judge the tasks that something was seen of."""
    written = [c.source for c in notebook.cells if c.cell_type == "code" and not checked(c)]
    with bounded("Reading its cells"):
        sources = [readable(source) for source in written]
    unread = [source for source in written if len(source) > READ]
    judged, tasks = {}, lessons.tasks(lesson)
    for name, (evidence, seconds) in found.items():
        task = tasks[name]
        judged[name] = replace(_judge(task, sources, evidence, seed), seconds=seconds)
        if judged[name].points and any(answer in source for answer in task.answers for source in unread):
            judged[name] = left_open(task, f"A cell of more than {READ} characters holds it: read that.")
    return judged


def left_open(task: Task, cause: str) -> Verdict:
    """Return the verdict on a task whose own definition fails here; its cause is for the teacher."""
    return not_judged(task, f"{OPEN}{cause}")


def why_open(verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """Name the tasks that could not be judged, with the cause."""
    return tuple(
        f"`{name}` was not judged: {verdict.parts[0].says.removeprefix(OPEN)}"
        for name, verdict in verdicts.items()
        if verdict.state == State.NOT_JUDGED
    )


def _judge(task: Task, sources: Sequence[str], evidence: Evidence, seed: int) -> Verdict:
    """Judge a task; where that fails, it costs this task and no other."""
    try:
        expected(task, seed)
        with bounded("Reading it"):
            answer = examine(task, dict.fromkeys(set(task.answers) - _undefined(evidence)), sources)
        if answer.refused:
            return decide(task, seed, {}, answer, secret=True)
        if (seed, answer) not in evidence.found:
            evidence.found[seed, answer] = decide(task, seed, evidence.observations, answer, secret=True)
        return evidence.found[seed, answer]
    except (ReferenceFailed, CourseError) as error:
        return left_open(task, str(error))
    except Exception as error:
        return left_open(task, f"Judging it failed here ({type(error).__name__}: {str(error)[:200]}).")


def wanting(lesson: str, judged: Mapping[str, Verdict]) -> list[str]:
    """Name the tasks that use earlier answers and did not pass with the student's own."""
    done = (*SETTLED, State.NOT_JUDGED)
    tasks = lessons.tasks(lesson)
    return [name for name, verdict in judged.items() if tasks[name].uses and verdict.state not in done]


def _undefined(evidence: Evidence) -> set[str | None]:
    return {failure.missing for failure in evidence.failures if failure.kind == "NameError"}
