"""Transfer: a body of stages, where it is cut, and the new head that stands on what is left."""

from collections.abc import Sequence

from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, BLUE, GREY, ORANGE, PALE, tint
from helpers.figures.sketch import SMALL, Sketch

WIDE, APART = 46, 18  # pixels: a stage, and the gap after it


def cut_network(widths: Sequence[int], cut: int, classes: int) -> Drawing:
    """Draw a network's stages, the cut behind one of them, and a head on the features that it gives.

        show(*cut_network((16, 24, 40), 2, classes=3))

    Args:
        widths: how many numbers each stage gives, two to nine stages.
        cut: after how many stages.
        classes: how many scores the head gives.
    """
    if not 2 <= len(widths) <= 9 or not 1 <= cut <= len(widths):
        raise ValueError(f"two to nine stages, cut after one of them, not {len(widths)} and {cut}")
    sheet = Sketch()
    sheet.label(-42, 0, "picture", align="right")
    sheet.arrow((-38, 0), (0, 0))
    for i, width in enumerate(widths):
        x, kept = i * (WIDE + APART), i < cut
        colours = (BLUE, PALE) if kept else (GREY, "white")
        box = sheet.box(x + WIDE / 2, 0, WIDE, 64, f"{i + 1}", *colours)
        sheet.label(box.x, 46, f"{width}", size=SMALL)
        if i + 1 < len(widths) and i + 1 != cut:
            sheet.arrow(box.right, (box.right[0] + APART, 0), colour=BLACK if kept else GREY)
    end = (cut - 1) * (WIDE + APART) + WIDE
    turn, top = (end + APART / 2, 0.0), -84.0
    sheet.arrow((end, 0.0), turn) if cut == len(widths) else sheet.line([(end, 0), turn], BLACK, 1.2)
    sheet.line([(turn[0], 36), (turn[0], top)], ORANGE, 2)
    text = f"your head: {widths[cut - 1]} → {classes}"
    wide = sheet.width(text) + 24
    head = sheet.box(turn[0] + wide / 2 + 42, top, wide, 34, text, ORANGE, tint(ORANGE, 0.15))
    sheet.arrow((turn[0], top), head.left, "", ORANGE)
    sheet.arrow(head.right, (head.right[0] + 30, top))
    sheet.label(head.right[0] + 36, top, f"{classes} scores", align="left")
    sheet.label((end - APART) / 2, -50, "frozen", BLUE)
    gone = len(widths) - cut
    rest = f"; the last {gone} are left out" if gone else ""
    alt = (
        f"A picture goes through {cut} frozen stages of {len(widths)}{rest}. They give "
        f"{', '.join(map(str, widths[:cut]))} numbers. Behind the last of these it is cut, and a new "
        f"head turns its {widths[cut - 1]} numbers into {classes} scores."
    )
    return Drawing(sheet.done(), alt)
