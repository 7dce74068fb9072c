"""The section ``maintenance``: what happens by itself to maintenance that an operator has planned."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from bot.config.part import Part
from bot.config.values import Duration, Wait


class Maintenance(Part):
    """Customers are reminded, and told when it begins and ends."""

    remind: Duration = Field(default=timedelta(hours=24), json_schema_extra={"default": "24h"})
    """How long before it begins customers are reminded, unless they were told later than that. 0s: never."""
    announce: Wait = Field(default=timedelta(days=7), le=timedelta(days=90), json_schema_extra={"default": "7d"})
    """How long before it begins the next window of maintenance that comes again and again is announced, at most 90d."""
    complete: Literal["automatically", "ask"] = "automatically"
    """When its window is over: automatically tells that it is done; ask makes a draft of it for operators."""
