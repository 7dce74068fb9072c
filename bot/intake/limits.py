"""How far automation goes without a human: how many notices, and how long a draft waits."""

from __future__ import annotations

from datetime import timedelta

from bot.config.judgement import Storm
from bot.domain.model import Incident, OnDeadline, Origin, Status
from bot.domain.routing import Rule
from bot.intake.transaction import Transaction
from bot.store import quiet


async def braking(transaction: Transaction, storm: Storm) -> bool:
    """True when automation has published so many notices lately that a human must look first."""
    published = await quiet.published_since(transaction.connection, transaction.now - storm.within)
    return published >= storm.notices


def time_limit(rule: Rule | None, incident: Incident, status: Status) -> timedelta | None:
    """How long a draft waits for a yes; None: for ever.

    What a human told waits for a human. And an all-clear that were dropped for want of one would never come again.
    """
    if rule is None or incident.human or incident.origin is Origin.OPERATOR:
        return None
    if status.ends and rule.on_deadline is OnDeadline.DROP:
        return None
    return rule.deadline
