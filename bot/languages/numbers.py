"""Telephone numbers in text that runs from right to left, kept from coming out backwards. Knows Markdown only as far
as not to touch addresses and code.

Between Arabic letters "+39 040 555" is three numbers, and reads from right to left "555 040 39+"; so each is wrapped in
U+2068 and U+2069: https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
"""

from __future__ import annotations

import re

from bot.domain.model import Direction
from bot.languages.text import isolate

_DIGITS = 7
"""Of a number in several parts without a plus. Shorter ones are hours, dates, prices, and read well as they are."""
_BETWEEN = r"(?:[ \u00a0\u202f./]|\\?-)"
_IN_BRACKETS = r"\\?\([0-9]+\\?\)"
_PIECE = re.compile(
    r"\]\([^)]*\)|<[^>]*>|`+[^`]*`+|\w+://\S+"  # stay as they are
    rf"|(?<![\w\\+\u2068\u2069])(?P<number>(?:\\?\+)?(?:[0-9]+|{_IN_BRACKETS})"
    rf"(?:(?:{_BETWEEN}|(?<=\)))[0-9]+|{_BETWEEN}?{_IN_BRACKETS})*)(?!\w)"
)


def isolate_numbers(markdown: str, direction: Direction) -> str:
    """The Markdown, clean, with its telephone numbers isolated; as it was where text runs from left to right."""
    return _PIECE.sub(lambda found: _isolated(found, direction), markdown) if direction == "rtl" else markdown


def _isolated(found: re.Match[str], direction: Direction) -> str:
    number = found["number"]
    if number is None:
        return found[0]
    digits = sum(character.isdigit() for character in number)
    long = digits >= _DIGITS and digits < len(number)
    return isolate(number, direction) if long or "+" in number else number
