"""Find a written answer that does not stand in its own cell: no essay is lost, none is a 0 unseen.

nbgrader takes an answer cell that was left as it was for no answer, and nobody is asked. But people write
below it, in a new cell, or into the cell of the question; some take a code cell for it, their own or one
that the course gave.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from textwrap import dedent

from helpers.grading.intake.compare import Notes
from helpers.grading.intake.given import Release
from helpers.grading.intake.match import Places
from helpers.grading.intake.untrusted import Cell, parsed

WORDS, LONG = 5, 50_000  # what is fewer is no essay; characters that are quoted
BARE = 10  # words in a code cell that nothing marks as words: fewer may be a slip of the pen
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)  # two are a word
SAYING = re.compile(r"[\w\s.,;:!?'\"’“”„«»、。，！？·()-]")  # what a text is written with
SPOKEN = 0.97  # the part of a text that is, where it is no code
HERE = "was written beside its cell, and put into it"
FAR = "was left blank, but the student's own words stand elsewhere: a person has to look"


@dataclass
class Written:
    """A written answer as it is shown to whoever grades it.

    Attributes:
        source: in Markdown.
        attachments: the pictures in it, by name.
        cells: which of the cells that were handed in became part of it.
    """

    source: str
    attachments: dict[str, Mapping[str, str]] = field(default_factory=dict)
    cells: set[int] = field(default_factory=set)

    def add(self, words: str, cell: Cell, k: int) -> None:
        """Put a cell's words below; its pictures get names of their own, as all are called image.png."""
        for name, picture in cell.attachments.items():
            words = words.replace(f"attachment:{name}", f"attachment:{k}-{name}")
            self.attachments[f"{k}-{name}"] = picture
        self.source = f"{self.source}\n\n{words}".strip()


def find_essays(
    release: Release, cells: Sequence[Cell], place: Places, answers: Places, repairs: Notes
) -> dict[int, Written]:
    """Return the written answers that were not, or not only, written into their cells.

    Args:
        release: the notebook that students were given.
        cells: what was handed in.
        place: where the cells of the release are among those, answers and others.
        answers: the same for answers alone.
        repairs: gets what is to be told.
    """
    said, after = _said(release, cells, place, answers), _after(cells, place)
    found: dict[int, Written] = {}
    for i in release.essays:
        ours = release.cells[i]
        if not ours.grade:
            continue
        k = answers.get(i, -1)
        own = cells[k] if k >= 0 and cells[k].text and not cells[k].same(ours) else None
        if own and not own.named(ours):
            said[k], own = own.text, None  # a guess, so that its neighbours may belong to it
        here = [n for n in _beside(i, place, after) if n in said and (not own or _asked(n, i, place, said))]
        far = [n for n in said if _long(said[n]) and _prose(said[n], cells[n].kind)]
        if here and here != [k]:
            essay = Written(own.source if own else "", dict(own.attachments) if own else {}, {*here})
            for n in here:
                words = (
                    said[n] if i - 1 in place else _added(release.cells[i - 1].source, said[n], [ours.source])
                )
                essay.add(_shown(words, cells[n]), cells[n], n)
        elif far and not own and not here:
            essay = Written("**Nothing was written in this cell.** The student's words from other cells:")
            for n in far:
                how = "in" if n in place.values() else "after"
                where = f"{how} `{release.cells[after[n]].name}`" if after[n] >= 0 else "at the top"
                essay.add(f"*{where}:*\n\n{_shown(said[n], cells[n])}", cells[n], n)
        else:
            continue
        repairs.add(HERE if here else FAR, ours.name)
        found[i] = essay
        said = {n: words for n, words in said.items() if n not in here}
    return found


def _beside(i: int, place: Places, after: Sequence[int]) -> list[int]:
    """Return the cells from an essay's question to the next cell of the release."""
    near = {i - 1, i} if i - 1 in place else {i - 2, i - 1, i}
    return [k for k, anchor in enumerate(after) if anchor in near]


def _asked(k: int, i: int, place: Places, said: Mapping[int, str]) -> bool:
    """Whether a cell is an essay's question, with something long written into it."""
    return k == place.get(i - 1) and _long(said[k])


def _said(release: Release, cells: Sequence[Cell], place: Places, answers: Places) -> dict[int, str]:
    """Return the student's words by cell: own cells, and what was added to cells of the release."""
    stands_for, found = {k: i for i, k in place.items()}, dict[int, str]()
    for k, cell in enumerate(cells):
        ours = release.cells[stands_for[k]] if k in stands_for else None
        if cell.text in release.texts or (k in answers.values() and (not ours or ours.kind == "markdown")):
            continue
        if ours is None:
            words = _words(cell)
        elif ours.kind == "markdown":
            words = _added(ours.source, cell.source, [release.cells[i].source for i in release.essays])
        else:
            words = dedent(_added(ours.source, cell.source, []))
            words = words if _prose(words, cell.kind) else ""
        if re.search(r"\w", words):
            found[k] = words
    return found


def _added(ours: str, theirs: str, stubs: Sequence[str]) -> str:
    """Return the lines that a student added to a text or put in the place of others."""
    old, new = ours.strip().splitlines(), theirs.strip()[:LONG].splitlines()
    matcher = SequenceMatcher(None, [line.strip() for line in old], [line.strip() for line in new], False)
    lines = [line for tag, _, _, a, b in matcher.get_opcodes() if tag != "equal" for line in new[a:b]]
    return "\n".join(line for line in lines if line.strip() not in stubs).strip()


def _words(cell: Cell) -> str:
    """Return what an own cell says to a reader: text, or code that is comment, string or no Python at all."""
    if cell.kind != "code":
        return cell.text
    tree = parsed(cell.source)
    if tree is None or not tree.body:
        return cell.text if cell.text[:1] not in "%!" else ""
    if len(tree.body) > 1 or not isinstance(tree.body[0], ast.Assign | ast.Expr):
        return ""
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return cell.text if any(map(_long, texts)) else ""


def _prose(words: str, kind: str) -> bool:
    """Whether what stands in a cell is a text: code that does nothing, or that is none and reads like one."""
    tree = parsed(words) if kind == "code" else ast.Module([], [])
    if tree is None:
        return _count(words) >= BARE and len(SAYING.findall(words)) >= SPOKEN * len(words)
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in tree.body)


def _long(words: str) -> bool:
    """Whether a text may be an essay, or has a picture that may be one."""
    return _count(words) >= WORDS or "](" in words


def _count(words: str) -> int:
    """Return how many words there are, in scripts that put no blank between them about as many."""
    return max(len(words.split()), len(UNSPACED.findall(words)) // 2)


def _shown(words: str, cell: Cell) -> str:
    """Return words as Markdown; out of a code cell, as they were typed."""
    words = words[:LONG] + " …" * (len(words) > LONG)
    return "\n".join(f"    {line}" for line in words.splitlines()) if cell.kind == "code" else words


def _after(cells: Sequence[Cell], place: Places) -> list[int]:
    """Return, for each cell, the cell of the release that it is, or comes after; -1 is the top."""
    stands_for, last, found = {k: i for i, k in place.items()}, -1, []
    for k in range(len(cells)):
        last = stands_for.get(k, last)
        found.append(last)
    return found
