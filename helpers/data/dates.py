"""Dates as people write them, each with its ISO form: made by rule, for a small translation."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

FIRST, LAST, HELD_OUT = date(1990, 1, 1), date(2029, 12, 31), 300
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
ONES = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
         "nineteen")  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
RANKS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
         "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
         "eighteenth", "nineteenth")  # fmt: skip
ROUND = {20: "twentieth", 30: "thirtieth"}
SHARES = {
    "day in words": 0.2,
    "month in words": 0.2,
    "day first": 0.18,
    "month first": 0.18,
    "year first": 0.24,
}
SPELLED = {"day first": "{d}/{m}/{y}", "month first": "{m}/{d}/{y}", "year first": "{y}/{m}/{d}"}


def dates() -> tuple[list[date], list[date]]:
    """Return the days of 1990 to 2029 in a random order: 14,310 to learn from, and 300 held out."""
    days = [FIRST + timedelta(days=k) for k in range((LAST - FIRST).days + 1)]
    order = [days[i] for i in np.random.default_rng(0).permutation(len(days))]
    return order[:-HELD_OUT], order[-HELD_OUT:]


def written(day: date, form: str) -> list[str]:
    """Return a date in one of the forms of `SHARES`, cut into words, or into digits and strokes.

    "day in words" is like *the twenty third of march nineteen ninety seven*, "month in words" like *march the
    twenty third nineteen ninety seven*; the others have two digits each, as in 23/03/97.
    """
    if form in SPELLED:
        return list(SPELLED[form].format(d=f"{day:%d}", m=f"{day:%m}", y=f"{day:%y}"))
    month, rank = MONTHS[day.month - 1], ["the", *_rank(day.day)]
    return [*([month, *rank] if form == "month in words" else [*rank, "of", month]), *_year(day.year)]


def pairs(days: Sequence[date], times: int, seed: int = 0) -> list[tuple[list[str], str]]:
    """Return (as it is written, ISO form) of each day, `times` times, each in a form drawn by its share."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice(list(SHARES), size=(times, len(days)), p=list(SHARES.values()))
    return [
        (written(day, form), day.isoformat()) for row in drawn for day, form in zip(days, row, strict=True)
    ]


def _rank(n: int) -> list[str]:
    if n < len(RANKS) + 1:
        return [RANKS[n - 1]]
    return [ROUND[n]] if n in ROUND else [TENS[n // 10 - 2], RANKS[n % 10 - 1]]


def _year(n: int) -> list[str]:
    if 2000 <= n < 2010:
        return ["two", "thousand", *([ONES[n % 10]] if n % 10 else [])]
    return [*_two(n // 100), *_two(n % 100)]


def _two(n: int) -> list[str]:
    if n < 20:
        return [TEENS[n - 10]]
    return [TENS[n // 10 - 2], *([ONES[n % 10]] if n % 10 else [])]
