"""A run that is killed at any moment loses nothing: the next one ends where an undisturbed one would have."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_class import ESSAY, LESSON, RIGHT, ROOT, WRONG, course, hand_in, open_, told

from helpers.grading.atomic import alone
from helpers.grading.course import Course
from helpers.grading.judging import store
from helpers.grading.judging.assignment import seed_of

__all__ = ["course"]
NAMES = [f"student-{i}" for i in range(6)]
MOMENTS = 10 if os.environ.get("COURSE_LONG") else 2
DUE = "2026-03-01 12:00:00"
PROGRAM = """
import os, signal, sys
told = ("open", "os.rename", "os.remove", "os.mkdir", "shutil.copyfile", "shutil.rmtree", "sqlite3.connect")
count = 0
def hook(event, args):
    global count
    if event in told and {folder!r} in str(args[:2]):
        count += 1
        if count == {moment}:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from helpers.grading.cli import main
try:
    main()
finally:
    print(count, file=sys.stderr)
"""


def run(folder: Path, handed_in: Path, moment: int = 0) -> subprocess.CompletedProcess[str]:
    """Grade the class, and be killed when it touches its folder for the so-manieth time; 0 is never."""
    words = ["grade", LESSON, "--submitted", str(handed_in), "--to", str(folder), "--json"]
    program = PROGRAM.format(folder=str(folder), moment=moment)
    return subprocess.run([sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True)


def state(folder: Path) -> dict[str, Any]:
    """Return all that is kept of a class, without how long things took."""
    course = Course(folder)
    records = {name: store.read(course, LESSON, name) for name in NAMES}
    assert all(records.values())
    return {
        "gradebook": told(course),
        "points": {name: {t: v.points for t, v in r.verdicts.items()} for name, r in records.items() if r},
        "marks": course.work("marks", f"{LESSON}.csv").read_text(),
        "pages": [course.work("feedback", name, LESSON, f"{LESSON}.html").is_file() for name in NAMES],
        "parts left behind": [str(path) for path in course.work().rglob("*.part")],
    }


@pytest.fixture
def ready(course: Course, tmp_path: Path) -> tuple[Path, Path]:
    """A class's folder with a due date, and what is handed in: half of it late."""
    from nbgrader.api import Assignment
    from nbgrader.utils import parse_utc

    handed_in = tmp_path / "in"
    for i, name in enumerate(NAMES):
        hand_in(
            course, name, [RIGHT, WRONG, None][i % 3], ESSAY if i % 2 else None, f"2026-03-0{1 + i % 2} 13:00"
        )
        source = course.work("submitted", name, LESSON)
        shutil.move(source, handed_in / name)
    seed_of(course, LESSON)
    with open_(course) as gradebook:
        gradebook.db.query(Assignment).filter_by(name=LESSON).one().duedate = parse_utc(DUE)
        gradebook.db.commit()
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nget_config().LateSubmissionPlugin.penalty_method = "zero"\n')
    return course.root, handed_in


def test_two_runs_at_once_do_not_spoil_each_other(ready: tuple[Path, Path]) -> None:
    folder, handed_in = ready
    with alone(Course(folder).work("lock")):
        second = run(folder, handed_in)
        assert "another `course` command is at work" in second.stderr
        assert second.returncode == 2
    with alone(Course(folder).work("lock")):
        pass


def test_a_run_that_is_killed_at_random_moments_ends_as_an_undisturbed_one(
    ready: tuple[Path, Path], tmp_path: Path
) -> None:
    blank, handed_in = ready
    shutil.copytree(blank, whole := tmp_path / "whole")
    undisturbed = run(whole, handed_in)
    assert undisturbed.returncode == 0, undisturbed.stderr
    touched, wanted = int(undisturbed.stderr.split()[-1]), state(whole)
    assert touched > 100
    chance = random.Random(LESSON)
    for moment in sorted(chance.sample(range(1, touched), MOMENTS)):
        shutil.copytree(blank, folder := tmp_path / f"killed-{moment}")
        assert run(folder, handed_in, moment).returncode == -signal.SIGKILL
        again = run(folder, handed_in)
        assert again.returncode == 0, (moment, again.stderr)
        assert len(json.loads(again.stdout)["rows"]) == len(NAMES)
        assert state(folder) == wanted, moment
