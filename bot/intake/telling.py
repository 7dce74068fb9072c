"""What operators are told by themselves: drafts, what automation did, signals no rule knows, dead letters.

It owes them texts through the outbox, in the transaction that gave the reason. The texts are somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.changes import Change, Draft
from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.model import Incident, Signal
from bot.store import outbox
from bot.store.connection import Connection


class Cards(Protocol):
    """The texts operators get unasked, as Markdown, in an operator's language."""

    def draft(self, draft: Draft, language: str) -> str:
        """A draft waits for a yes."""
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

    def gone(self, delivery: Delivery, because: str, language: str) -> str:
        """The post that a delivery was to change has been deleted."""
        ...


class Teller:
    """Owes every operator a text. operators: their chat and language; none when Telegram is off."""

    def __init__(self, operators: Sequence[tuple[int, str]], cards: Cards) -> None:
        self._operators, self.cards = tuple(operators), cards

    async def tell(self, connection: Connection, text: Callable[[str], str], *, now: datetime) -> int:
        """Owe each operator ``text(language)``; returns how many deliveries that makes."""
        rows = [_told(chat_id, text(language)) for chat_id, language in self._operators]
        await outbox.enqueue(connection, rows, now=now)
        return len(rows)


def answer(chat_id: int, text: str) -> dict[str, object]:
    """The outbox row of an answer to a chat of operators; it goes before all else."""
    return _text(chat_id, text, lane="answers", priority=Priority.OPERATOR)


def _told(chat_id: int, text: str) -> dict[str, object]:
    """Of what operators are told unasked: however much that is, it must not hold up an answer."""
    return _text(chat_id, text, lane="told", priority=Priority.CHANNEL)


def _text(chat_id: int, text: str, *, lane: str, priority: Priority) -> dict[str, object]:
    return {
        "channel": "telegram",
        "address": str(chat_id),
        "lane": f"telegram:{chat_id}:{lane}",
        "priority": priority,
        "action": Action.POST,
        "text": text,
    }
