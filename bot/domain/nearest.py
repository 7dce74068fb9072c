"""How an unknown word is answered: by the nearest known one, and by all of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Literal, TypeAlias

from bot.domain.texts import later
from bot.errors import CommandError

Word: TypeAlias = Literal["command", "component", "impact", "status", "role"]
"""What can be mistyped."""

MOST = 30
"""Known words listed at most."""


_MISSING = {
    "command": later("the command is missing."),
    "component": later("the component is missing."),
    "impact": later("the impact is missing."),
    "status": later("the status is missing."),
    "role": later("the role is missing."),
}
_UNKNOWN = {
    "command": later("no command {typed}"),
    "component": later("no component {typed}"),
    "impact": later("no impact {typed}"),
    "status": later("no status {typed}"),
    "role": later("no role {typed}"),
}
_KNOWN = {
    "command": later("Commands: {known}"),
    "component": later("Components: {known}"),
    "impact": later("Impacts: {known}"),
    "status": later("Statuses: {known}"),
    "role": later("Roles: {known}"),
}


def no_such(what: Word, found: str, options: Mapping[str, str] | Collection[str]) -> CommandError:
    """``no impact 'majr'; did you mean major? Impacts: none, minor, major, critical.``

    options: the words that would have been understood; a mapping gives for each the word to propose in its place.
    """
    known = options if isinstance(options, Mapping) else {option: option for option in options}
    proposed = list(dict.fromkeys(known.values()))
    names = f"{', '.join(proposed[:MOST])}{' ...' if len(proposed) > MOST else '.'}"
    listed = CommandError(_KNOWN[what], known=names)
    if not found:
        return CommandError("{missing} {known}", missing=CommandError(_MISSING[what]), known=listed)
    unknown = CommandError(_UNKNOWN[what], typed=quoted(found))
    nearest = get_close_matches(found.casefold(), known, n=1)
    if not nearest:
        return CommandError("{unknown}. {known}", unknown=unknown, known=listed)
    return CommandError(
        "{unknown}; did you mean {nearest}? {known}", unknown=unknown, nearest=known[nearest[0]], known=listed
    )


def instead_of(typed: str) -> CommandError | str:
    """``, not 'tomorow'`` behind what was expected; nothing when nothing was typed."""
    return CommandError(", not {typed}", typed=quoted(typed)) if typed else ""


def quoted(text: str) -> str:
    """The beginning of what somebody typed, in quotes."""
    return f"'{beginning(text)}'"


def beginning(text: str) -> str:
    """The beginning of what somebody typed, on one line; at most 30 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 30 else f"{line[:29]}…"
