"""Read a jupytext percent file: its cells, and the line and the keys of each cell's marker."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.grading import CourseError

LAYOUT = {"lines_to_next_cell", "cell_marker"}  # how jupytext remembers the layout of the file


class BuildError(CourseError):
    """Raised for a slip in a source, with the file and the line of the cell's `# %%`."""

    def __init__(self, path: Path, line: int, says: str):
        super().__init__(f"{path}:{line}: {says}")


@dataclass(frozen=True)
class Cell:
    """One cell of a percent file.

    Attributes:
        line: where its `# %%` stands.
        kind: "code" or "markdown".
        source: its text; markdown without the comment signs.
        keys: what the marker says: `# %% a title answer="softmax"` gives `title` and `answer`.
    """

    line: int
    kind: str
    source: str
    keys: dict[str, Any] = field(default_factory=dict)


def read(path: Path, shown: Path | None = None) -> list[Cell]:
    """Return the cells of a percent file; errors name it as `shown`.

    Raises:
        CourseError: if it can't be read.
        BuildError: if a cell has no marker, or a line that looks like one is none.
    """
    import jupytext

    shown = shown or path
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise CourseError(f"{shown} can't be read: {getattr(error, 'strerror', None) or error}") from None
    lines = [i for i, line in enumerate(text.splitlines(), start=1) if re.match(r"#\s*%%", line)]
    cells = jupytext.reads(text, fmt="py:percent").cells
    if len(cells) != len(lines):
        counted = f"{len(cells)} cells, but {len(lines)} lines that begin with `# %%`"
        raise BuildError(shown, 1, f"{counted}: each cell needs one, and no other line may begin so")
    keys = [{k: v for k, v in cell.metadata.items() if k not in LAYOUT} for cell in cells]
    return [Cell(line, c.cell_type, c.source, k) for line, c, k in zip(lines, cells, keys, strict=True)]
