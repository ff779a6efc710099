"""The class report as one page: nothing is loaded from elsewhere, no script, everything escaped."""

from collections.abc import Iterator
from datetime import date
from statistics import median

from helpers.grading.returning.class_report import conduct, learning, persons
from helpers.grading.returning.class_report.alike import Likeness
from helpers.grading.returning.class_report.forms import SHINGLE
from helpers.grading.returning.class_report.gather import Class
from helpers.grading.returning.class_report.groups import grouped
from helpers.grading.returning.class_report.groups.section import answered
from helpers.grading.returning.class_report.html import (
    Markup,
    cards,
    document,
    many,
    paragraph,
    section,
    table,
    told,
)
from helpers.grading.returning.class_report.items import FEW, Item, Misread, items, misread

CONTENTS = {
    "marks": "Marks",
    "tasks": "Tasks",
    "misconceptions": "What the class misunderstands",
    "answers": "How each task was answered",
    "persons": "Who needs you",
    "repairs": "Repairs and signs of tampering",
    "references": "Answers like the references",
    "alike": "Answers like each other",
    "words": "What the words mean",
}


def page(known: Class, alike: Likeness) -> str:
    """Return the page."""
    found, wrong = items(known), misread(known)
    reasons = persons.reasons(known)
    groups = {name: grouped(known, name) for name in known.tasks}
    parts = {
        "marks": learning.marks(known),
        "tasks": learning.tasks(known, found),
        "misconceptions": learning.misconceptions(known, wrong),
        "answers": answered(known, groups),
        "persons": conduct.people(reasons),
        "repairs": conduct.repairs(known),
        "references": conduct.references(alike),
        "alike": conduct.pairs(known, alike),
        "words": _words(known),
    }
    links = "".join(f'<a href="#{name}">{told(title)}</a>' for name, title in CONTENTS.items())
    body = "\n".join(section(name, CONTENTS[name], *inner) for name, inner in parts.items())
    top = (
        paragraph(_opening(known), kind="soft"),
        cards(_cards(known, found, wrong, reasons)),
        Markup(f'<nav aria-label="On this page">{links}</nav>'),
    )
    return document(f"{known.lesson}: class report", top, body)


def _opening(known: Class) -> str:
    n, absent = len(known.everyone), len(known.absent)
    away = f" {many(absent, 'student')} in the gradebook handed in nothing." * bool(absent)
    return (
        f"{many(n, 'submission')}, written on {date.today():%d %B %Y}. "
        f"For teachers only: this page names students.{away}"
    )


def _cards(
    known: Class, found: list[Item], wrong: list[Misread], reasons: list[persons.Reason]
) -> Iterator[tuple[object, str]]:
    if known.graded:
        yield f"{median(map(known.total, known.graded)):g}", f"median, of {known.most:g} points"
    people = {student for reason in reasons for student in reason.who}
    yield len(people), "need you"
    counted = [item for item in found if item.points and item.share is not None]
    if counted:
        hard = min(counted, key=lambda item: item.share or 0.0)
        yield f"{hard.share:.0%}", f"earned of the hardest task, {hard.name}"
    if wrong:
        yield len(wrong[0].students), f"share the most frequent slip, in {wrong[0].task}"
    if known.open_essays:
        yield known.open_essays, "written answers wait for a mark"


def _words(known: Class) -> Iterator[object]:
    rows = [
        ["mean share", "How much of a task's points the class earned on average: the lower, the harder."],
        [
            "tells students apart?",
            "The correlation of a task's marks with those of all other tasks, from −1 to +1. From 0.4 on, "
            "who does well here does well elsewhere. Near 0 the task asks for something else, or all did "
            f"alike; below 0, look for a slip in the task. It is not given below {FEW} students.",
        ],
        [
            "fifths of the class",
            "The mean share in each fifth of the class, the weakest at the left, ranked by the other tasks.",
        ],
        ["runs for", "How long an answer took on all cases of its check: the class's median, never graded."],
        ["alike", f"Of the runs of {SHINGLE} nodes in two syntax trees, the share that both have."],
        ["rare pieces", "Those of them that only a handful in the class wrote."],
    ]
    yield table("The words of this page.", ["word", "meaning"], rows, "-w", seen=False)
    if not any(pupil.record for pupil in known.graded):
        yield paragraph(
            "This class was graded without a sandbox: verdicts, times, repairs and signs are not kept then."
        )
