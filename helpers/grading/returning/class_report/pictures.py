"""The pictures of the class report: plain SVG in the course's palette, for light, dark and print."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import accumulate, pairwise
from statistics import median

from helpers.figures import BLUE, ORANGE, SKY
from helpers.grading.returning.class_report.items import Item

PALE = "#C9CDD2"  # what nobody tried
INKS = {BLUE: "#FFFFFF", SKY: "#000000", ORANGE: "#000000", PALE: "#000000"}  # of numbers that stand on them
OUTCOMES = (
    ("full", "all points", BLUE),
    ("part", "some", SKY),
    ("nothing", "none", ORANGE),
    ("blank", "not attempted", PALE),
)
ROWS = 60  # at most, of the picture of the whole class
WIDE = 860


def histogram(totals: Sequence[float], most: float) -> str:
    """How many students have how many points: a bar for each point, and a line at the median."""
    step = max(1, round(most / 20))
    bins = [0] * (int(most // step) + 1)
    for total in totals:
        bins[min(int(max(total, 0.0) // step), len(bins) - 1)] += 1
    middle, top = median(totals), max(bins)
    left, base, high, width = 46, 200, 155, (WIDE - 60) / len(bins)
    parts = []
    for i, count in enumerate(bins):
        x, h = left + i * width, high * count / top
        tall = max(h, 1.5) if count else 0
        parts.append(_rect(x + 1.5, base - tall, width - 3, tall, BLUE))
        if count:
            parts.append(_text(x + width / 2, base - h - 5, count, "middle"))
        if i % max(1, len(bins) // 11) == 0:
            parts.append(_text(x + width / 2, base + 17, f"{i * step:g}", "middle", "soft"))
    at = left + (min(int(middle // step), len(bins) - 1) + 0.5) * width
    bar_top = base - high * bins[min(int(middle // step), len(bins) - 1)] / top
    if bar_top > 44:
        parts.append(f'<line class="mark" x1="{at:.1f}" x2="{at:.1f}" y1="22" y2="{bar_top - 20:.1f}"/>')
    parts.append(_text(at, 14, f"median {middle:g}", "middle", "strong"))
    parts.append(f'<line class="axis" x1="{left}" x2="{WIDE - 14}" y1="{base}" y2="{base}"/>')
    parts.append(_text(left + (WIDE - 60) / 2, base + 36, f"points, of {most:g}", "middle", "soft"))
    told = ", ".join(f"{i * step:g}: {count}" for i, count in enumerate(bins) if count)
    alt = (
        f"How many students have how many of {most:g} points. Median {middle:g}. Points and students: {told}."
    )
    return _svg(WIDE, base + 44, alt, parts)


def outcomes(items: Sequence[Item]) -> str:
    """A bar for each task: who got all of it, some, none, or did not try."""
    left, row, width = 190, 30, WIDE - 190 - 62
    parts = list(_key(left))
    for i, item in enumerate(items):
        y = 34 + i * row
        parts.append(_text(left - 10, y + 16, item.name, "end"))
        counts = [getattr(item, kind) for kind, *_ in OUTCOMES]
        ends = [0, *accumulate(count / max(1, item.n) for count in counts)]
        for (_, _, colour), count, (a, b) in zip(OUTCOMES, counts, pairwise(ends), strict=True):
            if count:
                parts.append(_rect(left + a * width, y, max((b - a) * width - 2, 1), 22, colour))
            if (b - a) * width > 9 + 8 * len(str(count)):
                x = left + (a + b) / 2 * width
                parts.append(_text(x, y + 16, count, "middle", fill=INKS[colour]))
        if item.share is not None:
            parts.append(_text(WIDE, y + 16, f"{item.share:.0%}", "end", "strong"))
    told = "; ".join(
        f"{i.name}: {', '.join(f'{getattr(i, k)} {says}' for k, says, _ in OUTCOMES)}" for i in items
    )
    return _svg(WIDE, 34 + row * len(items), f"How many students got how much of each task. {told}.", parts)


def whole_class(rows: Sequence[Sequence[float | None]], names: Sequence[str], each: str) -> str:
    """A row for each student or group, the best first; a column for each task: the stronger, the more."""
    left, top, width = 46, 86, (WIDE - 60) / max(1, len(names))
    high = max(5.0, min(18.0, 420 / max(1, len(rows))))
    parts = []
    for j, name in enumerate(names):
        x = left + (j + 0.5) * width
        parts.append(
            f'<text class="soft" transform="translate({x:.1f} {top - 8}) rotate(-35)">{escape(name)}</text>'
        )
    for i, row in enumerate(rows):
        for j, share in enumerate(row):
            box = left + j * width + 1, top + i * high + 0.5, width - 2, high - 1
            parts.append(
                _rect(*box, BLUE, 0.08 + 0.92 * share) if share is not None else _rect(*box, PALE, 0.35)
            )
    base = top + high * len(rows)
    parts.append(_text(left - 8, top + 11, "best", "end", "soft"))
    parts.append(_text(left - 8, base - 2, "last", "end", "soft"))
    alt = (
        f"The whole class: {each}, the best at the top; each column a task, the easiest first; the stronger "
        "the colour, the more of the task's points. The table of tasks has the means in numbers."
    )
    return _svg(WIDE, base + 6, alt, parts)


def bar(share: float, colour: str = BLUE) -> str:
    """A bar in a table, beside the number that it shows."""
    inner = _rect(0, 2, max(120 * share, 1.5), 10, colour)
    return f'<svg class="bar" aria-hidden="true" width="120" height="14" viewBox="0 0 120 14">{inner}</svg>'


def steps(shares: Sequence[float]) -> str:
    """Five bars: how the fifths of the class did, the weakest first."""
    told = ", ".join(f"{share:.0%}" for share in shares)
    bars = [_rect(i * 13, 26 - max(24 * s, 1.5), 11, max(24 * s, 1.5), BLUE) for i, s in enumerate(shares)]
    line = '<line class="axis" x1="0" x2="64" y1="26.5" y2="26.5"/>'
    label = f"from the weakest fifth of the class to the strongest: {told}"
    box = 'width="64" height="28" viewBox="0 0 64 28"'
    return f'<svg class="steps" role="img" aria-label="{label}" {box}>{"".join(bars)}{line}</svg>'


def _key(x: float) -> Iterator[str]:
    for _, says, colour in OUTCOMES:
        yield _rect(x, 4, 14, 14, colour)
        yield _text(x + 20, 16, says, "start", "soft")
        x += 46 + 7.6 * len(says)


def _svg(width: float, height: float, alt: str, parts: Iterable[str]) -> str:
    box = f'viewBox="0 0 {width:g} {height:.0f}"'
    return f'<svg class="wide" role="img" aria-label="{escape(alt)}" {box}>{"".join(parts)}</svg>'


def _rect(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0) -> str:
    shade = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"{shade}/>'


def _text(x: float, y: float, says: object, anchor: str, kind: str = "", fill: str = "") -> str:
    extra = (f' class="{kind}"' if kind else "") + (f' style="fill:{fill}"' if fill else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(str(says))}</text>'
