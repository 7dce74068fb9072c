"""Which script a language is written in, whether a text is in it, and which languages read alike.

Pure. It knows letters, not words: Portuguese in a Spanish text is none of its business.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import langcodes

_MOST = 0.5
_SOME = 0.2
"""So many of a human's letters are the language's: names in Latin letters are usual within all other scripts."""
_ALIKE = 24
"""CLDR's distance of languages that may say the same in the same words: Danish and Norwegian, Czech and Slovak."""

_NO_WORDS = re.compile(
    r"`[^`]*` | \{[^{}]*\} | (?i: https?:// | www\. | mailto: | tel: ) [^\s()]+ | [\w.+-]+@[\w.-]+ | (?<!\w)@\w+",
    re.VERBOSE,
)

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


@cache
def script_of(tag: str) -> str:
    """The script a language is written in by ISO 15924, "" when it is not known. tag: BCP 47."""
    try:
        return langcodes.Language.get(tag).maximize().script or ""
    except ValueError:
        return ""


def mostly_in_script(text: str, tag: str) -> bool:
    """Whether most letters are the language's; also when there are none, or its script is not known."""
    return _share(text, tag) > _MOST


def fit_to_be_read(text: str, tag: str) -> bool:
    """Whether a human's text, which may hold addresses and names in Latin letters, is in the language's script."""
    return _share(bare(text), tag) > (_MOST if script_of(tag) == "Latn" else _SOME)


def bare(text: str) -> str:
    """A text without what is the same in every language: addresses, code, placeholders."""
    return _NO_WORDS.sub(" ", text)


@cache
def alike(one: str, other: str) -> bool:
    """Whether two languages, by BCP 47 tag, are so close that the same words may be right in both."""
    if one.split("-", maxsplit=1)[0] == other.split("-", maxsplit=1)[0]:
        return True
    return min(langcodes.tag_distance(one, other), langcodes.tag_distance(other, one)) <= _ALIKE


def _share(text: str, tag: str) -> float:
    prefixes = _LETTERS.get(script_of(tag))
    letters = [unicodedata.name(character, "") for character in text if character.isalpha()]
    if prefixes is None or not letters:
        return 1.0
    return sum(name.startswith(prefixes) for name in letters) / len(letters)
