"""How the commands about planned maintenance are read, behind what names the components or the incident. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.domain.dates import LENGTH, Here, length_of, take_moment
from bot.domain.model import Impact
from bot.domain.nearest import quoted
from bot.domain.windows import Window, refuse, take_start, take_window
from bot.errors import CommandError

USUAL_IMPACT = Impact.MINOR
"""Of maintenance: short interruptions."""

_BY = re.compile(rf"(?:by\s+|\+\s*)?{LENGTH}", re.IGNORECASE)
_UNTIL = re.compile(r"(?:until|till|to)\s+", re.IGNORECASE)
_IMPACT = re.compile(rf"({'|'.join(Impact)})(?!\S)", re.IGNORECASE)


def take_plan(rest: str, here: Here) -> tuple[Window, Impact, str]:
    """Window and impact of ``START - END [IMPACT] [text]``, and the text. Raises CommandError."""
    window, rest = take_window(rest, here)
    refuse(window, now=here.now)
    impact = _IMPACT.match(rest)
    if impact is None:
        return window, USUAL_IMPACT, rest
    return window, Impact(impact[1].lower()), rest[impact.end() :].strip()


def take_move(rest: str, here: Here) -> tuple[datetime, datetime | None, str]:
    """Start and end (None when it is not said) of ``START [- END] [text]``, and the text. Raises CommandError."""
    starts, ends, rest = take_start(rest, here)
    if ends is not None:
        refuse(Window(starts=starts, ends=ends), now=here.now)
    return starts, ends, rest


def take_extension(rest: str, here: Here) -> tuple[timedelta | datetime, str]:
    """How much longer, or the new end, of ``1h [text]`` or ``until END [text]``, and the text. Raises CommandError."""
    if match := _BY.match(rest):
        return length_of(match[1]), rest[match.end() :].strip()
    if match := _UNTIL.match(rest):
        until, rest = take_moment(rest[match.end() :], here)
        return until, rest.strip()
    found = f", not {quoted(rest)}" if rest else ""
    raise CommandError(f"expected how much longer, such as 1h, or until 05:00{found}.")
