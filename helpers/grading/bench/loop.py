"""Measure all that a teacher waits for, beside nbgrader's own commands for the same, in pairs."""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from helpers.grading.bench.grading import LESSON, PAIRS, STOCK, handed_in, stock
from helpers.grading.bench.report import stock_pages
from helpers.grading.course import Course
from helpers.grading.sandbox.pools import cores

WORKSHEET = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade")
MORE = ("Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments")
PROGRAM = "from helpers.grading.cli import main; main()"


def measure(course: Course, students: int) -> dict[str, Any]:
    """Return how many times as long nbgrader's own commands take for a class, and what each step takes.

    Ours are `course grade`, with feedback pages and marks, `course report`, and `course export` into a
    worksheet of Moodle's: three programs one after the other in a new class, their starts included.
    Theirs, already imported, are autograde and generate_feedback on a few of the same submissions, and
    export, of all marks; they have no report.
    """
    with handed_in(course, students) as folder:
        names = sorted(path.name for path in folder.work("submitted").iterdir())
        pairs = []
        for i in range(PAIRS):
            few = names[i * STOCK : (i + 1) * STOCK]
            theirs = {"autograde": students * stock(folder, few)}
            theirs["feedback"] = students * stock_pages(folder, LESSON, few)["seconds"] / len(few)
            with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
                ours = _ours(course, folder, names, Path(place))
                theirs["export"] = _exported(Course(Path(place, "class")))
            pairs.append((theirs, ours))
    totals = [(sum(theirs.values()), sum(ours.values())) for theirs, ours in pairs]
    return {
        "ratio": median(theirs / ours for theirs, ours in totals),
        "ratios": [theirs / ours for theirs, ours in totals],
        "submissions": students,
        "cores": cores(),
        "course, seconds": median(ours for _, ours in totals),
        **{f"course {step}, seconds": median(ours[step] for _, ours in pairs) for step in pairs[0][1]},
        "nbgrader, seconds": median(theirs for theirs, _ in totals),
        **{f"nbgrader {step}, seconds": median(theirs[step] for theirs, _ in pairs) for step in pairs[0][0]},
    }


def _ours(course: Course, folder: Course, names: Sequence[str], place: Path) -> dict[str, float]:
    """Take a class through the whole loop in an empty folder; return seconds for each step."""
    sheet = place / "moodle.csv"
    with sheet.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*WORKSHEET, *MORE])
        rows.writerows(
            [f"Participant {i}", name, f"{name}@example.org", "-", "", "100.00", "Yes", "-", "-", ""]
            for i, name in enumerate(names, start=1)
        )
    steps = {
        "grade": ["--submitted", str(folder.work("submitted")), "--quiet"],
        "report": [],
        "export": ["--moodle", str(sheet), "--id", "Full name", "--unfinished", "--scale"],
    }
    took = {}
    for step, words in steps.items():
        command = [sys.executable, "-c", PROGRAM, step, LESSON, "--class", str(place / "class"), *words]
        began = time.perf_counter()
        subprocess.run(command, cwd=course.root, check=True, stdout=subprocess.DEVNULL)
        took[step] = time.perf_counter() - began
    return took


def _exported(graded: Course) -> float:
    """Let nbgrader export a class's marks; return seconds."""
    config = graded.config.CourseDirectory
    began = time.perf_counter()
    with Gradebook(config.db_url, config.course_id) as gradebook:
        CsvExportPlugin(to=str(graded.work("stock.csv"))).export(gradebook)
    return time.perf_counter() - began
