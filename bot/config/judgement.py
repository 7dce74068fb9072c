"""The sections that say how patient automation is, and who watches this service itself."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from bot.config.part import Part
from bot.config.values import Url, Wait


class Flapping(Part):
    """When a problem comes and goes: one notice says so, then there is quiet until it is calm."""

    changes: int = Field(default=4, ge=3, le=20)
    """So many changes between down and up ..."""
    within: Wait = Field(default=timedelta(minutes=30), json_schema_extra={"default": "30m"})
    """... in so long make a problem unstable."""
    calm_for: Wait = Field(default=timedelta(minutes=15), json_schema_extra={"default": "15m"})
    """How long it must stay as it is before anything more is said."""


class Storm(Part):
    """The brake: beyond so many notices without a human, all further ones become drafts."""

    notices: int = Field(default=10, ge=1, le=1000)
    """So many notices may automation publish by itself ..."""
    within: Wait = Field(default=timedelta(minutes=10), json_schema_extra={"default": "10m"})
    """... in so long."""


class Heartbeat(Part):
    """A dead man's switch: somebody else's service that raises the alarm when it no longer hears from this one."""

    url: Url
    """Asked by GET while this service is well, such as a check of healthchecks.io. May hold a secret."""
    every: Wait = Field(default=timedelta(minutes=1), json_schema_extra={"default": "1m"})
    """How often."""
