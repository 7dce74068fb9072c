"""Other words for a draft, before customers read it. It stays the same draft; whoever had said yes has no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.model import Impact, Incident, OnDeadline
from bot.domain.planned import planned_for
from bot.intake.publishing import Publisher
from bot.intake.rendering import Words
from bot.intake.transaction import Transaction
from bot.store import drafts
from bot.store import incidents as rows
from bot.store.incidents import UpdateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """What is to be said otherwise; None leaves it as it is. texts: own words by language, beside those it has; empty
    for the template's in all.
    """

    texts: Mapping[str, str] | None = None
    impact: Impact | None = None
    promised_at: datetime | None = None


async def reword(
    transaction: Transaction,
    publisher: Publisher,
    incident: Incident,
    draft: UpdateRow,
    wish: Rewording,
    *,
    by: str,
    agreed: bool,
) -> None:
    """Let a waiting draft say this. by: the operator's name; agreed: whether their yes alone is enough to publish it;
    else it is not published by waiting any more. Raises CommandError: too long a text.
    """
    impact, texts = wish.impact or draft.impact, _texts(draft.texts, wish.texts)
    incident = planned_for(incident, draft.window)
    if incident.published_at is None:
        incident = replace(incident, impact=impact)
        await rows.save_incident(transaction.connection, incident)
    promised_at = wish.promised_at or draft.promised_at
    words = Words(
        status=draft.status,
        impact=impact,
        because=draft.because,
        texts=texts,
        author=draft.author,
        occasion=draft.occasion,
        promised_at=promised_at,
    )
    notices = await publisher.written(transaction, incident, words)
    values = {"impact": impact, "texts": texts, "promised_at": promised_at, "touched_by": by}
    if not agreed and draft.on_deadline is OnDeadline.PUBLISH:
        values |= {"deadline": None, "on_deadline": None}
    await drafts.reword(transaction.connection, draft.id, notices, made_at=transaction.now, **values)
    transaction.effects.drafts.add(draft.id)


def _texts(former: Mapping[str, str], wanted: Mapping[str, str] | None) -> dict[str, str]:
    if wanted is None:
        return dict(former)
    return {**former, **wanted} if wanted else {}
