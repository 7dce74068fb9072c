"""Reads components off the front of a command: ids or names, which may have spaces, in any language and case. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from bot.domain.nearest import no_such, quoted
from bot.errors import CommandError, Listed

_COMMA = re.compile(r"\s*[,،]\s*")  # the second one is what Arabic keyboards have
_FIRST = re.compile(r"[^\s,،]*")


def take(text: str, components: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], str]:
    """The ids of the comma-separated components that ``text`` begins with, each once, and what follows them.

    components: id -> names. The longest match wins; an id wins over another component's equal name.
    Raises CommandError: nothing known there, or a name that two components share.
    """
    text = unicodedata.normalize("NFC", text)
    meanings = _meanings(components)
    names = sorted(meanings, key=len, reverse=True)
    any_name = re.compile("|".join(rf"({_loose(name)})(?=[\s,،]|$)" for name in names) or "(?!)", re.IGNORECASE)
    found: list[str] = []
    while True:
        match = any_name.match(text)
        if match is None or match.lastindex is None:
            raise _unknown(text, meanings, components)
        found.append(_only(match[0], meanings[names[match.lastindex - 1]]))
        comma = _COMMA.match(text, match.end())
        if comma is None:
            return tuple(dict.fromkeys(found)), text[match.end() :].strip()
        text = text[comma.end() :]


def _meanings(components: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """Name in lower case -> the ids it stands for."""
    meanings: dict[str, tuple[str, ...]] = {}
    for identifier, name in _names(components):
        meanings[name] = tuple(dict.fromkeys((*meanings.get(name, ()), identifier)))
    return meanings | {identifier: (identifier,) for identifier in components}


def _names(components: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    for identifier, names in components.items():
        for name in names:
            plain = " ".join(unicodedata.normalize("NFC", name).lower().split())
            if plain:
                yield identifier, plain


def _loose(name: str) -> str:
    return r"\s+".join(re.escape(word) for word in name.split())


def _only(typed: str, identifiers: tuple[str, ...]) -> str:
    if len(identifiers) > 1:
        raise CommandError(
            "{typed} is the name of {components}; type which of these you mean.",
            typed=quoted(typed),
            components=Listed(identifiers),
        )
    return identifiers[0]


def _unknown(
    text: str, meanings: Mapping[str, tuple[str, ...]], components: Mapping[str, Collection[str]]
) -> CommandError:
    first = _FIRST.match(text)
    options = {identifier: identifier for identifier in components} | {name: ids[0] for name, ids in meanings.items()}
    return no_such("component", first[0] if first else "", options)
