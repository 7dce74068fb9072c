"""What operators are told by themselves: what automation did, signals no rule knows, dead letters.

It owes them texts through the outbox, in the transaction that gave the reason. The texts are somebody else's, and so is
when drafts' cards are drawn (``drawing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.cards import Card, Reader
from bot.domain.changes import Change, Draft
from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.model import Incident, Role, Signal
from bot.domain.proposals import Proposal
from bot.domain.staff import Operator
from bot.intake.staff import operators_now
from bot.store import outbox
from bot.store.connection import Connection


class Cards(Protocol):
    """The texts operators get unasked, as Markdown, in an operator's language."""

    def draft(self, draft: Draft, reader: Reader, page: str | None, now: datetime) -> Card:
        """A draft that waits for a yes, or what became of it. page: what of it is shown, None for what comes first."""
        ...

    def proposal(self, proposal: Proposal, reader: Reader, now: datetime) -> Card:
        """A change of what was published that more than one must agree to, or what became of it."""
        ...

    def promised(self, incident: Incident, promised_at: datetime, reader: Reader, now: datetime) -> Card:
        """Customers were promised news by then, and nothing newer was published."""
        ...

    def promise_kept(self, incident_id: int, at: datetime, language: str) -> str:
        """The news was published then."""
        ...

    def published(self, change: Change, because: str, language: str) -> str:
        """Automation has published an update."""
        ...

    def withdrawn(self, incident: Incident, because: str, language: str) -> str:
        """A draft was withdrawn before anybody decided on it."""
        ...

    def unmatched(self, signals: Sequence[Signal], language: str) -> str:
        """These signals came in and no rule says what they mean; never empty."""
        ...

    def noticed(self, held: Sequence[tuple[Signal, str]], language: str) -> str:
        """Signals that automation keeps to itself, with the reason of each; never empty."""
        ...

    def storm(self, notices: int, within: timedelta, language: str) -> str:
        """Automation has published so many notices in so long that all further ones become drafts."""
        ...

    def crowd(self, drafts: int, within: timedelta, language: str) -> str:
        """So many of automation's drafts have come in so long that all further ones get no card."""
        ...

    def untranslated(self, incident: Incident, number: int, absent: Mapping[str, str], language: str) -> str:
        """An update has own words, but not in these languages.

        absent: by language, why the machine gave none, "" where there is no machine; never empty.
        """
        ...

    def more(self, topic: str, count: int, since: datetime, language: str) -> str:
        """So much more has come since operators were told of the topic (``digests.Topic``) then."""
        ...

    def silent(self, source: str, since: datetime, language: str) -> str:
        """A source that must not fall silent has been so since then."""
        ...

    def heard_again(self, source: str, language: str) -> str:
        """A source that operators were told was silent speaks again."""
        ...

    def given_up(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, or nobody can tell whether it was published."""
        ...

    def shut_out(self, delivery: Delivery, because: str, language: str) -> str:
        """A delivery became a dead letter, as all further ones to its address will."""
        ...

    def gone(self, delivery: Delivery, because: str, language: str, *, replaced: bool) -> str:
        """The post that a delivery was to change has been deleted. replaced: another one takes its place."""
        ...

    def open_again(self, delivery: Delivery, since: datetime, language: str) -> str:
        """What was not allowed where this delivery went, since then, works again."""
        ...


class Teller:
    """Owes every operator a text."""

    def __init__(self, operators: Sequence[Operator] | None, cards: Cards, *, room: Reader | None = None) -> None:
        """operators: those of the configuration, None when Telegram is off and nobody is told anything;
        room: the group where all of them read it, None when each does in private.
        """
        self._operators, self._room, self.cards = operators, room, cards

    async def readers(self, connection: Connection) -> Sequence[Reader]:
        """Where operators read, as things stand in this transaction."""
        if self._operators is None:
            return []
        if self._room is not None:
            chat_id = await outbox.moved_to(connection, "telegram", str(self._room.chat_id))
            return [replace(self._room, chat_id=int(chat_id))]
        known = (await self.staff(connection)).values()
        return [
            Reader(chat_id=each.telegram_id, language=each.language, role=each.role, name=each.name) for each in known
        ]

    async def staff(self, connection: Connection) -> Mapping[int, Operator]:
        """All operators by Telegram id, as things stand in this transaction."""
        return await operators_now(connection, self._operators or ())

    async def tell(
        self, connection: Connection, text: Callable[[str], str], *, now: datetime, needs: Role = Role.VIEWER
    ) -> int:
        """Owe each operator ``text(language)``; returns how many deliveries that makes.

        needs: the role of those who can do something about it; the group reads it whatever that is.
        """
        who = [each for each in await self.readers(connection) if self._room is not None or each.role.includes(needs)]
        rows = [_told(reader, text(reader.language)) for reader in who]
        await outbox.enqueue(connection, rows, now=now)
        return len(rows)


def answer(chat_id: int, text: str) -> dict[str, object]:
    """The outbox row of an answer to a chat of operators; it goes before all else."""
    return _text(chat_id, text, lane="answers", priority=Priority.OPERATOR)


def _told(reader: Reader, text: str) -> dict[str, object]:
    """Of what operators are told unasked: however much that is, it must not hold up an answer."""
    return {**_text(reader.chat_id, text, lane="told", priority=Priority.CHANNEL), "topic": reader.topic}


def _text(chat_id: int, text: str, *, lane: str, priority: Priority) -> dict[str, object]:
    return {
        "channel": "telegram",
        "address": str(chat_id),
        "lane": f"telegram:{chat_id}:{lane}",
        "priority": priority,
        "action": Action.POST,
        "text": text,
    }
