"""What one part of a broadcast does, by the state it is in. When, and how large a part: ``broadcasting``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.following import BroadcastState, Progress
from bot.domain.model import Impact, Incident
from bot.domain.quiet_hours import minute_of, next_at
from bot.intake.serving import notice_for, pierces
from bot.store import broadcasts, hushing, spreading
from bot.store import incidents as rows
from bot.store.broadcasts import Broadcast
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.schema import updates
from bot.store.spreading import Audience

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


class Unfolding:
    """zone: whose clock quiet hours are on; silent: impacts whose notices arrive without a sound."""

    def __init__(self, zone: ZoneInfo, silent: frozenset[Impact]) -> None:
        self._zone, self._silent = zone, silent

    async def spread(self, connection: Connection, broadcast: Broadcast, *, most: int, now: datetime) -> bool:
        """Owe the update to the next subscribers; whether there are more."""
        incident, update = await _of(connection, broadcast)
        audience = await self._audience(connection, incident, update, now)
        part = await spreading.spread(connection, broadcast, audience, most=most, now=now)
        if part.cursor is None:
            await broadcasts.save(connection, broadcast.id, state=BroadcastState.SENDING, cursor=0)
            return True
        if audience.minute is None:
            await spreading.forget_missed(connection, broadcast, part.cursor)
        else:
            minutes = await spreading.waking(connection, broadcast, part.cursor, audience.minute)
            wake = {minute: next_at(minute, self._zone, after=now) for minute in minutes}
            await spreading.keep_for_later(connection, broadcast, part.cursor, audience.minute, wake)
        await broadcasts.save(connection, broadcast.id, cursor=part.cursor, owed=broadcast.owed + part.owed)
        return True

    async def _audience(self, connection: Connection, incident: Incident, update: UpdateRow, now: datetime) -> Audience:
        notices = (await rows.load_notices(connection, [update.id]))[update.id]
        return Audience(
            minute=None if pierces(incident, update) else minute_of(now, self._zone),
            silent=update.impact in self._silent,
            notice_for=lambda language: notice_for(language, notices)[0],
        )

    async def amend(self, connection: Connection, broadcast: Broadcast, *, most: int, now: datetime) -> bool:
        """Owe new words to the next posts that are out, one notice after the other; whether there are more."""
        posting, left = await broadcasts.posting(connection, broadcast), list(broadcast.amends or ())
        if broadcast.cursor is None:
            await spreading.see_all_claims(connection)
            owed = await spreading.amend_doubtful(connection, broadcast, posting, now=now)
            await broadcasts.save(connection, broadcast.id, cursor=0, owed=owed)
        elif not left:
            await broadcasts.save(connection, broadcast.id, state=BroadcastState.SENDING)
        else:
            part = await spreading.amend(connection, broadcast, posting, most=most, now=now)
            done = {"amends": left[1:]} if part.cursor is None else {}
            owed = broadcast.owed + part.owed
            await broadcasts.save(connection, broadcast.id, cursor=part.cursor or 0, owed=owed, **done)
        return True

    async def take_back(self, connection: Connection, broadcast: Broadcast, *, most: int, now: datetime) -> bool:
        """End what has not gone yet; whether there is more."""
        return await spreading.take_back(connection, broadcast, most=most, now=now) == most

    async def hush(self, connection: Connection, broadcast: Broadcast, *, most: int, now: datetime) -> bool:
        """Keep for later what has not gone yet to those whose quiet time has begun since we looked for them the last
        time; whether there may be more of them."""
        if broadcast.amends is not None or now - broadcast.hushed_at < _MINUTE:
            return False
        at = self._next_beginning(broadcast, await hushing.beginnings(connection), now)
        incident, update = await _of(connection, broadcast)
        if at is None or pierces(incident, update):
            await broadcasts.save(connection, broadcast.id, hushed_at=_whole(now), cursor=0)
            return False
        begins, minute = minute_of(at, self._zone), minute_of(now, self._zone)
        upto, found = await hushing.next_quiet(connection, broadcast, begins=begins, minute=minute, most=most)
        wake = {ends: next_at(ends, self._zone, after=now) for ends in {each.ends for each in found}}
        await hushing.hush(connection, broadcast.incident_id, found, wake, now=now)
        if upto is None:
            await broadcasts.save(connection, broadcast.id, hushed_at=at, cursor=0)
        else:
            await broadcasts.save(connection, broadcast.id, cursor=upto)
        return True

    def _next_beginning(self, broadcast: Broadcast, beginnings: set[int], now: datetime) -> datetime | None:
        """The first minute since then, of the last day at most, at which anybody's quiet time began; None for none."""
        at = _whole(max(broadcast.hushed_at, now - _DAY))
        while (at := at + _MINUTE) <= now:
            if minute_of(at, self._zone) in beginnings:
                return at
        return None

    async def end(self, connection: Connection, broadcast: Broadcast, progress: Progress) -> Progress:
        """Nothing is left to go."""
        superseded = broadcast.state is BroadcastState.SUPERSEDED
        state = BroadcastState.SUPERSEDED if superseded else BroadcastState.DONE
        await broadcasts.save(connection, broadcast.id, state=state, ended_at=progress.at)
        return replace(progress, state=state)


def _whole(at: datetime) -> datetime:
    """The minute in which it is."""
    return at.replace(second=0, microsecond=0)


async def _of(connection: Connection, broadcast: Broadcast) -> tuple[Incident, UpdateRow]:
    incident = await rows.load_incident(connection, broadcast.incident_id)
    [update] = await rows.load_updates(connection, updates.c.id == broadcast.update_id)
    if incident is None:
        raise AssertionError("a foreign key holds every broadcast to its incident")
    return incident, update
