"""Moments as operators type them: text in, an aware UTC instant and what follows it out. Pure.

::

    2026-12-01 02:00, 1.12. 02:00, 13/12 2 pm     without a year the next one
    sat 02:00, samstag 14:00, tomorrow 02:00      the next such day
    02:00                                         the next such time
    in 2h30m                                      from now

An hour that a change of clocks leaves out is refused; of one that it repeats the first is meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import joints
from bot.domain.durations import duration
from bot.domain.joints import ENGLISH, Joints
from bot.domain.nearest import instead_of, quoted
from bot.errors import CommandError

FARTHEST = timedelta(days=366)
"""What is planned is not farther away than this; beyond it a year is mistyped."""

_JUST_PASSED = timedelta(days=60)

_ISO = re.compile(r"(20\d\d)-(\d{1,2})-(\d{1,2})(?=[\s,tT]|$)")
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(20\d\d)?)?(?=[\s,]|$)")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(20\d\d))?(?=[\s,]|$)")
_WORDS = re.compile(r"\S+")
_TIME = re.compile(r"(\d{1,2})(?::(\d\d))?(?![\d:])(?:\s*([ap])\.?m\b\.?)?", re.IGNORECASE)
# The zone is the company's; were one of these left over, it would be published as the operator's own words.
_ZONE = re.compile(r"\s*(UTC|GMT|Z|WES?T|CES?T|EES?T|BST|MSK|IST|JST|[ECMP][SD]T|AE[SD]T)(?![\w:])")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNames:
    """What an operator may call a day; every name is ``folded``.

    weekdays: 0 for Monday ... 6 for Sunday; relative: days from today, 0 and up; joints: the small words of times.
    """

    weekdays: Mapping[str, int]
    relative: Mapping[str, int]
    joints: Joints = ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """When and where something is typed. now: aware; zone: times are read in it."""

    now: datetime
    zone: ZoneInfo
    names: DayNames


_Numbers = tuple[int | None, int | None, int | None]
"""Year, month, day; None when it is not said."""


def folded(name: str) -> str:
    """A name as it is compared: in lower case, without accents and marks, with one kind of apostrophe."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return " ".join("".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")).casefold().split())


def take_moment(text: str, here: Here, *, after: datetime | None = None) -> tuple[datetime, str]:
    """The moment that ``text`` begins with, and what follows it.

    after: the moment before which nothing "next" can be, now when None. Whether it is past is for the caller.
    Raises CommandError: no moment there, no such day or time, or one that has two meanings.
    """
    text = text.lstrip()
    after = after or here.now
    if match := joints.ahead(here.names.joints).match(text):
        return _from_now(length_of(match[1]), here.now), text[match.end() :]
    days, rest = _take_day(text, here, after)
    wanted, rest = _take_time(rest, here, of=text[: len(text) - len(rest)].strip())
    if zone := _ZONE.match(rest):
        raise CommandError("times are those of {zone}; leave out {typed}.", zone=here.zone.key, typed=zone[1])
    return _resolved(days, wanted, here.zone, after), rest


def length_of(text: str) -> timedelta:
    """The duration that a match of ``joints.LENGTH`` stands for. Raises CommandError when it is none, or too long."""
    length = duration(_ascii(text).lower().replace(" ", ""))
    if not length or length > FARTHEST:
        raise CommandError("expected how long, such as 30m, 2h or 1d{found}.", found=instead_of(text))
    return length


def instants(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When clocks in the zone show this naive time: once, twice when they go back, never when they go forward."""
    readings = _readings(local, zone)
    return tuple(dict.fromkeys(at for at in readings if at.astimezone(zone).replace(tzinfo=None) == local))


def _readings(local: datetime, zone: ZoneInfo) -> list[datetime]:
    return [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]


def _from_now(length: timedelta, now: datetime) -> datetime:
    """Rounded up to the minute: nobody announces seconds."""
    at = (now + length).astimezone(UTC)
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


# --- the day ---


def _take_day(text: str, here: Here, after: datetime) -> tuple[tuple[date, ...], str]:
    """The days that may be meant, nearest first, and what follows; today and tomorrow when none is named."""
    near = after.astimezone(here.zone).date()
    for pattern, read in ((_ISO, _from_iso), (_DOTS, _from_dots), (_SLASHES, _from_slashes)):
        if match := pattern.match(text):
            return (_dated(match[0], read(match), near),), text[match.end() :]
    return _named(text, here, near) or ((near, near + timedelta(days=1)), text)


def _from_iso(match: re.Match[str]) -> _Numbers:
    return int(match[1]), int(match[2]), int(match[3])


def _from_dots(match: re.Match[str]) -> _Numbers:
    return int(match[3]) if match[3] else None, int(match[2]), int(match[1])


def _from_slashes(match: re.Match[str]) -> _Numbers:
    first, second = int(match[1]), int(match[2])
    if first != second and first <= 12 and second <= 12:
        raise CommandError(
            "{typed} may have the day or the month first; write {one} or {other}",
            typed=match[0],
            one=f"{first}.{second}.",
            other=f"{second}.{first}.",
        )
    day, month = (second, first) if second > 12 else (first, second)
    return int(match[3]) if match[3] else None, month, day


def _dated(typed: str, numbers: _Numbers, near: date) -> date:
    """Without a year the next such day; one that has just passed is that one, and not a year away."""
    year, month, day = numbers
    years = (year,) if year else (near.year - 1, near.year, near.year + 1)
    found = [each for each in (_date(one, month, day) for one in years) if each is not None]
    meant = next((each for each in found if year or each > near - _JUST_PASSED), None)
    if meant is None:
        raise CommandError("there is no day {typed}.", typed=quoted(typed))
    return meant


def _date(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _named(text: str, here: Here, near: date) -> tuple[tuple[date, ...], str] | None:
    """A day by its name, which may be of several words."""
    for last in reversed([*_WORDS.finditer(text)][:3]):
        name, rest = folded(text[: last.end()].rstrip(",").rstrip(".")), text[last.end() :]
        if name in here.names.relative:
            today = here.now.astimezone(here.zone).date()
            return (today + timedelta(days=here.names.relative[name]),), rest
        if name in here.names.weekdays:
            first = near + timedelta(days=(here.names.weekdays[name] - near.weekday()) % 7)
            return (first, first + timedelta(days=7)), rest
    return None


# --- the time ---


def _take_time(text: str, here: Here, *, of: str) -> tuple[time, str]:
    text = text[joint.end() :] if (joint := joints.at(here.names.joints).match(text)) else text
    match = _TIME.match(text)
    if match is None or not (match[2] or match[3]):
        raise _no_time(text, of)
    hour, minute = int(match[1]), int(match[2] or 0)
    half_day = (match[3] or "").lower()
    if minute > 59 or hour > 23 or (half_day and not 1 <= hour <= 12):
        raise CommandError("there is no time {typed}.", typed=quoted(match[0]))
    if half_day:
        hour = hour % 12 + (12 if half_day == "p" else 0)
    return time(hour, minute), text[match.end() :]


def _no_time(text: str, of: str) -> CommandError:
    found = instead_of(text)
    if of:
        return CommandError("at what time on {day}? Such as 02:00{found}.", day=quoted(of), found=found)
    return CommandError("expected when, such as 2026-12-01 02:00, sat 02:00, 02:00 or in 2h{found}.", found=found)


def _resolved(days: Sequence[date], wanted: time, zone: ZoneInfo, after: datetime) -> datetime:
    """The instant: the first one ahead, where several may be meant."""
    possible = [datetime.combine(day, wanted) for day in days]
    local = next((each for each in possible if max(_readings(each, zone)) > after), possible[-1])
    found = instants(local, zone)
    if not found:
        raise _left_out(local, zone)
    return next((at for at in found if at > after), found[0])


def _left_out(local: datetime, zone: ZoneInfo) -> CommandError:
    minutes = (local + timedelta(minutes=number) for number in range(1, 24 * 60 + 1))
    exists = next(each for each in minutes if instants(each, zone))
    return CommandError(
        "{time} does not exist on {day} in {zone}: clocks go forward. The next that does is {next}.",
        time=f"{local:%H:%M}",
        day=f"{local:%Y-%m-%d}",
        zone=zone.key,
        next=f"{exists:%Y-%m-%d %H:%M}",
    )


def _ascii(text: str) -> str:
    """With the digits of other scripts as 0-9."""
    return "".join(str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each for each in text)
