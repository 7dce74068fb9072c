"""Made-up facts that between them walk through every branch a sentence can have. No test data: the start needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Occasion, Status

BEGAN = datetime(2024, 12, 11, 17, 42, tzinfo=UTC)
LASTED = timedelta(hours=1, minutes=20)
_NAMES = ("Online shop", "<b>{{ 7 * 7 }}</b> *x* [a](b) `\\ %s \"'", "متجر 🛒")
_INSTEAD = ("Write to us on [Telegram](https://t.me/example).", "Call +39 081 555 0100.")

Step = tuple[Status, Occasion | None]
"""Where a story stands, and why that is told otherwise than usual."""


def steps(kind: Kind) -> tuple[Step, ...]:
    """Every step a story of that kind can take, in the order of a story; corrections and retractions last."""
    if kind.planned:
        stories: tuple[Step, ...] = (
            (Status.SCHEDULED, None),
            (Status.SCHEDULED, Occasion.REMINDER),
            (Status.IN_PROGRESS, None),
            (Status.IN_PROGRESS, Occasion.EXTENDED),
            (Status.COMPLETED, None),
            (Status.CANCELLED, None),
        )
        first, last = Status.SCHEDULED, Status.CANCELLED
    else:
        stories = (
            (Status.INVESTIGATING, None),
            (Status.INVESTIGATING, Occasion.UNSTABLE),
            (Status.IDENTIFIED, None),
            (Status.MONITORING, None),
            (Status.RESOLVED, None),
            (Status.RESOLVED, Occasion.STABLE),
        )
        first, last = Status.INVESTIGATING, Status.RESOLVED
    return (*stories, (first, Occasion.CORRECTION), (last, Occasion.RETRACTION))


def samples(components: Iterable[str] = ()) -> Iterator[Facts]:
    """Each step and impact of each kind, with everything there is to say and with as little as there can be.

    components: ids that have words of their own; each is told of by itself as well.
    """
    particular = tuple((component,) for component in components)
    for kind in Kind:
        for status, occasion in steps(kind):
            for impact in Impact:
                full, bare = _full(kind, status, impact), _bare(kind, status, impact)
                for ids in ((), *particular):
                    yield replace(full, occasion=occasion, component_ids=ids)
                    yield replace(bare, occasion=occasion, component_ids=ids)


def _full(kind: Kind, status: Status, impact: Impact) -> Facts:
    return replace(
        _bare(kind, status, impact),
        components=_NAMES,
        at=BEGAN + LASTED,
        instead=_INSTEAD,
        upstream=_NAMES[1] if kind is Kind.UPSTREAM else None,
        scheduled_for=BEGAN if kind.planned else None,
        scheduled_until=BEGAN + timedelta(hours=2) if kind.planned else None,
        promised_at=None if kind.planned or status.ends else BEGAN + timedelta(hours=2),
    )


def _bare(kind: Kind, status: Status, impact: Impact) -> Facts:
    return Facts(
        kind=kind,
        status=status,
        impact=impact,
        company=_NAMES[1],
        components=_NAMES[:1],
        started_at=BEGAN,
        at=BEGAN,
        timezone="Europe/Rome",
        url="https://status.example/incidents/1",
    )
