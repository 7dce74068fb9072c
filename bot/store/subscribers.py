"""Those who asked for notices, as rows: a chat and its choices. Everything about them can be erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState, Priority
from bot.domain.following import Departure, Reach, Subscriber
from bot.domain.quiet_hours import QuietHours
from bot.store.connection import Connection
from bot.store.holding import hold
from bot.store.incidents import chunks, insert_of
from bot.store.schema import deliveries
from bot.store.schema_subscribers import departures, missed, subscriber_components, subscribers

CHANNEL = "telegram"
_UNWANTED = "no subscriber any more"
_NEWS = deliveries.c.action == Action.POST
"""Who has stopped wants no more of it; what they have got is still put right."""


async def load(connection: Connection, chat_id: int) -> Subscriber | None:
    """Who has this private chat, None when they are no subscriber and never were."""
    found = await connection.execute(sa.select(subscribers).where(subscribers.c.chat_id == chat_id))
    row = found.mappings().one_or_none()
    if row is None:
        return None
    chosen = sa.select(subscriber_components.c.component).where(subscriber_components.c.chat_id == chat_id)
    components = frozenset((await connection.execute(chosen)).scalars())
    quiet = None if row["quiet_from"] is None else QuietHours(row["quiet_from"], row["quiet_until"])
    return Subscriber(
        chat_id=chat_id,
        language=row["language"],
        components=None if row["everything"] else components,
        quiet=quiet,
        stopped=row["stopped_at"] is not None,
    )


async def save(connection: Connection, subscriber: Subscriber, *, now: datetime) -> None:
    """Let a subscriber have these choices, whether they are new or known. Who begins, or begins again, does so now."""
    known = await load(connection, subscriber.chat_id)
    quiet = subscriber.quiet
    values: dict[str, Any] = {
        "language": subscriber.language,
        "everything": subscriber.components is None,
        "quiet_from": quiet.begins if quiet else None,
        "quiet_until": quiet.ends if quiet else None,
    }
    if known is None:
        values |= {"chat_id": subscriber.chat_id, "since": now, "stopped_at": now if subscriber.stopped else None}
        await connection.execute(subscribers.insert().values(values))
    else:
        if known.stopped != subscriber.stopped:
            values |= {"stopped_at": now} if subscriber.stopped else {"stopped_at": None, "since": now}
        mine = subscribers.c.chat_id == subscriber.chat_id
        await connection.execute(subscribers.update().where(mine).values(values))
    if known is None or known.components != subscriber.components:
        await _choose(connection, subscriber.chat_id, subscriber.components or ())


async def _choose(connection: Connection, chat_id: int, components: Collection[str]) -> None:
    await connection.execute(subscriber_components.delete().where(subscriber_components.c.chat_id == chat_id))
    if components:
        rows = [{"chat_id": chat_id, "component": component} for component in sorted(components)]
        await connection.execute(subscriber_components.insert(), rows)


async def stop(connection: Connection, subscriber: Subscriber, *, now: datetime) -> None:
    """They want nothing more for now; their choices stay. What they were still owed goes out no more."""
    await save(connection, replace(subscriber, stopped=True), now=now)
    await connection.execute(missed.delete().where(missed.c.chat_id == subscriber.chat_id))
    await _call_off(connection, subscriber.chat_id, _NEWS, now=now)
    await count_departure(connection, subscriber.language, Departure.STOPPED, now=now)


async def shut_out(connection: Connection, address: str, error: str, *, now: datetime) -> bool:
    """A delivery found that a private chat takes nothing from us any more: they are no subscriber from now on.

    address: of any delivery; error: Telegram's words. False when it is no private chat.
    """
    if not address.isdecimal():
        return False
    reason = Departure.DELETED if "deactivated" in error.lower() else Departure.BLOCKED
    await leave(connection, int(address), reason, now=now)
    return True


async def leave(connection: Connection, chat_id: int, reason: Departure, *, now: datetime) -> None:
    """They are no subscriber from now on, nor is anything kept of their choices. Nothing when they are none."""
    known = await load(connection, chat_id)
    # Those who make deliveries hold their subscriber: what they have made by now is called off below.
    gone = await connection.execute(subscribers.delete().where(subscribers.c.chat_id == chat_id))
    await _call_off(connection, chat_id, sa.true(), now=now)
    # Telegram says it twice, by an update and by refusing a text: whoever comes second finds nobody to count.
    if gone.rowcount and known is not None and not known.stopped:
        await count_departure(connection, known.language, reason, now=now)


async def _call_off(connection: Connection, chat_id: int, which: sa.ColumnElement[bool], *, now: datetime) -> None:
    """End what broadcasts, and digests of several, still owe a chat."""
    await connection.execute(
        deliveries.update()
        .where(
            deliveries.c.channel == CHANNEL,
            deliveries.c.address == str(chat_id),
            deliveries.c.state == sa.literal_column("'pending'"),
            deliveries.c.priority == Priority.SUBSCRIBER,
            which,
        )
        .values(state=DeliveryState.SUPERSEDED, error=_UNWANTED, settled_at=now)
    )


async def end_unwanted(connection: Connection, returned: Mapping[int, str], *, now: datetime) -> None:
    """Of deliveries to subscribers that are to be tried again, end those to whoever has left meanwhile.

    returned: chats by the delivery's id. Who leaves later ends them by leaving.
    """
    chats = {int(address) for address in returned.values()}
    for chunk in chunks(sorted(chats)):
        wanted = subscribers.c.chat_id.in_(chunk), subscribers.c.stopped_at.is_(None)
        await hold(connection, subscribers.c.chat_id, *wanted)
        chats.difference_update((await connection.execute(sa.select(subscribers.c.chat_id).where(*wanted))).scalars())
    for chunk in chunks([delivery for delivery, address in returned.items() if int(address) in chats]):
        await connection.execute(
            deliveries.update()
            .where(deliveries.c.id.in_(chunk), deliveries.c.state == DeliveryState.PENDING, _NEWS)
            .values(state=DeliveryState.SUPERSEDED, error=_UNWANTED, settled_at=now)
        )


async def count_departure(connection: Connection, language: str, reason: Departure, *, now: datetime) -> None:
    """One more has left; whom, nobody will know."""
    key = {"day": now.date(), "language": language, "reason": reason.value}
    statement = insert_of(connection)(departures).values(**key, count=1)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=list(key), set_={"count": departures.c.count + 1})
    )


async def reach(connection: Connection) -> Reach:
    """How many get notices in private chats, and how many have left."""
    active = subscribers.c.stopped_at.is_(None)
    language = subscribers.c.language
    by_language = sa.select(language, sa.func.count().label("number")).where(active).group_by(language)
    stopped = sa.select(sa.func.count()).where(subscribers.c.stopped_at.is_not(None))
    left = sa.select(departures.c.reason, sa.func.sum(departures.c.count).label("number")).group_by(departures.c.reason)
    return Reach(
        subscribers={row.language: row.number for row in await connection.execute(by_language)},
        stopped=int((await connection.execute(stopped)).scalar_one()),
        departures={Departure(row.reason): int(row.number) for row in await connection.execute(left)},
    )
