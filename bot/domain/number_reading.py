"""Reads the number of an incident, an update or a draft off the front of a command. Pure."""

from __future__ import annotations

import re

from bot.domain.nearest import instead_of, quoted
from bot.domain.texts import later
from bot.errors import CommandError

_NUMBER = re.compile(r"#?(\d{1,9})(?!\S)")
_EXPECTED = {
    "incident": later("expected the number of the incident, such as 12{found}."),
    "update": later("expected the number of the update, such as 12{found}."),
    "draft": later("expected the number of the draft, such as 12{found}."),
}
_ONLY = {
    "incident": later("one incident at a time; what does {typed} mean?"),
    "update": later("one update at a time; what does {typed} mean?"),
    "draft": later("one draft at a time; what does {typed} mean?"),
}


def begins_with_number(rest: str) -> bool:
    """Whether a number stands in front."""
    return _NUMBER.match(rest) is not None


def take_number(of_what: str, rest: str) -> tuple[int, str]:
    """The number, 1 and up, and what follows it. of_what: incident, update or draft. Raises CommandError."""
    match = _NUMBER.match(rest)
    if match is None or int(match[1]) == 0:
        raise CommandError(_EXPECTED[of_what], found=instead_of(rest))
    return int(match[1]), rest[match.end() :].strip()


def only_number(of_what: str, rest: str) -> int:
    """The number, when it is all there is. Raises CommandError."""
    found, more = take_number(of_what, rest)
    if more:
        raise CommandError(_ONLY[of_what], typed=quoted(more))
    return found
