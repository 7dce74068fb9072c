"""What is still on its way to somebody keeps to what they choose now, not to what they had chosen when it was made.

What is in flight, or may be, goes as it is. Of what was made while they did not want it, nothing is made up for.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.following import Subscriber
from bot.domain.quiet_hours import QuietHours, minute_of, next_at
from bot.intake.serving import notice_for, pierces
from bot.store import choices, hushing
from bot.store import incidents as rows
from bot.store.choices import Waiting
from bot.store.connection import Connection
from bot.store.hushing import Quiet
from bot.store.schema import incidents, updates


class Rechoosing:
    """One change of somebody's choices. zone: whose clock quiet hours are on; now: when they chose."""

    def __init__(self, connection: Connection, zone: ZoneInfo, now: datetime) -> None:
        self._connection, self._zone, self._now = connection, zone, now

    async def keep_to(self, before: Subscriber, chosen: Subscriber) -> None:
        """Bring in line with the new choices what was made by the old ones. The new ones must be stored already."""
        if before.components != chosen.components:
            await self._drop_unwanted(chosen)
        if before.language != chosen.language:
            await self._speak(chosen)
        if before.quiet != chosen.quiet:
            await self._sleep(chosen)

    async def _drop_unwanted(self, chosen: Subscriber) -> None:
        if chosen.components is None:
            return
        waiting = await choices.waiting(self._connection, chosen.chat_id)
        ids = {each.incident_id for each in waiting}
        known = {each.id: each for each in await rows.load_incidents(self._connection, incidents.c.id.in_(ids))}
        for each in waiting:
            if not chosen.components & set(known[each.incident_id].components):
                await choices.end(self._connection, each.delivery_id, now=self._now)
        await choices.forget_unconcerned(self._connection, chosen.chat_id, chosen.components)

    async def _speak(self, chosen: Subscriber) -> None:
        waiting = await choices.waiting(self._connection, chosen.chat_id)
        notices = await rows.load_notices(self._connection, {each.update_id for each in waiting})
        for each in waiting:
            notice_id, _ = notice_for(chosen.language, notices[each.update_id])
            await choices.give(self._connection, each.delivery_id, notice_id)

    async def _sleep(self, chosen: Subscriber) -> None:
        quiet = chosen.quiet
        if quiet is None or not quiet.holds(minute_of(self._now, self._zone)):
            await choices.wake(self._connection, chosen.chat_id, self._now)
            return
        wake_at = next_at(quiet.ends, self._zone, after=self._now)
        await choices.wake(self._connection, chosen.chat_id, wake_at)
        for each in await choices.waiting(self._connection, chosen.chat_id):
            if not await self._pierces(each):
                await self._hush(each, chosen.chat_id, quiet, wake_at)

    async def _pierces(self, what: Waiting) -> bool:
        [incident] = await rows.load_incidents(self._connection, incidents.c.id == what.incident_id)
        [update] = await rows.load_updates(self._connection, updates.c.id == what.update_id)
        return pierces(incident, update)

    async def _hush(self, what: Waiting, chat_id: int, quiet: QuietHours, wake_at: datetime) -> None:
        found = [Quiet(delivery_id=what.delivery_id, chat_id=chat_id, ends=quiet.ends)]
        await hushing.hush(self._connection, what.incident_id, found, {quiet.ends: wake_at}, now=self._now)
