"""Which drafts a story has left behind: they can be published no more. Ending them is the publisher's matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.model import Incident
from bot.domain.planned import overtaken
from bot.errors import CommandError
from bot.intake.transaction import Transaction
from bot.store import holders
from bot.store import incidents as rows
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow

ENDED = "the incident has ended meanwhile"
"""Why a draft of a story that is over is withdrawn."""

GONE_ON = "the incident has gone on meanwhile"
"""Why a draft that would contradict its story is withdrawn."""


async def refuse_outdated(transaction: Transaction, incident: Incident, draft: UpdateRow, *, by: str | None) -> None:
    """Raise CommandError when the story has moved on so far that the draft would contradict it.

    by: who said yes, None for its deadline.
    """
    if by is not None and draft.promised_at is not None and draft.promised_at <= transaction.now:
        raise CommandError("the time for which it promises news has passed; promise another one first")
    if reason := overtaken(incident, draft.status, draft.window, now=transaction.now):
        raise CommandError("{reason}; /drop {draft}", reason=reason, draft=draft.id)
    if incident.open:
        return
    if _over(incident, draft):
        raise CommandError("incident {id} has been closed meanwhile; /drop {draft}", id=incident.id, draft=draft.id)
    holder = await holders.holder_of(transaction.connection, incident.components, other_than=incident.id)
    if holder is not None:
        raise CommandError("incident {id} tells of it by now; /drop {draft}", id=holder, draft=draft.id)


async def left_behind(connection: Connection, incident: Incident, *, now: datetime) -> Sequence[tuple[UpdateRow, str]]:
    """The drafts of a story that cannot be published any more as it stands, and why."""
    waiting = await rows.waiting_drafts(connection, incident.id)
    found = [(draft, _why(incident, draft, now=now)) for draft in waiting]
    return [(draft, why) for draft, why in found if why]


def _why(incident: Incident, draft: UpdateRow, *, now: datetime) -> str:
    if not incident.open and _over(incident, draft):
        return ENDED
    return GONE_ON if overtaken(incident, draft.status, draft.window, now=now) else ""


def _over(incident: Incident, draft: UpdateRow) -> bool:
    """Whether the end of a story is the draft's end: only automation tells that one begins again."""
    return incident.published_at is None or draft.author is not None or draft.status.ends
