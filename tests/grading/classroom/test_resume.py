"""A run that is interrupted goes on where it stopped; what did not change is not run again."""

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from small_class import ESSAY, LESSON, RIGHT, ROOT, WRONG, course, hand_in, told

from helpers.checks import lessons
from helpers.grading.classroom.run import Ending, execute
from helpers.grading.course import Course
from helpers.grading.judging import jobs, store
from helpers.grading.judging.assignment import seed_of
from helpers.grading.sandbox.process import Failed, Lend, Worker

__all__ = ["course"]
NAMES = [f"student-{i}" for i in range(6)]


def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note what the workers are asked from now on."""
    found, real = list[list[str]](), jobs.job

    def job(
        lesson: str, notebook: Any, seed: int, names: Iterable[str] | None = None, borrowed: bool = False
    ) -> Any:
        found.append(list(names or []))
        return real(lesson, notebook, seed, names, borrowed)

    monkeypatch.setattr(jobs, "job", job)
    return found


def test_what_did_not_change_is_not_run_again(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert execute(course, LESSON, ["ada", "bob"])["ada"].ending == Ending.GRADED
    before, again = told(course), asked(monkeypatch)
    assert {o.ending for o in execute(course, LESSON, ["ada", "bob"]).values()} == {Ending.UNCHANGED}
    assert (again, told(course)) == ([], before)
    hand_in(course, "bob", RIGHT, ESSAY)
    outcomes = execute(course, LESSON, ["ada", "bob"])
    assert (outcomes["ada"].ending, outcomes["bob"].ending) == (Ending.UNCHANGED, Ending.GRADED)
    assert again[0] == list(lessons.tasks(LESSON))


def test_another_definition_of_a_task_has_that_task_alone_run_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(course, LESSON, ["ada"])
    monkeypatch.setitem(vars(lessons.tasks(LESSON)["heaviside"]), "digest", "another")
    again, before = asked(monkeypatch), store.read(course, LESSON, "ada")
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.GRADED
    assert again == [["heaviside"]]
    after = store.read(course, LESSON, "ada")
    assert before
    assert after
    assert after.checks["heaviside"].definition == "another"
    assert {**after.checks, "heaviside": None} == {**before.checks, "heaviside": None}
    assert told(course)["ada", "check-heaviside"][0] == 1.0


def test_a_new_seed_or_environment_has_everything_run_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(course, LESSON, ["ada"])
    seed = seed_of(course, LESSON)
    assert seed_of(course, LESSON, new=True) != seed
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.GRADED
    monkeypatch.setattr(store, "environment", lambda: "another")
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.GRADED
    assert execute(course, LESSON, ["ada"])["ada"].ending == Ending.UNCHANGED


@pytest.mark.parametrize("gone", ["autograded", "verdicts", "gradebook rows"])
def test_what_is_lost_is_made_again(course: Course, gone: str) -> None:
    execute(course, LESSON, ["ada"])
    before = told(course)
    if gone == "gradebook rows":
        from small_class import open_

        with open_(course) as gradebook:
            gradebook.remove_submission(LESSON, "ada")
    else:
        for path in sorted(course.work(gone).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    execute(course, LESSON, ["ada"])
    assert told(course) == before


def test_workers_that_fail_are_told_and_cost_no_mark(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Worker.run

    def run(worker: Worker, job: bytes, seconds: float, lend: Lend) -> bytes:
        if b"bob was here" in job:
            raise Failed("no word from the worker")
        return real(worker, job, seconds, lend)

    hand_in(course, "bob", WRONG + "\n# bob was here", None)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "run", run)
        outcomes = execute(course, LESSON, ["ada", "bob", "eve"])
    assert [o.ending for o in outcomes.values()].count(Ending.GRADED) == 2
    assert outcomes["bob"].ending == Ending.INFRASTRUCTURE
    assert "grade again: no word from the worker" in outcomes["bob"].reason
    assert told(course)["bob", "check-heaviside"] == (None, None, True, 0.0)
    again = execute(course, LESSON, ["ada", "bob", "eve"])
    assert {s: o.ending for s, o in again.items()} == {
        "ada": Ending.UNCHANGED, "bob": Ending.GRADED, "eve": Ending.UNCHANGED,
    }  # fmt: skip
    assert told(course)["bob", "check-heaviside"][0] == 0.5


ENDS_ITSELF = """
import os
from helpers.grading.judging import store
real, written = store.write, []
def write(*told):
    real(*told)
    written.append(told)
    if len(written) == 2: os.kill(os.getpid(), {how})
store.write = write
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_goes_on_where_it_stopped(course: Course, tmp_path: Path, how: int) -> None:
    handed_in, folder = tmp_path / "in", tmp_path / "class"
    for i, name in enumerate(NAMES):
        hand_in(course, name, [RIGHT, WRONG, None][i % 3], ESSAY if i % 2 else None)
        (handed_in / name).mkdir(parents=True)
        source = course.work("submitted", name, LESSON, f"{LESSON}.ipynb")
        source.rename(handed_in / name / source.name)
    program = "from helpers.grading.cli import main; main()"
    words = ["grade", LESSON, "--submitted", str(handed_in), "--to", str(folder), "--no-feedback", "--json"]
    command = [sys.executable, "-c", program, *words]
    kept = folder / ".nbgrader" / "verdicts" / LESSON
    ends = [sys.executable, "-c", ENDS_ITSELF.format(how=int(how)) + program, *words]
    run = subprocess.run(ends, cwd=ROOT, capture_output=True)
    assert run.returncode == (130 if how == signal.SIGINT else -how)
    assert how == signal.SIGKILL or b"goes on from there" in run.stderr
    first = {path.name: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    assert 2 <= len(first) < len(NAMES)
    report = json.loads(subprocess.check_output(command, cwd=ROOT))
    assert {name: (kept / name).stat().st_mtime_ns for name in first} == first
    assert report["summary"]["unchanged"] == len(first)
    assert report["summary"]["graded"] == len(NAMES) - len(first)
    with (folder / ".nbgrader" / "marks" / f"{LESSON}.csv").open() as file:
        marks = [row["heaviside"] for row in csv.DictReader(file)]
    assert marks == ["1.0", "0.5", "0.0"] * 2


def test_a_sandbox_that_is_missing_stops_the_run_before_anything_is_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpers.grading.sandbox.command import NoSandbox

    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(NoSandbox, match="apt-get install bubblewrap"):
        execute(course, LESSON, ["ada"])
