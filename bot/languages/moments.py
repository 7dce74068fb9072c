"""How one language writes instants, windows, durations and lists. Reads no clock.

CLDR gives the names of days and months, the customary clock (12 or 24 hours), digits, plural rules and lists; the
language's own file gives the words between. Its ready-made units, lists of units and zone names are not used: they
print "duration-hour", fail, or say "unknown region" in dozens of languages (Babel 2.18).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list

from bot.domain.stated import Stated
from bot.languages.sentences import Sentences
from bot.languages.text import isolate

# Zero in CLDR's numbering systems that a language uses by default: https://www.unicode.org/reports/tr35/tr35-numbers.html
# Arabic (ar) writes 0-9 by default, as business does online from Morocco to the Gulf; ar-EG and ar-SA write ٠-٩.
_ZEROS = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "mymr": "၀", "olck": "᱐", "tibt": "༠"}
# Where a name and what stands between two names meet. CLDR parts Thai names by a mere space, which names hold, too, and
# puts no space between Thai and other letters: https://www.unicode.org/reports/tr35/tr35-general.html#ListPatterns
_SEAM = "\0"
_THAI, _OTHER = "[\u0e00-\u0e7f]", r"[^\s\u0e00-\u0e7f]"
_THAI_BESIDE_OTHER = re.compile(f"(?<={_THAI}){_SEAM}(?={_OTHER})|(?<={_OTHER}){_SEAM}(?={_THAI})")
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """One language's way with time.

    sentences: the words; locale: whose calendar, clock and digits (``en-GB`` may use the words of ``en``).
    """

    sentences: Sentences
    locale: Locale

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """Day, time and zone of an aware instant: "December 11 at 2:03 PM CET". Notices are read on later days too."""
        return self.sentences.say("when.moment", self._instant(at, zone))

    def window(self, starts: datetime, ends: datetime | None, zone: ZoneInfo) -> str:
        """A planned stretch of time; within one day the day is named once. ends: None when it is not known."""
        if ends is None:
            return self.sentences.say("when.window.open", {"starts": self.moment(starts, zone)})
        if self.one_day(starts, ends, zone):
            until, until_hour, until_minute = self._clock(ends, zone)
            values = self._instant(starts, zone)
            values |= {"until": until, "until_hour": until_hour, "until_minute": until_minute}
            return self.sentences.say("when.window.one_day", values)
        values = {"starts": self.moment(starts, zone), "ends": self.moment(ends, zone)}
        return self.sentences.say("when.window.days", values)

    def one_day(self, starts: datetime, ends: datetime, zone: ZoneInfo) -> bool:
        """Whether a stretch of time begins and ends on the same day there."""
        return _day(starts, zone) == _day(ends, zone)

    def clocks_in(self, window: str, instants: Sequence[datetime], zone: ZoneInfo) -> tuple[Stated, ...]:
        """Where the words for a stretch of time name the time of day of these instants, which come in this order."""
        found: list[Stated] = []
        begin = 0
        for at in instants:
            if match := _clock_pattern(*self._clock(at, zone)).search(window, begin):
                found.append(Stated(text=match[0], at=at, within=window))
                begin = match.end()
        return tuple(found)

    def duration(self, length: timedelta) -> str:
        """At most two units, whole ones, nothing smaller than a minute: "1 h 20 min"; negative counts as none."""
        parts: list[str] = []
        for unit, size in _UNITS:
            number, length = divmod(max(length, timedelta()), size)
            if number:
                parts.append(self._amount(number, unit))
            elif parts:
                break
            if len(parts) == 2:
                return self.sentences.say("when.duration.both", {"first": parts[0], "second": parts[1]})
        return parts[0] if parts else self.sentences.say("when.duration.under_a_minute", {})

    def listing(self, names: Sequence[str]) -> str:
        """Names as a list in words: "A, B and C". Names of the other direction are isolated."""
        shown = [f"{_SEAM}{isolate(name, self.sentences.direction)}{_SEAM}" for name in names]
        listed = format_list(shown, "standard", self.sentences.locale).replace(f"{_SEAM} {_SEAM}", ", ")
        return _THAI_BESIDE_OTHER.sub(" ", listed).replace(_SEAM, "")

    def _amount(self, number: int, unit: str) -> str:
        form = self.sentences.locale.plural_form(number)
        return self.sentences.say(f"when.duration.{unit}.{form}", {"n": self.digits(str(number))})

    def _instant(self, at: datetime, zone: ZoneInfo) -> dict[str, object]:
        local = at.astimezone(zone)
        time, hour, minute = self._clock(at, zone)
        return {
            "weekday": format_date(local, "EEEE", self.locale),
            "day": self.digits(format_skeleton("MMMMd", local, locale=self.locale)),
            "date": local.day,
            "month": format_date(local, "MMMM", self.locale),
            "time": time,
            "hour": hour,
            "minute": minute,
            "zone": self._zone(local),
            "city": self._city(zone),
        }

    def _clock(self, at: datetime, zone: ZoneInfo) -> tuple[str, int, str]:
        """The customary time of day, the hour it shows (1 in 1:05 PM), and the minutes as it writes them."""
        time = self.digits(format_time(at.astimezone(zone), "short", zone, self.locale))
        hour, minute = re.findall(r"\d+", time)
        return time, int(hour), minute

    def _zone(self, local: datetime) -> str:
        """``CET``, the language's own word for it, or the distance from Greenwich where a zone has no letters."""
        name = local.tzname() or ""
        if own := self.sentences.text(f"when.zones.{name}"):
            return own
        if name.isalpha():
            return isolate(name, self.sentences.direction)
        distance = self.digits(_distance(local.utcoffset() or timedelta()))
        pattern: str = self.locale.zone_formats["gmt"]
        return pattern % isolate(distance, self.sentences.direction)

    def _city(self, zone: ZoneInfo) -> str:
        """The city a zone is named after, in the language; "" for zones that are named after none."""
        if "/" not in zone.key or zone.key.startswith("Etc/"):
            return ""
        # CLDR keeps a zone under the name it had first: Asia/Calcutta, Europe/Kiev.
        former = (old for old, new in get_global("zone_aliases").items() if new == zone.key)
        known = (self.locale.time_zones.get(name, {}).get("city") for name in (zone.key, *former))
        city = next((name for name in known if name), zone.key.rpartition("/")[2].replace("_", " "))
        return isolate(city, self.sentences.direction)

    def digits(self, text: str) -> str:
        """The text with its digits as the language customarily writes them: ۱۲ in Persian."""
        zero = _ZEROS.get(self.locale.default_numbering_system or "")
        return text.translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)}) if zero else text


def _clock_pattern(time: str, hour: int, minute: str) -> re.Pattern[str]:
    """How a sentence may write a time of day: as it is customary, with other words around its figures, or 18 h."""
    ways = [re.escape(time), rf"{hour}\D{{1,3}}{minute}", rf"{hour}\s?h(?!\w)"]
    return re.compile(rf"(?<!\d)(?:{'|'.join(ways)})(?!\d)")


def _day(at: datetime, zone: ZoneInfo) -> tuple[int, int, int]:
    local = at.astimezone(zone)
    return local.year, local.month, local.day


def _distance(offset: timedelta) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
