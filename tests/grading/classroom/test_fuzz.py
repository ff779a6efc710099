"""Damaged submissions among honest ones: no row is lost, nothing stops, no honest mark changes."""

import csv
import json
import os
import random
import shutil
import sys
from concurrent.futures import Future
from dataclasses import asdict
from functools import cache
from typing import Any, Self

import nbformat
import numpy as np
import pytest
from damage import LESSON, Damaged, damaged, forged
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_class import RIGHT, ROOT

from helpers.checks import lessons
from helpers.checks.task import Observations
from helpers.grading import CourseError, cli
from helpers.grading.course import Course
from helpers.grading.intake.given import Release
from helpers.grading.intake.rebuild import Rebuilt, rebuild
from helpers.grading.judging import jobs, pipeline
from helpers.grading.judging.assignment import seed_of
from helpers.grading.judging.cells import readable
from helpers.grading.marks.release import release
from helpers.probes.plain import decode, encode

LONG = bool(os.environ.get("COURSE_LONG"))
CLASSES, FILES = (40, 2000) if LONG else (1, 60)  # how many are drawn
STUDENTS = 50 if LONG else 25  # damaged submissions of a class
QUIET = settings(
    deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)  # a class takes too long to be made smaller
GIVEN = json.loads(Course(ROOT).student(LESSON).read_text())
SOLVED = json.loads(Course(ROOT).instructor(LESSON).read_text())
OTHER = json.loads(Course(ROOT).student("02-gradient-descent").read_text())
BASES = [GIVEN, GIVEN, SOLVED, OTHER]


def honest(kept: str = RIGHT) -> str:
    """Return a notebook with one right answer."""
    notebook = json.loads(json.dumps(GIVEN))
    next(cell for cell in notebook["cells"] if cell["id"] == "heaviside")["source"] = kept
    return json.dumps(notebook)


@cache
def observed(name: str, solved: bool, seed: int) -> Observations:
    """Return what the probes see of a right answer, or of none; once for all classes, as some of it trains."""
    task = lessons.task(LESSON, name)
    return task.observe(task.right if solved else {}, seed)


class Told:
    """Stands in for the workers: honest answers give right evidence, all others what somebody made up."""

    slots = 2

    def __init__(self, seed: int, chance: random.Random):
        self._seed, self._chance = seed, chance

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ready(self) -> None:
        """It is there."""

    def submit(self, job: bytes, lend: object, seconds: float) -> Future[bytes]:
        """Return a reply that is there at once."""
        asked = decode(job, most_text=1 << 30)
        is_honest = any(cell["source"] == RIGHT for cell in asked["cells"])
        events: list[Any] = [
            {"cell": cell["id"], "outputs": "[]", "seconds": 0.1}
            for cell in asked["cells"]
            if not cell["check"]
        ]
        for name in asked["tasks"]:
            rows = observed(name, name == "heaviside" or not is_honest, self._seed)
            seen: Any = {part: [asdict(o) for o in told] for part, told in rows.items()}
            if not is_honest:
                seen = forged(seen, self._chance.randrange)
            events.append(
                {"check": name, "ended": "ended", "evidence": np.frombuffer(encode(seen), np.uint8)}
            )
        reply: Any = {"events": events, "ended": "ended", "left out": {}}
        if not is_honest and self._chance.random() < 0.5:
            reply["events"] = forged(events, self._chance.randrange)
            reply["events"] = [event for event in reply["events"] if isinstance(event, dict)]
        future: Future[bytes] = Future()
        future.set_result(encode(reply))
        return future


def rebuilt_or_not(given_out: Any, data: bytes) -> Rebuilt | str:
    """Return a notebook rebuilt, or why it can't be."""
    try:
        return rebuild(Release(given_out), data)
    except CourseError as error:
        return str(error)


@settings(QUIET, max_examples=FILES)
@given(damaged(BASES))
def test_a_damaged_file_is_rebuilt_or_has_a_reason(handed_in: Damaged) -> None:
    given_out = nbformat.reads(json.dumps(GIVEN), as_version=4)
    for name, data in handed_in.files.items():
        if name.endswith(".ipynb"):
            rebuilt = rebuilt_or_not(given_out, data)
            if isinstance(rebuilt, str):
                assert len(rebuilt) < 300
                continue
            assert [c.id for c in rebuilt.notebook.cells if not c.id.startswith("own-")] == [
                c.id for c in given_out.cells
            ]
            assert all(len(told) < 1000 for told in (*rebuilt.repairs, *rebuilt.signs))
            encode(jobs.job(LESSON, rebuilt.notebook, 3))
            for cell in rebuilt.notebook.cells:
                readable(cell.source)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class's folder in which the lesson is released."""
    course = Course(ROOT).copy_to(tmp_path_factory.mktemp("blank"), LESSON)
    release(course, LESSON)
    return course


@settings(QUIET, max_examples=CLASSES)
@given(st.lists(damaged(BASES), min_size=STUDENTS, max_size=STUDENTS), st.integers(0, 1 << 30))
def test_a_class_of_damaged_submissions_keeps_every_row_and_every_honest_mark(
    blank: Course, tmp_path_factory: pytest.TempPathFactory, handed_in: list[Damaged], seed: int
) -> None:
    here = tmp_path_factory.mktemp("class")
    folder = here / "class"
    shutil.copytree(blank.root, folder)
    names = [f"damaged-{i:02}" for i in range(len(handed_in))]
    everyone = {"aaa": None, **dict(zip(names, handed_in, strict=True)), "zzz": None}
    for student, what in everyone.items():
        files = what.files if what else {f"{LESSON}.ipynb": honest().encode()}
        for name, data in files.items():
            path = here / "in" / student / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    chance = random.Random(seed)
    drawn = seed_of(Course(folder), LESSON)
    for _ in range(2):  # what is graded twice stays as it is
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(ROOT)
            patch.setattr(pipeline, "pool", lambda *_: Told(drawn, chance))
            words = ["course", "grade", LESSON, "--submitted", str(here / "in"), "--to", str(folder)]
            patch.setattr(sys, "argv", [*words, "--no-feedback"])
            with pytest.raises(SystemExit, match="0"):
                cli.main()
        with (folder / ".nbgrader" / "marks" / f"{LESSON}.csv").open() as file:
            rows = {row["student"]: row for row in csv.DictReader(file)}
        assert sorted(rows) == sorted(everyone)
        assert (rows["aaa"]["heaviside"], rows["zzz"]["heaviside"]) == ("1.0", "1.0")
        assert (rows["aaa"]["total"], rows["zzz"]["total"]) == ("1.0", "1.0")
        for row in rows.values():
            assert row["total"] or row["remark"]
            assert len(row["remark"]) < 5000
    shutil.rmtree(here)
