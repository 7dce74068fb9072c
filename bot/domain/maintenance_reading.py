"""How the commands about planned maintenance are read, behind what names the components or the incident. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import joints
from bot.domain.dates import Here, length_of, take_moment
from bot.domain.joints import LENGTH
from bot.domain.model import Impact
from bot.domain.nearest import instead_of, no_such
from bot.domain.own_words import is_tagged
from bot.domain.recurring import Every, take_every
from bot.domain.windows import Window, refuse, take_start, take_window
from bot.errors import CommandError

USUAL_IMPACT = Impact.MINOR
"""Of maintenance: short interruptions."""

_BY = re.compile(rf"(?:by\s+|\+\s*)?{LENGTH}", re.IGNORECASE)
_NAMED = re.compile(r"impact=(\S*)", re.IGNORECASE)
_BARE = re.compile(rf"({'|'.join(Impact)})(?!\S)")


def take_plan(rest: str, here: Here, languages: Sequence[str]) -> tuple[Window, Every | None, Impact, str]:
    """Window, recurrence and impact of ``START - END [every week] [impact=IMPACT] [text]``, and the text.

    languages: those whose tags may begin the text. Raises CommandError.
    """
    window, rest = take_window(rest, here)
    refuse(window, now=here.now)
    every, rest = take_every(rest, here.names.joints)
    impact, text = _take_impact(rest, languages)
    return window, every, impact, text


def _take_impact(rest: str, languages: Sequence[str]) -> tuple[Impact, str]:
    """A bare impact counts only where it cannot begin a sentence: "None of your orders is lost" stays whole."""
    if named := _NAMED.match(rest):
        if named[1].lower() not in list(Impact):
            raise no_such("impact", named[1], list(Impact))
        return Impact(named[1].lower()), rest[named.end() :].strip()
    bare = _BARE.match(rest)
    text = rest[bare.end() :].strip() if bare else rest
    if bare is None or (text and not is_tagged(text, languages)):
        return USUAL_IMPACT, rest
    return Impact(bare[1]), text


def take_move(rest: str, here: Here) -> tuple[datetime, datetime | None, str]:
    """Start and end (None when it is not said) of ``START [- END] [text]``, and the text.

    Raises CommandError, also where it is to come again: moving one window makes no series.
    """
    starts, ends, rest = take_start(rest, here)
    if take_every(rest, here.names.joints)[0] is not None:
        raise CommandError("moving it does not make it come again; /maintenance announces what does.")
    if ends is not None:
        refuse(Window(starts=starts, ends=ends), now=here.now)
    return starts, ends, rest


def take_extension(rest: str, here: Here) -> tuple[timedelta | datetime, str]:
    """How much longer, or the new end, of ``1h [text]`` or ``until END [text]``, and the text. Raises CommandError."""
    if match := _BY.match(rest):
        return length_of(match[1]), rest[match.end() :].strip()
    if match := joints.until(here.names.joints).match(rest):
        until, rest = take_moment(rest[match.end() :], here)
        return until, rest.strip()
    raise CommandError("expected how much longer, such as 1h, or until 05:00{found}.", found=instead_of(rest))
