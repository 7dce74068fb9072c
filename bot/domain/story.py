"""How an update moves its incident on. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.model import Impact, Incident, Occasion, Status

OLDEST_START = timedelta(days=7)
"""A sender's idea of when it began is believed only this far back; beyond that a clock or a label is wrong."""


def advanced(
    incident: Incident,
    *,
    status: Status,
    impact: Impact,
    now: datetime,
    human: bool,
    occasion: Occasion | None = None,
) -> Incident:
    """The incident after an update with this status and impact was published. human: in somebody's own words."""
    return replace(
        incident,
        status=status,
        impact=impact,
        published_at=incident.published_at or now,
        closed_at=now if status.ends else None,
        human=incident.human or human,
        unstable=(incident.unstable or occasion is Occasion.UNSTABLE) and not status.ends,
    )


def began(said: datetime | None, now: datetime) -> datetime:
    """Since when, as customers will read it: what the sender said where that can be, else now."""
    return said if said is not None and now - OLDEST_START <= said <= now else now
