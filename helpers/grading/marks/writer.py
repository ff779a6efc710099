"""The one writer of marks: into nbgrader's own tables, for many submissions in one transaction.

It writes what nbgrader's Autograde would, which opens the gradebook some twenty times for each submission.
"""

import json
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import OperationalError

from helpers.grading import CourseError
from helpers.grading.atomic import replace
from helpers.grading.course import Course
from helpers.grading.intake.submission import EXCHANGED, SECRET, STAMP
from helpers.grading.marks.entry import Entry
from helpers.grading.marks.late import penalise

BATCH, SECONDS = 50, 5.0  # submissions, and time, after which marks are written
WAIT = 300_000  # milliseconds that another program may hold the gradebook


class Writer:
    """Writes entries in batches; leaves alone what is there already, and what people wrote.

    Attributes:
        refused: the students whose entry can't be written, with the reason; it keeps no other from being.
    """

    def __init__(self, course: Course, lesson: str):
        self._course, self._lesson = course, lesson
        settings = course.config.CourseDirectory
        try:
            self._gradebook = Gradebook(settings.db_url, settings.course_id)
            self._db = self._gradebook.db
            self._db.execute(text(f"PRAGMA busy_timeout = {WAIT}"))
        except OperationalError as error:
            raise busy(error) from None
        self._assignment = self._gradebook.find_assignment(lesson)
        self._notebook = self._gradebook.find_notebook(lesson, lesson)
        self._grades = {cell.name: cell.id for cell in self._notebook.grade_cells}
        self._answers = {cell.name: cell.id for cell in self._notebook.solution_cells}
        self._waiting: dict[str, Entry] = {}
        self._since = time.monotonic()
        self.refused: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        """Write what is waiting, even where the run was interrupted."""
        try:
            self.flush()
            if kind is None:
                penalise(self._course, self._lesson, self._gradebook)
        finally:
            self._gradebook.close()

    def shown(self, student: str) -> NotebookNode | None:
        """Return the graded notebook that formgrader shows; None where there is none."""
        try:
            path = self._course.work("autograded", student, self._lesson, f"{self._lesson}.ipynb")
            return nbformat.v4.reads(path.read_text("utf-8"))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def lay_out(self, student: str, notebook: NotebookNode) -> None:
        """Put a graded notebook where formgrader and feedback look for it."""
        folder = self._course.work("autograded", student, self._lesson)
        replace(folder / f"{self._lesson}.ipynb", json.dumps(notebook, ensure_ascii=False))
        self.carry(student)

    def carry(self, student: str) -> None:
        """Put beside a graded notebook what the exchange put beside the one that was handed in.

        `nbgrader release_feedback` stops at the first student of whom it finds no time or no secret, so
        that both are there for whoever did not hand in through the exchange: no time, a secret of nobody.
        """
        handed_in = self._course.work("submitted", student, self._lesson)
        folder = self._course.work("autograded", student, self._lesson)
        for name in EXCHANGED:
            with suppress(FileNotFoundError):
                shutil.copyfile(handed_in / name, folder / name)
                continue
            if name == STAMP or not (folder / name).is_file():
                replace(folder / name, secrets.token_hex(64) if name == SECRET else "")

    def add(self, student: str, told: Entry) -> None:
        """Have an entry written, soon."""
        self._waiting[student] = told
        if len(self._waiting) >= BATCH or time.monotonic() - self._since > SECONDS:
            self.flush()

    def leave_open(self, student: str) -> None:
        """Have a person decide on a submission that could not be graded: it is no 0."""
        self.add(student, Entry(dict.fromkeys(self._grades)))

    def flush(self) -> None:
        """Write what is waiting, in one transaction.

        Raises:
            CourseError: if another program does not let go of the gradebook; nothing is lost then.
        """
        if self._committed(self._waiting):
            for student, told in self._waiting.items():  # one of them is to blame
                if error := self._committed({student: told}):
                    self.refused[student] = f"the gradebook does not take it ({error})"
        self._waiting, self._since = {}, time.monotonic()

    def _committed(self, entries: Mapping[str, Entry]) -> str:
        """Write entries, all or none; return why that can't be done, empty where it was."""
        try:
            self._write(entries)
            self._db.commit()
        except OperationalError as error:
            self._db.rollback()
            raise busy(error) from None
        except Exception as error:  # an id or a number that no table holds
            self._db.rollback()
            return f"{type(error).__name__}: {str(error).splitlines()[0][:100]}"
        return ""

    def _write(self, entries: Mapping[str, Entry]) -> None:
        db, names = self._db, list(entries)
        known = set(db.scalars(select(Student.id).where(Student.id.in_(names))))
        self._insert(Student, [{"id": name} for name in names if name not in known])
        mine = SubmittedAssignment.assignment_id == self._assignment.id
        table = SubmittedAssignment.__table__
        wanted = select(table.c.student_id, table.c.id, table.c.timestamp).where(
            mine, table.c.student_id.in_(names)
        )
        there = {row[0]: row for row in db.execute(wanted)}
        fresh = [
            {"assignment_id": self._assignment.id, "student_id": name, "timestamp": told.submitted}
            for name, told in entries.items()
            if name not in there
        ]
        self._insert(SubmittedAssignment, fresh)
        for name, (_, key, stamp) in there.items():
            if entries[name].submitted not in (None, stamp):
                db.execute(update(table).where(table.c.id == key).values(timestamp=entries[name].submitted))
        ids = {row[0]: row[1] for row in db.execute(wanted)}
        notebooks = self._notebooks(ids)
        self._marks(entries, notebooks)
        self._comments(entries, notebooks)

    def _notebooks(self, submissions: Mapping[str, str]) -> dict[str, str]:
        """Return the rows of the submitted notebooks by student, made where they are missing."""
        table = SubmittedNotebook.__table__
        wanted = select(table.c.assignment_id, table.c.id).where(
            table.c.notebook_id == self._notebook.id, table.c.assignment_id.in_(submissions.values())
        )
        there = {row[0] for row in self._db.execute(wanted)}
        missing = [key for key in submissions.values() if key not in there]
        self._insert(
            SubmittedNotebook, [{"notebook_id": self._notebook.id, "assignment_id": key} for key in missing]
        )
        ids = {row[0]: row[1] for row in self._db.execute(wanted)}
        return {student: ids[key] for student, key in submissions.items()}

    def _marks(self, entries: Mapping[str, Entry], notebooks: Mapping[str, str]) -> None:
        table, new = Grade.__table__, []
        there = self._there(notebooks, table, table.c.auto_score, table.c.manual_score)
        for student, notebook in notebooks.items():
            for name, cell in self._grades.items():
                score = entries[student].scores.get(name)
                if (notebook, cell) not in there:
                    told = {"auto_score": score, "needs_manual_grade": score is None}
                    new.append({"notebook_id": notebook, "cell_id": cell, **told})
                    continue
                key, before, by_hand = there[notebook, cell]
                again = by_hand is not None and (entries[student].again or before != score)
                if before != score or again:
                    told = {"auto_score": score, "needs_manual_grade": score is None or again}
                    self._db.execute(update(table).where(table.c.id == key).values(told))
        self._insert(Grade, new)

    def _comments(self, entries: Mapping[str, Entry], notebooks: Mapping[str, str]) -> None:
        table, new = Comment.__table__, []
        there = self._there(notebooks, table, table.c.auto_comment)
        for student, notebook in notebooks.items():
            for name, cell in self._answers.items():
                comment = entries[student].comments.get(name)
                if (notebook, cell) not in there:
                    new.append({"notebook_id": notebook, "cell_id": cell, "auto_comment": comment})
                elif there[notebook, cell][1] != comment:
                    key = table.c.id == there[notebook, cell][0]
                    self._db.execute(update(table).where(key).values(auto_comment=comment))
        self._insert(Comment, new)

    def _there(
        self, notebooks: Mapping[str, str], table: Any, *columns: Any
    ) -> dict[tuple[str, str], tuple[Any, ...]]:
        """Return the rows that are in a table by notebook and cell: their ids, and these columns."""
        wanted = select(table.c.notebook_id, table.c.cell_id, table.c.id, *columns)
        rows = self._db.execute(wanted.where(table.c.notebook_id.in_(notebooks.values())))
        return {(notebook, cell): tuple(rest) for notebook, cell, *rest in rows}

    def _insert(self, model: type, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._db.execute(insert(model), rows)


def busy(error: OperationalError) -> CourseError:
    """Return what is said where another program holds the gradebook."""
    return CourseError(
        f"the gradebook can't be used ({error.orig}): close what else has it open, and run the command "
        "again; what was graded is kept and not run again"
    )
