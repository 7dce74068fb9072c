"""How far automation goes without a human: how many notices, and how long a draft waits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from bot.config.judgement import Storm
from bot.domain.model import Impact, Incident, OnDeadline, Origin, Status, worst
from bot.domain.routing import Rule
from bot.intake.transaction import Transaction
from bot.store import holders, quiet

HELD = timedelta(hours=1)
"""For so long after an operator has dropped it, no beginning of the same is published by itself."""


async def braking(transaction: Transaction, storm: Storm) -> bool:
    """True when automation has published so many notices lately that a human must look first."""
    published = await quiet.published_since(transaction.connection, transaction.now - storm.within)
    return published >= storm.notices


async def crowded(transaction: Transaction, storm: Storm) -> bool:
    """True when so many cards of automation's drafts have come lately and wait that further ones would bury them."""
    waiting = await quiet.cards_since(transaction.connection, transaction.now - storm.within)
    return waiting >= storm.notices


def time_limit(rule: Rule | None, incident: Incident, status: Status) -> timedelta | None:
    """How long a draft waits for a yes; None: for ever.

    What a human told waits for a human. And an all-clear that were dropped for want of one would never come again.
    """
    if rule is None or incident.human or incident.origin is Origin.OPERATOR:
        return None
    if status.ends and rule.on_deadline is OnDeadline.DROP:
        return None
    return rule.deadline


async def refused_by(transaction: Transaction, components: Collection[str], impact: Impact) -> str | None:
    """The operator who has lately dropped a beginning about one of the components that was no less bad, or None."""
    dropped = await holders.refused(transaction.connection, components, since=transaction.now - HELD)
    return next((by for by, former in dropped if worst(former, impact) is former), None)
