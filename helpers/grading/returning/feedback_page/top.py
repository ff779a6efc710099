"""The first half of a page: what was earned, and what to try next."""

from collections.abc import Iterator
from typing import NamedTuple

from helpers.checks.score import SIGN
from helpers.checks.verdict import State
from helpers.grading.returning.class_report.html import (
    Markup,
    cards,
    hidden,
    many,
    paragraph,
    section,
    table,
    told,
)
from helpers.grading.returning.feedback_page.cases import ASKS, rerun
from helpers.grading.returning.feedback_page.code import block
from helpers.grading.returning.feedback_page.lesson import Exercise
from helpers.grading.returning.feedback_page.student import Pupil, Result
from helpers.grading.returning.feedback_page.texts import written

HEADS = ("exercise", "points", "verdict", "what was found")


class Word(NamedTuple):
    """How an exercise ended, in a word, with a sign and the class of its colour."""

    sign: str
    says: str
    kind: str


def word(result: Result) -> Word:
    """Say how an exercise ended."""
    verdict, points, most = result.verdict, result.given.points, result.exercise.points
    if result.waits:
        return Word("?", "waits for a person", "open")
    if result.untried and not points:
        return Word(SIGN[State.NOT_ATTEMPTED], "not attempted", "none")
    if result.full:
        return Word(SIGN[State.PASSED], "right" if result.exercise.task else "all points", "good")
    if verdict and verdict.state not in (State.FAILED, State.PASSED, State.NOT_ATTEMPTED):
        return Word(SIGN[verdict.state], str(verdict.state), "open")
    if most and points:
        return Word("◐", "partly right", "part")
    return Word(SIGN[State.FAILED], "not right yet" if result.exercise.task else "no points", "bad")


def badge(result: Result) -> Markup:
    """Return how an exercise ended, as a label."""
    sign, says, kind = word(result)
    return Markup(f'<span class="badge {kind}"><span aria-hidden="true">{sign}</span> {says}</span>')


def name(exercise: Exercise) -> Markup:
    """Return what an exercise is called: the section's title, and the name of its answer."""
    title = told(exercise.title)
    return Markup(f"{title} <code>{told(exercise.name)}</code>" if exercise.task else title)


def score(result: Result) -> str:
    """Say what an exercise earned, of what."""
    points, most = result.given.points, result.exercise.points
    return f"{'–' if points is None else f'{points:g}'} / {most:g}"


def comment(result: Result) -> Markup:
    """Return what a teacher wrote and decided; empty where nobody did."""
    given, said = result.given, []
    if given.by_hand is not None and given.found is not None and given.by_hand != given.found:
        said.append(f"A teacher gave {given.by_hand:g} points; the check had found {given.found:g}.")
    if given.extra:
        said.append(f"With {given.extra:g} extra.")
    words = written(given.comment) if given.comment.strip() else ""
    if not said and not words:
        return Markup("")
    return Markup(f'<div class="teacher"><p><b>Your teacher</b></p>{paragraph(*said)}{words}</div>')


def sentence(result: Result) -> str:
    """Return the first thing that a check says is wrong; empty where nothing is."""
    return next((part.says for part in result.verdict.parts if part.says), "") if result.verdict else ""


def opening(pupil: Pupil) -> Markup:
    """Return the figures in large type."""
    counted = [result for result in pupil.results if result.exercise.points]
    tasks = [result for result in counted if result.exercise.task]
    most = sum(result.exercise.points for result in counted)
    waiting = sum(result.waits for result in counted)
    found: list[tuple[object, str]] = [
        (f"{pupil.total:g}", f"of {most:g} points{', so far' * bool(waiting)}"),
        (sum(result.full for result in tasks), f"of {many(len(tasks), 'exercise')} right"),
    ]
    if waiting:
        found.append((waiting, "waits for a person" if waiting == 1 else "wait for a person"))
    return cards(found)


def earned(pupil: Pupil) -> Markup:
    """Return the tables of all exercises: those with points, and what was tried of the others."""
    counted = [result for result in pupil.results if result.exercise.points]
    tried = [result for result in pupil.results if not result.exercise.points and not result.untried]
    rows = [[*_row(result, score(result))] for result in counted]
    if pupil.told.penalty:
        rows.append(["Handed in late", f"−{pupil.told.penalty:g}", "", ""])
    most = sum(result.exercise.points for result in counted)
    rows.append([Markup("<b>All together</b>"), Markup(f"<b>{pupil.total:g} / {most:g}</b>"), "", ""])
    practice = [[*_row(result, "practice")] for result in tried]
    return section(
        "earned",
        "What you earned",
        table("Each exercise.", HEADS, rows, "-n-w", seen=False),
        table("Practice, which earns no points.", HEADS, practice, "-n-w"),
    )


def _row(result: Result, points: str) -> Iterator[object]:
    exercise, below = result.exercise, result.exercise.task is None or not result.untried
    yield Markup(f'<a href="#{exercise.name}">{name(exercise)}</a>') if below else name(exercise)
    yield points
    yield badge(result)
    yield Markup(f"{told(sentence(result))}{comment(result)}")


def following(pupil: Pupil, room: int) -> Markup:
    """Return what to try next: for each exercise that went wrong a case, a hint, and what to read.

    Args:
        pupil: whose page it is.
        room: bytes that there are for the lesson's text; where they do not do, a section is named.
    """
    counted = [r for r in pupil.results if r.exercise.task and not r.full and not r.waits]
    wrong = [r for r in counted if not r.untried]
    left = [r for r in counted if r.untried and r.exercise.points]
    if not wrong and not left:
        done = "Nothing is left open in this lesson's exercises."
        return section("next", "What to try next", paragraph(done, "The next lesson builds on them."))
    inner = [*_each(wrong, room), *_untried(left)]
    return section("next", "What to try next", *inner)


def _each(wrong: list[Result], room: int) -> Iterator[Markup]:
    for result in wrong:
        task, verdict = result.exercise.task, result.verdict
        assert task is not None
        code = rerun(task, verdict) if verdict else ""
        above = (
            "This asks your notebook for a case that your answer fails. Run it in a new cell below the check:"
            if code.startswith(ASKS)
            else "A case that your answer fails. Run it in a new cell below your answer:"
        )
        reads = _reading(result.exercise, room)
        room -= len(reads.encode())
        yield Markup(
            f'<article aria-labelledby="next-{task.id}"><h3 id="next-{task.id}">{name(result.exercise)}</h3>'
            f"{paragraph(sentence(result))}"
            + (f"{paragraph(above)}{block(code, 'code to run', len(code))}" if code else "")
            + f'<div class="hint"><p><b>A hint</b></p>{written(task.hints[0])}</div>{reads}</article>'
        )


def _untried(left: list[Result]) -> Iterator[Markup]:
    if left:
        yield Markup("<h3>Not tried yet</h3>")
        rows = [[name(r.exercise), f"{r.exercise.points:g}", written(_hint(r))] for r in left]
        yield table(
            "Exercises that you have not tried.", ["exercise", "points", "a hint"], rows, "-nw", seen=False
        )


def _hint(result: Result) -> str:
    return result.exercise.task.hints[0] if result.exercise.task else ""


def _reading(exercise: Exercise, room: int) -> Markup:
    """Return where the lesson treats an exercise, with its text to unfold where there is room for it."""
    where = f"{exercise.chapter}, " * bool(exercise.chapter) + exercise.title
    if exercise.text and len(exercise.text.encode()) <= room:
        return hidden(f"Read again: {where}", exercise.text)
    return paragraph(f"Read again in the lesson: {where}.")
