"""What a built site is held to: every link leads somewhere, and a page asks no other host for anything."""

import os
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHES = {  # attributes whose address a browser loads by itself
    **dict.fromkeys(
        ("audio", "embed", "iframe", "img", "input", "script", "source", "track", "video"), "src"
    ),
    "link": "href",
    "object": "data",
}
LOADED = ("stylesheet", "icon", "shortcut icon", "preload", "modulepreload", "manifest")  # of <link>
IN_STYLE = re.compile(r"@import\s+[\"']?(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//")
IN_SCRIPT = re.compile(
    r"""(?:fetch|import|importScripts|WebSocket|EventSource)\(\s*[`"'](?:https?:|wss?:)?//"""
)
ENDINGS = {".css": IN_STYLE, ".js": IN_SCRIPT, ".html": re.compile(f"{IN_STYLE.pattern}|{IN_SCRIPT.pattern}")}


class Page(HTMLParser):
    """The links, anchors and fetched addresses of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = {"", "top"}
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag refers to, and its anchor."""
        told = {key: value or "" for key, value in attrs}
        self.anchors |= {told[key] for key in ("id", "name") if key in told}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag in FETCHES and FETCHES[tag] in told and (tag != "link" or told.get("rel") in LOADED):
            self.fetched.append(told[FETCHES[tag]])
        if "srcset" in told:
            self.fetched += [part.split()[0] for part in told["srcset"].split(",") if part.strip()]


def faults(to: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a site, page by page."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(to.rglob("*.html"))}
    for path, page in pages.items():
        shown = path.relative_to(to)
        for address in page.links:
            if says := _dead(path, address, pages):
                yield f"{shown}: {address!r} leads nowhere, {says}"
        for address in page.fetched:
            parts = urlsplit(address)
            if parts.netloc:
                yield f"{shown}: {address!r} is asked of another host"
            elif parts.scheme not in ("data", "blob") and not (path.parent / unquote(parts.path)).is_file():
                yield f"{shown}: {address!r} is not there"
    for path in sorted(to.rglob("*")):
        if path.suffix in ENDINGS and (found := ENDINGS[path.suffix].search(path.read_text("utf-8"))):
            yield f"{path.relative_to(to)}: {found[0]!r} asks another host"


def _dead(path: Path, address: str, pages: Mapping[Path, Page]) -> str:
    """Say why a link leads nowhere; nothing where it leads somewhere, or to another host."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return ""
    target = path if not parts.path else Path(os.path.normpath(path.parent / unquote(parts.path)))
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "there is no such file"
    if target in pages and not {parts.fragment, unquote(parts.fragment)} & pages[target].anchors:
        return "the page has no such anchor"
    return ""
