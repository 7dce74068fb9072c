"""What operators and subscribers are told, in their own language: English in the code, translations in PO files.

``Tongues`` loads a folder of them; a ``Tongue`` is one language. Only ``{name}`` means something in a text, so what is
put there is never read as a format. Nothing is escaped here: whoever puts text into Markdown escapes it.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from bot.errors import CatalogueError, CommandError, Listed, Problem
from bot.languages.negotiate import closest
from bot.languages.sentences import locale_of
from bot.languages.text import clean_lines

_FIELD = re.compile(r"\{([a-z_]+)\}")
_CODE = re.compile(r"`[^`\n{}]+`")
_LISTS: Mapping[str, Literal["standard", "or"]] = {"and": "standard", "or": "or"}
_ISOLATED = "\u2068{}\u2069"
"""A name from elsewhere in a text from right to left: https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates"""


class Tongue:
    """One language's texts. language: its tag, "en" for the texts of the code themselves.

    locale: CLDR's, for dates, lists and names.
    """

    def __init__(self, language: str, texts: gettext.NullTranslations) -> None:
        self.language = language
        self.locale = (None if language == "en" else locale_of(language)) or Locale("en", "GB")
        self._texts = texts
        self._leftwards = self.locale.text_direction == "rtl"

    def say(self, text: str, /, **values: object) -> str:
        """The text in this language, with the values in the places of their names; a missing value is a KeyError."""
        return self._filled(self._texts.gettext(text), values)

    def many(self, one: str, other: str, /, *, n: int, **values: object) -> str:
        """The text for this number of things; ``n`` is a value too."""
        return self._filled(self._texts.ngettext(one, other, n), {"n": n, **values})

    def word(self, word: StrEnum) -> str:
        """A status, an impact, a role or the like, as this language has it."""
        return self.say(word.value.replace("_", " "))

    def listed(self, items: Sequence[str], last: Literal["and", "or"] = "and") -> str:
        """``shop, app and site`` as this language does it; at least one item. last: what stands before the last one."""
        return format_list([self.shown(each) for each in items], _LISTS[last], self.locale)

    def error(self, error: CommandError) -> str:
        """What a refused command says; nothing that was typed can reorder it."""
        return self.say(error.text, **{name: self._part(value) for name, value in error.values.items()})

    def _part(self, value: object) -> object:
        match value:
            case CommandError():
                return self.error(value)
            case Listed():
                return self.listed([clean_lines(each) for each in value.items], value.last)
            case StrEnum():
                return self.word(value)
            case str():
                return clean_lines(value)
            case _:
                return value

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        if self._leftwards:
            text = _CODE.sub(lambda code: _ISOLATED.format(code[0]), text)
        return _FIELD.sub(lambda field: self.shown(values[field[1]]), text)

    def shown(self, value: object) -> str:
        """A value as it stands in a text: one from elsewhere cannot turn the words around it in a leftward text."""
        text = str(value)
        return _ISOLATED.format(text) if self._leftwards and isinstance(value, str) and "\n" not in text else text


ENGLISH = Tongue("en", gettext.NullTranslations())
"""The texts as they stand in the code."""


class Tongues:
    """The languages of a folder of ``<tag>.po`` files, each read when it is first spoken, and English.

    ``of`` raises CatalogueError for a file that cannot be read, or a translation with other values than its original.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {path.stem: path for path in sorted(folder.glob("*.po"))}
        self.of = lru_cache(maxsize=256)(self._of)

    @property
    def languages(self) -> Sequence[str]:
        """The tags there are texts for."""
        return (*self._files, ENGLISH.language)

    def speaks(self, language: str) -> bool:
        """Whether there are texts in this language, or one close to it."""
        return closest(language, self.languages) is not None

    def _of(self, language: str) -> Tongue:
        """The tongue that comes closest to a tag; English where none comes close."""
        path = self._files.get(closest(language, self.languages) or "")
        return ENGLISH if path is None else Tongue(path.stem, _load(path))


@cache
def _load(path: Path) -> gettext.GNUTranslations:
    try:
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale_of(path.stem), abort_invalid=True)
    except (OSError, ValueError, PoFileError) as error:
        raise _wrong(path, str(error)) from error
    for each in catalog:
        originals = _forms(each.id)
        wanted = set(_FIELD.findall(originals[-1]))
        for text in _forms(each.string) if each.id else ():
            if not set(_FIELD.findall(text)) <= wanted | {"n"}:
                raise _wrong(path, f"{text!r} names other values than {originals[0]!r}", line=each.lineno)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """One form, or one for each kind of number; none before it is translated."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def _wrong(path: Path, text: str, *, line: int | None = None) -> CatalogueError:
    return CatalogueError(Problem(file=str(path), line=line, path="", text=text))
