"""A part of a broadcast at a time: which deliveries it owes to whom, made and taken back by single statements.

SQLite runs them in place and holds the loop while it does, so each looks at no more chats or rows than it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState, Priority
from bot.store.broadcasts import Broadcast
from bot.store.columns import Moment
from bot.store.connection import Connection
from bot.store.holding import hold
from bot.store.incidents import insert_of
from bot.store.schema import deliveries, incident_components
from bot.store.schema_subscribers import missed, subscriber_components, subscribers

_POSTED = deliveries.alias("posted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who hears of a broadcast, and how.

    minute: of the day on the company's clock now, None when quiet hours do not count; silent: without a sound;
    notice_for: the id of the notice for those who read a language.
    """

    minute: int | None
    silent: bool
    notice_for: Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one part came to. cursor: where the next one begins, None when there is none; owed: deliveries made."""

    cursor: int | None
    owed: int


def quiet_at(minute: int) -> sa.ColumnElement[bool]:
    """Whether a subscriber wants to hear nothing at this minute of the day; as ``QuietHours.holds`` has it."""
    begins, ends = subscribers.c.quiet_from, subscribers.c.quiet_until
    within = sa.and_(begins < ends, begins <= minute, ends > minute)
    past_midnight = sa.and_(begins > ends, sa.or_(begins <= minute, ends > minute))
    return sa.or_(within, past_midnight)


def awake_at(minute: int) -> sa.ColumnElement[bool]:
    """The contrary; who has no quiet hours is always awake."""
    return sa.or_(subscribers.c.quiet_from.is_(None), sa.not_(quiet_at(minute)))


async def spread(connection: Connection, broadcast: Broadcast, audience: Audience, *, most: int, now: datetime) -> Part:
    """Owe the notices to the next ``most`` subscribers as far as it concerns them and they are awake."""
    upto = await _next_chats(connection, broadcast.cursor or 0, most)
    if upto is None:
        return Part(cursor=None, owed=0)
    await hold(connection, subscribers.c.chat_id, _between(broadcast, upto))
    heard = _part(broadcast, upto)
    if audience.minute is not None:
        heard = sa.and_(heard, awake_at(audience.minute))
    fixed = {
        "action": Action.POST,
        "silent": audience.silent,
        "incident_id": broadcast.incident_id,
    }
    chat = sa.cast(subscribers.c.chat_id, sa.Text)
    columns = _fixed(broadcast, now) | {
        name: sa.literal(value, deliveries.c[name].type) for name, value in fixed.items()
    }
    columns |= {
        "address": chat,
        "lane": sa.literal("telegram:", sa.Text) + chat + sa.literal(f":{broadcast.incident_id}", sa.Text),
        "notice_id": await _notice(connection, broadcast, upto, audience),
    }
    query = (
        sa.select(*(value.label(name) for name, value in columns.items())).where(heard).order_by(subscribers.c.chat_id)
    )
    made = await connection.execute(deliveries.insert().from_select(list(columns), query))
    return Part(cursor=upto, owed=made.rowcount)


async def _notice(connection: Connection, broadcast: Broadcast, upto: int, audience: Audience) -> sa.ColumnElement[int]:
    """The id of the notice for a subscriber of the part, by their language."""
    spoken = sa.select(subscribers.c.language).where(_between(broadcast, upto)).distinct()
    languages = (await connection.execute(spoken)).scalars()
    ids = {each: sa.literal(audience.notice_for(each), deliveries.c.notice_id.type) for each in languages}
    return sa.case(ids, value=subscribers.c.language)


async def keep_for_later(
    connection: Connection, broadcast: Broadcast, upto: int, minute: int, wake: Mapping[int, datetime]
) -> None:
    """Note that those of a part who are not awake have missed it. wake: by the minute their quiet ends, the instant."""
    if not wake:
        return
    at = sa.case({ends: sa.literal(moment, Moment) for ends, moment in wake.items()}, value=subscribers.c.quiet_until)
    query = sa.select(
        subscribers.c.chat_id, sa.literal(broadcast.incident_id, missed.c.incident_id.type), at.label("wake_at")
    ).where(_part(broadcast, upto), quiet_at(minute), subscribers.c.quiet_until.in_(list(wake)))
    kept = insert_of(connection)(missed).from_select(["chat_id", "incident_id", "wake_at"], query)
    await connection.execute(kept.on_conflict_do_nothing(index_elements=["chat_id", "incident_id"]))


async def waking(connection: Connection, broadcast: Broadcast, upto: int, minute: int) -> list[int]:
    """The minutes at which the quiet of those of a part ends who are not awake."""
    query = sa.select(subscribers.c.quiet_until).where(_between(broadcast, upto), quiet_at(minute)).distinct()
    return list((await connection.execute(query)).scalars())


async def forget_missed(connection: Connection, broadcast: Broadcast, upto: int) -> None:
    """Those of a part get it in spite of quiet hours: no digest needs to tell them of the incident any more."""
    concerned = sa.select(subscribers.c.chat_id).where(_part(broadcast, upto))
    await connection.execute(
        missed.delete().where(
            missed.c.incident_id == broadcast.incident_id,
            missed.c.chat_id > (broadcast.cursor or 0),
            missed.c.chat_id <= upto,
            missed.c.chat_id.in_(concerned),
        )
    )


async def _next_chats(connection: Connection, after: int, most: int) -> int | None:
    """The last of the next ``most`` chats, None when there are no more."""
    chats = (
        sa.select(subscribers.c.chat_id)
        .where(subscribers.c.chat_id > after)
        .order_by(subscribers.c.chat_id)
        .limit(most)
        .subquery()
    )
    last: int | None = (await connection.execute(sa.select(sa.func.max(chats.c.chat_id)))).scalar_one()
    return last


def _between(broadcast: Broadcast, upto: int) -> sa.ColumnElement[bool]:
    return sa.and_(subscribers.c.chat_id > (broadcast.cursor or 0), subscribers.c.chat_id <= upto)


def _part(broadcast: Broadcast, upto: int) -> sa.ColumnElement[bool]:
    """Those of the part whom it concerns. Who came later has been told how things stand on coming."""
    concerned = sa.exists().where(
        subscriber_components.c.chat_id == subscribers.c.chat_id,
        subscriber_components.c.component == incident_components.c.component,
        incident_components.c.incident_id == broadcast.incident_id,
    )
    return sa.and_(
        _between(broadcast, upto),
        subscribers.c.stopped_at.is_(None),
        subscribers.c.since <= broadcast.began_at,
        sa.or_(subscribers.c.everything, concerned),
    )


def _fixed(broadcast: Broadcast, now: datetime) -> dict[str, sa.ColumnElement[Any]]:
    """What is alike in all deliveries of a broadcast."""
    values = {
        "channel": "telegram",
        "priority": Priority.SUBSCRIBER.value,
        "broadcast_id": broadcast.id,
        "state": DeliveryState.PENDING,
        "uncertain": False,
        "attempts": 0,
        "owed_at": now,
        "due_at": now,
    }
    return {name: sa.literal(value, deliveries.c[name].type) for name, value in values.items()}


async def take_back(connection: Connection, broadcast: Broadcast, *, most: int, now: datetime) -> int:
    """End up to ``most`` deliveries of a superseded broadcast that have not gone; returns how many."""
    chosen = (
        sa.select(deliveries.c.id)
        .where(deliveries.c.broadcast_id == broadcast.id, deliveries.c.state == DeliveryState.PENDING)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    statement = (
        deliveries.update()
        .where(deliveries.c.id.in_(chosen.scalar_subquery()))
        .values(state=DeliveryState.SUPERSEDED, settled_at=now)
    )
    return (await connection.execute(statement)).rowcount


async def see_all_claims(connection: Connection) -> None:
    """Wait for those who claim right now: whoever claims after this transaction began reads the new words."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE"))


async def amend_doubtful(connection: Connection, broadcast: Broadcast, posting: Sequence[int], *, now: datetime) -> int:
    """Owe new words to what is on its way, or may be out; returns to how many."""
    mine = sa.and_(_POSTED.c.broadcast_id.in_(posting), _POSTED.c.notice_id.in_(list(broadcast.amends or ())))
    on_its_way = _POSTED.c.state == sa.literal_column("'leased'")
    in_doubt = sa.and_(_POSTED.c.state == sa.literal_column("'pending'"), _POSTED.c.uncertain)
    return sum([await _amend(connection, broadcast, sa.and_(mine, which), now) for which in (on_its_way, in_doubt)])


async def amend(
    connection: Connection, broadcast: Broadcast, posting: Sequence[int], *, most: int, now: datetime
) -> Part:
    """Owe the new words of the first notice that gets any to the next ``most`` posts that carry it and are out."""
    out = sa.and_(
        _POSTED.c.broadcast_id.in_(posting),
        _POSTED.c.state == sa.literal_column("'sent'"),
        _POSTED.c.notice_id == (broadcast.amends or [0])[0],
        _POSTED.c.id > (broadcast.cursor or 0),
    )
    next_ones = sa.select(_POSTED.c.id).where(out).order_by(_POSTED.c.id).limit(most).subquery()
    upto: int | None = (await connection.execute(sa.select(sa.func.max(next_ones.c.id)))).scalar_one()
    if upto is None:
        return Part(cursor=None, owed=0)
    mine = sa.and_(out, _POSTED.c.id <= upto)
    await hold(connection, _POSTED.c.id, mine)
    return Part(cursor=upto, owed=await _amend(connection, broadcast, mine, now))


async def _amend(connection: Connection, broadcast: Broadcast, which: sa.ColumnElement[bool], now: datetime) -> int:
    """Owe new words to these posts but for those that are owed them already."""
    posted, waiting = _POSTED, deliveries.alias("waiting")
    owed_already = sa.exists().where(
        waiting.c.lane == posted.c.lane,
        waiting.c.notice_id == posted.c.notice_id,
        waiting.c.action == Action.AMEND,
        waiting.c.state == DeliveryState.PENDING,
    )
    columns = _fixed(broadcast, now) | {"action": sa.literal(Action.AMEND, deliveries.c.action.type)}
    columns |= {name: posted.c[name] for name in ("address", "lane", "incident_id", "notice_id")}
    query = (
        sa.select(*(value.label(name) for name, value in columns.items()))
        .where(which, posted.c.action == Action.POST, sa.not_(owed_already))
        .order_by(posted.c.id)
    )
    return (await connection.execute(deliveries.insert().from_select(list(columns), query))).rowcount
