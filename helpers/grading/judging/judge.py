"""What the evidence is worth: verdicts, and which tasks get a second chance."""

from collections.abc import Mapping

from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.source import examine
from helpers.checks.task import Observations
from helpers.checks.verdict import Answer, State, Verdict, decide
from helpers.grading.judging.cells import checked, readable
from helpers.grading.judging.replies import Seen


def verdicts_of(lesson: str, notebook: NotebookNode, found: Seen, seed: int) -> dict[str, Verdict]:
    """Judge the tasks that something was seen of."""
    sources = [readable(c.source) for c in notebook.cells if c.cell_type == "code" and not checked(c)]
    judged, tasks = {}, lessons.tasks(lesson)
    for name, (seen, _) in found.items():
        answer = examine(tasks[name], dict.fromkeys(set(tasks[name].answers) - _undefined(seen)), sources)
        observations = {} if answer.refused else seen
        judged[name] = decide(tasks[name], seed, observations, Answer(answer.broken, answer.forbidden))
    return judged


def wanting(lesson: str, judged: Mapping[str, Verdict]) -> list[str]:
    """Name the tasks that use earlier answers and did not pass with the student's own."""
    done = (State.PASSED, State.NOT_ATTEMPTED)
    tasks = lessons.tasks(lesson)
    return [name for name, verdict in judged.items() if tasks[name].uses and verdict.state not in done]


def _undefined(seen: Observations) -> set[str | None]:
    failures = [o.failure for rows in seen.values() for o in rows if o.failure]
    return {failure.missing for failure in failures if failure.kind == "NameError"}
