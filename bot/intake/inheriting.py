"""What a draft of automation's takes over from the one whose place it takes. An operator may have had that in hand:
then neither their words nor their time are undone, and nobody's words are published who has not agreed to them. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.model import OnDeadline
from bot.intake.rendering import Words
from bot.store.incidents import UpdateRow

Limit = tuple[datetime, OnDeadline]
"""When a draft is decided by itself, and how."""


def words_after(former: UpdateRow, words: Words, *, now: datetime) -> Words:
    """What an operator has put into the former draft says it better, as long as it is about the same."""
    if not _goes_on(former, words):
        return words
    kept = former.promised_at if former.promised_at is not None and former.promised_at > now else None
    return replace(words, texts=former.texts, promised_at=kept, touched_by=former.touched_by)


def limit_after(former: UpdateRow, words: Words, own: Limit | None, *, needed: int) -> Limit | None:
    """When the draft with these words is decided by itself, None for never.

    own: what its rule says; needed: how many must agree to what operators say. What was to happen happens no later,
    unless an operator wanted it so; and an operator's words wait for a yes when they may be wrong by now.
    """
    kept = None if former.deadline is None or former.on_deadline is None else (former.deadline, former.on_deadline)
    if former.touched_by is None or not _goes_on(former, words):
        return min((each for each in (kept, own) if each is not None), key=lambda each: each[0], default=None)
    changed = words.impact is not former.impact
    if words.texts or words.promised_at is not None:
        return None if changed or needed > 1 else kept
    return kept or own if changed else kept


def _goes_on(former: UpdateRow, words: Words) -> bool:
    return former.status is words.status and former.occasion is words.occasion
