"""How long the class report and the feedback pages take, and how much memory, on made-up classes."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from helpers.grading.bench.made_up import make
from helpers.grading.course import Course
from helpers.grading.sandbox.pools import cores

LESSON = "01-perceptron"
PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from helpers.grading.returning.class_report import write
from helpers.grading.course import Course
began = time.perf_counter()
page, table = write(Course(Path(sys.argv[1])), sys.argv[2])
told = {"seconds": time.perf_counter() - began, "page": page.stat().st_size / 1e6}
print(json.dumps({**told, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""
PAGES = """
import json, os, resource, sys, time
from pathlib import Path
from helpers.grading.course import Course
from helpers.grading.returning import feedback
course, lesson = Course(Path(sys.argv[1])), sys.argv[2]
names = [path.name for path in course.work("autograded").iterdir()]
began, before = time.perf_counter(), sum(os.times()[:4])
feedback.refresh(course, lesson, names)
told = {"seconds": time.perf_counter() - began}
told["bytes"] = [feedback.page(course, lesson, name).stat().st_size for name in names]
used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
told["memory"] = max(used)
told["cpu"] = sum(os.times()[:4]) - before
print(json.dumps(told))
"""
STOCK = """
import json, os, sys, time
from pathlib import Path
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from helpers.grading.course import Course
from helpers.grading.marks.stock import Log
course, lesson, names = Course(Path(sys.argv[1])), sys.argv[2], sys.argv[3:]
config = course.config
config.GenerateFeedback.exporter_class = HTMLExporter
config.CourseDirectory.assignment_id = lesson
config.CourseDirectory.feedback_directory = ".nbgrader/stock"
everybody = {path.name for path in course.work("autograded").iterdir()}
config.CourseDirectory.student_id_exclude = ",".join(everybody - {*names})
began, before = time.perf_counter(), sum(os.times()[:4])
GenerateFeedback(CourseDirectory(config=config), config=config, log=Log()).start()
told = {"seconds": time.perf_counter() - began, "cpu": sum(os.times()[:4]) - before}
told["bytes"] = [course.work("stock", name, lesson, f"{lesson}.html").stat().st_size for name in names]
print(json.dumps(told))
"""
FEW = 12  # pages that nbgrader writes: it takes as long for each, however many there are


def measure(course: Course, *sizes: int) -> list[dict[str, Any]]:
    """Return, for classes of these sizes, the time and memory of a process that writes the report."""
    found = []
    for n in sizes:
        with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
            made = course.copy_to(Path(folder), LESSON)
            make(made, LESSON, n)
            command = [sys.executable, "-c", PROGRAM, str(made.root), LESSON]
            found.append({"students": n, **json.loads(subprocess.check_output(command))})
    return found


def told(figures: list[dict[str, Any]]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(
        f"class report, {f['students']} made-up students: {f['seconds']:.1f} s, {f['memory']:.2f} GB, "
        f"a page of {f['page']:.2f} MB"
        for f in figures
    )


def pages(course: Course, students: int) -> dict[str, float]:
    """Return how many feedback pages are written in a second, and how large they are, beside nbgrader's own.

    Ours are written from nothing, on all cores, their processes' start included; nbgrader's in one process
    that has imported all it needs, as it does by itself.
    """
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        made = course.copy_to(Path(folder), LESSON)
        make(made, LESSON, students)
        names = sorted(path.name for path in made.work("autograded").iterdir())[:FEW]
        words = [str(made.root), LESSON]
        ours = json.loads(subprocess.check_output([sys.executable, "-c", PAGES, *words]))
        stock = stock_pages(made, LESSON, names)
    n = len(ours["bytes"])
    return {
        "pages": n,
        "cores": cores(),
        "seconds": ours["seconds"],
        "pages a second": n / ours["seconds"],
        "seconds of the processor a page": ours["cpu"] / n,
        "kB, median": median(ours["bytes"]) / 1000,
        "kB, largest": max(ours["bytes"]) / 1000,
        "GB, the largest process": ours["memory"] / 1e6,
        "nbgrader, pages a second": len(names) / stock["seconds"],
        "nbgrader, seconds of the processor a page": stock["cpu"] / len(names),
        "nbgrader, kB, median": median(stock["bytes"]) / 1000,
    }


def stock_pages(course: Course, lesson: str, students: Sequence[str]) -> dict[str, Any]:
    """Let nbgrader write the pages of some graded students; return its time, and the bytes of each."""
    words = [str(course.root), lesson, *students]
    found: dict[str, Any] = json.loads(subprocess.check_output([sys.executable, "-c", STOCK, *words]))
    return found


def pages_told(figures: dict[str, float]) -> str:
    """Return the figures as lines of text."""
    return "\n".join(f"{name}: {value:.3g}" for name, value in figures.items())
