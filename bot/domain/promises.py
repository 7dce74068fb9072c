"""How a promise of more news is typed: ``next=30m`` or ``next=14:30``, before the words. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.domain.dates import Here, length_of, take_moment
from bot.domain.durations import duration
from bot.domain.nearest import quoted
from bot.errors import CommandError

FARTHEST = timedelta(days=7)
"""Nobody waits longer for news of what is wrong."""

SAME_DAY = timedelta(hours=12)
"""A time of day that is farther away than this has most likely passed already today."""

_NEXT = re.compile(r"next=(\S+)\s*", re.IGNORECASE)


def take_promise(rest: str, here: Here) -> tuple[datetime | None, str]:
    """The promise a text begins with, as an instant in whole minutes, None for none; and what follows it.

    Raises CommandError: neither a length nor a time of day, or too far away.
    """
    match = _NEXT.match(rest)
    if match is None:
        return None, rest
    at = _instant(match[1], here)
    if not here.now < at <= here.now + FARTHEST:
        raise CommandError("news can be promised for the next 7 days, not for {typed}.", typed=quoted(match[1]))
    return at, rest[match.end() :]


def promised_in(length: timedelta, now: datetime) -> datetime:
    """So long from now, in whole minutes: nobody promises seconds."""
    at = now + length
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def _instant(typed: str, here: Here) -> datetime:
    if duration(typed.lower()):
        return promised_in(length_of(typed), here.now)
    try:
        at, more = take_moment(typed, here)
    except CommandError:
        more = typed
    if more:
        raise CommandError(
            "expected when there will be news, such as next=30m or next=14:30, not {typed}.", typed=quoted(typed)
        )
    if at - here.now > SAME_DAY:
        raise CommandError(
            "{typed} is more than 12 hours away; if you mean that, say in how many hours, such as next=20h.",
            typed=quoted(typed),
        )
    return at
