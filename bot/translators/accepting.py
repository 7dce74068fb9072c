"""Whether what a machine said may be published. Pure; whoever doubts refuses: the template's words are always good."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

import langcodes

from bot.errors import Untranslated
from bot.translators.masking import words

FEW_WORDS = 3
"""So many words may be the same in both languages: "OK", "Problem: WhatsApp"."""

_LONGER, _BESIDES = 3, 60
"""A translation is at most so many times as long as the text, and so many characters more. English becomes German with
a third more, Chinese becomes English with three times as many."""
_WIDE = frozenset({"Hans", "Hant", "Jpan", "Kore"})

_MARKUP = "*`[]"
_ADDRESS = re.compile(r"(?i)https?:|www\.|mailto:|@")

# By ISO 15924, how Unicode's names of its letters begin.
_LETTERS = {
    "Latn": ("LATIN",),
    "Cyrl": ("CYRILLIC",),
    "Grek": ("GREEK",),
    "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Thai": ("THAI",),
    "Armn": ("ARMENIAN",),
    "Geor": ("GEORGIAN",),
    "Beng": ("BENGALI",),
    "Taml": ("TAMIL",),
    "Hans": ("CJK",),
    "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"),
    "Kore": ("HANGUL", "CJK"),
}


def refuse_doubtful(asked: str, answered: str, *, source: str, target: str) -> None:
    """Raises Untranslated when a line came back empty, unchanged, far too long, in another script, or with other
    figures, markup or addresses.

    asked: the masked line; answered: the same in the other language; source, target: BCP 47 tags.
    """
    said, meant = words(answered), words(asked)
    if not any(character.isalpha() for character in said):
        raise Untranslated("it came back empty")
    if len(meant.split()) > FEW_WORDS and _plain(said) == _plain(meant):
        raise Untranslated("it came back as it was")
    if len(said) > _most(meant, source):
        raise Untranslated("it came back far too long")
    if not _in_script(said, target):
        raise Untranslated("it came back in another script")
    if _figures(said) != _figures(meant):
        raise Untranslated("it came back with other figures")
    if Counter(c for c in said if c in _MARKUP) != Counter(c for c in meant if c in _MARKUP):
        raise Untranslated("it came back with other markup")
    if len(_ADDRESS.findall(said)) > len(_ADDRESS.findall(meant)):
        raise Untranslated("it came back with an address that was not in it")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _most(meant: str, source: str) -> int:
    wide = 2 if script_of(source) in _WIDE else 1
    return _LONGER * wide * len(meant) + _BESIDES


def _figures(text: str) -> Counter[int]:
    """Every digit, in whatever script, however they are grouped."""
    return Counter(int(value) for c in text if (value := unicodedata.decimal(c, None)) is not None)


@cache
def script_of(tag: str) -> str:
    """The script a language is written in by ISO 15924, "" when it is not known."""
    try:
        return langcodes.Language.get(tag).maximize().script or ""
    except ValueError:
        return ""


def _in_script(said: str, target: str) -> bool:
    """Whether most letters are the language's. Names in Latin letters within other scripts are usual."""
    prefixes = _LETTERS.get(script_of(target))
    letters = [unicodedata.name(character, "") for character in said if character.isalpha()]
    if prefixes is None or not letters:
        return True
    return 2 * sum(name.startswith(prefixes) for name in letters) > len(letters)
