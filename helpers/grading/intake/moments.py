"""A date with a time as a school's system writes it, in any language: `Samstag, 28. November 2026, 11:05`."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache

CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
FIRST = {"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "uk"}  # sooner found, no more
SIGNS = "年月日년월일"  # behind a year, a month, a day, in this order


def moment(text: str) -> datetime | None:
    """Return the time that a text tells, without a zone; None where it tells none, or may tell two.

    A month's name may be another month's in another language (listopad is October in Croatian, November in
    Polish): the name of the day decides then.
    """
    words = unicodedata.normalize("NFKC", text).casefold()
    clock = CLOCK.search(words)
    if not clock:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    told = words[: clock.start()] + " " + words[clock.end() :]
    numbers = [int(number) for number in re.findall(r"\d+", told)]
    years = [number for number in numbers if number > 99]
    if len(years) != 1:
        return None
    others = [number for number in numbers if number <= 99]
    found = set[datetime]()
    for month, day, weekdays, late in _readings(told, others):
        after = hour if late is None or hour > 12 else hour % 12 + 12 * late
        try:
            read = datetime(years[0], month, day, after, minute, second)
        except ValueError:
            continue
        if weekdays and weekdays[read.weekday()] in told:
            return read
        found.add(read)
    return found.pop() if len(found) == 1 else None


def _readings(told: str, numbers: list[int]) -> Iterator[tuple[int, int, dict[int, str], bool | None]]:
    """Yield month, day, the names of the days, and whether it is after noon: None on a clock of 24 hours."""
    half = True if re.search(r"\bp\.?m\b", told) else False if re.search(r"\ba\.?m\b", told) else None
    if len(numbers) == 2 and any(sign in told for sign in SIGNS):
        yield numbers[0], numbers[1], {}, half
    for months, weekdays, halves in map(_language, _languages()) if len(numbers) == 1 else ():
        for name, month in months.items():
            if name in told and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told):
                mine = [late for word, late in halves.items() if word in told]
                yield month, numbers[0], weekdays, half if half is not None or len(mine) != 1 else mine[0]


@cache
def _languages() -> list[str]:
    """Return the names of languages, those that most write first."""
    from babel.localedata import locale_identifiers

    others = [name for name in locale_identifiers() if "_" not in name or name == "sr_Latn"]
    return sorted(others, key=lambda name: (name not in FIRST, name))


@cache
def _language(name: str) -> tuple[dict[str, int], dict[int, str], dict[str, bool]]:
    """Return a language's names of months, of days, and of the halves of a day, all in small letters."""
    from babel import Locale

    locale = Locale.parse(name)
    months = {
        word.casefold(): month
        for form in ("format", "stand-alone")
        for month, word in locale.months[form]["wide"].items()
        if not re.fullmatch(r"M?\d+", word)
    }
    halves = locale.day_periods["format"]["wide"]
    return (
        months,
        {day: word.casefold() for day, word in locale.days["format"]["wide"].items()},
        {halves[key].casefold(): key == "pm" for key in ("am", "pm") if key in halves},
    )
