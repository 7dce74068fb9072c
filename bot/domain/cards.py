"""A text with buttons that is kept up to date where it stands, as a value. Pure; where it stands is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.buttons import Buttons
from bot.domain.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What it shows. text: Markdown; buttons: None for none; redraw_at: when it shows something else though nobody does
    anything, None when never.
    """

    text: str
    buttons: Buttons | None = None
    redraw_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever reads a card: an operator in their private chat, or all that are in a group.

    language: a BCP 47 tag; role: what they may do at most, which decides on the buttons they see; topic: of a forum;
    name: the operator's, "" in a group.
    """

    chat_id: int
    language: str
    role: Role
    topic: int | None = None
    name: str = ""
