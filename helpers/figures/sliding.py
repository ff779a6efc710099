"""Where a window stands: padding, stride, and the size of the output."""

from collections.abc import Sequence

from helpers.figures.geometry import Box
from helpers.figures.page import Drawing
from helpers.figures.palette import BLUE, GREY, ORANGE, PALE
from helpers.figures.sketch import SMALL, Sketch

CELL = 20  # pixels


def sliding(
    settings: Sequence[tuple[int, int, int, int]] = ((5, 3, 1, 0), (5, 3, 1, 1), (5, 3, 2, 1)),
) -> Drawing:
    """Draw for each setting the image with its padding, two windows in it, and the output that they fill.

        show(*sliding([(5, 3, 1, 0), (5, 3, 1, 1), (5, 3, 2, 1)]))      # none, padding 1, and stride 2

    Args:
        settings: rows (side of the image, side of the kernel, stride, padding), up to four.
    """
    if not 1 <= len(settings) <= 4:
        raise ValueError(f"one to four settings have room beside each other, not {len(settings)}")
    sheet, x = Sketch(), 0.0
    low = max(n + 2 * pad for n, _, _, pad in settings) * CELL + 44
    for setting in settings:
        n, kernel, stride, pad = setting
        side, out = n + 2 * pad, _out(setting)
        image = _padded(sheet, x, n, pad)
        result = sheet.grid(image.x - out * CELL / 2, low, CELL, [[PALE] * out] * out)
        for at in range(min(2, out)):
            look = (ORANGE, "-") if at == 0 else (BLUE, (0, (3, 1.5)))
            left, top, inset = image.left[0] + at * stride * CELL, image.top[1], 2.5 * at
            sheet.frame(left, top + inset, kernel * CELL, kernel * CELL - 2 * inset, look[0], style=look[1])
            sheet.frame(
                result.left[0] + at * CELL, low + inset, CELL, CELL - 2 * inset, look[0], style=look[1]
            )
        sheet.arrow((image.x, image.bottom[1] + 6), (image.x, low - 8))
        sheet.label(image.x, -26, f"padding {pad}, stride {stride}\nkernel {kernel} × {kernel}", size=SMALL)
        sheet.label(image.x, result.bottom[1] + 14, f"{n} × {n} → {out} × {out}", size=SMALL)
        x += side * CELL + 40
    told = ". ".join(map(_told, settings))
    return Drawing(sheet.done(), f"Windows on images, and below them the outputs. {told}.")


def _out(setting: tuple[int, int, int, int]) -> int:
    """Return the side of the output."""
    n, kernel, stride, pad = setting
    if not 1 <= kernel <= n + 2 * pad:
        raise ValueError(f"a kernel of {kernel} has no room in an image of {n} with padding {pad}")
    return (n + 2 * pad - kernel) // stride + 1


def _padded(sheet: Sketch, x: float, n: int, pad: int) -> Box:
    """Draw an image in its border of zeros, and return its place."""
    side = n + 2 * pad
    inside = [[pad <= min(i, j) and max(i, j) < n + pad for j in range(side)] for i in range(side)]
    fills = [[PALE if cell else "white" for cell in row] for row in inside]
    texts = [["" if cell else "0" for cell in row] for row in inside]
    return sheet.grid(x, 0, CELL, fills, texts, inks=[[GREY] * side] * side)


def _told(setting: tuple[int, int, int, int]) -> str:
    """Say what one setting does."""
    n, kernel, stride, pad = setting
    out, lost = _out(setting), (n + 2 * pad - kernel) % stride
    says = f"{n} × {n} pixels, padding {pad}, kernel {kernel} × {kernel}, stride {stride}"
    says += f": the output is {out} × {out}"
    if not lost:
        return says
    return (
        f"{says}; {lost} {'columns' if lost > 1 else 'column'} at the right and as many rows are never read"
    )
