"""The texts that cards stand in, as deliveries: whether there is one, what takes its place, how long it is kept."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState
from bot.domain.model import UpdateState
from bot.store.connection import Connection
from bot.store.schema import deliveries, updates
from bot.store.schema_operators import cards, dialogues, proposals

LANE = sa.literal("telegram:") + sa.cast(cards.c.chat_id, sa.Text) + ":card:" + sa.cast(cards.c.id, sa.Text)
"""The lane of the outbox in which a card is sent and edited; ``intake.cards.lane_of`` says the same."""

_TO_COME = (DeliveryState.PENDING, DeliveryState.LEASED)


async def stands(connection: Connection, lane: str) -> bool:
    """Whether a card's text stands where its chat is now, or is on its way there, so that it can be edited."""
    return bool((await connection.execute(sa.select(_stands_in(sa.literal(lane))))).scalar_one())


async def send_anew(connection: Connection, lane: str | None = None) -> None:
    """Post what was to edit the text of a card that there is not, and never will be. lane: None for all that wait.

    A card that was given up for another one is not said again.
    """
    known = sa.select(LANE) if lane is None else sa.select(LANE).where(LANE.in_([lane]))
    mine = deliveries.c.lane.in_(known)
    waiting = deliveries.c.state == DeliveryState.PENDING, deliveries.c.action == Action.EDIT
    lost = deliveries.c.text.is_not(None), ~_stands_in(deliveries.c.lane)
    await connection.execute(deliveries.update().where(*waiting, mine, *lost).values(action=Action.POST))


async def move(connection: Connection, *, old: int, new: int) -> None:
    """A chat has another number: its cards and dialogues go on there, each card in a text of its own.

    What the bot wrote where the chat was before it can edit no more.
    """
    known = sa.select(_OTHER_CARDS.c.subject).where(_OTHER_CARDS.c.chat_id == new)
    await connection.execute(cards.delete().where(cards.c.chat_id == old, cards.c.subject.in_(known)))
    await connection.execute(cards.update().where(cards.c.chat_id == old).values(chat_id=new))
    await _move_dialogues(connection, old=old, new=new)
    before, after = f"telegram:{old}:card:", f"telegram:{new}:card:"
    waiting = deliveries.c.state == DeliveryState.PENDING, deliveries.c.lane.startswith(before)
    lane = sa.func.replace(deliveries.c.lane, before, after)
    await connection.execute(deliveries.update().where(*waiting).values(lane=lane))
    await send_anew(connection)


async def forget_old(connection: Connection, *, before: datetime) -> int:
    """Delete texts to single chats that were settled before then; returns how many.

    Of a card all or none: as long as it is edited now and then, or asks for a yes, it must be possible to edit it.
    """
    younger = deliveries.alias()
    alive = sa.or_(younger.c.settled_at.is_(None), younger.c.settled_at >= before)
    edited = sa.exists().where(younger.c.lane == deliveries.c.lane, alive)
    in_use = sa.and_(
        deliveries.c.lane.contains(":card:"), sa.or_(edited, *(deliveries.c.lane.in_(each) for each in _WAITING))
    )
    old = deliveries.c.text.is_not(None), deliveries.c.settled_at < before
    return (await connection.execute(deliveries.delete().where(*old, ~in_use))).rowcount


_OTHER_CARDS, _OTHER_DIALOGUES = cards.alias(), dialogues.alias()

_WAITING = (
    sa.select(LANE).join(updates, cards.c.subject == sa.literal("draft:") + sa.cast(updates.c.id, sa.Text))
    .where(updates.c.state == UpdateState.DRAFT),
    sa.select(LANE).join(proposals, cards.c.subject == sa.literal("proposal:") + sa.cast(proposals.c.id, sa.Text))
    .where(proposals.c.ended_at.is_(None)),
)  # fmt: skip


async def _move_dialogues(connection: Connection, *, old: int, new: int) -> None:
    """Whoever has begun something in the new chat already goes on with that."""
    busy = sa.select(_OTHER_DIALOGUES.c.telegram_id).where(
        _OTHER_DIALOGUES.c.chat_id == new, _OTHER_DIALOGUES.c.ended_at.is_(None)
    )
    mine = dialogues.c.chat_id == old, dialogues.c.ended_at.is_(None), dialogues.c.telegram_id.in_(busy)
    await connection.execute(dialogues.update().where(*mine).values(ended_at=dialogues.c.changed_at))
    await connection.execute(dialogues.update().where(dialogues.c.chat_id == old).values(chat_id=new))


def _stands_in(lane: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    post = deliveries.alias()
    sent = sa.and_(post.c.state == DeliveryState.SENT, post.c.receipt != "")
    return sa.exists().where(
        post.c.lane == lane, post.c.action == Action.POST, sa.or_(sent, post.c.state.in_(_TO_COME))
    )
