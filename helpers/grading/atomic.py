"""Files that are written whole or not at all."""

from pathlib import Path


def replace(path: Path, text: str) -> None:
    """Write a file so that whoever is killed meanwhile leaves the old one or the new one, never a piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)
