"""Code in colours: few kinds, short names, no more markup than a reader sees."""

from functools import lru_cache
from html import escape

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from helpers.grading.returning.class_report.html import Markup

KINDS = {  # the class of a kind of token
    Comment: "c",
    Keyword: "k",
    Name.Class: "f",
    Name.Decorator: "f",
    Name.Function: "f",
    Number: "m",
    Operator.Word: "k",
    String: "s",
}
WIDE = 400  # characters of a line that are shown


def block(source: str, label: str, most: int) -> Markup:
    """Return code as a block that can be scrolled; the end of what is very long is left out, and said so.

    Args:
        source: of a cell.
        label: what it is, for a screen reader.
        most: characters of it that are shown.
    """
    shown = source[:most]
    lines = shown.rstrip().split("\n")
    cut = any(len(line) > WIDE for line in lines)
    text = "\n".join(f"{line[:WIDE]} …" if len(line) > WIDE else line for line in lines)
    more = f"\n… {len(source) - most} more characters, in your notebook" * (len(source) > most)
    inner = escape(text, quote=False) if cut else highlighted(text)
    return verbatim(Markup(f"<code>{inner}{more}</code>"), label)


def verbatim(inner: Markup, label: str) -> Markup:
    """Return a block of lines as they are, which can be scrolled with the keyboard."""
    return Markup(f'<pre tabindex="0" role="group" aria-label="{escape(label)}">{inner}</pre>')


@lru_cache(4096)
def highlighted(source: str) -> Markup:
    """Return Python as HTML, with a class for each kind of token that has a colour."""
    made, kind, run = [], "", ""
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        if (found := _kind(token)) == kind or not text.strip():
            run += text
            continue
        made.append(_span(kind, run))
        kind, run = found, text
    return Markup("".join([*made, _span(kind, run)]))


def _kind(token: _TokenType) -> str:
    while token not in KINDS and token.parent is not None:
        token = token.parent
    return KINDS.get(token, "")


def _span(kind: str, text: str) -> str:
    safe = escape(text, quote=False)
    return f"<span class={kind}>{safe}</span>" if kind else safe
