"""nbgrader's own export, as a table that any name fits in and no spreadsheet runs anything of."""

import csv
import io
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

from helpers.grading.atomic import replace
from helpers.grading.intake.people.tables import shielded

PERSON = ("student_id", "last_name", "first_name", "email")
HEADS = (
    "assignment",
    "duedate",
    "timestamp",
    *PERSON,
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class SafeExport(ExportPlugin):
    """What nbgrader's CsvExportPlugin writes, in its columns; that one neither quotes nor shields a field."""

    def export(self, gradebook: Gradebook) -> None:
        """Write everybody's marks in the assignments that are asked for; who handed in nothing has 0."""
        file = io.StringIO()
        writer = csv.DictWriter(file, HEADS, lineterminator="\n")
        writer.writeheader()
        for assignment in gradebook.assignments:
            for student in gradebook.students:
                if assignment.name not in (self.assignment or [assignment.name]):
                    continue
                if student.id not in (self.student or [student.id]):
                    continue
                row = {name: getattr(student, name.removeprefix("student_"), None) or "" for name in PERSON}
                row |= {"assignment": assignment.name, "duedate": assignment.duedate or ""}
                row |= _marks(gradebook, assignment.name, student.id) | {"max_score": assignment.max_score}
                writer.writerow({k: shielded(v) if isinstance(v, str) else v for k, v in row.items()})
        replace(Path(self.to or "grades.csv"), file.getvalue())


def _marks(gradebook: Gradebook, assignment: str, student: str) -> dict[str, object]:
    try:
        found = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return {"timestamp": "", "raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    penalty = found.late_submission_penalty
    return {
        "timestamp": found.timestamp or "",
        "raw_score": found.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, found.score - penalty),
    }
