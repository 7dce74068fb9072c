"""What somebody does in a chat with the bot, as values: they write, they press a button, they leave. Pure.

How Telegram says it is ``hearing``'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button was pressed. query_id: what answers it; data: the button's; message_id: of the text it is below."""

    query_id: str
    data: str
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody, operator or not, speaks to us.

    chat_id: where they do and where the answer belongs; topic: of a forum, None for the chat itself;
    telegram_id: who; private: nobody else reads along;
    text: what they wrote, None for a picture, a file or the like, and for a press; press: the button, None for words;
    sent_at: when, by Telegram's clock; of a press, which Telegram does not date, the moment before which it cannot have
    been, None when nobody knows;
    message_id: of what they wrote, or of the text whose button they pressed, None when that is too old;
    answers_to: the message of ours that they answer, None when none;
    forwarded: somebody else has written the words;
    language_code: what their client speaks, an IETF tag such as "pt-br", None when it does not say.
    """

    chat_id: int
    topic: int | None = None
    telegram_id: int
    private: bool
    text: str | None = None
    press: Press | None = None
    sent_at: datetime | None
    message_id: int | None = None
    answers_to: int | None = None
    forwarded: bool = False
    language_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """A person has blocked the bot in their private chat, or lets it write again."""

    chat_id: int
    blocked: bool
