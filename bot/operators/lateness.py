"""What comes too late to be obeyed: words and presses that were on their way while nobody listened."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.calls import Call
from bot.domain.presses import Pressed
from bot.errors import TooLate
from bot.operators import answers

TOO_LATE = timedelta(minutes=15)
"""Telegram keeps commands for a day while we are away; what was right then may mislead customers now."""

_LOOKS = frozenset({"page", "back", "still", "open", "ask", "older", "newest"})


def refuse_late(call: Call, now: datetime) -> None:
    """Raises TooLate for words that were on their way for long, and for a press that may have been."""
    if call.press is None:
        if call.sent_at is not None and now - call.sent_at > TOO_LATE:
            raise TooLate(answers.TOO_LATE)
    elif call.sent_at is None or now - call.sent_at > TOO_LATE:
        raise TooLate(answers.PRESSED_TOO_LATE)


def only_looks(what: Pressed) -> bool:
    """Whether a press changes nothing but what a card shows, so that it is right however late."""
    return what.verb in _LOOKS
