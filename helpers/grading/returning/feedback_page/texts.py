"""Texts of the course, the teacher and the student, as a page shows them: cleaned, with formulas drawn."""

import re
import secrets
from functools import lru_cache
from html import escape
from html.parser import HTMLParser

from helpers.grading.formulas import with_formulas
from helpers.grading.judging.words import Find, cleaned, shown
from helpers.grading.returning.class_report.html import Markup

LAID = re.compile(r"<div>[^\n$\\`]*</div>")  # how a student's text stands in a graded notebook: as HTML
DATA = re.compile(r'\bsrc="(data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]+)"')
OURS = 4  # the highest heading that a text may have here: those above are the page's
VOID = {"br", "hr", "img", "input"}
VERBATIM = {"code", "pre", "kbd"}


@lru_cache(1024)
def written(source: str) -> Markup:
    """Return Markdown that needs no pictures as HTML: the course's own, or a teacher's comment."""
    return of_student(source, lambda name: "")


def of_student(source: str, find: Find) -> Markup:
    """Return a student's text as HTML, whether it still is Markdown or was laid down as HTML.

    Args:
        source: of the cell.
        find: what finds the student's own pictures.
    """
    return clean(source if LAID.fullmatch(source) else shown(source, find))


def clean(page: str) -> Markup:
    """Return HTML of unknown origin with nothing in it that runs or loads, and with formulas drawn.

    Pictures are kept where they are data; while the rest is cleaned, a name that no text can have stands
    in for each.
    """
    pictures: dict[str, str] = {}

    def aside(found: re.Match[str]) -> str:
        pictures[name := f"picture:{secrets.token_hex(8)}"] = found[1]
        return f'src="{name}"'

    reader = _Formulas(pictures)
    reader.feed(cleaned(DATA.sub(aside, page)))
    reader.close()
    return Markup("".join(reader.made))


class _Formulas(HTMLParser):
    """Write clean HTML anew: formulas drawn, headings below the page's own, pictures in their places."""

    def __init__(self, pictures: dict[str, str]):
        super().__init__()
        self.made: list[str] = []
        self._pictures, self._verbatim = pictures, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a tag."""
        self._verbatim += tag in VERBATIM
        told = {name: value or "" for name, value in attrs}
        if tag == "img":
            data = self._pictures.get(told.get("src", ""))
            alt = told.get("alt") or "picture"
            self.made.append(f'<img src="{data}" alt="{escape(alt)}">' if data else escape(f"[{alt}]"))
            return
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in told.items())
        reads = ' tabindex="0"' * (tag == "pre") + ' scope="col"' * (tag == "th" and "scope" not in told)
        self.made.append(f"<{_lowered(tag)}{attributes}{reads}>")

    def handle_endtag(self, tag: str) -> None:
        """Write the end of one."""
        self._verbatim -= tag in VERBATIM
        if tag not in VOID:
            self.made.append(f"</{_lowered(tag)}>")

    def handle_data(self, data: str) -> None:
        """Write text; a formula in code is code."""
        self.made.append(escape(data, quote=False) if self._verbatim else with_formulas(data))


def _lowered(tag: str) -> str:
    return f"h{max(OURS, int(tag[1]))}" if re.fullmatch("h[1-6]", tag) else tag
