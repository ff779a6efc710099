"""A student's text as a page may show it: Markdown, formulas, pictures, and nothing that runs or loads.

Formgrader and feedback put a text cell's Markdown into the page with every tag and link in it. So the text
is made HTML here, cleaned after that and not before, and laid down as one line that they leave alone.
"""

import html
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from helpers.grading.intake.pictures import PICTURE

TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "kbd", "li", "mark", "ol", "p", "pre"),
    *("s", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead"),
    *("tr", "u", "ul"),
}
PLAIN = re.compile(rf"</?({'|'.join(sorted(TAGS - {'a', 'img', 'input'}))})\s*/?>", re.IGNORECASE)
HEAD = re.compile(rf"(?:{PLAIN.pattern})|(?:{PICTURE.pattern})", re.IGNORECASE)
GOES = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
COLOUR = re.compile(r"highlight|[a-z][a-z0-9]{0,2}")  # Pygments' names for kinds of code
LONG, TAGGED = 100_000, 1000  # characters and tags of a text that is read as Markdown
BYTES = 20_000_000  # of a notebook's pictures, as text

Find = Callable[
    [str], str
]  # the address of a picture, as data, by what a text calls it; empty where there is none


def shown(source: str, find: Find) -> str:
    """Return a text as one line of HTML that any renderer of Markdown passes on as it is.

    Args:
        source: Markdown, as the student wrote it.
        find: what finds the student's own pictures.
    """
    page = _Page(find)
    try:
        if len(source) > LONG or source.count("<") > TAGGED:
            raise ValueError("too much to be read as Markdown")
        made = MarkdownWithMath(renderer=page).render(source)
    except Exception:  # whatever it holds, it is shown: then as it was typed
        return typed(source)
    whole = cleaned(made)
    for name, data in page.pictures.items():
        whole = whole.replace(f'src="{name}"', f'src="{data}"')
    return _laid(whole)


def cleaned(page: str) -> str:
    """Return HTML of which nothing runs, loads or leads astray: tags that are not plain ones are text.

    A picture's address is kept where it is a name, `picture:` and more: the caller puts data in its place.
    """
    return bleach.clean(page, TAGS, _allowed, ["http", "https", "mailto", "picture"], strip=False)


def typed(source: str) -> str:
    """Return a text as it was typed."""
    return _laid(f"<pre>{html.escape(source)}</pre>")


def pictures(cell: NotebookNode, beside: Find, used: list[int]) -> Find:
    """Return what finds the pictures of a cell: those pasted into it, and files beside the notebook.

    Args:
        cell: of the rebuilt notebook.
        beside: what finds those beside it.
        used: gets the size of each that is found: more than a page can bear are left out.
    """
    attached: Mapping[str, Mapping[str, str]] = cell.get("attachments", {})

    def find(name: str) -> str:
        pasted = attached.get(name.removeprefix("attachment:"), {}) if name.startswith("attachment:") else {}
        told = next((f"data:{kind};base64,{''.join(data.split())}" for kind, data in pasted.items()), "")
        told = told or ("" if ":" in name else beside(name))
        used.append(len(told))
        return told if sum(used) <= BYTES else ""

    return find


class _Page(IPythonRenderer):
    """Markdown as HTML: tags are text as they were typed, but for plain ones that only set type."""

    def __init__(self, find: Find):
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
        self.pictures: dict[str, str] = {}
        self._find = find

    def block_code(self, code: str, info: str | None = None) -> str:
        """Return code with its colours; a drawing's code is code."""
        return super().block_code(code, None if info and info.startswith("mermaid") else info)

    def block_html(self, html: str) -> str:
        """Return a block of tags."""
        return f"<div>{self.inline_html(html)}</div>\n"

    def inline_html(self, html: str) -> str:
        """Return tags: plain ones and the student's own pictures as they are, others as text."""
        made, at = [], 0
        for found in HEAD.finditer(html):
            made += [escape(html[at : found.start()]), self._tag(found)]
            at = found.end()
        return "".join([*made, escape(html[at:])])

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link that leads to a page or an address; another is told, not made."""
        if GOES.match(url):
            return f'<a href="{escape(url)}" rel="noopener noreferrer" target="_blank">{text}</a>'
        return f"{text} ({escape(url)})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return a picture of the student's own; another is told, and not loaded."""
        if not (data := self._find(html.unescape(url))):
            return (
                f"[{escape(text)} ({escape(url[:200])}): this picture was not handed in, or can't be shown]"
            )
        name = f"picture:{secrets.token_hex(8)}"  # which no text can name
        self.pictures[name] = data
        return f'<img src="{name}" alt="{escape(text)}">'

    def text(self, text: str) -> str:
        """Return plain text; what is written as an entity is the sign that it stands for."""
        return html.escape(html.unescape(text), quote=False)

    def _tag(self, found: re.Match[str]) -> str:
        if PLAIN.fullmatch(found[0]):
            return found[0]
        source = next(group for group in found.groups()[-3:] if group is not None)
        return self.image("picture", source)


def _laid(whole: str) -> str:
    """Lay HTML down as one line: a backslash, a dollar, an empty line would end what is passed on."""
    for sign in "\\$`\n":
        whole = whole.replace(sign, f"&#{ord(sign)};")
    return f"<div>{whole}</div>"


def escape(text: str) -> str:
    """Return a text as HTML shows it."""
    return html.escape(text, quote=True)


def _allowed(tag: str, name: str, value: str) -> bool:
    allowed: dict[str, Any] = {
        "a": ("href", "rel", "target"),
        "img": ("src", "alt"),
        "input": ("disabled", "checked"),
    }
    if name in ("colspan", "rowspan", "scope"):
        return tag in ("td", "th")
    if name == "class":
        return tag in ("div", "span", "pre") and COLOUR.fullmatch(value) is not None
    if tag == "input" and name == "type":
        return value == "checkbox"
    return name in allowed.get(tag, ()) and (name != "src" or value.startswith("picture:"))
