"""Whom to look at: the sections on who needs a person, on repairs, and on answers that are alike."""

from collections.abc import Iterator

from helpers.grading.returning.class_report import persons
from helpers.grading.returning.class_report.alike import LONG, Likeness, Pair
from helpers.grading.returning.class_report.gather import Class, answers
from helpers.grading.returning.class_report.html import (
    Markup,
    code,
    hidden,
    listed,
    many,
    paragraph,
    table,
    told,
)

SHOWN, PAIRS = 10, 25  # pairs whose code is shown, pairs that are listed
PEOPLE, SEVERAL = 40, 15  # students for one reason; students with many answers of the reference


def people(reasons: list[persons.Reason]) -> Iterator[object]:
    """Who needs a person, and why."""
    if not reasons:
        yield paragraph("Nobody, as far as the records tell.")
    for reason in reasons:
        yield Markup(f"<h3>{told(reason.title)}: {many(len(reason.who), 'student')}</h3>")
        yield paragraph(reason.do)
        rows = [
            [student, why if len(why) <= 300 else f"{why[:300]} …"] for student, why in reason.who.items()
        ]
        yield table(reason.title, ["student", "why"], rows[:PEOPLE], "-w", seen=False)
        yield _rest(len(rows) - PEOPLE, "student")


def repairs(known: Class) -> Iterator[object]:
    """What was repaired, and what looks like tampering."""
    mended, signs = persons.repairs(known), persons.signs(known)
    if not mended and not signs:
        yield paragraph("Every notebook came back as it was released.")
        return
    heads, kinds = ["what", "students", "who"], "wnw"
    if mended:
        yield paragraph(
            "Submissions are rebuilt from the release, so that a cell that was moved, lost or doubled costs "
            "nothing."
        )
        rows = [[kind, len(who), listed(who)] for kind, who in mended]
        yield table("What was repaired, at no cost.", heads, rows, kinds)
    if signs:
        yield paragraph(
            "What looks like tampering gained nothing. It is a sign for a person: some editors change such "
            "things by themselves."
        )
        rows = [[kind, len(who), listed(who)] for kind, who in signs]
        yield table("What looks like tampering.", heads, rows, kinds)


def references(alike: Likeness) -> Iterator[object]:
    """Answers that are the reference's or the sample answer."""
    yield paragraph(
        "The references and solutions of this course are open, and reading them is allowed. These answers "
        "are theirs, apart from names, comments and annotations. A remark, not an accusation: some will have "
        f"been written so by chance, the shorter the likelier. Answers below {LONG} nodes of a syntax tree, "
        "which everybody writes alike, are left out."
    )
    rows = [
        [task, f"{len(who)} of {alike.sized[task]}", listed(who)] for task, who in alike.copied.items() if who
    ]
    if not rows:
        yield paragraph("There are none.")
        return
    caption = "Answers that are the reference's or the sample answer, by task."
    yield table(caption, ["task", "answers", "who"], rows, "-nw")
    found = sorted(by_student(alike).items(), key=lambda pair: (-len(pair[1]), pair[0]))
    several = [[student, len(names), ", ".join(names)] for student, names in found if len(names) > 2]
    if several:
        yield table("Who has most of them.", ["student", "answers", "tasks"], several[:SEVERAL], "-nw")
        yield _rest(len(several) - SEVERAL, "student")


def by_student(alike: Likeness) -> dict[str, list[str]]:
    """Return the tasks in which each student's answer is the reference's."""
    found: dict[str, list[str]] = {}
    for task, who in alike.copied.items():
        for student in who:
            found.setdefault(student, []).append(task)
    return found


def pairs(known: Class, alike: Likeness) -> Iterator[object]:
    """Pairs of unusually similar answers, the first with their code."""
    yield paragraph(
        "Pairs whose answers share much that hardly anybody else in the class wrote, once names, comments "
        "and what the lesson gave are left out. It is a sign for a person and never a verdict: two may have "
        "learned together, or from the same book. Look at the code, then talk."
    )
    if not alike.pairs:
        yield paragraph("There are none.")
        return
    heads = ["students", "tasks", "how alike (and how many wrote so)", "rare pieces shared"]
    rows = [
        [
            " and ".join(p.students),
            len(p.tasks),
            "; ".join(f"{a.task} {a.share:.0%} ({a.writers})" for a in p.tasks),
            p.rare,
        ]
        for p in alike.pairs[:PAIRS]
    ]
    yield table("Pairs of unusually similar answers, the most unusual first.", heads, rows, "-nwn")
    yield _rest(len(alike.pairs) - PAIRS, "pair")
    for pair in alike.pairs[:SHOWN]:
        yield hidden(f"Compare {' and '.join(pair.students)}", *_beside(known, pair))


def _beside(known: Class, pair: Pair) -> Iterator[Markup]:
    found = {student: answers(known, student) for student in pair.students}
    for a in sorted(pair.tasks, key=lambda a: -a.rare)[:3]:
        others = "nobody else" if a.writers == 2 else f"{a.writers - 2} more"
        yield Markup(f"<h3>{told(a.task)}: {a.share:.0%} alike; {others} wrote so</h3>")
        both = "".join(f"<div>{told(s)}{code(found[s].get(a.task, ''))}</div>" for s in pair.students)
        yield Markup(f'<div class="pair">{both}</div>')


def _rest(more: int, what: str) -> Markup:
    return paragraph(
        f"And {many(more, f'more {what}')}, in the CSV file beside this page." * (more > 0), kind="soft"
    )
