"""Pictures that lie beside a notebook and that its texts show: which they are, and what is in them."""

import base64
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from helpers.grading.intake.archives import Unsafe, read
from helpers.grading.intake.untrusted import Unreadable
from helpers.grading.intake.untrusted import read as read_notebook

PICTURE = re.compile(
    r"<img\s[^<>]*?\bsrc\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))[^<>]*>", re.IGNORECASE
)
SHOWN = re.compile(  # in Markdown, where it stands or by a reference; each look ends at the next bracket
    r"!\[[^\[\]]*\]\(\s*(?:<([^<>\n]+)>|([^)>\s]+))|^ {0,3}\[[^\[\]]+\]:\s*(?:<([^<>\n]+)>|(\S+))",
    re.MULTILINE,
)
KINDS = {  # of a picture, by how its file begins
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}
ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}
MANY, BYTES = 50, 10_000_000


def shown_beside(data: bytes) -> list[str]:
    """Return the names of the files that a notebook's texts show as pictures, none outside of its folder."""
    if b"![" not in data and b"<img" not in data.lower():
        return []
    try:
        texts = [cell.source for cell in read_notebook(data).cells if cell.kind != "code"]
    except Unreadable:
        return []
    found = [match for text in texts for form in (SHOWN, PICTURE) for match in form.finditer(text)]
    names = [next(filter(None, match.groups()), "") for match in found]
    return [name for name in dict.fromkeys(map(unquote, names)) if _inside(name)][:MANY]


def as_data(folder: Path, name: str) -> str:
    """Return a picture in a folder as a data address; empty where there is none that can be shown."""
    name = unquote(name)
    path = folder / name
    if not _inside(name) or not path.resolve().is_relative_to(folder.resolve()):
        return ""
    try:
        data = read(path)
    except Unsafe:
        return ""
    kind = next((kind for begin, kind in KINDS.items() if data.lstrip().startswith(begin)), "")
    fits = kind and len(data) <= BYTES
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if fits else ""


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        0 < len(name) < 200
        and path.suffix.lower() in ENDINGS  # never the notebook itself, or the stamp of its time
        and not path.is_absolute()
        and not {":", "\\", "\0"} & {*name}
        and ".." not in path.parts
    )
