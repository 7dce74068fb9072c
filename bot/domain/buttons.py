"""What a text in Telegram may have below it: buttons to press, words to tap instead of typing, a wish for an answer.

Values, and how they are written down. Pure: how Telegram shows them is the channel's matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

MOST_DATA = 64
"""Bytes of ``data``: https://core.telegram.org/bots/api#inlinekeyboardbutton"""

Style: TypeAlias = Literal["danger", "success", "primary"]
"""How a button looks; clients that do not know it show it plain."""


@dataclass(frozen=True, slots=True)
class Button:
    """One button below a text: pressing it sends us ``data``, or opens ``url``; exactly one of them.

    text: what it says, plain; data: at most 64 bytes. Raises ValueError for anything else.
    """

    text: str
    data: str | None = None
    url: str | None = None
    style: Style | None = None

    def __post_init__(self) -> None:
        if (self.data is None) == (self.url is None):
            raise ValueError("a button has data or a url")
        if self.data is not None and not 1 <= len(self.data.encode()) <= MOST_DATA:
            raise ValueError(f"a button's data has 1 to {MOST_DATA} bytes, not {len(self.data.encode())}")


@dataclass(frozen=True, slots=True)
class Buttons:
    """Rows of buttons below a text; no rows take away those it had."""

    rows: tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Quick:
    """A keyboard in place of the letters: a tap sends the words. It stays until another takes its place."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """The reader's client opens an answer to this text, with ``hint`` where the answer is typed."""

    hint: str = ""


@dataclass(frozen=True, slots=True)
class NoQuick:
    """Takes a ``Quick`` keyboard away."""


Keyboard: TypeAlias = Buttons | Quick | Ask | NoQuick


def to_json(keyboard: Keyboard | None) -> dict[str, Any] | None:
    """As it is written down; ``from_json`` is its inverse."""
    match keyboard:
        case None:
            return None
        case Buttons():
            return {"buttons": [[_button(each) for each in row] for row in keyboard.rows]}
        case Quick():
            return {"quick": [list(row) for row in keyboard.rows]}
        case Ask():
            return {"ask": keyboard.hint}
        case NoQuick():
            return {"quick": []}


def from_json(written: Mapping[str, Any] | None) -> Keyboard | None:
    """What ``to_json`` wrote."""
    if written is None:
        return None
    if "buttons" in written:
        return Buttons(tuple(tuple(Button(**each) for each in row) for row in written["buttons"]))
    if "ask" in written:
        return Ask(written["ask"])
    rows: Sequence[Sequence[str]] = written["quick"]
    return Quick(tuple(tuple(row) for row in rows)) if rows else NoQuick()


def _button(button: Button) -> dict[str, str]:
    fields = {"text": button.text, "data": button.data, "url": button.url, "style": button.style}
    return {name: value for name, value in fields.items() if value is not None}
