"""What no page may show: lines of solutions and rubrics, unless a lesson shows them itself."""

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers.checks import lessons
from helpers.grading.course import Course

REGION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION", re.S)
ESSAY = re.compile(r"^# %% \[markdown\] essay=[^\n]*\n((?:#[^\n]*\n?)+)", re.M)
BLOCK = re.compile(r"<pre\b[^>]*>.*?</pre>", re.S)
CODE = re.compile(r'<(style|script)\b(?! type="application/json").*?</\1>', re.S)
NAME = re.compile(r"[a-z_]\w{3,}")
HIDDEN = "… (part of a right answer, not shown here)"


def secrets(course: Course) -> set[str]:
    """Return all lines that stand in a solution or a rubric of any lesson, and outside of them in none."""
    secret, given = set[str](), set[str]()
    for lesson in lessons.MODULES:
        path = course.source(lesson)
        text = path.read_text("utf-8") if path.is_file() else ""
        inner = [*REGION.findall(text), *(re.sub(r"^# ?", "", e, flags=re.M) for e in ESSAY.findall(text))]
        outer = re.sub(r"^# ?", "", ESSAY.sub("", REGION.sub("", text)), flags=re.M)
        secret |= set(_lines(inner))
        given |= set(_lines([outer]))
    return {line for line in secret - given if not line.startswith("###")}


def leaks(page: str, secret: set[str]) -> list[str]:
    """Return the lines of a page that are secret; those in the data of a figure as well."""
    told = text(page)
    return sorted(secret & set(_lines([told, told.replace("\\n", "\n").replace('\\"', '"')])))


def redacted(page: str, secret: set[str]) -> str:
    """Return a page with each block of code that holds a secret line without those lines."""

    def block(found: re.Match[str]) -> str:
        lines = text(found[0]).splitlines()
        if not secret & {line.strip() for line in lines}:
            return found[0]
        kept = [HIDDEN if line.strip() in secret else line for line in lines]
        return f"<pre>{html.escape(chr(10).join(kept))}</pre>"

    return BLOCK.sub(block, page)


def words(secret: set[str], pages: Iterable[str]) -> set[str]:
    """Return the names in secret lines with which no word of a page begins: no search may find them."""
    shown = " ".join({word for page in pages for word in NAME.findall(text(page).casefold())})
    names = {name for line in secret for name in NAME.findall(line.casefold())}
    return {name for name in names if f" {name}" not in f" {shown}"}


def written(to: Path) -> dict[Path, str]:
    """Return all pages of a site."""
    return {path.relative_to(to): path.read_text("utf-8") for path in sorted(to.rglob("*.html"))}


def text(page: str) -> str:
    """Return what a page says, with its lines as they are."""
    return html.unescape(re.sub(r"<[^>]*>", "", CODE.sub("", page)))


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for part in texts:
        yield from filter(None, (line.strip() for line in part.splitlines()))
