"""Which sources there are. A new one is a file, its fixtures and page, and its name in this tuple."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.config.sources import ONLY_FOR, SourceSettings
from bot.sources.alertmanager import Alertmanager
from bot.sources.aws_sns import AwsSns
from bot.sources.azure_monitor import AzureMonitor
from bot.sources.base import Source
from bot.sources.better_stack import BetterStack
from bot.sources.checkly import Checkly
from bot.sources.checkmk import Checkmk
from bot.sources.cloudflare import Cloudflare
from bot.sources.datadog import Datadog
from bot.sources.freshstatus import Freshstatus
from bot.sources.gatus import Gatus
from bot.sources.generic import Generic
from bot.sources.google_cloud_monitoring import GoogleCloudMonitoring
from bot.sources.grafana import Grafana
from bot.sources.healthchecks import Healthchecks
from bot.sources.hetrixtools import HetrixTools
from bot.sources.icinga import Icinga
from bot.sources.incident_io import IncidentIo
from bot.sources.instatus import Instatus
from bot.sources.netdata import Netdata
from bot.sources.new_relic import NewRelic
from bot.sources.oh_dear import OhDear
from bot.sources.openstatus import OpenStatus
from bot.sources.opsgenie import Opsgenie
from bot.sources.pagerduty import PagerDuty
from bot.sources.pagerduty_events_v2 import PagerdutyEventsV2
from bot.sources.pingdom import Pingdom
from bot.sources.prtg import Prtg
from bot.sources.sentry import Sentry
from bot.sources.site24x7 import Site24x7
from bot.sources.statuscake import StatusCake
from bot.sources.statuspage import Statuspage
from bot.sources.updown import Updown
from bot.sources.uptime_kuma import UptimeKuma
from bot.sources.uptimerobot import UptimeRobot
from bot.sources.zabbix import Zabbix

TYPES = (
    Alertmanager,
    AwsSns,
    AzureMonitor,
    BetterStack,
    Checkly,
    Checkmk,
    Cloudflare,
    Datadog,
    Freshstatus,
    Gatus,
    Generic,
    GoogleCloudMonitoring,
    Grafana,
    Healthchecks,
    HetrixTools,
    Icinga,
    IncidentIo,
    Instatus,
    Netdata,
    NewRelic,
    OhDear,
    OpenStatus,
    Opsgenie,
    PagerDuty,
    PagerdutyEventsV2,
    Pingdom,
    Prtg,
    Sentry,
    Site24x7,
    StatusCake,
    Statuspage,
    Updown,
    UptimeKuma,
    UptimeRobot,
    Zabbix,
)
"""Every kind of sender that posts to us. The contract suite runs over all of them."""

_OPTIONS = ("header", *ONLY_FOR)


def configured(name: str, settings: SourceSettings, *, default_language: str) -> Source:
    """The source as the configuration wants it."""
    options = {key: value for key in _OPTIONS if (value := getattr(settings, key, None))}
    if settings.type in ONLY_FOR["language"]:
        options.setdefault("language", default_language)
    secret = settings.secret.get_secret_value() if settings.secret else None
    return build(name, type=settings.type, secret=secret, **options)


def build(name: str, *, type: str, secret: str | None, **options: Any) -> Source:
    """The source of that type, configured. secret: None lets everybody in; options: further fields of its class.

    Raises KeyError for an unknown type, TypeError for an option it has not got.
    """
    kinds: dict[str, Callable[..., Source]] = {source.type: source for source in TYPES}
    return kinds[type](name=name, secret=secret, **options)
