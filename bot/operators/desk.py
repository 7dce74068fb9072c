"""What operators' commands are carried out with. Intake and the store are behind it; nothing here knows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.domain.changes import Amendment, Cause, Change, Draft, Overview, Silence, Why
from bot.domain.model import Impact, Status
from bot.domain.windows import Window

T = TypeVar("T")


class Desk(Protocol):
    """One open transaction: everything done through one desk commits together, or not at all."""

    async def open_incident(
        self, *, components: Sequence[str], impact: Impact, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Begin a story. texts: own words by language; by: the operator's name; draft: a publisher must say yes."""
        ...

    async def add_update(
        self, incident_id: int, *, status: Status | None, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Continue a story. status: None for the one that ends a story of its kind (resolved or completed).

        Raises CommandError: no such incident, already closed, or a status of the other kind.
        """
        ...

    async def plan(
        self,
        *,
        components: Sequence[str],
        window: Window,
        impact: Impact,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
    ) -> Change:
        """Announce maintenance. Raises CommandError for a window that cannot be announced."""
        ...

    async def postpone(
        self,
        incident_id: int,
        *,
        starts: datetime,
        ends: datetime | None,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
    ) -> Change:
        """Move maintenance. ends: None for as long as it was planned.

        Raises CommandError: no such maintenance, not waiting for its beginning, or an impossible window.
        """
        ...

    async def extend(
        self, incident_id: int, *, longer: timedelta | datetime, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        """Let maintenance last longer: by so much, or until then.

        Raises CommandError: no such maintenance, not in progress, or an end that is not later.
        """
        ...

    async def amend_text(self, incident_id: int, number: int | None, *, texts: Mapping[str, str], by: str) -> Amendment:
        """Put texts, by language, where a published update has the template's words or a machine's.

        number: the update's, None for the newest; by: the operator's name.
        Raises CommandError: no such update, a language that has somebody's own words already, or too long a text.
        """
        ...

    async def publish(self, draft_id: int, *, by: str) -> Change:
        """Publish a draft. Raises CommandError: no such draft, or no longer one."""
        ...

    async def drop(self, draft_id: int, *, by: str) -> Change:
        """Drop a draft. Raises CommandError: no such draft, or no longer one."""
        ...

    async def drafts(self) -> Sequence[Draft]:
        """What waits for a yes, oldest first."""
        ...

    async def overview(self) -> Overview:
        """How things stand."""
        ...

    async def silence(self, components: Sequence[str], *, length: timedelta, by: str) -> datetime:
        """Have automation begin nothing about the components; returns until when."""
        ...

    async def lift_silence(self, components: Sequence[str]) -> Sequence[str]:
        """End the silence of the components; returns those that were silenced."""
        ...

    async def silences(self) -> Sequence[Silence]:
        """What operators have silenced, the first to end first."""
        ...

    async def why(self, incident_id: int) -> Why:
        """What an incident came from, and why each update was made. Raises CommandError: no such incident."""
        ...

    async def unspoken(self) -> tuple[Sequence[Cause], int]:
        """Problems that fire and customers are not told of, those heard of last first, and how many they are."""
        ...

    async def tell(self, chat_id: int, text: str) -> None:
        """Owe a chat an answer: a delivery that goes before all others.

        chat_id: the operator's private chat (equal to the Telegram id), or the group the command came from;
        text: Markdown.
        """
        ...

    async def handled(self, update_id: int) -> None:
        """This Telegram update is done with and must never be handled again."""
        ...


class Front(Protocol):
    """What keeps Telegram's updates until they are handled, and opens desks. Any method may raise StoreBusy."""

    async def keep(self, updates: Sequence[tuple[int, str]]) -> None:
        """Store (update_id, JSON) pairs durably before returning; those already known are ignored."""
        ...

    async def unhandled(self) -> Sequence[tuple[int, str]]:
        """Kept and not handled yet, oldest first, at most 100."""
        ...

    async def newest(self) -> int | None:
        """The highest update_id ever kept; None before the first."""
        ...

    async def transact(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        """What ``work`` returns, after its transaction has committed; an error inside rolls back and is raised again.

        work: must be safe to run again from its beginning, should the transaction have to be retried.
        """
        ...
