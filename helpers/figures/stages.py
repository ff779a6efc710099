"""A model that is taught in stages: what each is taught with, and what it is afterwards."""

from collections.abc import Sequence

from helpers.figures.page import Drawing
from helpers.figures.palette import BLUE, GREY, tint
from helpers.figures.sketch import SMALL, Sketch

WIDE, HIGH, BETWEEN = 150, 62, 92


def stages(rows: Sequence[tuple[str, str, str]]) -> Drawing:
    """Draw stages from left to right, each a box, with what it is taught with above and what it does below.

        show(*stages([("base", "a library", "goes on"), ("assistant", "answers", "answers")]))

    Args:
        rows: of each stage its name, what it has read, and what it then does; two to four stages.
    """
    if not 2 <= len(rows) <= 4:
        raise ValueError(f"two to four stages have room, not {len(rows)}")
    sheet, before = Sketch(), None
    for i, (name, read, does) in enumerate(rows):
        box = sheet.box(i * (WIDE + BETWEEN), 0, WIDE, HIGH, name, BLUE, tint(BLUE, 0.12), size=11)
        from_above = sheet.box(box.x, -96, WIDE + 22, 46, read, GREY, size=SMALL)
        sheet.arrow(from_above.bottom, box.top, colour=GREY)
        sheet.label(box.x, 62, does, size=SMALL)
        if before:
            sheet.arrow(before.right, box.left, width=2)
        before = box
    said = "; ".join(f"{name}, after {read}: {does}" for name, read, does in rows).replace("\n", " ")
    return Drawing(sheet.done(), f"A model in {len(rows)} stages, each made of the one before. {said}.")
