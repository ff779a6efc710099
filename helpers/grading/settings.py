"""How nbgrader is set up: for the checkout by nbgrader_config.py, for a class elsewhere by the commands."""

import sys
from pathlib import Path
from typing import Any

SECONDS, STARTING = 1800, 600  # for one cell, which a check ends long before; for a kernel, on a slow machine
OWN = "helpers.grading.marks.preprocessors."
STOCK = "nbgrader.preprocessors."


def configure(c: Any, root: Path, bare: bool = False) -> None:
    """Set up nbgrader for a course: solutions/ becomes course/, and a class's files go to .nbgrader/.

    Args:
        c: a traitlets Config, as nbgrader_config.py gets it.
        root: the course's folder.
        bare: whether student code runs in nbgrader's own kernels, without a sandbox.
    """
    work = root / ".nbgrader"
    c.CourseDirectory.course_id = "deep-learning"
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.db_url = f"sqlite:///{work / 'gradebook.db'}"
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "course"
    for step in ("source_with_tests", "submitted", "autograded", "feedback", "solution"):
        c.CourseDirectory[f"{step}_directory"] = f".nbgrader/{step}"
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py"]
    c.Exchange.root = str(work / "exchange")
    c.Exchange.cache = str(work / "cache")

    c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
    c.ClearSolutions.text_stub = "*Your answer here.*"

    c.GenerateFeedback.force = True  # nbgrader would leave a page that is older than the marks

    if bare:
        _in_bare_kernels(c, root)
        return
    c.Rebuild.root = c.Sandboxed.root = str(root)
    c.Autograde.sanitize_preprocessors = [OWN + "Rebuild", STOCK + "CheckCellMetadata"]
    c.Autograde.autograde_preprocessors = [
        OWN + "Sandboxed",
        OWN + "SaveMarks",
        STOCK + "AssignLatePenalties",
        STOCK + "CheckCellMetadata",
    ]


def _in_bare_kernels(c: Any, root: Path) -> None:
    """Run student code as stock nbgrader does, in a kernel beside the gradebook: for trusted classes."""
    c.Execute.timeout, c.Execute.startup_timeout = SECONDS, STARTING
    c.Execute.extra_arguments = ["--log-level=ERROR"]  # ipykernel 7 warns of TCP at every start
    c.Execute.skip_cells_with_tag = "experiment"
    c.ReleaseTags.source, c.Essays.root = str(root / "solutions"), str(root)
    c.Autograde.sanitize_preprocessors = [
        STOCK + "ClearOutput",
        STOCK + "DeduplicateIds",
        STOCK + "OverwriteKernelspec",
        STOCK + "OverwriteCells",
        OWN + "ReleaseTags",
        OWN + "Essays",
        STOCK + "CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        STOCK + "Execute",
        STOCK + "IgnorePattern",
        STOCK + "LimitOutput",
        OWN + "LastWord",
        OWN + "SaveMarks",
        STOCK + "AssignLatePenalties",
        STOCK + "CheckCellMetadata",
    ]


def spare_imports() -> None:
    """Spare this process a second: jsonschema imports this for a kind of address that no notebook has."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
