"""What only the machine lacks is told as that, and goes to a person; a slip stays a slip."""

import json

import pytest
from small_class import LESSON, RIGHT, course, hand_in, told

from helpers.grading.classroom.grade import grade
from helpers.grading.classroom.table import Row
from helpers.grading.commands import console
from helpers.grading.course import Course
from helpers.grading.intake.submission import Submission
from helpers.grading.judging.lacking import lacks, lost

__all__ = ["course"]
OPEN = (None, None, True, 0.0)
IMPORTS = "import pandas_that_is_not_here as pd\n"


def graded(course: Course, **answers: str) -> dict[str, Row]:
    """Grade these answers to `heaviside`, by student."""
    for student, answer in answers.items():
        hand_in(course, student, answer, None)
    submissions = [Submission(student, None) for student in answers]
    return {row.student: row for row in grade(course, LESSON, submissions)}


def test_a_package_or_file_that_only_the_machine_lacks_goes_to_a_person(course: Course) -> None:
    rows = graded(
        course,
        above=IMPORTS + RIGHT,
        inside="def heaviside(z):\n    " + IMPORTS + "    return (z > 0) * 1.0",
        module="from my_tools import step\nheaviside = step",
        data="limits = open('limits.csv').read()\n" + RIGHT,
        needless="try:\n    " + IMPORTS + "except ImportError:\n    pass\n" + RIGHT,
        slip="import numpyy\n" + RIGHT,
        part="import torch.nothing\n" + RIGHT,
    )
    lacking = {student: row.lacking for student, row in rows.items()}
    assert lacking == {
        "above": ("the package `pandas_that_is_not_here`",),
        "inside": ("the package `pandas_that_is_not_here`",),
        "module": ("the package `my_tools`",),
        "data": ("the file `limits.csv`",),
        "needless": (), "slip": (), "part": (),
    }  # fmt: skip
    for student, what in lacking.items():
        mark = told(course)[student, "check-heaviside"]
        assert mark == (OPEN if what else (1.0 if student == "needless" else 0.0, None, False, mark[3]))
        assert told(course)[student, "check-neuron"] == (0.0, None, False, 0.0)
    page = course.work("feedback", "above", LESSON, f"{LESSON}.html").read_text()
    assert "through no fault of yours" in page
    assert "This machine lacks the package <code>pandas_that_is_not_here</code>" in page
    assert console.lacking([*rows.values()]) == [
        "This machine lacks the package `pandas_that_is_not_here`, which above, inside asked for. "
        "Install it where `course` runs, such as by `pip install`, and grade again; or decide by hand.",
        "This machine lacks the package `my_tools`, which module asked for. "
        "Install it where `course` runs, such as by `pip install`, and grade again; or decide by hand.",
        "This machine lacks the file `limits.csv`, which data asked for. "
        "It was not handed in, or not as a part of the notebook: decide by hand.",
    ]


def test_what_other_cells_made_of_it_is_lost_too(course: Course) -> None:
    notebook = json.loads(course.work("release", LESSON, f"{LESSON}.ipynb").read_text())
    cells = {"own-1": IMPORTS + "x = 1", "own-2": "table = pd.DataFrame()", "own-3": "y = nothing"}
    notebook["cells"] += [
        {"cell_type": "code", "id": name, "source": source, "metadata": {}, "outputs": []}
        for name, source in cells.items()
    ]
    import nbformat

    errors = [
        ("ModuleNotFoundError", "No module named 'pandas_that_is_not_here'"),
        ("NameError", "name 'pd' is not defined"),
        ("NameError", "name 'nothing' is not defined"),
    ]
    events = [
        {"cell": name, "outputs": json.dumps([{"ename": kind, "evalue": says}])}
        for name, (kind, says) in zip(cells, errors, strict=True)
    ]
    events += [{"cell": "own-1", "outputs": "nonsense"}, {"cell": 3}, {"cell": "own-2", "outputs": "[[]]"}]
    reply = {"events": events}
    names = lost(nbformat.from_dict(notebook), reply)
    assert names.keys() == {"pd", "x", "table"}
    assert {*names.values()} == {"the package `pandas_that_is_not_here`"}


@pytest.mark.parametrize(
    ("kind", "message", "what"),
    [
        ("ModuleNotFoundError", "No module named 'pandas'", "the package `pandas`"),
        ("ModuleNotFoundError", "No module named 'xarray'", "the package `xarray`"),
        ("ModuleNotFoundError", "No module named 'mathplotlib'", ""),
        ("ModuleNotFoundError", "No module named 'torch.nothing'; 'torch' is a package", ""),
        ("ImportError", "cannot import name 'nothing' from 'numpy'", ""),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a.csv'", "the file `a.csv`"),
        ("ValueError", "No module named 'pandas'", ""),
    ],
)
def test_what_an_exception_says_is_missing(kind: str, message: str, what: str) -> None:
    assert lacks(kind, message) == what


def test_what_a_student_says_is_missing_steers_no_terminal() -> None:
    what = lacks("FileNotFoundError", "No such file or directory: '\x1b[2J\ud83d'")
    [told] = console.lacking([Row("ada", lacking=(what,))])
    assert told.isprintable()
