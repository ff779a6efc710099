"""What every verdict depends on: this grader's own code, Python, and the packages."""

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import helpers
from helpers.checks import lessons

DECIDING = (
    "checks", "maze", "probes", "grading/worker", "grading/intake/compare.py", "grading/intake/essays.py",
    "grading/intake/match.py",
    "grading/intake/rebuild.py", "grading/intake/untrusted.py", "grading/sandbox/command.py",
    "grading/sandbox/process.py", "grading/judging/cells.py", "grading/judging/jobs.py",
    "grading/judging/judge.py", "grading/judging/outputs.py", "grading/judging/replies.py",
    "grading/judging/words.py",
)  # fmt: skip
PACKAGES = ("ipython", "jaxtyping", "matplotlib", "numpy", "safetensors", "torch")


@cache
def environment() -> str:
    """Return a hash of what every verdict depends on: this grader's own code, Python and the packages.

    The modules that declare a lesson's tasks and their probes are left out: a task's own hash has them.
    """
    package = Path(helpers.__file__).parent
    lesson = tuple(
        f"{folder}/{path.rpartition('.')[2]}"
        for path in lessons.MODULES.values()
        for folder in ("checks", "probes")
    )
    files = [
        p
        for part in DECIDING
        for p in ((package / part).rglob("*.py") if (package / part).is_dir() else [package / part])
    ]
    names = sorted(p.relative_to(package).as_posix() for p in files)
    code = {name: (package / name).read_text() for name in names if not name.startswith(lesson)}
    found = [f"{name} {version(name)}" for name in PACKAGES]
    return digest([platform.python_version(), platform.machine(), found, code])


def digest(told: object) -> str:
    """Return a hash of plain data."""
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:20]
