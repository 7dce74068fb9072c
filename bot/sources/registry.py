"""Which sources there are. A new one is a file, its fixtures and page, and its name in this tuple."""

from __future__ import annotations

from bot.sources.alertmanager import Alertmanager
from bot.sources.base import Source
from bot.sources.generic import Generic
from bot.sources.grafana import Grafana
from bot.sources.uptime_kuma import UptimeKuma

TYPES = (Alertmanager, Generic, Grafana, UptimeKuma)
"""Every kind of sender that posts to us. The contract suite runs over all of them."""


def build(name: str, *, type: str, secret: str | None, header: str = "X-Hook-Token") -> Source:
    """The source of that type, configured. secret: None lets everybody in. Raises KeyError for an unknown type."""
    return {source.type: source for source in TYPES}[type](name=name, secret=secret, header=header)
