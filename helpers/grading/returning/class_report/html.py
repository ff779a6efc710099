"""Pieces of the page: everything that is shown goes through here, and is escaped here."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

MOST = 8  # students that are named in a row; the table beside the page has all
LINES = 60  # of an answer that is shown


class Markup(str):
    """A piece of HTML that is already escaped."""

    __slots__ = ()


def document(
    title: str, top: Sequence[object], body: str, style: str = "", script: str = "", pictures: bool = False
) -> str:
    """Return a page that loads nothing from elsewhere and runs no script but ours.

    Args:
        title: in the window and as the heading.
        top: what stands below the heading.
        body: the rest, as HTML.
        style: rules beside those that all pages share.
        script: what the page runs; its hash is the only one that a browser lets run.
        pictures: whether the page holds pictures, as data addresses.
    """
    rules = shared_style() + style
    head = "\n".join(told(part) for part in top if part)
    policy = f"default-src 'none'; style-src 'unsafe-inline'{'; img-src data:' * pictures}"
    if script:
        policy += f"; script-src 'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        body += f"\n<script>{script}</script>"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{told(title)}</title>
<style>
{rules}</style>
</head>
<body>
<header>
<h1>{told(title)}</h1>
{head}
</header>
<main>
{body}
</main>
</body>
</html>
"""


def shared_style() -> str:
    """Return the rules that all pages share."""
    return Path(__file__).with_name("page.css").read_text("utf-8")


def told(value: object) -> Markup:
    """Return text as HTML, what stands in backticks as code and *so* as emphasis; markup as it is."""
    if isinstance(value, Markup):
        return value
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape("" if value is None else str(value)))
    return Markup(re.sub(r"(?<![\w*])\*(\w[^*<>]*)\*(?![\w*])", r"<em>\1</em>", safe))


def paragraph(*sentences: object, kind: str = "") -> Markup:
    """Return a paragraph."""
    words = " ".join(told(s) for s in sentences if s)
    return Markup(f"<p{f' class={kind}' * bool(kind)}>{words}</p>" if words else "")


def section(name: str, title: str, *parts: object) -> Markup:
    """Return a section with its heading."""
    inner = "\n".join(told(part) for part in parts if part)
    return Markup(
        f'<section aria-labelledby="{name}">\n<h2 id="{name}">{told(title)}</h2>\n{inner}\n</section>'
    )


def figure(picture: str) -> Markup:
    """Return a picture that can be scrolled where the page is narrow."""
    return Markup(f'<figure class="scroll" tabindex="0">{picture}</figure>')


def table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: str = "", seen: bool = True
) -> Markup:
    """Return a table whose first column heads its rows.

    Args:
        caption: what it shows.
        heads: of the columns.
        rows: the cells; markup stays as it is.
        numbers: a letter for each column: n for a number, b for a bar, w for a wide one, else text.
        seen: whether the caption is shown, or there for screen readers only as a heading says the same.
    """
    kinds = [f' class="{k}"' if k in "bnw" else "" for k in numbers.ljust(len(heads), "-")]
    top = "".join(f'<th scope="col"{k}>{told(h)}</th>' for h, k in zip(heads, kinds, strict=True))
    body = []
    for first, *rest in rows:
        cells = "".join(f"<td{k}>{told(c)}</td>" for c, k in zip(rest, kinds[1:], strict=True))
        body.append(f'<tr><th scope="row"{kinds[0]}>{told(first)}</th>{cells}</tr>')
    if not body:
        return Markup("")
    quiet = ' class="unseen"' * (not seen)
    head = f"<caption{quiet}>{told(caption)}</caption><thead><tr>{top}</tr></thead>"
    around = f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
    return Markup(f"{around}<table>{head}<tbody>{''.join(body)}</tbody></table></div>")


def cards(found: Iterable[tuple[object, str]]) -> Markup:
    """Return figures in large type, each with what it counts."""
    inner = "".join(f"<li><b>{told(n)}</b><span>{told(says)}</span></li>" for n, says in found)
    return Markup(f'<ul class="cards">{inner}</ul>')


def listed(students: Sequence[str]) -> Markup:
    """Return names in a row, the first of many."""
    more = f" and {len(students) - MOST} more" * (len(students) > MOST)
    return Markup(", ".join(f'<span class="id">{escape(s)}</span>' for s in students[:MOST]) + more)


def code(source: str) -> Markup:
    """Return an answer as it was written, the first lines of a long one."""
    lines = source.splitlines()
    more = [f"… {len(lines) - LINES} more lines"] * (len(lines) > LINES)
    return Markup(
        f'<pre tabindex="0">{escape(chr(10).join([*(line[:200] for line in lines[:LINES]), *more]))}</pre>'
    )


def hidden(summary: str, *parts: object) -> Markup:
    """Return what is seen on demand."""
    return Markup(f"<details><summary>{told(summary)}</summary>{''.join(told(p) for p in parts)}</details>")


def many(n: int, what: str) -> str:
    """Return a number with what it counts."""
    return f"{n} {what}{'s' * (n != 1)}"
