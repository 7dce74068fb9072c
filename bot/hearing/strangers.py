"""Who is not an operator is told so politely, and not too often. Nothing here is stored."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

ONCE_IN = timedelta(hours=1)
"""How often one stranger is answered."""
MOST = 1000
"""Strangers remembered. Beyond that nobody new is answered, so that a crowd cannot keep the bot busy."""


MOST_ASKED = 20
"""What one person may ask for within ``ASKED_WITHIN``; what goes beyond is not answered."""
ASKED_WITHIN = timedelta(minutes=1)


class Crowd:
    """Keeps any one person from keeping the bot busy."""

    def __init__(self) -> None:
        self._asked: Counter[int] = Counter()
        self._since: datetime | None = None

    def may_ask(self, telegram_id: int, now: datetime) -> bool:
        """Whether an answer is due; taking it as given when so. now: aware, never earlier than the time before."""
        if self._since is None or now - self._since >= ASKED_WITHIN:
            self._asked, self._since = Counter(), now
        self._asked[telegram_id] += 1
        return self._asked[telegram_id] <= MOST_ASKED


def to_stranger(telegram_id: int) -> str:
    """Somebody unknown wrote. Says nothing about us, only what whoever adds operators would ask them for."""
    return f"Sorry, I only answer people I know. If one of them asks, your Telegram id is `{telegram_id}`."


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
