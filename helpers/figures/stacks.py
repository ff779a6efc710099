"""An encoder beside a decoder: what each reads, who may look at whom, and what comes out."""

from collections.abc import Sequence

from helpers.figures.geometry import Box
from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, BLUE, GREY, ORANGE, PALE, tint
from helpers.figures.sketch import SMALL, Sketch

WIDE, HIGH, GAP, MASK = 204, 34, 14, 6  # of a piece and between pieces, in pixels; the cells of a mask


def stacks(
    reads: Sequence[str], writes: Sequence[str], together: bool = False, layers: tuple[int, int] = (6, 2)
) -> Drawing:
    """Draw an encoder on the left and a decoder on the right, each as one block that is repeated.

        show(*stacks(["the", "white", "whale"], ["the", "white"]))          # two models
        show(*stacks(["die", "Katze"], ["the", "cat"], together=True))       # one, which translates

    Args:
        reads: the tokens that the encoder reads, up to five.
        writes: the tokens that the decoder has so far, up to five.
        together: whether the decoder also looks at the encoder's rows.
        layers: how many blocks each has.
    """
    if not (1 <= len(reads) <= 5 and 1 <= len(writes) <= 5):
        raise ValueError(f"one to five tokens have room on each side, not {len(reads)} and {len(writes)}")
    sheet = Sketch()
    across = ["attention to the other text"] * together
    top = _column(sheet, 0, "encoder", reads, ["attention", "network"], layers[0], ["a row for each token"])
    pieces = ["attention", *across, "network"]
    _column(
        sheet, 330, "decoder", writes, pieces, layers[1], ["scores of the token that follows", "each of them"]
    )
    if together:
        looked = _height(1)
        sheet.road([(top.right[0], top.y), (330 - WIDE / 2, looked)], ORANGE, 2, zorder=4)
    return Drawing(sheet.done(), _told(reads, writes, together, layers))


def _height(piece: int) -> float:
    """Return how high the middle of a piece of the block stands."""
    return -110 - piece * (HIGH + GAP)


def _column(
    sheet: Sketch,
    x: float,
    name: str,
    tokens: Sequence[str],
    pieces: Sequence[str],
    layers: int,
    out: list[str],
) -> Box:
    """Draw a model from its tokens, at the bottom, to what comes out; return the place of that."""
    sheet.label(x, 0, "  ".join(tokens))
    tables = sheet.box(x, -44, WIDE, HIGH, "tokens + places")
    sheet.arrow((x, -11), tables.bottom)
    high = len(pieces) * (HIGH + GAP) + GAP
    block = sheet.box(x, _height(0) + HIGH / 2 + GAP - high / 2, WIDE + 28, high, colour=GREY, rounded=8)
    sheet.label(block.right[0] + 8, block.y, f"× {layers}", GREY, align="left")
    below = tables.top
    for i, piece in enumerate(pieces):
        crossing = piece.startswith("attention to")
        box = sheet.box(
            x,
            _height(i),
            WIDE,
            HIGH,
            piece,
            ORANGE if crossing else BLUE,
            "white" if crossing else PALE,
            size=SMALL,
        )
        if piece == "attention":
            _mask(sheet, box, len(tokens), name == "decoder")
        sheet.arrow(below, box.bottom, colour=BLACK, zorder=4)
        below = box.top
    end = Box(x, block.top[1] - 34 - 7 * (len(out) - 1), WIDE, 22 * len(out))
    sheet.arrow(below, (x, end.bottom[1]), colour=BLACK, zorder=4)
    sheet.label(x, end.y, "\n".join(out), size=SMALL)
    sheet.label(x, end.top[1] - 18, name, size=12, fontweight="bold")
    return end


def _mask(sheet: Sketch, box: Box, n: int, causal: bool) -> None:
    """Draw who may look at whom, as a small table in the piece's right end."""
    fills = [[tint(BLUE, 0.8) if j <= i or not causal else "white" for j in range(n)] for i in range(n)]
    left, top = box.right[0] - 10 - MASK * n, box.y - MASK * n / 2
    for i, row in enumerate(fills):
        for j, fill in enumerate(row):
            x, y = left + j * MASK, top + i * MASK
            corners = [(x, y), (x + MASK, y), (x + MASK, y + MASK), (x, y + MASK)]
            sheet.polygon(corners, GREY, fill, 0.5, zorder=5)


def _told(reads: Sequence[str], writes: Sequence[str], together: bool, layers: tuple[int, int]) -> str:
    """Say what is drawn."""
    also = " In between it looks at the encoder's rows." if together else ""
    return (
        f"An encoder and a decoder, both from the bottom up. The encoder reads “{' '.join(reads)}”: tokens "
        f"and places, then {layers[0]} times attention, in which each token may look at all, and a network; "
        f"a row for each token comes out. The decoder has “{' '.join(writes)}”: tokens and places, then "
        f"{layers[1]} times attention, in which each token may look at itself and those before, and a "
        f"network.{also} Scores of the token that follows each of them come out."
    )
