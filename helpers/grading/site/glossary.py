"""The glossary: the terms of `solutions/glossary.toml` in English and French, each with its place."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from docutils.nodes import make_id

from helpers.grading import CourseError
from helpers.grading.authoring.taught import headings
from helpers.grading.percent import Cell
from helpers.grading.site.page import label

ENGLISH = """\
# Glossary

Each term of the lessons in a sentence, its French name, and the section that explains it. \
[Du français à l'anglais](glossaire.md).
"""
FRENCH = """\
# Glossaire français

Les termes des cours en français, et leur nom dans les leçons. [Les définitions, en anglais](glossary.md).
"""


class Term(NamedTuple):
    """A term, its French name, a sentence, and where it is explained: a lesson and a heading of it."""

    english: str
    french: str
    says: str
    lesson: str
    heading: str


def terms(path: Path) -> list[Term]:
    """Return the terms in the order of the alphabet.

    Raises:
        CourseError: if the file can't be read, or a term lacks something.
    """
    try:
        found = [
            Term(english, told["fr"], told["says"], *told["where"])
            for english, told in tomllib.loads(path.read_text("utf-8")).items()
        ]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CourseError(f"solutions/{path.name} can't be read: {error!r}") from None
    return sorted(found, key=lambda term: _order(term.english))


def slips(found: Sequence[Term], cells: Mapping[str, Sequence[Cell]]) -> Iterator[str]:
    """Yield what is wrong with the terms, given the cells of each lesson."""
    for term in found:
        told = f"{term.english}: "
        if term.lesson not in cells:
            yield f"{told}there is no lesson {term.lesson!r}"
        elif (section := _section(cells[term.lesson], term.heading)) is None:
            yield f"{told}lesson {term.lesson} has no heading {term.heading!r}"
        elif not all(word in section for word in _stems(term.english)):
            yield f"{told}what stands under {term.heading!r} in lesson {term.lesson} does not speak of it"
        if not re.fullmatch(r"[^a-z].*\.", term.says):
            yield f"{told}a sentence begins with a capital and ends with a full stop"


def pages(found: Sequence[Term]) -> dict[str, str]:
    """Return the two pages by their names."""
    english = [ENGLISH]
    for letter, group in groupby(found, key=lambda term: _order(term.english)[0].upper()):
        english.append(f"## {letter}\n")
        english += [_entry(term) for term in group]
    french = [FRENCH]
    in_french = sorted(found, key=lambda term: _order(term.french))
    for letter, group in groupby(in_french, key=lambda term: _order(term.french)[0].upper()):
        rows = [f"{term.french}\n: [{term.english}](#{_label(term)})\n" for term in group]
        french += [f"## {letter}\n", *rows]
    return {"glossary": "\n".join(english), "glossaire": "\n".join(french)}


def _section(cells: Sequence[Cell], title: str) -> str | None:
    """Return what stands under a heading, up to the next one, in small letters."""
    found = headings(cells)
    at = next((i for i, heading in enumerate(found) if heading.title == title), None)
    if at is None:
        return None
    first, last = found[at].line, found[at + 1].line if at + 1 < len(found) else cells[-1].line + 1
    inside = []
    for cell in cells:
        lines = cell.source.splitlines()
        inside += [text for i, text in enumerate(lines, start=cell.line + 1) if first <= i < last]
    return "\n".join(inside).casefold()


def _stems(term: str) -> list[str]:
    """Return the beginnings of a term's words, without what stands in brackets: a text bends their ends."""
    return [word[: max(4, len(word) - 3)] for word in re.sub(r"\(.*?\)", "", term).casefold().split()]


def _entry(term: Term) -> str:
    return (
        f"({_label(term)})=\n**{term.english}** · *{term.french}*\n\n"
        f"{term.says} [{term.heading}](#{label(term.lesson, term.heading)})\n"
    )


def _label(term: Term) -> str:
    """Return a term as an anchor; a letter that no anchor can have is spelled, as in epsilon-greedy."""
    letters = (c if c.isascii() else unicodedata.name(c, "").split()[-1].lower() for c in term.english)
    return make_id(f"term {''.join(letters)}")


def _order(word: str) -> str:
    """Return a word as an alphabet sorts it: without accents, in small letters."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("œ", "oe")
