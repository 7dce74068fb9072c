"""The calendar keyboard: a month as a grid of days, then hours, then minutes. Pure.

The week begins where the reader's locale begins it, and days and months have CLDR's names.
"""

from __future__ import annotations

from calendar import Calendar
from datetime import date, time

from babel import Locale
from babel.core import get_global
from babel.dates import format_skeleton, get_day_names

from bot.languages.sentences import locale_of
from bot.operators.dialogues.asking import Choice, in_rows

FARTHEST_MONTHS = 12
_EMPTY = "·"


def week_of(tag: str) -> Locale:
    """The locale whose week and names a reader of this language has: of the country where most speak it, if it names
    none. English alone is nobody's in particular and has the international week.
    """
    if tag == "en":
        return Locale("en", "GB")
    locale = locale_of(tag) or Locale("en", "GB")
    if locale.territory is None:
        likely = get_global("likely_subtags").get(str(locale))
        return Locale.parse(likely) if likely else locale
    return locale


def month_grid(year: int, month: int, *, today: date, locale: Locale) -> list[list[Choice]]:
    """A row to turn months, the names of the weekdays, and the weeks. Days in the past cannot be pressed, and
    weeks of them are left out.

    Keys: ``m-2026-03`` another month, ``d-2026-03-14`` a day.
    """
    names = get_day_names("short", "stand-alone", locale)
    first = locale.first_week_day
    heads = [Choice(names[(first + place) % 7], None) for place in range(7)]
    weeks = Calendar(first).monthdatescalendar(year, month)
    return [
        _turning(year, month, today=today, locale=locale),
        heads,
        *([_day(day, month, today) for day in week] for week in weeks if week[-1] >= today),
    ]


def nearest_month(year: int, month: int, *, today: date) -> tuple[int, int]:
    """The month itself, or the nearest one that can be shown: from this one to a year ahead."""
    wanted = min(max(_number(year, month), _number(today.year, today.month)), _last(today))
    return wanted // 12, wanted % 12 + 1


def hour_grid(*, after: time | None = None) -> list[list[Choice]]:
    """The 24 hours; those wholly before ``after`` cannot be pressed. Keys: ``h-02``."""
    hours = [
        Choice(f"{hour:02}", f"h-{hour:02}") if after is None or time(hour, 45) > after else Choice(_EMPTY, None)
        for hour in range(24)
    ]
    return in_rows(hours, 6)


def minute_grid(hour: int, *, after: time | None = None) -> list[list[Choice]]:
    """The quarters of an hour; those before ``after`` cannot be pressed. Keys: ``n-02-30``."""
    quarters = [time(hour, minute) for minute in (0, 15, 30, 45)]
    return [
        [
            Choice(f"{each:%H:%M}", f"n-{each:%H-%M}") if after is None or each > after else Choice(_EMPTY, None)
            for each in quarters
        ]
    ]


def _turning(year: int, month: int, *, today: date, locale: Locale) -> list[Choice]:
    name = format_skeleton("yMMMM", date(year, month, 1), locale=locale)
    number = _number(year, month)
    before = _key(number - 1) if number > _number(today.year, today.month) else None
    after = _key(number + 1) if number < _last(today) else None
    return [Choice("‹" if before else _EMPTY, before), Choice(name, None), Choice("›" if after else _EMPTY, after)]


def _day(day: date, month: int, today: date) -> Choice:
    if day.month != month:
        return Choice(_EMPTY, None)
    label = f"• {day.day}" if day == today else str(day.day)
    return Choice(label, f"d-{day:%Y-%m-%d}") if day >= today else Choice(_EMPTY, None)


def _number(year: int, month: int) -> int:
    return year * 12 + month - 1


def _last(today: date) -> int:
    return _number(today.year, today.month) + FARTHEST_MONTHS


def _key(number: int) -> str:
    return f"m-{number // 12}-{number % 12 + 1:02}"
