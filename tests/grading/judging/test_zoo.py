"""The zoo: every submission in one batch, each with its marks and states, beside honest students."""

import json
import re
import shutil
from typing import Any

import nbformat
import pytest
from zoo import FULL, LESSON, TASKS, ZOO, right

from helpers.checks.verdict import State
from helpers.grading.course import Course
from helpers.grading.judging import jobs, pipeline
from helpers.grading.judging.underway import Graded
from helpers.grading.marks.release import release
from helpers.grading.sandbox import pools

HONEST = ["a-honest", "m-honest", "z-honest"]  # before, among and after the others

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="student code needs bubblewrap"),
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of everyone; limits are short for all but the honest, so that what runs away is soon caught.

    Four run at a time, whatever the machine has: most of what runs away is waited for.
    """
    course = Course.here().copy_to(tmp_path_factory.mktemp("zoo"), LESSON)
    release(course, LESSON)
    released = nbformat.read(course.work("release", LESSON, f"{LESSON}.ipynb"), as_version=4)
    honest = [name for name in ZOO if ZOO[name].family == "honest"]
    names = [name for name in ZOO if name not in honest]
    names = [HONEST[0], *names[: len(names) // 2], HONEST[1], *names[len(names) // 2 :], HONEST[2]]
    for name in (*honest, *names):
        hand_in(course, released, name)
    asked = jobs._asked

    def soon(*args: Any, **options: Any) -> Any:
        return jobs.Asked({**asked(*args, **options), "seconds": 1.5, "most": 4.0})

    with pytest.MonkeyPatch.context() as patch:
        for module in (pipeline, pools):
            patch.setattr(module, "cores", lambda: 4)
        found: dict[str, Any] = dict(pipeline.judged(course, LESSON, honest))
        patch.setattr(jobs, "CELL", 6.0)
        patch.setattr(jobs, "NOTEBOOK", 12.0)
        patch.setattr(jobs, "SLEEP", 15.0)
        patch.setattr(jobs, "IDLE", 6.0)
        patch.setattr(jobs, "_asked", soon)
        found |= dict(pipeline.judged(course, LESSON, names))
    return found


def hand_in(course: Course, released: Any, name: str) -> None:
    """Write a submission: an animal's, or of an honest student who solved everything."""
    notebook = nbformat.from_dict(json.loads(json.dumps(released)))
    animal = ZOO.get(name)
    answers = animal.answers if animal else right(*TASKS)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    if animal:
        first = next(i for i, cell in enumerate(notebook.cells) if cell.id in TASKS)
        notebook.cells[first:first] = [nbformat.v4.new_code_cell(source) for source in animal.cells]
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in animal.later]
    path = course.work("submitted", name, LESSON, f"{LESSON}.ipynb")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), "utf-8")


@pytest.mark.parametrize("name", ZOO)
def test_an_animal_gets_what_it_must(graded: dict[str, Any], name: str) -> None:
    animal, found = ZOO[name], graded[name]
    assert isinstance(found, Graded), found
    said = {task: [part.says for part in v.parts] for task, v in found.verdicts.items()}
    told = {task: (v.state, v.points) for task, v in found.verdicts.items()}
    wrong = {
        task: (told[task], said[task])
        for task in TASKS
        if told[task][0] not in animal.allowed(task) or told[task][1] != animal.mark(task)
    }
    assert not wrong
    for task, text in animal.shows.items():
        assert re.search(text, " ".join(said[task])), said[task]
    if animal.prints:
        outputs = next(cell.outputs for cell in found.notebook.cells if cell.source == animal.cells[0])
        printed = "".join(o.get("text", "") or str(o.get("evalue", "")) for o in outputs)
        head, cut, _ = animal.prints.partition("%")
        assert printed.startswith(head) if cut else printed == head


@pytest.mark.parametrize("family", ["honest", "broken", "runaway", "hostile"])
def test_every_family_is_large(family: str) -> None:
    assert sum(animal.family == family for animal in ZOO.values()) >= 35


@pytest.mark.parametrize("name", ZOO)
def test_what_is_kept_of_it_is_small_and_can_be_written(graded: dict[str, Any], name: str) -> None:
    found = graded[name]
    kept = nbformat.writes(found.notebook).encode() + repr(found.verdicts).encode()
    handed_in = sum(
        len(source) for source in (*ZOO[name].cells, *ZOO[name].later, *ZOO[name].answers.values())
    )
    assert len(kept) < 2_500_000 + handed_in


@pytest.mark.parametrize("name", HONEST)
def test_the_marks_of_the_honest_do_not_change(graded: dict[str, Any], name: str) -> None:
    assert {task: v.points for task, v in graded[name].verdicts.items()} == FULL
    assert {v.state for v in graded[name].verdicts.values()} == {State.PASSED}
