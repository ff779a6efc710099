"""The section of the page that shows how a class answered each task: groups, largest first."""

from collections.abc import Iterator, Mapping
from html import escape

from helpers.figures import GREEN, ORANGE
from helpers.grading.returning.class_report import pictures
from helpers.grading.returning.class_report.gather import Class
from helpers.grading.returning.class_report.groups import Group, Grouped
from helpers.grading.returning.class_report.html import (
    Markup,
    code,
    hidden,
    listed,
    many,
    paragraph,
    table,
)

WRONG, RIGHT = 6, 3  # groups of a task that are shown
HEADS = ["group", "students", "", "what they did", "a case that shows it", "who"]


def answered(known: Class, found: Mapping[str, Grouped]) -> Iterator[object]:
    """How each task was answered: wrong answers that did the same, right ones that are written alike."""
    yield paragraph(
        "Wrong answers that gave the same results on the same cases are one group, whatever they look like, "
        "and right ones that use the same constructs and functions. The shortest stands for its group. "
        "Nothing was run for this: it is what the answers did when they were judged."
    )
    for task, answers in found.items():
        if answers.groups or answers.unknown:
            yield hidden(_summary(task, answers), *_task(known, task, answers))
    if not any(answers.groups or answers.unknown for answers in found.values()):
        yield paragraph("No answer is known yet.")
        return
    yield paragraph(
        f"A group without a name becomes a misconception by `course new-misconception {known.lesson} TASK "
        f"--group N`, and all its students get a comment by `course comment {known.lesson} TASK --group N "
        '"…"`.',
        kind="soft",
    )


def _summary(task: str, answers: Grouped) -> str:
    wrong = [group for group in answers.groups if group.fails]
    n = sum(len(group.students) for group in wrong)
    nameless = sum(not group.declared for group in wrong)
    right = len(answers.groups) - len(wrong)
    told = f"{n} wrong in {many(len(wrong), 'group')}" if wrong else "none wrong"
    told += f", {nameless} of them not declared" * bool(nameless)
    return f"{task}: {told}; right in {many(right, 'way')}"


def _task(known: Class, task: str, answers: Grouped) -> Iterator[object]:
    if answers.unknown:
        yield paragraph(
            f"What {many(len(answers.unknown), 'wrong answer')} did is not known: it was judged before "
            f"that was kept, or it was too much. To judge one again: `course grade "
            f"{known.lesson} --task {task} --student {answers.unknown[0]}`."
        )
    wrong = [group for group in answers.groups if group.fails]
    right = [group for group in answers.groups if not group.fails]
    shown = [*wrong[:WRONG], *right[:RIGHT]]
    most = max((len(group.students) for group in shown), default=1)
    yield table(f"The answers to {task}, in groups.", HEADS, [_row(g, most) for g in shown], "nnbw--")
    rest = [*wrong[WRONG:], *right[RIGHT:]]
    if rest:
        n = sum(len(group.students) for group in rest)
        yield paragraph(f"And {many(n, 'answer')} in {many(len(rest), 'smaller group')}.", kind="soft")
    for group in shown:
        if group.source:
            yield hidden(f"Group {group.number}, as {group.whose} wrote it", code(group.source))


def _row(group: Group, most: int) -> list[object]:
    colour = ORANGE if group.fails else GREEN
    share = Markup(pictures.bar(len(group.students) / most, colour))
    return [group.number, len(group.students), share, _what(group), _case(group), listed(group.students)]


def _what(group: Group) -> object:
    if not group.fails:
        return f"Right, with {group.name}."
    name = group.name or "No name yet."
    return f"{name} Fails: {', '.join(group.fails)}."


def _case(group: Group) -> object:
    """Return the case as text in code; what an answer returned can hold anything, so all of it is escaped."""
    if not group.shown:
        return ""
    rows = (("with", group.shown.given), ("expected", group.shown.expected), ("got", group.shown.got))
    return Markup("<br>".join(f"{word} <code>{escape(text)}</code>" for word, text in rows if text))
