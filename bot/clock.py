"""The only place that reads the clock. Everything else is given the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC. Passed in wherever time matters, so that tests own it."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
