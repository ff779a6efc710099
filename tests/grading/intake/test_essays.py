"""No essay is lost: wherever a student wrote it, a person sees it, and none is a 0 that nobody looked at."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import determine_grade

from helpers.grading.intake.given import Release
from helpers.grading.intake.rebuild import Rebuilt, rebuild

RELEASE = nbformat.read(
    Path(__file__).resolve().parents[3] / "course" / "01-perceptron" / "01-perceptron.ipynb", as_version=4
)
ESSAY = "It bounds the mistakes on cases it has seen, and says nothing about new ones."
AT = next(i for i, cell in enumerate(RELEASE.cells) if cell.id == "trust")
TEXT = next(i for i, cell in enumerate(RELEASE.cells) if i and cell.cell_type == "markdown")
CODE = [  # a cell of each kind: ours, an answer, a check, an experiment
    next(i for i, c in enumerate(RELEASE.cells) if c.cell_type == "code" and wanted(c))
    for wanted in (
        lambda c: "nbgrader" not in c.metadata and not c.metadata.get("tags"),
        lambda c: c.id == "heaviside",
        lambda c: c.id == "check-heaviside",
        lambda c: "experiment" in c.metadata.get("tags", []),
    )
]
PICTURE = {"image.png": {"image/png": "iVBORw0KGgo="}}


def of(change: Callable[[list[NotebookNode]], object], strip: bool = False) -> Rebuilt:
    """Rebuild the released notebook after a change, with the metadata or as other editors leave it."""
    notebook = copy.deepcopy(RELEASE)
    change(notebook.cells)
    for n, cell in enumerate(notebook.cells if strip else []):
        cell.metadata, cell.id = {}, f"x{n}"
    return rebuild(Release(RELEASE), json.dumps(notebook).encode())


def essay(rebuilt: Rebuilt) -> NotebookNode:
    return next(cell for cell in rebuilt.notebook.cells if cell.id == "trust")


def below(cell: NotebookNode) -> Callable[[list[NotebookNode]], object]:
    return lambda cells: cells.insert(AT + 1, cell)


def to_question(cells: list[NotebookNode]) -> None:
    cells[AT - 1].source += f"\n\n{ESSAY}"


def merged_with_question(cells: list[NotebookNode]) -> None:
    cells[AT - 1].source += "\n\n" + cells.pop(AT).source + f"\n\n{ESSAY}"


def instead_of_question(cells: list[NotebookNode]) -> None:
    cells[AT - 1].source = f"## In your own words\n\n{ESSAY}"


def in_place_of_the_cell(cells: list[NotebookNode]) -> None:
    cells[AT] = new_markdown_cell(ESSAY)
    cells.insert(AT, new_markdown_cell("My answer:"))


BESIDE: dict[str, Callable[[list[NotebookNode]], object]] = {
    "in a cell of its own below": below(new_markdown_cell(ESSAY)),
    "in a raw cell below": below(new_raw_cell(ESSAY)),
    "in a code cell below, as a comment": below(new_code_cell(f"# {ESSAY}")),
    "in a code cell below, as a string": below(new_code_cell(f'answer = """{ESSAY}"""')),
    "in a code cell below, as it is": below(new_code_cell(ESSAY)),
    "above": lambda cells: cells.insert(AT, new_markdown_cell(ESSAY)),
    "at the end of the question": to_question,
    "in one cell with the question": merged_with_question,
    "in the question's place": instead_of_question,
    "in a new cell, the old one deleted": in_place_of_the_cell,
    "in the emptied cell's neighbour": lambda cells: (
        cells[AT].update(source=" "),
        cells.insert(AT + 1, new_markdown_cell(ESSAY)),
    ),
}


@pytest.mark.parametrize("strip", [False, True], ids=["", "without metadata"])
@pytest.mark.parametrize("where", BESIDE)
def test_an_essay_beside_its_cell_is_put_into_it(where: str, strip: bool) -> None:
    rebuilt = of(BESIDE[where], strip)
    found = essay(rebuilt)
    assert ESSAY in found.source
    assert "Your answer here" not in found.source
    assert "A hospital trains" not in found.source
    assert determine_grade(found)[0] is None
    assert sum(ESSAY in cell.source for cell in rebuilt.notebook.cells) == 1
    told = "found by its content" if where == "above" else "written beside its cell, and put into it"
    assert told in "; ".join(rebuilt.repairs)


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells.append(new_markdown_cell(ESSAY)),
        lambda cells: cells.insert(0, new_raw_cell(ESSAY)),
        lambda cells: cells[AT + 1].update(source=ESSAY + "\n\n" + cells[AT + 1].source),
        lambda cells: cells[TEXT].update(source=ESSAY),
        lambda cells: cells.insert(9, new_code_cell(f"# {ESSAY}")),
        lambda cells: cells.insert(9, new_code_cell(ESSAY)),
        *(lambda cells, i=i: cells[i].update(source=ESSAY) for i in CODE),
        *(lambda cells, i=i: cells[i].update(source=f"{cells[i].source}\n    # {ESSAY}") for i in CODE[:2]),
        lambda cells: cells[CODE[0]].update(source=f"{ESSAY}\n{cells[CODE[0]].source}"),
        lambda cells: cells[CODE[0]].update(cell_type="markdown", source=ESSAY),
        lambda cells: cells[CODE[1]].update(
            source=cells[CODE[1]].source.replace("raise NotImplementedError", ESSAY)
        ),
    ],
    ids=[
        *("at the end", "at the top", "in the next text", "in place of a text", "in a comment far away"),
        *("in code far away", "over code of ours", "over an answer", "over a check", "over an experiment"),
        *("in a comment in our code", "in a comment in an answer", "above our code"),
        *("in our code made a text", "in an answer's stub"),
    ],
)
def test_a_blank_essay_is_no_zero_while_words_stand_elsewhere(
    change: Callable[[list[NotebookNode]], object],
) -> None:
    rebuilt = of(change)
    found = essay(rebuilt)
    assert found.source.startswith("**Nothing was written in this cell.**")
    assert ESSAY in found.source
    assert determine_grade(found)[0] is None
    assert "a person has to look: `trust`" in "; ".join(rebuilt.repairs)


def test_a_text_has_words_without_blanks_between_them() -> None:
    said = "它只限制了它在见过的例子上犯的错误，对新的例子什么也没有说。"
    for source, kind in ((said, new_code_cell), (said, new_markdown_cell)):
        rebuilt = of(lambda cells, new=kind, text=source: cells.insert(1, new(text)))
        assert said in essay(rebuilt).source


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: None,
        lambda cells: cells[CODE[0]].update(
            source=cells[CODE[0]].source + "\nlr = 0.1 # a rate of no small size"
        ),
        lambda cells: cells[CODE[1]].update(
            source="def heaviside(z):\n    # one where it is above zero, else none\n    return z > 0"
        ),
        lambda cells: cells[CODE[1]].update(
            source="def heaviside(z):\n    for i in range(len(z)) if z[i] > 0: return 1 else: return 0 or so or z[i]"
        ),
        below(new_code_cell("def f(x):\n    'A docstring of no less than five words.'")),
        below(new_code_cell("!pip install one two three four")),
        below(new_code_cell("eta = 0.1\nprint(eta)")),
        lambda cells: cells.insert(9, new_code_cell("this is no python at all, is it")),
        lambda cells: cells.append(new_markdown_cell("# Notes")),
        lambda cells: cells.insert(AT + 1, copy.deepcopy(RELEASE.cells[AT])),
        lambda cells: cells.append(copy.deepcopy(RELEASE.cells[AT + 1])),
    ],
    ids=[
        "nothing",
        "a line in our code",
        "an answer with a comment",
        "an answer that is broken",
        "a function below",
        "a magic below",
        "code below",
        "a broken cell far away",
        "a heading",
        "the cell twice",
        "a text twice",
    ],
)
def test_a_blank_essay_without_words_is_a_zero(change: Callable[[list[NotebookNode]], object]) -> None:
    found = essay(of(change))
    assert found.source == RELEASE.cells[AT].source
    assert determine_grade(found)[0] == 0


def test_an_essay_in_its_cell_stays_as_it_is_and_notes_below_stay_where_they_were() -> None:
    def change(cells: list[NotebookNode]) -> None:
        cells[AT].source = ESSAY
        cells.insert(AT + 1, new_markdown_cell("A note of five words or more."))

    rebuilt = of(change)
    assert essay(rebuilt).source == ESSAY
    assert [c.source for c in rebuilt.notebook.cells if c.id == "own-1"] == ["A note of five words or more."]
    assert rebuilt.repairs == ()


def test_what_was_added_to_the_question_is_not_lost_where_the_cell_has_an_answer_too() -> None:
    def change(cells: list[NotebookNode]) -> None:
        cells[AT].source = "See above."
        instead_of_question(cells)

    assert essay(of(change)).source == f"See above.\n\n{ESSAY}"


def test_pictures_of_several_cells_keep_apart() -> None:
    def change(cells: list[NotebookNode]) -> None:
        for _ in range(2):
            cells.insert(AT + 1, new_markdown_cell("![](attachment:image.png)", attachments=PICTURE))

    found = essay(of(change))
    assert len(found.attachments) == 2
    assert all(f"attachment:{name})" in found.source for name in found.attachments)


def test_a_picture_alone_is_an_answer() -> None:
    rebuilt = of(below(new_markdown_cell("![](attachment:image.png)", attachments=PICTURE)))
    assert determine_grade(essay(rebuilt))[0] is None
    nbformat.validate(rebuilt.notebook)
