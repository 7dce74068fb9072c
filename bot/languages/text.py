"""Plain text from outside, made safe to stand inside a sentence. Not about markup: that is ``markdown``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.domain.model import Direction

# Nobody can read these, and XML 1.0 forbids most (https://www.w3.org/TR/xml/#charsets): controls, lone surrogates,
# non-characters, the byte order mark.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
# Embeddings, overrides and isolates in a name would reorder the words around it. The marks U+200E, U+200F, U+061C,
# U+200C and U+200D are harmless, and names and emoji need them.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\n]+")

_AGAINST: Mapping[Direction, frozenset[str]] = {
    "ltr": frozenset({"R", "AL", "AN"}),
    "rtl": frozenset({"L", "EN"}),  # digits too: "+39 081" would read "081 39+"
}
_ISOLATE, _END = "\u2068", "\u2069"


def printable(text: str) -> str:
    """The text without characters that do not print, every line end as ``\\n``; otherwise as it was."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def clean_lines(text: str) -> str:
    """Text from outside: printable, and unable to reorder the words around it."""
    return _REORDERING.sub("", printable(text))


def clean(text: str) -> str:
    """A name from outside: the same on one line, without space at its ends."""
    return one_line(clean_lines(text))


def one_line(text: str) -> str:
    """Our own text on one line: runs of spaces, tabs and line ends become one space. No-break spaces inside it stay."""
    return _SPACES.sub(" ", text).strip()


def isolate(name: str, direction: Direction) -> str:
    """A clean name fit for text of that direction: wrapped in U+2068 and U+2069 when anything in it runs the other way.

    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
    """
    against = _AGAINST[direction]
    if any(unicodedata.bidirectional(character) in against for character in name):
        return f"{_ISOLATE}{name}{_END}"
    return name


def utf16_length(text: str) -> int:
    """How many UTF-16 code units the text takes, which is what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
