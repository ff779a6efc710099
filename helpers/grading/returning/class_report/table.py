"""The class report as a table: a row for each student, for a spreadsheet or a script."""

import csv
import io
from collections.abc import Iterator

from helpers.grading.intake.people.tables import shielded
from helpers.grading.returning.class_report import persons
from helpers.grading.returning.class_report.alike import Likeness
from helpers.grading.returning.class_report.conduct import by_student
from helpers.grading.returning.class_report.gather import Class


def table(known: Class, alike: Likeness) -> str:
    """Return the table as CSV; what a spreadsheet would run as a formula gets an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    heads = ["student", "total", "seconds", "needs you", "misconceptions", "repairs", "signs of tampering"]
    writer.writerow([*heads[:2], *map(shielded, known.points), *heads[2:], "like the references", "like"])
    writer.writerows(_rows(known, alike))
    return file.getvalue()


def _rows(known: Class, alike: Likeness) -> Iterator[list[object]]:
    why: dict[str, list[str]] = {}
    for student, reason in persons.flagged(persons.reasons(known)):
        why.setdefault(student, []).append(reason)
    copied, like = by_student(alike), dict[str, list[str]]()
    for pair in alike.pairs:
        for one, other in (pair.students, pair.students[::-1]):
            like.setdefault(one, []).append(f"{other} ({', '.join(a.task for a in pair.tasks)})")
    for pupil in known.everyone:
        said = [part.named[0] for v in pupil.verdicts.values() for part in v.parts if part.named]
        record, student = pupil.record, pupil.student
        ran = round(sum(v.seconds for v in pupil.verdicts.values()), 3) if record else None
        texts = (
            why.get(student, []), dict.fromkeys(said), record.repairs if record else (),
            record.signs if record else (), copied.get(student, []), like.get(student, []),
        )  # fmt: skip
        marks = [pupil.marks.get(name) for name in known.points]
        total = None if pupil.reason else pupil.total
        yield [shielded(student), total, *marks, ran, *(shielded("; ".join(text)) for text in texts)]
