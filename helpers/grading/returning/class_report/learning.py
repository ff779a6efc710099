"""What a class has learned: the sections on marks, on tasks and on misconceptions."""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil
from statistics import fmean, quantiles

from helpers.figures import ORANGE
from helpers.grading.returning.class_report import pictures
from helpers.grading.returning.class_report.gather import Class, Pupil
from helpers.grading.returning.class_report.html import Markup, figure, hidden, many, paragraph, table
from helpers.grading.returning.class_report.items import FEW, Item, Misread, in_words, nameless

SAID = 12  # misconceptions that are seen at once


def marks(known: Class) -> Iterator[object]:
    """How many students have how many points."""
    totals = [known.total(pupil) for pupil in known.graded]
    if not totals:
        yield paragraph("Nobody could be graded yet.")
        return
    spread = waits = ""
    if len(totals) > 3:
        low, _, high = quantiles(totals, n=4)
        spread = f"The middle half has {low:g} to {high:g}."
    if known.open_essays:
        waits = (
            f"The written question is left out: {many(known.open_essays, 'answer')} to it "
            f"wait{'s' * (known.open_essays == 1)} for a mark in formgrader. So are penalties, until then."
        )
    yield paragraph(f"The mean is {fmean(totals):.1f} of {known.most:g} points.", spread, waits)
    yield figure(pictures.histogram(totals, known.most))


def tasks(known: Class, found: list[Item]) -> Iterator[object]:
    """How the class did in each task, and what each task says about the class."""
    shown = [item for item in found if item.n]
    if not shown:
        yield paragraph("There are no marks yet.")
        return
    yield paragraph(
        "How many students got how much of each task; at the right, the mean share of its points."
    )
    yield figure(pictures.outcomes(shown))
    columns = sorted((i for i in shown if i.points and i.share is not None), key=lambda i: -(i.share or 0))
    if len(known.graded) >= FEW and columns:
        each, rows = _grid(known, columns)
        yield paragraph(
            f"The whole class at a glance: {each}, the best at the top. The easiest task is at the left; the "
            "stronger the colour, the more of its points. A gap where others have none is worth a look."
        )
        yield figure(pictures.whole_class(rows, [item.name for item in columns], each))
    fifths = any(item.fifths for item in shown)
    heads = ["task", "points", "mean share", "tells students apart?", "", "runs for", "longest"]
    heads[4] = "fifths of the class" if fifths else "correlation"
    caption = "Each task: how hard it is, whether it tells strong from weak, and how long answers run."
    yield table(caption, heads, [_row(item, fifths) for item in shown], "-nnw-nn")


def misconceptions(known: Class, wrong: list[Misread]) -> Iterator[object]:
    """What the checks named, and the sentence that each student read."""
    if not wrong:
        yield paragraph("No check named a misconception.")
    else:
        yield paragraph(
            "What the checks named, and the sentence that each of these students read. Worth a minute of the "
            "next lecture, from the top."
        )
        most = len(wrong[0].students)
        heads, kinds = ["students", "", "what they read", "task"], "nbw-"
        rows = [
            [len(m.students), Markup(pictures.bar(len(m.students) / most, ORANGE)), m.says, m.task]
            for m in wrong
        ]
        caption = f"The most frequent misconceptions, of {many(len(known.graded), 'student')}."
        yield table(caption, heads, rows[:SAID], kinds)
        if more := rows[SAID:]:
            rarer = table("Rarer misconceptions.", heads, more, kinds)
            yield hidden(f"{many(len(more), 'rarer one')}", rarer)
    if unnamed := nameless(known):
        counts = ", ".join(f"{task} {k}" for task, k in sorted(unnamed.items(), key=lambda pair: -pair[1]))
        yield paragraph(
            f"Wrong without a name, in students: {counts}. Where many are, look whether the task lacks a "
            "misconception, or cells stopped with an error before it.",
            kind="soft",
        )


def _row(item: Item, fifths: bool) -> list[object]:
    rest = "" if item.rest is None else f"{item.rest:+.2f}".replace("-", "−")
    words = f"{in_words(item)} ({rest})" if rest and fifths else in_words(item)
    picture = Markup(pictures.steps(item.fifths)) if item.fifths else ""
    share = "" if item.share is None else f"{item.share:.0%}"
    points = f"{item.points:g}" if item.points else "practice"
    times = _seconds(item.seconds), _seconds(item.longest)
    return [item.name, points, share, words, picture if fifths else rest, *times]


def _grid(known: Class, columns: list[Item]) -> tuple[str, list[list[float | None]]]:
    """Return the marks of the whole class in few rows: what a row is, and the shares."""
    ranked = sorted(known.graded, key=lambda pupil: (-known.total(pupil), pupil.student))
    size = ceil(len(ranked) / pictures.ROWS)
    bounds = [*range(0, len(ranked), size), len(ranked)]
    rows = [[_mean(ranked[a:b], item) for item in columns] for a, b in pairwise(bounds)]
    return "each row is a student" if size == 1 else f"each row is {size} students", rows


def _mean(pupils: list[Pupil], item: Item) -> float | None:
    shares = [mark / item.points for p in pupils if (mark := p.marks.get(item.name)) is not None]
    return fmean(min(1.0, max(0.0, share)) for share in shares) if shares else None


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return (
        f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms" if seconds >= 0.001 else "< 1 ms"
    )
