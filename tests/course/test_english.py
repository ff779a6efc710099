"""Plain English, and the established word: turns that a native reader stumbles over are found wherever they are read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.checks import lessons

ROOT = Path(__file__).parents[2]
PACKAGE = {"09-transfer-learning": "transfer"}  # of a lesson in helpers, where its name is another
WORDS = {
    r"(?<!divide the )(?<!divides the )\bgradients? by (?!name\b)": "the gradient is taken with respect to something",
    r"\bderivatives? by\b": "the derivative is taken with respect to something",
    r"\b(?:hang|hangs|hung) on\b": "depends on",
    r"\d signs\b|\bsigns of the typesetter\b|\bsigns are letters\b": "characters, or symbols",
    r"\bwants? care\b|\bwants? to be (?:looked|seen|read|used|told|done)\b": "needs care, deserves to be",
    r"—": "a comma, a colon or a full stop does",
    r"\brightly\b": "correctly",
    r"\bbe rid of\b": "get rid of",
    r"\bone upon the other\b": "stacked",
    r"\bsome per cent\b": "a few per cent",
    r"\bthought out\b": "devised, designed",
    r"\bendless many\b": "infinitely many",
    r"\btimes of ten\b": "times out of ten",
    r"\bchancy\b": "a gamble",
    r"\bCommit yourself\b": "Commit to an answer",
    r"\bwithout an error\b": "perfectly",
    r"\b[Cc]ards of NVIDIA\b": "NVIDIA cards",
    r"\banswers? to edges\b": "respond to edges",
    r"\bare little[,.;:]": "are few",
    r"\bin portions\b": "in batches",
    r"\b(?:all|both|three|two) can't be[.:;,]": "cannot all hold",
    r"\bthe last years of\b": "recent",
    r"\bup to chance\b": "give or take chance",
    r"\bnobody told\b": "once is enough in a course",
}


def package(lesson: str) -> str:
    return PACKAGE.get(lesson, lesson[3:].replace("-", "_"))


def owner(path: Path) -> str:
    """The lesson that a file belongs to; "" for what belongs to all of them."""
    parts = {part.partition(".")[0] for part in path.relative_to(ROOT).parts}
    return next((lesson for lesson in lessons.MODULES if parts & {lesson, package(lesson)}), "")


def read_by_people() -> list[Path]:
    """The pages, the lessons' sources, and the package, whose docstrings and sentences are read, too."""
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob(".github/*.md"),
        *ROOT.glob("solutions/*.toml"),
        *ROOT.glob("docs/*.md"),
    ]
    return [
        *pages,
        *ROOT.glob("solutions/*/*.py"),
        *ROOT.glob("helpers/**/*.py"),
        *ROOT.glob("helpers/**/*.md"),
    ]


def findings(text: str) -> Iterator[str]:
    for i, line in enumerate(text.splitlines(), start=1):
        for pattern, better in WORDS.items():
            if found := re.search(pattern, line):
                yield f"{i}: {found[0]!r}: {better}"


@pytest.mark.parametrize("lesson", ["", *lessons.MODULES])
def test_no_such_turn_is_left(lesson: str) -> None:
    paths = [path for path in read_by_people() if owner(path) == lesson]
    found = [f"{path.relative_to(ROOT)}:{says}" for path in paths for says in findings(path.read_text())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "Return the gradient by E.",
        "the gradients by the states",
        "It hangs on a letter.",
        "Only the transpose wants care",
        "a book of 1,189,652 signs",
        "this — and that",
        "right nine times of ten",
        "Write softmax rightly",
    ],
)
def test_each_turn_is_found(text: str) -> None:
    assert len([*findings(f"\n{text}")]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "You divide the gradient by n.",
        "the four gradients by name",
        "signs s in {-1, 1}",
        "the gradient with respect to W",
        "each of two signs",
        "it wants a large step",
        "pages 3-5, hanging",
    ],
)
def test_what_is_good_is_left_alone(text: str) -> None:
    assert not [*findings(text)]


def test_a_file_is_its_lessons() -> None:
    assert owner(ROOT / "helpers/checks/gradient_descent/pole.py") == "02-gradient-descent"
    assert owner(ROOT / "helpers/probes/transfer.py") == "09-transfer-learning"
    assert owner(ROOT / "README.md") == ""
