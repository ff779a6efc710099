"""The second half of a page: each answer with its verdict, essays with their rubric, cells of one's own."""

from nbformat import NotebookNode

from helpers.checks.score import SIGN
from helpers.checks.verdict import State, Verdict
from helpers.grading.judging.words import pictures
from helpers.grading.returning.class_report.html import Markup, hidden, paragraph, section, table, told
from helpers.grading.returning.feedback_page.code import block
from helpers.grading.returning.feedback_page.outputs import outputs
from helpers.grading.returning.feedback_page.student import Pupil, Result
from helpers.grading.returning.feedback_page.texts import of_student
from helpers.grading.returning.feedback_page.top import badge, comment, name, score

PRINTED = 4  # times as long as what a cell printed its source may be
KIND = {State.PASSED: "good", State.FAILED: "bad", State.NOT_ATTEMPTED: "none"}  # others are open


def answers(pupil: Pupil, most: int) -> Markup:
    """Return every answer that was tried, as it was written, with what its check found.

    Args:
        pupil: whose page it is.
        most: characters of an answer that are shown.
    """
    tried = [r for r in pupil.results if r.exercise.task and not r.untried]
    if not tried:
        return section("answers", "Your answers", paragraph("No exercise was tried."))
    return section("answers", "Your answers", *(_answer(result, most) for result in tried))


def essays(pupil: Pupil) -> Markup:
    """Return the written answers, with what their points are given for once a person has marked them."""
    found = [result for result in pupil.results if result.exercise.task is None]
    return section("essays", "In your own words", *map(_essay, found)) if found else Markup("")


def own(pupil: Pupil, most: int) -> Markup:
    """Return the cells that the student added, with what they printed and drew.

    Args:
        pupil: whose page it is.
        most: characters of a cell that are shown.
    """
    if not pupil.own:
        return Markup("")
    return section("own", "Cells of your own", *(_cell(cell, most) for cell in pupil.own))


def _answer(result: Result, most: int) -> Markup:
    exercise, verdict, printed = result.exercise, result.verdict, outputs(result.answer, most // PRINTED)
    found = _verdict(exercise.name, verdict) if verdict else Markup("")
    if not verdict and result.check:
        found = outputs(result.check, most)
    return _article(
        result,
        block(result.answer.source, f"your answer {exercise.name}", most),
        printed and Markup(f"<p>What came of it:</p>{printed}"),
        found,
        *(paragraph(f"Note. {note}") for note in (verdict.notes if verdict else ())),
    )


def _verdict(task: str, verdict: Verdict) -> Markup:
    rows = [
        [
            part.part,
            Markup(
                f'<span class="badge {KIND.get(part.state, "open")}"><span aria-hidden="true">'
                f"{SIGN[part.state]}</span> {part.state}</span>"
            ),
            part.says,
        ]
        for part in verdict.parts
    ]
    columns = 3 if any(part.says for part in verdict.parts) else 2
    said = f"{task}: {verdict.points:g} of {verdict.of:g} point{'s' * (verdict.of != 1)}"
    return table(
        said if verdict.of else f"{task} (practice): {verdict.state}",
        ["part", "verdict", "what happened"][:columns],
        [row[:columns] for row in rows],
        "--w"[:columns],
    )


def _essay(result: Result) -> Markup:
    exercise, given = result.exercise, result.given
    told_ = given.by_hand is not None and not given.waiting
    rubric = "".join(f"<li>{told(criterion)}</li>" for criterion in exercise.rubric)
    return _article(
        result,
        hidden("The question", exercise.text),
        Markup(f'<div class="essay">{_text(result.answer)}</div>')
        if not given.blank
        else paragraph("No response."),
        Markup(f"<h4>What its points are given for</h4><ul>{rubric}</ul>") if told_ and rubric else "",
        paragraph(f"You got {given.points:g} of {exercise.points:g} points.") if told_ else "",
        comment(result),
    )


def _article(result: Result, *parts: object) -> Markup:
    exercise = result.exercise
    marks = score(result) if exercise.points else "practice"
    inner = "\n".join(told(part) for part in parts if part)
    head = f'<h3 id="{exercise.name}">{name(exercise)}</h3><p class="state">{badge(result)} {marks}</p>'
    return Markup(f'<article aria-labelledby="{exercise.name}">{head}\n{inner}</article>')


def _text(cell: NotebookNode) -> Markup:
    return of_student(cell.source, pictures(cell, lambda name: "", []))


def _cell(cell: NotebookNode, most: int) -> Markup:
    if cell.cell_type == "code":
        code = block(cell.source, "a cell of your own", most)
        return Markup(f'<div class="own">{code}{outputs(cell, most // PRINTED)}</div>')
    return Markup(f'<div class="own">{_text(cell)}</div>')
