"""Bodies that their owner makes from a template of ours: texts, and placeholders that were never filled in.

A placeholder that arrives as it was typed means a test, or a set-up that does not work.
"""

from __future__ import annotations

import re

from bot.sources.reading import JsonObject


class Filled:
    """An object made from a template. placeholder: what one looks like that was not filled in, as a whole value;
    hint: what to do about it.
    """

    __slots__ = ("_hint", "_item", "_placeholder")

    def __init__(self, item: JsonObject, placeholder: re.Pattern[str], hint: str) -> None:
        self._item, self._placeholder, self._hint = item, placeholder, hint

    def has(self, name: str) -> bool:
        """True when the field is there and filled in, perhaps with nothing."""
        return self._item.fields.get(name) is not None and not self._placeholder.fullmatch(self._text(name))

    def text(self, name: str) -> str:
        """The text or number there, as one text without white space around it; "" when absent or not filled in."""
        return self._text(name) if self.has(name) else ""

    def needed(self, name: str) -> str:
        """The same, where there must be one. Raises Malformed, which tells what to do about a bare placeholder."""
        if self._item.fields.get(name) is not None and not self.has(name):
            self._item.refuse(name, f"the placeholder was not filled in: {self._hint}")
        if name not in self._item.fields:
            self._item.text(name)
        return self.text(name) or self._item.refuse(name, "is empty")

    def perhaps(self, name: str) -> str:
        """The text or number there, "" when absent or empty. Raises Malformed for a bare placeholder."""
        return self.needed(name) if self._item.fields.get(name) is not None and self._text(name) else ""

    def texts(self, *names: str) -> dict[str, str]:
        """Those that say something, by their names."""
        return {name: text for name in names if (text := self.text(name))}

    def _text(self, name: str) -> str:
        if type(self._item.fields.get(name)) is int:
            return str(self._item.whole(name))
        return self._item.text(name, "").strip()


def tags(text: str, *, between: str | None, equals: str) -> dict[str, str]:
    """Tags written as one text, such as ``service=shop db``, by their names; a bare tag has the value "".

    between: what parts them, None for white space; equals: the character that parts a tag's name from its value.
    """
    pairs = (tag.partition(equals) for tag in text.split(between))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
