"""What a machine must not translate, taken out of a text before and put back after. Pure.

Addresses, code, numbers to call, names and whatever else stands for itself become ``<x id="1"/>``. Afterwards each must
be there exactly once; where one is lost, doubled or invented, the whole text is refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import Untranslated

_FIXED = re.compile(
    r"""
      (?P<code> (?P<ticks> `+ ) (?! ` ) .+? (?<! ` ) (?P=ticks) (?! ` ) )
    | (?<= \]\( ) [^\s()]* (?: \( [^\s()]* \) [^\s()]* )* (?= \) )          # where a Markdown link leads
    | < [^<>\s]+ >                                                          # an address in angle brackets
    | (?i: https?:// | www\. ) [^\s<>\[\]()]* [^\s<>\[\]().,;:!?*_'"»”…]
    | (?i: mailto: | tel: ) [^\s<>()]* [^\s<>().,;:!?]
    | [\w.+-]+ @ [\w-]+ (?: \. [\w-]+ )+
    | (?<! \w ) @ [A-Za-z] \w{2,}
    | \{+ [^{}]* \}+
    | (?<! \d ) (?<! \d[.\ ] )
      (?! [1-9]\d{0,2} (?: [.\ ]\d{3} )+ (?! \d ) )                          # no figure with its thousands apart
      \+? \d (?: [\ ()/.-]* \d ){5,}                                        # a number to call, a date
    | \\ [!-/:-@\[-`{-~]                                                    # a character that Markdown must not read
    | [<>&]+
    """,
    re.VERBOSE,
)
_TAG = re.compile(r"""<\s*x\s+id\s*=\s*["'“”]?([0-9]+)["'“”]?\s*(?:/\s*>|>\s*<\s*/\s*x\s*>)""")
"""As a machine may spell it that took it for HTML, or for words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text fit for a machine.

    lines: each line of the text; those without words stay as they are and are not sent;
    kept: by id, what goes back in its place.
    """

    lines: tuple[str, ...]
    kept: Mapping[int, str]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The lines that a machine is to translate."""
        return tuple(line for line in self.lines if _has_words(line))


def mask(text: str, names: Mapping[str, str]) -> Masked:
    """The text with what must stay taken out.

    names: what a name as it may stand in the text is to be in the translation, ready to be published.
    """
    by_length = sorted((name for name in names if name.strip()), key=len, reverse=True)
    listed = "|".join(map(re.escape, by_length)) or r"(?!)"
    found = re.compile(rf"(?P<name>(?<!\w)(?:{listed})(?!\w))|{_FIXED.pattern}", re.VERBOSE)
    kept: dict[int, str] = {}

    def take(match: re.Match[str]) -> str:
        kept[len(kept) + 1] = names[match[0]] if match["name"] is not None else match[0]
        return f'<x id="{len(kept)}"/>'

    return Masked(lines=tuple(found.sub(take, line) for line in text.split("\n")), kept=kept)


def _has_words(line: str) -> bool:
    return any(character.isalpha() for character in _TAG.sub("", line))


def words(line: str) -> str:
    """A masked line without its tags: what is left for a machine to translate."""
    return words_around(line, " ")


def words_around(line: str, stand_in: str) -> str:
    """A masked line with this in place of each of its tags."""
    return _TAG.sub(stand_in, line)


def unmask(masked: Masked, translated: tuple[str, ...]) -> str:
    """The whole text in the other language. translated: one line for each of ``wanted``.

    Raises Untranslated when a line is missing, or does not hold what was taken out of it exactly once.
    """
    if len(translated) != len(masked.wanted):
        raise Untranslated(f"{len(masked.wanted)} lines were asked for, {len(translated)} came back")
    answers = iter(translated)
    return "\n".join(_restored(line, next(answers) if _has_words(line) else line, masked.kept) for line in masked.lines)


def _restored(asked: str, answered: str, kept: Mapping[int, str]) -> str:
    if sorted(map(int, _TAG.findall(asked))) != sorted(map(int, _TAG.findall(answered))):
        raise Untranslated("a name or an address was lost, doubled or invented")
    lead, trail = asked[: len(asked) - len(asked.lstrip())], asked[len(asked.rstrip()) :]
    pieces = _TAG.split(f"{lead}{answered.strip()}{trail}" if asked.strip() else asked)
    words = [html.unescape(piece) for piece in pieces[::2]]
    if any(character in piece for piece in words for character in "<>\n"):
        raise Untranslated("it came back with markup that was not in it")
    ids = [kept[int(id)] for id in pieces[1::2]]
    return "".join(each for pair in zip(words, [*ids, ""], strict=True) for each in pair)
