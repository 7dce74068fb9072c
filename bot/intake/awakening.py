"""What subscribers missed in their quiet hours, told in one text on waking; and those who are to be forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.delivery import Priority
from bot.domain.model import Notice
from bot.intake.subscribing import newest_notices, text_to
from bot.store import erasing, missing, outbox
from bot.store.connection import Connection
from bot.store.missing import Waker

MOST = 200
"""Subscribers told in one transaction."""

Digest = Callable[[Sequence[Notice], str], str]
"""The Markdown that says in a language how things stand by now."""


class Awakening:
    """Tells those who wake. digest: writes the text."""

    def __init__(self, digest: Digest) -> None:
        self._digest = digest

    async def due(self, connection: Connection, *, now: datetime) -> bool:
        """Whether anybody has woken, or is to be looked after."""
        moments = (await missing.next_waking(connection), await erasing.next_look(connection))
        return any(moment is not None and moment <= now for moment in moments)

    async def carry_out(self, connection: Connection, *, now: datetime) -> int:
        """Tell some of those who have woken; how many there were, 0 when nobody is left."""
        await erasing.finish(connection, now=now)
        woken = await missing.take_wakers(connection, now=now, most=MOST)
        if not woken:
            return 0
        texts = await self._texts(connection, woken)
        owed = [
            text_to(each.chat_id, texts[each.language, each.incidents], lane="digest", priority=Priority.SUBSCRIBER)
            for each in woken
        ]
        await outbox.enqueue(connection, owed, now=now)
        return len(owed)

    async def _texts(self, connection: Connection, woken: Sequence[Waker]) -> dict[tuple[str, tuple[int, ...]], str]:
        """By language and incidents; most of them missed the same."""
        texts: dict[tuple[str, tuple[int, ...]], str] = {}
        for each in woken:
            key = each.language, each.incidents
            if key not in texts:
                newest = await missing.newest_updates(connection, each.incidents)
                texts[key] = self._digest(await newest_notices(connection, newest, each.language), each.language)
        return texts
