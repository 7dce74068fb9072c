"""Brings the cards of drafts up to what has become of these, at the end of the transaction that changed them.

So whoever acts, by button, by command or by the clock, every operator's card shows it, and none shows what was undone.
What a card says is somebody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.config.settings import Settings
from bot.domain.cards import Reader
from bot.domain.changes import Draft
from bot.domain.delivery import Priority
from bot.domain.model import Role, UpdateState
from bot.domain.staff import Operator
from bot.intake.apart import apart
from bot.intake.cards import Cards
from bot.intake.summaries import draft_of
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.store import cards as known_cards
from bot.store import incidents as rows
from bot.store import undrawn
from bot.store.cards import CardRow
from bot.store.connection import Connection
from bot.store.schema import updates

KIND = "draft"
"""What subjects of these cards begin with, and the data of their buttons."""


AGAIN = timedelta(minutes=1)
"""How soon a card that could not be drawn is drawn again."""

AT_ONCE = 5
"""Drafts whose cards one transaction draws: with many operators and languages more would hold up everything else."""


def subject_of(draft_id: int) -> str:
    """What names a draft's cards."""
    return f"{KIND}:{draft_id}"


class Drawing:
    """Draws cards of drafts. Within whatever transaction it is given."""

    def __init__(self, settings: Settings, teller: Teller) -> None:
        self._settings, self._teller = settings, teller

    async def everything(self, transaction: Transaction) -> None:
        """Draw anew what has changed in this transaction, of many a few: ``redraw`` does the others, soon.

        A card that cannot be drawn holds up nothing else, and is tried again.
        """
        changed, failed = sorted(transaction.effects.drafts), []
        for draft_id in changed[:AT_ONCE]:
            draw = partial(self._draw, draft_id=draft_id)
            if not await apart(transaction, f"cards of draft {draft_id}", draw):
                failed.append(draft_id)
        await self._leave(transaction, changed[AT_ONCE:], until=transaction.now)
        await self._leave(transaction, failed, until=transaction.now + AGAIN)

    async def _leave(self, transaction: Transaction, draft_ids: Sequence[int], *, until: datetime) -> None:
        if draft_ids:
            await undrawn.add(transaction.connection, draft_ids, at=until)
            transaction.effects.due = True

    async def next(self, connection: Connection) -> datetime | None:
        """When ``redraw`` has something to do, None when never."""
        moments = await undrawn.next_at(connection), await known_cards.next_redraw(connection, kind=KIND)
        return min((moment for moment in moments if moment is not None), default=None)

    async def redraw(self, transaction: Transaction) -> None:
        """Draw a few of the cards that were left for later, or whose countdown has gone on."""
        connection, now = transaction.connection, transaction.now
        left = await undrawn.take(connection, now=now, most=AT_ONCE)
        transaction.effects.drafts.update(left)
        for subject in await known_cards.subjects_due(connection, now=now, kind=KIND, most=AT_ONCE - len(left)):
            await known_cards.put_off(connection, subject, until=now + AGAIN)  # should it not work this time
            transaction.effects.drafts.add(int(subject.removeprefix(f"{KIND}:")))
        transaction.effects.due |= bool(transaction.effects.drafts)

    async def _draw(self, transaction: Transaction, *, draft_id: int) -> None:
        draft = await self.load(transaction, draft_id)
        if draft is None:  # made by what was undone
            return
        connection = transaction.connection
        known = {(card.chat_id, card.topic): card for card in await Cards(transaction).of(subject_of(draft_id))}
        staff = await self._teller.staff(connection)
        readers = [reader for card in known.values() if (reader := _reader(card, staff))]
        gone = known.keys() - {(reader.chat_id, reader.topic) for reader in readers}
        await known_cards.forget(connection, *(known[place].id for place in gone))
        if draft.state is UpdateState.DRAFT and not draft.quiet:
            readers += [each for each in await self._teller.readers(connection) if not _has_one(each, known)]
        for reader in readers:
            card = known.get((reader.chat_id, reader.topic))
            await self._show(transaction, draft, reader, page=card.page if card else None)

    async def show(
        self, transaction: Transaction, draft: Draft, reader: Reader, *, page: str | None = None, anew: bool = False
    ) -> None:
        """Let one chat have the card now. page: what of it, None for what it shows already; anew: at the chat's end."""
        known = await Cards(transaction).one(subject_of(draft.id), reader.chat_id, reader.topic)
        kept = known.page if known else None
        await self._show(transaction, draft, reader, page=page or kept, anew=anew, first=True)

    async def load(self, transaction: Transaction, draft_id: int) -> Draft | None:
        """The draft, or what became of it; None when there is none and never was."""
        connection = transaction.connection
        for update in await rows.load_updates(connection, updates.c.id == draft_id):
            incident = await rows.load_incident(connection, update.incident_id)
            return await draft_of(connection, incident, update, self._settings) if incident else None
        return None

    async def _show(
        self,
        transaction: Transaction,
        draft: Draft,
        reader: Reader,
        *,
        page: str | None,
        anew: bool = False,
        first: bool = False,
    ) -> None:
        """first: before what anybody is told unasked."""
        card = self._teller.cards.draft(draft, reader, page, transaction.now)
        await Cards(transaction).show(
            subject_of(draft.id),
            reader.chat_id,
            card.text,
            card.buttons,
            language=reader.language,
            topic=reader.topic,
            page=page,
            redraw_at=card.redraw_at,
            anew=anew,
            priority=Priority.OPERATOR if first or draft.state is not UpdateState.DRAFT else Priority.CHANNEL,
        )


def _has_one(reader: Reader, known: Collection[tuple[int, int | None]]) -> bool:
    """Whether one of the known chats and topics is where they read; one person reads all topics of their own chat."""
    places = known if reader.chat_id < 0 else {(chat_id, reader.topic) for chat_id, _ in known}
    return (reader.chat_id, reader.topic) in places


def _reader(card: CardRow, staff: Mapping[int, Operator]) -> Reader | None:
    """Whoever has the card; None for a person who is no operator any more."""
    if card.chat_id < 0:
        return Reader(chat_id=card.chat_id, language=card.language, role=Role.ADMIN, topic=card.topic)
    person = staff.get(card.chat_id)
    if person is None:
        return None
    return Reader(chat_id=card.chat_id, language=person.language, role=person.role, topic=card.topic, name=person.name)
