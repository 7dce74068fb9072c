"""Icinga 2, by a notification command, which its owner installs: ours is on docs/sources/icinga.md; and Icinga
Notifications, whose webhook channel sends its whole request unless its template says otherwise.

Format: https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notification-commands and
https://icinga.com/docs/icinga-notifications/latest/doc/10-Channels/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.hosts import key_of, state_of
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled

_MACRO = re.compile(r"\$[A-Za-z][A-Za-z0-9_.]*\$")
_HINT = "Icinga has no value for it; compare the command with the one on the page of this type"
_FIRING = ("emerg", "alert", "crit", "err", "warning", "notice")
_SEVERITIES = {"ok": SignalState.RESOLVED} | dict.fromkeys(_FIRING, SignalState.FIRING)
_SILENT = {
    "acknowledgement-set": SignalState.ACKNOWLEDGED,
    "acknowledgement-cleared": SignalState.ACKNOWLEDGED,
    "downtime-start": SignalState.MAINTENANCE,
    "downtime-end": SignalState.MAINTENANCE,
    "downtime-removed": SignalState.MAINTENANCE,
    "flapping-start": SignalState.PENDING,
    "flapping-end": SignalState.PENDING,
    "mute": SignalState.MAINTENANCE,
    "unmute": SignalState.MAINTENANCE,
    "custom": SignalState.TEST,
}


class Icinga(SharedSecret):
    """An Icinga. The key is the host, or the host and the service on it; with Icinga Notifications the incident."""

    __slots__ = ()
    type: ClassVar[str] = "icinga"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        return [self._notified(body) if "incident" in body.fields else self._commanded(body)]

    def _commanded(self, body: JsonObject) -> Signal:
        filled = Filled(body, _MACRO, _HINT)
        host, service, state = filled.needed("host"), filled.perhaps("service"), filled.needed("state")
        return signal(
            self.name,
            key=key_of(host, service),
            state=state_of(filled.needed("type"), state),
            labels=filled.texts("host", "service", "state", "host_groups", "service_groups"),
            summary=filled.text("output"),
            at=body.since_epoch("at") if filled.has("at") else None,
            url=filled.text("url"),
        )

    def _notified(self, body: JsonObject) -> Signal:
        incident, happening, thing = body.object("incident"), body.object("event"), body.object("object")
        severity = incident.text("severity")
        state = _SEVERITIES.get(severity, SignalState.UNKNOWN)
        kind = happening.text("type", "state")
        return signal(
            self.name,
            key=f"incident {incident.identifier('id')}",
            state=state if kind == "state" else _SILENT.get(kind, SignalState.UNKNOWN),
            labels=thing.texts("tags") | {"name": thing.text("name", ""), "severity": severity},
            summary=happening.text("message", ""),
            at=happening.moment("time"),
            url=thing.text("url", ""),
            ordered=True,
        )
