"""How long the class report takes, and how much memory, on made-up classes."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from helpers.grading.bench.made_up import make
from helpers.grading.course import Course

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
