"""Cards as rows: which texts with buttons stand in which chats. What they show is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.model import UpdateState
from bot.store.card_texts import LANE
from bot.store.connection import Connection
from bot.store.schema import deliveries, updates
from bot.store.schema_operators import cards


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One card. subject: what it is about, such as "draft:12"; topic: of a forum, None for none;

    page: the part of it that is shown, None for the first;

    language: its reader's; shown: a digest of its text and buttons; redraw_at: when it must be drawn anew by itself.
    """

    id: int
    subject: str
    chat_id: int
    topic: int | None
    language: str
    page: str | None
    shown: str
    redraw_at: datetime | None


async def load(connection: Connection, subject: str, chat_id: int | None = None) -> list[CardRow]:
    """The cards about a subject, or those in one chat, oldest first."""
    query = sa.select(cards).where(cards.c.subject == subject).order_by(cards.c.id)
    if chat_id is not None:
        query = query.where(cards.c.chat_id == chat_id)
    return [CardRow(**{**row, "topic": row["topic"] or None}) for row in (await connection.execute(query)).mappings()]


async def in_chat(connection: Connection, chat_id: int) -> list[CardRow]:
    """All cards of a chat, oldest first."""
    query = sa.select(cards).where(cards.c.chat_id == chat_id).order_by(cards.c.id)
    return [CardRow(**{**row, "topic": row["topic"] or None}) for row in (await connection.execute(query)).mappings()]


async def insert(connection: Connection, *, topic: int | None, **values: Any) -> int:
    """Add a card; its id. topic: of a forum, None for none."""
    statement = cards.insert().values(topic=topic or 0, **values).returning(cards.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def save(connection: Connection, card_id: int, **values: Any) -> None:
    """Change a card."""
    await connection.execute(cards.update().where(cards.c.id == card_id).values(values))


async def forget(connection: Connection, *ids: int) -> None:
    """Delete cards; the texts stay where they stand."""
    await connection.execute(cards.delete().where(cards.c.id.in_(ids)))


async def forget_lost(connection: Connection) -> int:
    """Delete the cards whose texts are known no more, so that nothing could change them; returns how many."""
    known = sa.exists().where(deliveries.c.lane == LANE)
    return (await connection.execute(cards.delete().where(~known))).rowcount


async def subjects_due(connection: Connection, *, now: datetime, kind: str, most: int) -> Sequence[str]:
    """What cards are about that must be drawn anew by now. kind: what their subjects begin with."""
    due = cards.c.redraw_at <= now, cards.c.subject.startswith(f"{kind}:")
    query = sa.select(cards.c.subject).where(*due).distinct().limit(most)
    return list((await connection.execute(query)).scalars())


async def drafts_in(connection: Connection, chat_id: int) -> Sequence[int]:
    """The ids of the drafts that wait and have a card in this chat."""
    subject = sa.literal("draft:") + sa.cast(updates.c.id, sa.Text)
    waiting = updates.c.state == UpdateState.DRAFT, cards.c.chat_id == chat_id
    query = sa.select(updates.c.id).join(cards, cards.c.subject == subject).where(*waiting)
    return list((await connection.execute(query)).scalars())


async def put_off(connection: Connection, subject: str, *, until: datetime) -> None:
    """Draw the cards about a subject no earlier by themselves."""
    mine = cards.c.subject == subject, cards.c.redraw_at.is_not(None)
    await connection.execute(cards.update().where(*mine).values(redraw_at=until))


async def next_redraw(connection: Connection, *, kind: str) -> datetime | None:
    """When the next card of a kind must be drawn anew, None when none must."""
    mine = cards.c.redraw_at.is_not(None), cards.c.subject.startswith(f"{kind}:")
    query = sa.select(sa.func.min(cards.c.redraw_at)).where(*mine)
    at: datetime | None = (await connection.execute(query)).scalar_one()
    return at
