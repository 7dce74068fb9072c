"""Whether a notice is short enough for every channel."""

from __future__ import annotations

from bot.domain.model import Notice
from bot.languages.markdown import to_plain
from bot.languages.text import utf16_length

MAX_UTF16 = 4000
"""UTF-16 code units one notice may take in all. Telegram takes 4,096 in one message, and links may be written out:
https://core.telegram.org/bots/api#sendmessage"""


def plain(notice: Notice) -> str:
    """The whole notice as plain text: state, title, label, body, instead and more, a blank line apart."""
    body, more = to_plain(notice.body), to_plain(notice.more)
    instead = to_plain(notice.instead) if notice.instead else ""
    return "\n\n".join(part for part in (notice.state, notice.title, notice.label, body, instead, more) if part)


def excess(notice: Notice) -> int:
    """How many UTF-16 code units the notice is too long, 0 when it fits. What is too long is refused as a draft."""
    parts = (notice.state, notice.title, notice.label or "", notice.body, notice.instead or "", notice.more)
    if 4 * sum(map(utf16_length, parts)) + 20 <= MAX_UTF16:
        return 0  # plain text is never four times as long as its Markdown; <a@b> comes closest
    return max(0, utf16_length(plain(notice)) - MAX_UTF16)


def fits(notice: Notice) -> bool:
    """True when every channel can show the whole notice."""
    return excess(notice) == 0
