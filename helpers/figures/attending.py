"""Transformers: a block with its residual road, the causal mask on words, and two towers that meet."""

from collections.abc import Sequence

from helpers.figures.page import Drawing
from helpers.figures.palette import BLACK, BLUE, GREEN, GREY, PALE, YELLOW, tint
from helpers.figures.sketch import SMALL, Sketch
from helpers.figures.words import listed

CELL = 30  # pixels
SHUT = "−∞"


def block(
    pieces: Sequence[str] = ("attention", "MLP"), norm: str | None = "before", name: str = "X"
) -> Drawing:
    """Draw a block: a straight road from left to right, and what each piece adds to it.

        show(*block())                       # normalised before each piece: nothing stands on the road
        show(*block(norm="after"))           # normalised after each sum: each norm stands on the road

    Args:
        pieces: what adds to the road, in order, up to three.
        norm: "before" each piece, "after" each sum, or None.
        name: what comes in.
    """
    if not 1 <= len(pieces) <= 3 or norm not in ("before", "after", None):
        given = f"{list(pieces)} and {norm!r}"
        raise ValueError(f"a block has one to three pieces, norm 'before', 'after' or None, not {given}")
    sheet, x = Sketch(), 0.0
    sheet.label(x, 0, name, size=12)
    left = (x + 12, 0.0)
    for piece in pieces:
        off = left[0] + 24
        inner, at = (["norm", piece] if norm == "before" else [piece]), off + 20
        sheet.line([(off, 0), (off, 64)], BLUE, 1.6)
        tail = (off, 64.0)
        for text in inner:
            wide = sheet.width(text) + 24
            box = sheet.box(at + wide / 2, 64, wide, 32, text, BLUE, "white" if text == "norm" else PALE)
            sheet.arrow(tail, box.left, colour=BLUE, width=1.6)
            tail, at = box.right, at + wide + 24
        plus = sheet.circle(at + 12, 0, 13, "+", size=12)
        sheet.line([tail, (plus.x, 64)], BLUE, 1.6)
        sheet.arrow((plus.x, 64), plus.bottom, colour=BLUE, width=1.6)
        sheet.arrow(left, plus.left, colour=BLACK, width=2.6, head=11)
        left = plus.right
        if norm == "after":
            box = sheet.box(plus.x + 66, 0, 56, 32, "norm")
            sheet.arrow(left, box.left, colour=BLACK, width=2.6, head=11)
            left = box.right
    sheet.arrow(left, (left[0] + 44, 0), colour=BLACK, width=2.6, head=11)
    sheet.label(left[0] + 56, 0, f"{name}′", size=12)
    before, after = " of its norm" * (norm == "before"), "; the sum is normalised" * (norm == "after")
    steps = "; then ".join(f"{piece}{before} is added to what is on the road{after}" for piece in pieces)
    road = "each norm stands on the road" if norm == "after" else "nothing but sums stands on the road"
    alt = f"A block from {name} to {name}′. A straight road leads through: {steps}. So {road}."
    return Drawing(sheet.done(), alt)


def triangle(tokens: Sequence[str], back: int | None = None) -> Drawing:
    """Draw the causal mask on words: each row is a token that looks, at itself and at what came before.

        show(*triangle(["The", "big", "dog", "barked"]))
        show(*triangle(list("marianna"), back=3))            # a sliding window of three

    Args:
        tokens: up to twelve.
        back: how many tokens a token sees, itself included; None for all before it.
    """
    n = len(tokens)
    if not 1 <= n <= 12:
        raise ValueError(f"the mask has room for one to twelve tokens, not {n}")
    seen = [[j <= i and (back is None or i - j < back) for j in range(n)] for i in range(n)]
    sheet = Sketch()
    fills = [[tint(BLUE, 0.45) if one else "white" for one in row] for row in seen]
    texts = [["" if one else SHUT for one in row] for row in seen]
    grid = sheet.grid(0, 0, CELL, fills, texts, inks=[[GREY] * n] * n)
    for i, token in enumerate(tokens):
        sheet.label(-8, (i + 0.5) * CELL, token, align="right")
        turned = 90 if any(sheet.width(t) > CELL - 4 for t in tokens) else 0
        sheet.label((i + 0.5) * CELL, -6, token, va="bottom", rotation=turned)
    words = f"blue: may be looked at\n{SHUT}: added to the score,\nso that the weight is 0"
    sheet.label(grid.right[0] + 12, grid.y, words, align="left", size=SMALL)
    looks = [listed([f"“{tokens[j]}”" for j in range(n) if row[j]]) for row in seen]
    rows = "; ".join(f"“{token}” looks at {at}" for token, at in zip(tokens, looks, strict=True))
    alt = f"A mask of {n} × {n}, a row for each token that looks: {rows}. Else {SHUT}, so the weight is 0."
    return Drawing(sheet.done(), alt)


def two_towers(
    left: Sequence[str], right: Sequence[str], names: tuple[str, str] = ("pictures", "captions")
) -> Drawing:
    """Draw two encoders whose vectors meet in a table of scores, right pairs on the diagonal.

        show(*two_towers(["a 3", "a 7", "a 1"], ["three", "seven", "one"]))

    Args:
        left: what the first encoder reads, up to five.
        right: what the second reads; its i-th belongs to the i-th of `left`.
        names: of both kinds.
    """
    n = len(left)
    if not 2 <= n <= 5 or len(right) != n:
        raise ValueError(f"two to five pairs have room; these are {n} and {len(right)}")
    sheet = Sketch()
    fills = [[YELLOW if i == j else "white" for j in range(n)] for i in range(n)]
    grid = sheet.grid(0, 0, 44, fills, [[f"{i + 1}·{j + 1}" for j in range(n)] for i in range(n)])
    texts = f"encoder\nof {names[0]}", f"encoder\nof {names[1]}"
    first = sheet.box(-130, grid.y, sheet.width(texts[0]) + 20, 44 * n, texts[0], BLUE, PALE)
    wide = max(44 * n, sheet.width(texts[1]) + 20)
    second = sheet.box(grid.x, -96, wide, 44, texts[1], GREEN, tint(GREEN, 0.15))
    turned = 90 if any(sheet.width(text) > 40 for text in right) else 0
    for i in range(n):
        y = x = (i + 0.5) * 44
        sheet.label(first.left[0] - 36, y, left[i], align="right")
        sheet.arrow((first.left[0] - 30, y), (first.left[0], y))
        sheet.arrow((first.right[0], y), (-4, y), f"u{'₁₂₃₄₅'[i]}", BLUE)
        sheet.label(x, second.top[1] - 36, right[i], va="bottom", rotation=turned)
        sheet.arrow((x, second.top[1] - 30), (x, second.top[1]))
        sheet.arrow((x, second.bottom[1]), (x, -4), f"v{'₁₂₃₄₅'[i]}", GREEN)
    words = "2·1 is the score\nof u₂ and v₁;\nyellow: the right pairs"
    sheet.label(grid.right[0] + 14, grid.y, words, size=SMALL, align="left")
    pairs = listed([f"“{a}” with “{b}”" for a, b in zip(left, right, strict=True)])
    scores = ", ".join(f"{i + 1}·{j + 1}" for i in range(n) for j in range(n))
    return Drawing(
        sheet.done(),
        f"Two encoders, one of {names[0]} and one of {names[1]}. Their vectors meet in a table of {n} × {n} "
        f"scores ({scores}): 2·1 is the score of u₂ and v₁. On its diagonal stand the right pairs: {pairs}.",
    )
