"""The section ``sources``: who sends to us and how they prove who they are, and whose status pages we look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Discriminator, SecretStr, Tag, model_validator

from bot.config.mapping import MappingSettings
from bot.config.part import Part
from bot.config.upstreams import UpstreamSettings, UpstreamType
from bot.config.values import Flag, Language, TopicArn, Wait

HookType = Literal[
    "alertmanager",
    "aws_sns",
    "azure_monitor",
    "better_stack",
    "checkly",
    "checkmk",
    "cloudflare",
    "datadog",
    "freshstatus",
    "gatus",
    "generic",
    "google_cloud_monitoring",
    "grafana",
    "healthchecks",
    "hetrixtools",
    "icinga",
    "incident_io",
    "instatus",
    "netdata",
    "new_relic",
    "oh_dear",
    "openstatus",
    "opsgenie",
    "pagerduty",
    "pagerduty_events_v2",
    "pingdom",
    "prtg",
    "sentry",
    "site24x7",
    "statuscake",
    "statuspage",
    "updown",
    "uptime_kuma",
    "uptimerobot",
    "zabbix",
]
"""Kinds of senders. One line each, in the order of the alphabet, as in ``sources.registry``."""

ONLY_FOR: dict[str, frozenset[str]] = {
    "topics": frozenset({"aws_sns"}),
    "mapping": frozenset({"generic"}),
    "language": frozenset({"pagerduty"}),
}
"""Keys of a sender that only some types take."""

SIGNING_TYPES = frozenset({"checkly", "incident_io", "instatus", "oh_dear", "pagerduty", "sentry"})
"""Senders that sign what they send, and so have no header to show a word in."""


class SourceSettings(Part):
    """A sender of signals, and how it proves who it is."""

    type: HookType
    """What sends here, or what kind of page is looked at."""
    secret: SecretStr | None = None
    """What only the sender and this service know: a word it shows, or the key it signs with. See the type's page."""
    secret_file: Path | None = None
    """A file holding the secret, instead of ``secret``. Read at start; surrounding white space does not count."""
    header: str | None = None
    """Where a word is shown: the header that may carry it. Absent: X-Hook-Token."""
    insecure: Flag = False
    """true: anybody who reaches the address may signal. Only for a try on your own machine."""
    expect_every: Wait | None = None
    """Operators are told when nothing was heard or read for so long. Absent: a sender may be silent, a page for 30m."""
    mapping: MappingSettings | None = None
    """generic only: where another format says what we need. Absent: the sender writes our own format."""
    topics: tuple[TopicArn, ...] = ()
    """aws_sns only: ARNs of the topics that are heard and whose subscriptions are confirmed, in place of a secret."""
    language: Language | None = None
    """pagerduty only: the language people write status updates in. Absent: the first of ``languages``."""

    @model_validator(mode="after")
    def _needs_a_secret(self) -> SourceSettings:
        ways = {
            "secret": self.secret is not None,
            "secret_file": self.secret_file is not None,
            "insecure: true": self.insecure,
        }
        given = [way for way, taken in ways.items() if taken]
        found = " and ".join([*(["topics"] if self.topics else []), *given]) or "none"
        if self.type in ONLY_FOR["topics"] and bool(self.topics) is self.insecure:
            raise ValueError(f"expected topics (and perhaps a secret too), or insecure: true; found {found}")
        if len(given) != 1 and not (self.topics and not given):
            raise ValueError(f"expected exactly one of secret, secret_file, insecure: true; found {found}")
        if self.secret is not None and not self.secret.get_secret_value().strip():
            raise ValueError("the secret is empty; an open source must say insecure: true")
        return self

    @model_validator(mode="after")
    def _fits_its_type(self) -> SourceSettings:
        for key in sorted(self.model_fields_set & ONLY_FOR.keys()):
            if self.type not in ONLY_FOR[key]:
                raise ValueError(f"{key} is only for type {' or '.join(sorted(ONLY_FOR[key]))}")
        if self.header is not None and self.type in SIGNING_TYPES:
            raise ValueError(f"type {self.type} signs what it sends: header is for types that show a word")
        return self


_LOOKED_AT_KEYS = UpstreamSettings.model_fields.keys() - SourceSettings.model_fields.keys()


def _form(value: Any) -> str:
    """By the type; where that is unknown by the keys, so that the type is all that is found wrong."""
    if not isinstance(value, dict):
        return "(looked at)" if isinstance(value, UpstreamSettings) else "(sends)"
    kind = value.get("type")
    if kind in get_args(UpstreamType):
        return "(looked at)"
    return "(looked at)" if kind not in get_args(HookType) and _LOOKED_AT_KEYS & value.keys() else "(sends)"


AnySource = Annotated[
    Annotated[SourceSettings, Tag("(sends)")] | Annotated[UpstreamSettings, Tag("(looked at)")],
    Discriminator(_form),
]
"""A sender, or a status page that we look at."""
