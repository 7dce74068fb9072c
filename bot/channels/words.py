"""The words of pages and feeds themselves (templates/site/words), and how a language writes moments and names.

What is wrong is never said in these words; notices say that. The words for states are the catalogue's, so that a page
and an operator's answer use the same. A file is a flat mapping of key to sentence, and every file has the keys and
placeholders of English: a gap stops the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from math import floor
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format, get_timezone_name
from babel.numbers import format_percent
from markupsafe import Markup, escape

from bot.channels.sentences import load_sentences, load_strays
from bot.config.values import Localised
from bot.domain.model import Direction
from bot.domain.months import Month
from bot.errors import CatalogueError
from bot.languages.catalogue import Catalogue
from bot.languages.moments import Moments
from bot.resources import SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's own words.

    language: the tag asked for; default: the language that names fall back to; timezone: the IANA name moments are
    written in; moments: how the language writes them; sentences: by key, the catalogue's single words among them.
    """

    language: str
    default: str
    timezone: str
    moments: Moments = field(repr=False)
    sentences: Mapping[str, str] = field(repr=False)

    @property
    def locale(self) -> Locale:
        """CLDR's facts about the language."""
        return self.moments.locale

    @property
    def direction(self) -> Direction:
        """Which way the language is written."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    @property
    def own_name(self) -> str:
        """The language's name in itself: ``Italiano``."""
        name = _name(str(self.locale)) or self.language
        return name[0].upper() + name[1:]

    def plain(self, key: str, **names: object) -> str:
        """The sentence as plain text. Raises KeyError when there is no such key."""
        sentence = self.sentences[key]
        return sentence.format(**names) if names or "{" in sentence else sentence

    def html(self, key: str, **names: object) -> Markup:
        """The sentence as HTML; names that are not Markup are escaped. Raises KeyError when there is no such key."""
        escaped = {name: escape(value) for name, value in names.items()}
        return Markup(str(escape(self.sentences[key])).format(**escaped))  # noqa: S704  # both are escaped

    def name(self, text: Localised) -> str:
        """A configured name in this language, else its parents', else the default language's, else the first one."""
        return text if isinstance(text, str) else text[self._tag(text)]

    def name_html(self, text: Localised) -> Markup:
        """The name isolated in ``<bdi>``, with its own ``lang`` where it had to fall back."""
        tag = self.language if isinstance(text, str) else self._tag(text)
        lang = "" if tag in _parents(self.language) else f' lang="{escape(tag)}"'
        return Markup(f"<bdi{lang}>{escape(self.name(text))}</bdi>")  # noqa: S704  # both are escaped

    def _tag(self, names: Mapping[str, str]) -> str:
        tags = [*_parents(self.language), *_parents(self.default), *names]
        return next(tag for tag in tags if tag in names)

    def moment(self, at: datetime) -> str:
        """Date and time to the minute, as the language writes them, in the company's zone."""
        local = self._local(at)
        return _joined(str(self.locale)).format(self.clock(at), self.day(local.date()))

    def clock(self, at: datetime) -> str:
        """The time of day alone."""
        return self.moments.digits(_time(self._local(at).time().replace(second=0, microsecond=0), str(self.locale)))

    def day(self, day: date) -> str:
        """A day with its year: ``4 mar 2025``."""
        return self.moments.digits(_date(day, str(self.locale)))

    def month(self, month: Month) -> str:
        """A month with its year: ``marzo 2025``."""
        return self.moments.digits(format_skeleton("yMMMM", month.first, locale=self.locale))

    def duration(self, length: timedelta) -> str:
        """A length of time in two units at most: ``1 h 20 min``."""
        return self.moments.duration(length)

    def percent(self, share: float) -> str:
        """A share from 0 to 1 with two decimals at most. Never rounded up: less than all is never shown as 100 %."""
        cut = floor(share * 10_000) / 10_000
        shown = format_percent(cut, locale=self.locale, decimal_quantization=False, numbering_system="default")
        symbols = self.locale.number_symbols.get(self.locale.default_numbering_system, {})
        return self.moments.digits(shown.replace("%", symbols.get("percentSign", "%")))  # Babel keeps the Latin sign

    def same_day(self, first: datetime, second: datetime) -> bool:
        """Whether both fall on one day in the company's zone."""
        return self._local(first).date() == self._local(second).date()

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.timezone))

    @property
    def zone_name(self) -> str:
        """The zone in the language, followed by its IANA name: ``ora dell'Europa centrale (Europe/Rome)``."""
        if "UTC" in self.timezone:
            return self.timezone
        return f"{_zone(self.timezone, str(self.locale))} ({self.timezone})"


# Babel takes its time; a page in forty languages asks for the same again and again.


@cache
def _name(locale: str) -> str | None:
    return Locale.parse(locale).get_display_name()


@cache
def _zone(timezone: str, locale: str) -> str:
    return get_timezone_name(ZoneInfo(timezone), width="long", zone_variant="generic", locale=locale)


@cache
def _joined(locale: str) -> str:
    """How a date and a time become one: ``{1}, {0}``."""
    return str(get_datetime_format("medium", locale=locale)).replace("'", "")


@lru_cache(maxsize=8192)
def _date(day: date, locale: str) -> str:
    return format_date(day, "medium", locale=locale)


_CLOCKS = {"ko": "aaaa h:mm", "hi": "B h:mm"}
"""CLDR's short time, as Babel gives it, has Latin letters in these languages."""


@lru_cache(maxsize=8192)
def _time(at: time, locale: str) -> str:
    return format_time(at, _CLOCKS.get(locale.partition("_")[0], "short"), locale=locale)


def load_words(
    catalogue: Catalogue, timezone: str, folder: Path = SITE / "words", *, overlays: Sequence[Path] = ()
) -> dict[str, Words]:
    """The words of every language of the catalogue; ``es-MX`` may use the file of ``es``.

    timezone: IANA name; overlays: the company's folders, whose sentences go before ours key by key. Raises
    CatalogueError naming every language without a file, and every gap in the files used.
    """
    found: dict[str, Words] = {}
    problems = load_strays(overlays)
    for language in catalogue.languages:
        try:
            sentences = load_sentences(language, (folder, *overlays))
        except CatalogueError as error:
            problems += [problem for problem in error.problems if problem not in problems]
            continue
        found[language] = Words(
            language=language,
            default=catalogue.languages[0],
            timezone=timezone,
            moments=catalogue.moments(language),
            sentences={**catalogue.words(language), **sentences},
        )
    if problems:
        raise CatalogueError(*problems)
    return found


def _parents(language: str) -> list[str]:
    """The tag itself, then ever shorter: zh-Hant-HK, zh-Hant, zh."""
    parts = language.split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
