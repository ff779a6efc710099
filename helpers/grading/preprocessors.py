"""Two steps that the course adds to nbgrader's own autograding."""

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Unicode

Resources = dict[str, Any]


class NoScore(RuntimeError):
    """Raised where a check ran but gave no score, which nbgrader would take for full marks."""


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
