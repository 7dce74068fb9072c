"""Which sentences an update is told with, the most fitting first. Says nothing itself, and reads no file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Occasion
from bot.languages.shape import particular_to

_OF_INSTABILITY = frozenset({Occasion.UNSTABLE, Occasion.STABLE})
_OF_ANY_KIND = frozenset({Occasion.CORRECTION, Occasion.RETRACTION})


def names(facts: Facts) -> Iterator[str]:
    """Names such as ``degraded.resolved``, to be tried in this order for each of state, title and body.

    A kind that has no words of its own for something borrows those of an outage, and an occasion those of the status.
    What no customer feels is a report that is looked into, whatever its kind. A notice about exactly one component
    prefers what was written for that one.
    """
    facts = _as_told(facts)
    for name in _common(facts):
        if len(facts.component_ids) == 1:
            yield particular_to(facts.component_ids[0], name)
        yield name


def _common(facts: Facts) -> Iterator[str]:
    kinds = [facts.kind] if facts.kind.planned else list(dict.fromkeys((facts.kind, Kind.OUTAGE)))
    if facts.occasion is not None:
        yield from (f"{kind}.{facts.occasion}" for kind in kinds)
        if facts.occasion in _OF_ANY_KIND:
            yield facts.occasion.value
    yield from (f"{kind}.{facts.status}" for kind in kinds)


def _as_told(facts: Facts) -> Facts:
    """The facts as far as they change which words fit."""
    if facts.kind is Kind.UPSTREAM and not facts.upstream:
        facts = replace(facts, kind=Kind.OUTAGE)  # nobody to name
    if facts.kind.planned or facts.impact is not Impact.NONE:
        return facts
    return replace(
        facts,
        kind=facts.kind if facts.kind is Kind.SECURITY else Kind.OUTAGE,
        occasion=None if facts.occasion in _OF_INSTABILITY else facts.occasion,
    )
