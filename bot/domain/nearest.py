"""How an unknown word is answered: by the nearest known one, and by all of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

MOST = 30
"""Known words listed at most."""


def no_such(what: str, found: str, options: Mapping[str, str] | Collection[str]) -> str:
    """``no impact 'majr'; did you mean major? Impacts: none, minor, major, critical.``

    options: the words that would have been understood; a mapping gives for each the word to propose in its place.
    """
    known = options if isinstance(options, Mapping) else {option: option for option in options}
    plural = f"{what.capitalize()}{'es' if what.endswith('s') else 's'}"
    proposed = list(dict.fromkeys(known.values()))
    end = f"{plural}: {', '.join(proposed[:MOST])}{' ...' if len(proposed) > MOST else '.'}"
    if not found:
        return f"the {what} is missing. {end}"
    nearest = get_close_matches(found.casefold(), known, n=1)
    return f"no {what} {quoted(found)}{f'; did you mean {known[nearest[0]]}?' if nearest else '.'} {end}"


def quoted(text: str) -> str:
    """The beginning of what somebody typed, in quotes."""
    return f"'{beginning(text)}'"


def beginning(text: str) -> str:
    """The beginning of what somebody typed, on one line; at most 30 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 30 else f"{line[:29]}…"
