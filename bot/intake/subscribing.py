"""The part of a desk that keeps whoever asks for notices in a private chat: they begin, choose, stop, are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.domain.buttons import Buttons, to_json
from bot.domain.delivery import Action, Priority
from bot.domain.following import Departure, Reach, Subscriber
from bot.domain.model import Notice
from bot.domain.quiet_hours import QuietHours
from bot.intake.rechoosing import Rechoosing
from bot.intake.serving import notice_for
from bot.intake.transaction import Transaction
from bot.store import erasing, missing, outbox, subscribers
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import chunks


class Subscribing:
    """``desk.subscribers``. A subscriber is known by their private chat, and by nothing else."""

    def __init__(self, transaction: Transaction, zone: ZoneInfo) -> None:
        """zone: whose clock quiet hours are on."""
        self._transaction, self._zone = transaction, zone

    async def find(self, chat_id: int) -> Subscriber | None:
        """Who has this chat, also when they want nothing at present; None when nothing is known of them."""
        return await subscribers.load(self._transaction.connection, chat_id)

    async def save(self, subscriber: Subscriber) -> None:
        """Let them have these choices from now on, whether they are new or known; also for what is on its way."""
        connection, now = self._transaction.connection, self._transaction.now
        before = await self.find(subscriber.chat_id)
        await subscribers.save(connection, subscriber, now=now)
        if before is not None:
            await Rechoosing(connection, self._zone, now).keep_to(before, subscriber)

    async def begin(
        self, chat_id: int, *, language: str, asked: str | None, component: str | None, quiet: QuietHours | None
    ) -> Subscriber:
        """They want notices: who is new gets these, who is known keeps what they chose; returns them as they are now.

        language: theirs if they are new; asked: the one they asked for, None when they did not;
        component: the one they asked for, None for all; quiet: the hours that new ones begin with.
        """
        known = await self.find(chat_id)
        if known is None:
            chosen = None if component is None else frozenset({component})
            now = Subscriber(chat_id=chat_id, language=asked or language, components=chosen, quiet=quiet, stopped=False)
        else:
            wanted = known.components
            if wanted is not None and component is not None:
                wanted |= {component}
            now = replace(known, language=asked or known.language, components=wanted, stopped=False)
        await self.save(now)
        return now

    async def stop(self, chat_id: int) -> None:
        """They want nothing at present; what they chose is kept for when they come back."""
        known = await self.find(chat_id)
        if known is not None and not known.stopped:
            await subscribers.stop(self._transaction.connection, known, now=self._transaction.now)

    async def gone(self, chat_id: int) -> None:
        """They have blocked the bot: nothing is kept of what they chose."""
        now = self._transaction.now
        await subscribers.leave(self._transaction.connection, chat_id, Departure.BLOCKED, now=now)

    async def forget(self, chat_id: int, farewell: str) -> None:
        """Erase all there is about them, and in the end also that they were told so. farewell: Markdown."""
        connection, now = self._transaction.connection, self._transaction.now
        await subscribers.leave(connection, chat_id, Departure.FORGOTTEN, now=now)
        await erasing.erase(connection, chat_id)
        await self.tell(chat_id, farewell)
        await erasing.finish_later(connection, chat_id, now=now)

    async def reach(self) -> Reach:
        """How many there are, and how many have left."""
        return await subscribers.reach(self._transaction.connection)

    async def standing(self, language: str) -> Sequence[Notice]:
        """What is open: of each incident the newest notice in a configured language, the oldest incident first."""
        connection = self._transaction.connection
        return await newest_notices(connection, await missing.open_updates(connection), language)

    async def tell(self, chat_id: int, text: str, buttons: Buttons | None = None) -> None:
        """Owe a chat an answer; operators and channels go before it, broadcasts after. text: Markdown."""
        row = {**text_to(chat_id, text, lane="answers", priority=Priority.GUEST), "keyboard": to_json(buttons)}
        await outbox.enqueue(self._transaction.connection, [row], now=self._transaction.now)
        self._transaction.effects.deliveries += 1


async def newest_notices(connection: Connection, update_ids: Sequence[int], language: str) -> list[Notice]:
    """The notices of these updates in the language nearest to one, in the same order."""
    found: dict[int, Notice] = {}
    for chunk in chunks(update_ids):
        for update_id, by_language in (await rows.load_notices(connection, chunk)).items():
            _, found[update_id] = notice_for(language, by_language)
    return [found[update_id] for update_id in update_ids if update_id in found]


def text_to(chat_id: int, text: str, *, lane: str, priority: Priority) -> dict[str, object]:
    """The outbox row of a text for one private chat."""
    return {
        "channel": subscribers.CHANNEL,
        "address": str(chat_id),
        "lane": f"{subscribers.CHANNEL}:{chat_id}:{lane}",
        "priority": priority,
        "action": Action.POST,
        "text": text,
    }
