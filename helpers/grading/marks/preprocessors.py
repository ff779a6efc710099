"""The steps that the course adds to nbgrader's own autograding, with a sandbox and without."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from helpers.grading.judging.outputs import left_open

if TYPE_CHECKING:
    from helpers.grading.judging.underway import Graded

Resources = dict[str, Any]


class NoScore(RuntimeError):
    """Raised where a check ran but gave no score, which nbgrader would take for full marks."""


ready: dict[str, "Graded"] = {}  # by student: judged in the first of nbgrader's two passes, for the second


class Rebuild(NbGraderPreprocessor):
    """Put the notebook that was rebuilt from the release in place of what was handed in."""

    root = Unicode(help="The course's folder.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the release's cells with the student's answers, without outputs."""
        return _graded(self.root, resources).rebuilt.notebook, resources


class Sandboxed(NbGraderPreprocessor):
    """Stand in for nbgrader's Execute: student code runs in a sandbox, and is judged outside of it."""

    root = Unicode(help="The course's folder.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with the outputs of its cells and the verdicts of its checks."""
        graded = _graded(self.root, resources)
        ready.pop(resources["nbgrader"]["student"], None)
        return graded.notebook, resources


def _graded(root: str, resources: Resources) -> "Graded":
    """Return a submission that was judged in the pass before, or judge it now."""
    from helpers.grading.course import Course
    from helpers.grading.judging.pipeline import grade_one

    told = resources["nbgrader"]
    if told["student"] not in ready:
        ready[told["student"]] = grade_one(Course(Path(root)), told["assignment"], told["student"])
    return ready[told["student"]]


class SaveMarks(SaveAutoGrades):
    """nbgrader's own step, which knows no check that nothing was found out by: that is left to a person."""

    def _add_score(self, cell: NotebookNode, resources: Resources) -> None:
        super()._add_score(cell, resources)
        if left_open(cell):
            where = self.notebook_id, self.assignment_id, self.student_id
            grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *where)
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()


class ReleaseTags(NbGraderPreprocessor):
    """Take tags from the release, never from a submission: they decide which cells are skipped."""

    source = Unicode(help="The folder of the instructor's notebooks.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Tag the release's cells, found by id or else by content, and no others."""
        told = resources["nbgrader"]
        path = Path(self.source) / told["assignment"] / f"{told['notebook']}.ipynb"
        tags = {
            key: cell.metadata.tags
            for cell in nbformat.read(path, as_version=4).cells
            if "tags" in cell.metadata
            for key in (cell.id, cell.source)
        }
        for cell in nb.cells:
            cell.metadata.pop("tags", None)
            found = tags.get(cell.get("id")) or tags.get(cell.source)
            if found and "nbgrader" not in cell.metadata:
                cell.metadata.tags = found
        return nb, resources


class LastWord(NbGraderPreprocessor):
    """Let a check's score decide: nbgrader gives 0 for any text on stderr, full marks for no result."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Drop what a check cell wrote to stderr, and insist on a score or an error."""
        if cell.cell_type == "code" and is_grade(cell):
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            if not any(o.output_type in ("execute_result", "error") for o in cell.outputs):
                raise NoScore(f"`{cell.source}` gave no score")
        return cell, resources


class Essays(NbGraderPreprocessor):
    """Put written answers that stand beside their cells into them, as nbgrader would take those for blank."""

    root = Unicode(help="The course's folder.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with every answer that a person grades."""
        from helpers.grading.course import Course
        from helpers.grading.intake.given import Release
        from helpers.grading.intake.rebuild import rebuild
        from helpers.grading.judging.assignment import released

        told, course = resources["nbgrader"], Course(Path(self.root))
        name = f"{told['notebook']}.ipynb"
        data = course.work("submitted", told["student"], told["assignment"], name).read_bytes()
        written = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in rebuild(Release(released(course, told["assignment"])), data).notebook.cells
            if is_grade(cell) and is_solution(cell)
        }
        for cell in nb.cells:
            if is_grade(cell) and is_solution(cell) and cell.metadata.nbgrader.grade_id in written:
                cell.source = written[cell.metadata.nbgrader.grade_id].source
                cell.attachments = written[cell.metadata.nbgrader.grade_id].get("attachments", {})
        return nb, resources
