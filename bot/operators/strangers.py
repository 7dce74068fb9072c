"""Who is not an operator is told so politely, and not too often. Nothing here is stored."""

from __future__ import annotations

from datetime import datetime, timedelta

ONCE_IN = timedelta(hours=1)
"""How often one stranger is answered."""
MOST = 1000
"""Strangers remembered. Beyond that nobody new is answered, so that a crowd cannot keep the bot busy."""


class Strangers:
    """Remembers whom we answered, for as long as that matters."""

    def __init__(self) -> None:
        self._answered: dict[int, datetime] = {}

    def may_answer(self, telegram_id: int, now: datetime) -> bool:
        """Whether an answer is due; taking it as given when so. now: aware, never earlier than the time before."""
        self._answered = {known: at for known, at in self._answered.items() if now - at < ONCE_IN}
        if telegram_id in self._answered or len(self._answered) >= MOST:
            return False
        self._answered[telegram_id] = now
        return True
