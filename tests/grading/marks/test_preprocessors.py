import nbformat
import pytest
from nbformat import NotebookNode
from small_class import ESSAY, essay_of, told
from small_class import LESSON as PERCEPTRON
from small_class import course as small
from tiny_lesson import LESSON, TINY

from helpers.grading.authoring.build import build, write
from helpers.grading.course import Course
from helpers.grading.marks.preprocessors import LastWord, NoScore, ReleaseTags
from helpers.grading.marks.stock import autograde

__all__ = ["small"]
v4 = nbformat.v4
RESULT = v4.new_output("execute_result", data={"text/plain": "0.5"})
STDERR = v4.new_output("stream", name="stderr", text="hm")
STDOUT = v4.new_output("stream", name="stdout", text="hm")
ERROR = v4.new_output("error", ename="E", evalue="", traceback=[])


def cell(*outputs: NotebookNode, grade: bool = True) -> NotebookNode:
    return v4.new_code_cell("check('x')", outputs=list(outputs), metadata={"nbgrader": {"grade": grade}})


@pytest.mark.parametrize(
    ("before", "after"),
    [([STDERR, RESULT], [RESULT]), ([STDOUT, STDERR, ERROR], [STDOUT, ERROR]), ([RESULT], [RESULT])],
)
def test_what_goes_to_stderr_costs_nothing(before: list[NotebookNode], after: list[NotebookNode]) -> None:
    assert LastWord().preprocess_cell(cell(*before), {}, 0)[0].outputs == after


def test_other_cells_keep_their_stderr() -> None:
    assert LastWord().preprocess_cell(cell(STDERR, grade=False), {}, 0)[0].outputs == [STDERR]


@pytest.mark.parametrize("outputs", [[], [STDOUT], [STDERR]])
def test_a_check_without_a_score_is_no_full_marks(outputs: list[NotebookNode]) -> None:
    with pytest.raises(NoScore, match="gave no score"):
        LastWord().preprocess_cell(cell(*outputs), {}, 0)


def test_tags_come_from_the_release(course: Course) -> None:
    course.source(TINY).write_text(LESSON)
    files = build(course, [TINY])
    write(files)
    submitted = nbformat.reads(files[course.student(TINY)], as_version=4)
    cells = {c.id: c for c in submitted.cells}
    cells["check-neuron"].metadata.tags = ["experiment"]  # skipped, it would earn full marks
    cells["neuron"].id = "cell-06"  # the id of an experiment
    cells["cell-06"].id = "renamed"
    cells["cell-01"].metadata.tags = ["experiment", "raises-exception"]
    resources = {"nbgrader": {"assignment": TINY, "notebook": TINY}}
    ReleaseTags(source=str(course.root / "solutions")).preprocess(submitted, resources)
    assert {c.id: c.metadata.tags for c in submitted.cells if "tags" in c.metadata} == {
        "renamed": ["experiment"]
    }


def test_without_a_sandbox_too_an_essay_beside_its_cell_is_no_zero(small: Course) -> None:
    path = small.work("submitted", "bob", PERCEPTRON, f"{PERCEPTRON}.ipynb")
    notebook = nbformat.read(path, as_version=4)
    at = next(i for i, c in enumerate(notebook.cells) if c.id == essay_of(small))
    notebook.cells.insert(at + 1, v4.new_markdown_cell(ESSAY))
    del notebook.cells[:at]
    nbformat.write(notebook, path)
    assert autograde(Course(small.root, bare=True), PERCEPTRON, "bob") == ""
    assert told(small)["bob", essay_of(small)] == (None, None, True, 0.0)
