"""A damaged notebook is rebuilt from the release: answers as handed in, all else as released."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.grading.intake.given import Release
from helpers.grading.intake.rebuild import Rebuilt, rebuild
from helpers.grading.intake.untrusted import Unreadable

RELEASE = nbformat.read(
    Path(__file__).resolve().parents[3] / "course" / "01-perceptron" / "01-perceptron.ipynb", as_version=4
)
TEXT = next(cell.id for cell in RELEASE.cells[5:] if cell.cell_type == "markdown")  # the course's own words
HEAVISIDE = "def heaviside(z):\n    return (z > 0) * 1.0"


def at(notebook: NotebookNode, name: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if cell.id == name)


def answered() -> NotebookNode:
    notebook = copy.deepcopy(RELEASE)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            essay = cell.cell_type == "markdown"
            cell.source = (
                "It promises little." if essay else cell.source.replace("raise NotImplementedError", "pass")
            )
    notebook.cells[at(notebook, "heaviside")].source = HEAVISIDE
    return notebook


def data(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook).encode()


def of(notebook: NotebookNode) -> Rebuilt:
    return rebuild(Release(RELEASE), data(notebook))


def each(change: Callable[[NotebookNode], object]) -> Callable[[NotebookNode], None]:
    def damage(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            change(cell)

    return damage


def on(name: str, change: Callable[[NotebookNode], object]) -> Callable[[NotebookNode], object]:
    return lambda notebook: change(notebook.cells[at(notebook, name)])


def move(name: str, to: int) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook.cells.insert(to, notebook.cells.pop(at(notebook, name)))


def strip(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata, cell.id = {}, f"x{random.random()}"[:8].replace(".", "")


def merge(notebook: NotebookNode) -> None:
    i = at(notebook, "heaviside")
    notebook.cells[i].source += "\n" + notebook.cells.pop(i + 1).source


def merge_into_check(notebook: NotebookNode) -> None:
    i = at(notebook, "heaviside")
    notebook.cells[i + 1].source = HEAVISIDE + "\n" + notebook.cells[i + 1].source
    del notebook.cells[i]


def as_v3(notebook: NotebookNode) -> None:
    old = nbformat.convert(copy.deepcopy(notebook), 3)
    notebook.clear()
    notebook.update(old)


DAMAGES: dict[str, tuple[Callable[[NotebookNode], object], str]] = {
    "nothing": (lambda n: None, ""),
    "answer copied, the copy a stub": (
        lambda n: n.cells.append(copy.deepcopy(RELEASE.cells[at(RELEASE, "heaviside")])),
        "more than once",
    ),
    "check copied": (lambda n: n.cells.append(n.cells[at(n, "check-gates")]), "a second copy"),
    "merged": (merge, "cut out"),
    "merged into the check": (merge_into_check, "cut out"),
    "check deleted": (lambda n: n.cells.pop(at(n, "check-heaviside")), "missing"),
    "text deleted": (lambda n: n.cells.pop(at(n, TEXT)), "missing"),
    "text changed": (on(TEXT, lambda c: c.update(source="mine")), "the released one stands"),
    "answer moved": (move("heaviside", 60), "moved back to its place: `heaviside`"),
    "check moved": (move("check-softmax", 0), "moved back to its place: `check-softmax`"),
    "answer made markdown": (
        on("heaviside", lambda c: c.update(cell_type="markdown")),
        "made a code cell again",
    ),
    "answer made raw": (on("heaviside", lambda c: c.update(cell_type="raw")), "made a code cell again"),
    "check made raw": (on("check-heaviside", lambda c: c.update(cell_type="raw")), "made a code cell again"),
    "grade id renamed": (on("heaviside", lambda c: c.metadata.nbgrader.update(grade_id="mine")), "renamed"),
    "metadata stripped": (each(lambda c: c.update(metadata={})), "metadata is missing"),
    "metadata and ids stripped": (strip, "found by its content"),
    "Colab": (each(lambda c: c.metadata.update(colab={}, id="x")), "saved by Colab"),
    "VS Code": (each(lambda c: c.metadata.update(vscode={"languageId": "r"})), "saved by VS Code"),
    "PyCharm": (each(lambda c: c.metadata.update(pycharm={})), "saved by PyCharm"),
    "Deepnote": (each(lambda c: c.metadata.update(deepnote_cell_type="code")), "saved by Deepnote"),
    **{
        f"schema version {v}": (
            each(lambda c, v=v: "nbgrader" in c.metadata and c.metadata.nbgrader.update(schema_version=v)),
            "another schema",
        )
        for v in (1, 2, 99)
    },
    "nbformat 3": (as_v3, "older notebook format 3"),
    "nbformat 4.4": (lambda n: (n.update(nbformat_minor=4), each(lambda c: c.pop("id"))(n)), "format 4.4"),
    "wrong kernel": (lambda n: n.metadata.kernelspec.update(name="ir"), "made for the kernel 'ir'"),
    "lists of strings": (each(lambda c: c.update(source=c.source.splitlines(keepends=True))), ""),
    "no ids": (each(lambda c: c.pop("id")), "cell ids"),
    "one id for all": (each(lambda c: c.update(id="a")), "cell ids"),
    "illegal ids": (each(lambda c: c.update(id="é é")), "cell ids"),
    "no outputs": (each(lambda c: c.pop("outputs", None)), ""),
    "cells that are none": (lambda n: n.cells.extend([None, 3, "x"]), "damaged"),
}
TAMPERED: dict[str, tuple[Callable[[NotebookNode], object], str]] = {
    "check changed": (
        on("check-heaviside", lambda c: c.update(source="print(1)")),
        "code of a check was changed",
    ),
    "points changed": (
        on("check-heaviside", lambda c: c.metadata.nbgrader.update(points=100)),
        "points was set to '100'",
    ),
    "unlocked": (on("check-heaviside", lambda c: c.metadata.nbgrader.update(locked=False)), "locked was set"),
    "check made a solution": (
        on("check-heaviside", lambda c: c.metadata.nbgrader.update(solution=True)),
        "solution was",
    ),
    "skipped": (
        on("check-heaviside", lambda c: c.metadata.update(tags=["skip-execution"])),
        "'skip-execution'",
    ),
    "an experiment": (
        on("check-heaviside", lambda c: c.metadata.update(tags=["experiment"])),
        "'experiment'",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_leaves_the_answers_intact_is_undone_and_told(name: str) -> None:
    notebook, (damage, told) = answered(), DAMAGES[name]
    damage(notebook)
    rebuilt = of(notebook)
    assert rebuilt.notebook == answered()
    assert told in "; ".join(rebuilt.repairs)
    assert bool(rebuilt.repairs) == bool(told)
    assert rebuilt.signs == ()


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_undone_and_a_sign(name: str) -> None:
    notebook, (damage, told) = answered(), TAMPERED[name]
    damage(notebook)
    rebuilt = of(notebook)
    assert rebuilt.notebook == answered()
    assert told in "; ".join(rebuilt.signs)
    assert "check-heaviside" in "; ".join(rebuilt.signs)


def near(rebuilt: Rebuilt, name: str) -> list[str]:
    cells = rebuilt.notebook.cells
    i = at(rebuilt.notebook, name)
    return [c.source for c in cells[i - 1 : i + 2]]


def test_an_own_cell_stays_where_it_stood_without_its_metadata() -> None:
    notebook = answered()
    own = new_code_cell(
        "import math", id="heaviside-2", metadata={"tags": ["experiment"], "nbgrader": {"grade": True}}
    )
    notebook.cells.insert(at(notebook, "heaviside"), own)
    rebuilt = of(notebook)
    found = rebuilt.notebook.cells[at(rebuilt.notebook, "heaviside") - 1]
    assert (found.source, found.id, found.metadata) == ("import math", "own-1", {})
    assert [c for c in rebuilt.notebook.cells if c.id != "own-1"] == answered().cells


def test_of_two_filled_copies_the_last_counts_and_the_other_runs_before_it() -> None:
    notebook = answered()
    twin = copy.deepcopy(notebook.cells[at(notebook, "heaviside")])
    twin.id, twin.source = "z", "def heaviside(z):\n    return 1"
    notebook.cells.append(twin)
    assert near(of(notebook), "heaviside")[:2] == [HEAVISIDE, twin.source]


@pytest.mark.parametrize("first", ["k = 0", "heavi = 0"])
def test_of_a_split_answer_the_cell_with_the_name_counts(first: str) -> None:
    notebook = answered()
    i = at(notebook, "heaviside")
    notebook.cells[i].source = first
    notebook.cells.insert(i + 1, new_code_cell(HEAVISIDE))
    assert near(of(notebook), "heaviside")[:2] == [first, HEAVISIDE]


def test_an_answer_in_a_cell_of_its_own_counts_and_one_that_is_missing_is_the_stub() -> None:
    notebook = answered()
    notebook.cells[at(notebook, "gates")].source = RELEASE.cells[at(RELEASE, "gates")].source
    notebook.cells.append(new_code_cell("def gates():\n    oh no"))
    del notebook.cells[at(notebook, "hinge")]
    rebuilt = of(notebook)
    assert near(rebuilt, "gates")[1] == "def gates():\n    oh no"
    assert near(rebuilt, "hinge")[1] == RELEASE.cells[at(RELEASE, "hinge")].source
    assert any("missing" in told and "`hinge`" in told for told in rebuilt.repairs)


def test_the_version_that_a_student_made_of_our_code_runs_after_ours() -> None:
    notebook = answered()
    notebook.cells[3].source += "\nimport math"
    rebuilt = of(notebook)
    assert [c.source for c in rebuilt.notebook.cells[3:5]] == [
        RELEASE.cells[3].source,
        notebook.cells[3].source,
    ]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"", "is empty"),
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[]", "not a notebook"),
        (b'{"nbformat": 5}', "unknown format '5'"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b" " * 50_000_001, "50 MB"),
    ],
)
def test_what_is_no_notebook_has_a_reason(bad: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        rebuild(Release(RELEASE), bad)


NOISE = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["nbgrader", "grade_id", "tags", "points", "x", "schema_version"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_happens_to_the_cells_the_release_is_all_there(drawn: st.DataObject) -> None:
    notebook = answered()
    picks = drawn.draw(st.lists(st.integers(0, len(notebook.cells) - 1), max_size=60))
    notebook.cells = [copy.deepcopy(notebook.cells[i]) for i in picks]
    for cell in notebook.cells[:10]:
        key = drawn.draw(st.sampled_from(["metadata", "source", "id", "cell_type", "outputs", "level"]))
        cell[key] = drawn.draw(NOISE)
    notebook.metadata = drawn.draw(NOISE)
    rebuilt = of(notebook)
    assert rebuilt == of(notebook)
    ours = [cell for cell in rebuilt.notebook.cells if not cell.id.startswith("own-")]
    assert [(c.id, c.metadata, c.cell_type) for c in ours] == [
        (c.id, c.metadata, c.cell_type) for c in RELEASE.cells
    ]
    fixed = [c for c in RELEASE.cells if not c.metadata.get("nbgrader", {}).get("solution")]
    assert all(cell in ours for cell in fixed)
    assert rebuilt.notebook.metadata == RELEASE.metadata
    nbformat.validate(rebuilt.notebook)
