"""The trusted side: what a worker is asked, and what its evidence is worth. No student code runs here."""

import ast
import inspect
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import nbformat
import numpy as np
from IPython.core.inputtransformer2 import TransformerManager
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode

from helpers.checks import lessons
from helpers.checks.score import Score
from helpers.checks.source import examine, tree
from helpers.checks.task import Observations, Task
from helpers.checks.verdict import Answer, State, Verdict, decide
from helpers.probes.observe import Failure, Observation
from helpers.probes.plain import Plain, decode

SKIPPED = "experiment"
UNWATCHED = "ended what watches over it"  # as a worker says it
OWN = "own-"  # how the ids of the student's own cells begin
CELL, NOTEBOOK = 60.0, 240.0  # seconds at most
EVIDENCE = 64 << 20  # bytes of one check that are read
TEXT, OUTPUT, ROWS = 2000, 1_000_000, 100_000  # characters of a text, of an output; length of a list

BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
SAFE = SanitizeHTML(
    tags=[
        "b", "br", "caption", "code", "div", "em", "i", "li", "ol", "p", "pre", "span", "strong", "sub",
        "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
    ],
    attributes={"*": ["colspan", "rowspan", "scope"]},
    styles=[],
    strip=False,  # escaped, so that nothing of it is lost
    safe_output_keys={"text/plain", "image/png", "image/jpeg"},
)  # fmt: skip

Seen = dict[str, tuple[Observations, str]]  # by task: what its check saw, and how its process ended


def job(
    lesson: str, notebook: NotebookNode, seed: int, names: Iterable[str] | None = None, borrowed: bool = False
) -> Plain:
    """Return what a worker needs to run a notebook: its cells, and the inputs of each check.

    Args:
        lesson: its name.
        notebook: rebuilt from the release; experiments are left out.
        seed: what the random cases are drawn from.
        names: the tasks to ask for; by default all.
        borrowed: whether they are asked with the course's own earlier answers in place of the student's,
            each in a process of its own.
    """
    asked = {t.id: t for t in lessons.tasks(lesson).values() if names is None or t.id in set(names)}
    cells = [
        {"id": cell.id, "source": cell.source, "check": checked(cell)}
        for cell in notebook.cells
        if cell.cell_type == "code" and SKIPPED not in cell.metadata.get("tags", [])
    ]
    return {
        "cells": [cell for cell in cells if not cell["check"] or cell["check"] in asked],
        "tasks": {name: _asked(task, seed, borrowed) for name, task in asked.items()},
        "seconds": NOTEBOOK,
        "cell seconds": CELL,
        "careful": borrowed,
    }


def pieces(lesson: str, names: Iterable[str]) -> dict[str, str]:
    """Return the source of the earlier answers that these tasks use, by task."""
    tasks = lessons.tasks(lesson)
    return {name: _pieces(tasks[name]) for name in names if tasks[name].uses}


def checked(cell: NotebookNode) -> str:
    """Return the task that a cell checks, empty where it checks none."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name.removeprefix("check-") if name.startswith("check-") else ""


def seen(lesson: str, reply: Any, seed: int, names: Iterable[str] | None = None, kind: str = "check") -> Seen:
    """Read a worker's reply on these tasks: observations, made up where evidence is missing or malformed.

    Of several events on one task the first counts, as later ones may know more than they should.
    """
    told: dict[str, Any] = {}
    for event in reply["events"]:
        if type(event.get(kind)) is str:
            told.setdefault(event[kind], event)
    found: Seen = {}
    tasks = lessons.tasks(lesson)
    for task in [tasks[name] for name in (tasks if names is None else names)]:
        ended = str(told[task.id].get("ended"))[:200] if task.id in told else reply["ended"]
        trees: Any = {}
        if left := [c for c in (task.id, f"check-{task.id}") if c in reply["left out"]]:
            ended = reply["left out"][left[0]]  # this cell took the process with it
        elif task.id in told:
            try:
                trees = _cut(decode(told[task.id]["evidence"].tobytes(), EVIDENCE))
            except (KeyError, ValueError, AttributeError):
                ended = "handed over evidence that can't be read" if ended == "ended" else ended
        found[task.id] = _observations(task, seed, trees, ended), str(ended)
    return found


def told_again(reply: Any) -> set[str]:
    """Name the tasks that were asked once more, with the course's own earlier answers."""
    return {event["again"] for event in reply["events"] if type(event.get("again")) is str}


def memory(reply: Any) -> dict[str, float]:
    """Return the MiB that checks took at most, as far as the worker could tell."""
    told = [event for event in reply["events"] if type(event.get("check")) is str]
    return {event["check"]: _number(event, "memory") for event in told}


def seconds(reply: Any) -> float:
    """Return how long the cells ran, checks left out, as far as the worker could tell."""
    return sum(_number(event, "seconds") for event in reply["events"] if "cell" in event)


def _number(event: Any, name: str) -> float:
    value = event.get(name)
    return float(value) if type(value) in (int, float) and 0 <= value < 1e6 else 0.0


def verdicts(lesson: str, notebook: NotebookNode, found: Seen, seed: int) -> dict[str, Verdict]:
    """Judge the tasks that something was seen of."""
    sources = [_readable(c.source) for c in notebook.cells if c.cell_type == "code" and not checked(c)]
    judged, tasks = {}, lessons.tasks(lesson)
    for name, (seen, _) in found.items():
        answer = examine(tasks[name], dict.fromkeys(set(tasks[name].answers) - _undefined(seen)), sources)
        observations = {} if answer.refused else seen
        known = Answer(answer.broken, answer.forbidden)
        judged[name] = decide(tasks[name], seed, observations, known, secret=True)
    return judged


def wanting(lesson: str, judged: Mapping[str, Verdict]) -> list[str]:
    """Name the tasks that use earlier answers and did not pass with the student's own."""
    done = (State.PASSED, State.NOT_ATTEMPTED)
    tasks = lessons.tasks(lesson)
    return [name for name, verdict in judged.items() if tasks[name].uses and verdict.state not in done]


def rounds(lesson: str, names: Iterable[str]) -> list[list[str]]:
    """Part tasks so that what one of them borrows is never the answer to another that is asked with it."""
    tasks, found = lessons.tasks(lesson), list[list[str]]()
    for name in names:
        answers = {answer for other in (found[-1] if found else []) for answer in tasks[other].answers}
        if not found or answers.intersection(tasks[name].uses):
            found.append([])
        found[-1].append(name)
    return found


def imported(release: NotebookNode) -> list[str]:
    """Return the modules that the course's own cells import: what a worker loads before the first job."""
    found: dict[str, None] = {}
    for cell in release.cells:
        if cell.cell_type == "code" and SKIPPED not in cell.metadata.get("tags", []):
            for node in ast.walk(tree(_readable(cell.source))):
                if isinstance(node, ast.Import):
                    found |= dict.fromkeys(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
    return list(found)


def fill(notebook: NotebookNode, reply: Any, judged: Mapping[str, Verdict]) -> NotebookNode:
    """Put what the student's cells printed, and the verdicts, under the cells."""
    printed = {e["cell"]: e.get("outputs") for e in reply["events"] if type(e.get("cell")) is str}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            if "nbgrader" in cell.metadata or cell.id.startswith(OWN):  # the student's words
                cell.source = SAFE.sanitize_html_tags(cell.source)
            continue
        cell.outputs, cell.execution_count = [], None
        if name := checked(cell):
            score = Score(judged[name])
            data = {"text/plain": repr(score), "text/html": score._repr_html_()}
            result = {"output_type": "execute_result", "data": data, "execution_count": None, "metadata": {}}
            cell.outputs = [nbformat.from_dict(result)]
        elif cell.id in printed:
            try:
                cell.outputs = [
                    _output(output) for output in _cut(json.loads(printed[cell.id]), OUTPUT)[:200]
                ]
            except Exception as error:  # whatever else a submission wrote in the worker's name
                told = f"its outputs can't be read ({type(error).__name__})"
                cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text=told)]
    return notebook


def _asked(task: Task, seed: int, borrowed: bool) -> Plain:
    return {
        "answers": list(task.answers),
        "seconds": task.seconds,
        "most": 4 * task.seconds + 10,
        "uses": list(task.uses),
        "borrow": _pieces(task) if borrowed else "",
        "parts": [
            {
                "name": part.name,
                "probe": part.probe or task.probe,
                "cases": [_plain(dict(case.inputs)) for case in task.cases_of(part, seed)],
            }
            for part in task.parts
        ],
    }


def _plain(inputs: dict[str, Any]) -> Plain:
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in inputs.items()}


def _pieces(task: Task) -> str:
    """The source of the earlier answers that a task uses, with the imports that they need."""
    return "\n".join(
        [task.imports, *(inspect.getsource(inspect.unwrap(task.right[name])) for name in task.uses)]
    )


def _observations(task: Task, seed: int, trees: Any, ended: str) -> Observations:
    found: Observations = {}
    for part in task.parts:
        rows = trees.get(part.name, []) if isinstance(trees, dict) else []
        try:
            found[part.name] = [Observation.from_plain(tree) for tree in rows]
        except (ValueError, TypeError):
            found[part.name] = []
        if not found[part.name]:
            kinds = {"ran out of time": "TimeLimit", "ran out of memory": "MemoryError"}
            kind = kinds.get(ended, "Crashed")
            said = ended if ended != "ended" else "ended before it gave an answer"
            found[part.name] = [Observation(failure=Failure(kind, said))]
    return found


def _undefined(seen: Observations) -> set[str | None]:
    failures = [o.failure for rows in seen.values() for o in rows if o.failure]
    return {failure.missing for failure in failures if failure.kind == "NameError"}


def _cut(told: Plain, most: int = TEXT) -> Plain:
    """Cut every text in evidence to what a page can bear, and make it one that can be written to a file."""
    if isinstance(told, dict):
        return {_cut(key, 200): _cut(value, most) for key, value in told.items()}
    if isinstance(told, list):
        return [_cut(value, most) for value in told[:ROWS]]
    return told[:most].encode("utf-8", "replace").decode() if isinstance(told, str) else told


@lru_cache(2048)
def _readable(source: str) -> str:
    """Return a cell as Python, without magics; nothing where it is too deep for Python's parser."""
    try:
        source = TransformerManager().transform_cell(source)
        tree(source)
    except SyntaxError:
        pass  # which is said of the answer
    except (RecursionError, MemoryError, ValueError):
        return ""
    return source


def _output(told: Any) -> NotebookNode:
    """Return an output that can be opened: no script, no style, nothing that only looks like a picture.

    Raises:
        ValueError: if it is none.
    """
    match told:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            known: dict[str, Any] = {"name": name, "text": text}
        case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
            known = {"ename": name, "evalue": value, "traceback": [str(line) for line in lines]}
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            bad = [k for k in data if k.startswith("image/") and not BASE64.fullmatch(str(data[k]))]
            known = {"data": {k: str(v) for k, v in data.items() if k not in bad}, "metadata": {}}
            known |= {"execution_count": None} if kind == "execute_result" else {}
        case _:
            raise ValueError("no output that is known")
    output = nbformat.from_dict({"output_type": told["output_type"], **known})
    return SAFE.sanitize_code_outputs([output])[0]
