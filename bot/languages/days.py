"""What people call days, for reading what operators type: CLDR's names of weekdays, and a few words of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from bot.domain.dates import DayNames, folded
from bot.languages.joints import joints_of
from bot.languages.sentences import locale_of

_RELATIVE: Mapping[str, tuple[str, str]] = {
    "en": ("today", "tomorrow"),
    "it": ("oggi", "domani"),
    "es": ("hoy", "mañana"),
    "fr": ("aujourd'hui", "demain"),
    "de": ("heute", "morgen"),
    "ar": ("اليوم", "غدًا"),
    "ja": ("今日", "明日"),
    "nl": ("vandaag", "morgen"),
    "pl": ("dziś", "jutro"),
    "pt": ("hoje", "amanhã"),
    "ru": ("сегодня", "завтра"),
    "tr": ("bugün", "yarın"),
    "uk": ("сьогодні", "завтра"),
    "zh": ("今天", "明天"),
}
"""Today and tomorrow; Babel 2.18 leaves CLDR's own out."""


@cache
def day_names(tag: str) -> DayNames:
    """What an operator of this language may call a day; English words too, where the language has no other use for
    them. tag: BCP 47; one that CLDR does not know has the English words alone.
    """
    weekdays: dict[str, int] = {}
    relative: dict[str, int] = {}
    for each in (tag, "en"):
        for name, day in _weekdays(each):
            weekdays.setdefault(name, day)
        for day, name in enumerate(_RELATIVE.get(each.partition("-")[0], ())):
            relative.setdefault(folded(name), day)
    return DayNames(weekdays=weekdays, relative=relative, joints=joints_of(tag))


def _weekdays(tag: str) -> Iterator[tuple[str, int]]:
    """Full and abbreviated names, with 0 for Monday."""
    locale = locale_of(tag)
    if locale is None:
        return
    for width in ("wide", "abbreviated"):
        for context in ("stand-alone", "format"):
            for day, name in locale.days[context][width].items():
                yield folded(name.rstrip(".")), day
