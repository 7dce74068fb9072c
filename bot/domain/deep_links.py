"""What a link into the private chat carries: a language, a component. ``https://t.me/BOT?start=PAYLOAD``. Pure.

A payload is parts such as ``l_it`` and ``c_shop``, joined by ``-``: at most 64 of A-Z, a-z, 0-9, _ and -
(https://core.telegram.org/bots/features#deep-linking). Anybody can make one up: what is not known is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST = 64
_FIT = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody who followed a link asks for. language: a configured one; component: an id; None: not said."""

    language: str | None = None
    component: str | None = None


def wish_of(payload: str, *, languages: Collection[str], components: Collection[str]) -> Wish:
    """What a payload asks for, as far as it is known; of two of a kind, the first.

    languages: of BCP 47, whatever their case in the payload; components: ids. Both may hold ``-`` themselves.
    """
    known = {f"l_{language}".lower(): (language, None) for language in languages}
    asked = {f"c_{component}": (None, component) for component in components}
    pieces = payload[:MOST].split("-")
    language = component = None
    start = 0
    while start < len(pieces):
        end, found = _longest(pieces, start, known, asked)
        language, component = language or found[0], component or found[1]
        start = end
    return Wish(language=language, component=component)


def _longest(
    pieces: list[str],
    start: int,
    known: Mapping[str, tuple[str | None, None]],
    asked: Mapping[str, tuple[None, str | None]],
) -> tuple[int, tuple[str | None, str | None]]:
    """Where the longest part that begins here ends, and what it says; nothing is the end of one piece."""
    for end in range(len(pieces), start, -1):
        text = "-".join(pieces[start:end])
        if found := known.get(text.lower()) or asked.get(text):
            return end, found
    return start + 1, (None, None)


def payload_of(*, language: str | None = None, component: str | None = None) -> str:
    """The payload that asks for these; a component that does not fit is left out, and so are others than Telegram's
    letters. "" when there is nothing to ask for."""
    parts = [f"l_{language}"] if language else []
    if component and len("-".join([*parts, f"c_{component}"])) <= MOST:
        parts.append(f"c_{component}")
    return "-".join(part for part in parts if _FIT.fullmatch(part))
