"""Made-up facts that between them walk through every branch a sentence can have. No test data: the start needs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Status

BEGAN = datetime(2024, 12, 11, 17, 42, tzinfo=UTC)
LASTED = timedelta(hours=1, minutes=20)
_NAMES = ("Online shop", "<b>{{ 7 * 7 }}</b> *x* [a](b) `\\ %s \"'", "متجر 🛒")
_INSTEAD = ("Write to us on [Telegram](https://t.me/example).", "Call +39 081 555 0100.")


def samples(status: Status) -> Iterator[Facts]:
    """Each impact, with everything there is to say and with as little as there can be."""
    for impact in Impact:
        yield _sample(status, impact, components=_NAMES, instead=_INSTEAD, lasted=LASTED, window=timedelta(hours=2))
        yield _sample(status, impact, components=_NAMES[:1], instead=(), lasted=timedelta(), window=None)


def _sample(
    status: Status,
    impact: Impact,
    *,
    components: tuple[str, ...],
    instead: tuple[str, ...],
    lasted: timedelta,
    window: timedelta | None,
) -> Facts:
    planned = status.kind is Kind.MAINTENANCE and window is not None
    return Facts(
        kind=status.kind,
        status=status,
        impact=impact,
        company=_NAMES[1],
        components=components,
        started_at=BEGAN,
        at=BEGAN + lasted,
        timezone="Europe/Rome",
        url="https://status.example/incidents/1",
        instead=instead,
        scheduled_for=BEGAN if planned else None,
        scheduled_until=BEGAN + window if planned and window else None,
    )
