"""Whether what a machine said may be published. Pure; whoever doubts refuses: the template's words are always good."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter

from bot.errors import Untranslated
from bot.languages.scripts import mostly_in_script, script_of
from bot.translators.masking import words, words_around

FEW_WORDS = 3
"""So many words may be the same in both languages: "OK", "Problem: WhatsApp"."""

_LONGER, _BESIDES = 3, 60
"""A translation is at most so many times as long as the text, and so many characters more. English becomes German with
a third more, Chinese becomes English with three times as many."""
_WIDE = frozenset({"Hans", "Hant", "Jpan", "Kore"})

_MARKUP = "*_`[]\\"
_ADDRESS = re.compile(r"(?i)https?:|www\.|mailto:|@")
_DOMAIN = re.compile(r"\b[\w-]+\.(?:[a-z]{2,}|[A-Z]{2,})\b")
"""What clients make a link of by themselves. Not a sentence that begins right behind a full stop."""
_MARKER = re.compile(r"\s*(#{1,6}(?=\s|$)|[-+*](?=\s)|>|\d+[.)](?=\s))")
"""What makes a heading, a list or a quotation of a line."""


def refuse_doubtful(asked: str, answered: str, *, source: str, target: str) -> None:
    """Raises Untranslated when a line came back empty, unchanged, far too long, in another script, or with other
    figures, markup or addresses.

    asked: the masked line; answered: the same in the other language; source, target: BCP 47 tags.
    """
    said, meant = html.unescape(words(answered)), words(asked)
    if not any(character.isalpha() for character in said):
        raise Untranslated("it came back empty")
    if len(meant.split()) > FEW_WORDS and _plain(said) == _plain(meant):
        raise Untranslated("it came back as it was")
    if len(said) > _most(meant, source):
        raise Untranslated("it came back far too long")
    if not mostly_in_script(said, target):
        raise Untranslated("it came back in another script")
    if _figures(said) != _figures(meant):
        raise Untranslated("it came back with other figures")
    if Counter(c for c in said if c in _MARKUP) != Counter(c for c in meant if c in _MARKUP):
        raise Untranslated("it came back with other markup")
    _refuse_invented(html.unescape(words_around(answered, "x")), words_around(asked, "x"))


def _refuse_invented(said: str, meant: str) -> None:
    """Both with a letter for each tag: what stands right beside one is joined with it when that is put back."""
    if _marker(said) != _marker(meant):
        raise Untranslated("it came back as a heading, a list or a quotation, or no longer as one")
    more_addresses = len(_ADDRESS.findall(said)) > len(_ADDRESS.findall(meant))
    if more_addresses or {*_DOMAIN.findall(said)} - {*_DOMAIN.findall(meant)}:
        raise Untranslated("it came back with an address that was not in it")


def _marker(line: str) -> str:
    found = _MARKER.match(line)
    return found[1] if found else ""


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _most(meant: str, source: str) -> int:
    wide = 2 if script_of(source) in _WIDE else 1
    return _LONGER * wide * len(meant) + _BESIDES


def _figures(text: str) -> Counter[int]:
    """Every digit, in whatever script, however they are grouped."""
    return Counter(int(value) for c in text if (value := unicodedata.decimal(c, None)) is not None)
