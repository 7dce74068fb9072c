"""HetrixTools: the webhook of a contact list. Three bodies come to one address.

Uptime goes down and up. A server that uses much of a resource, and an address that got onto a blacklist, are no outage
and have no end: they open nothing.
Format: https://docs.hetrixtools.com/webhook-notifications
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_body
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_STATES = {"offline": SignalState.FIRING, "online": SignalState.RESOLVED}
_SAMPLE = "ThisWillBeTheMonitorID32CharLong"
"""The monitor in HetrixTools' documentation, which people send to try the connection."""


class HetrixTools(SharedSecret):
    """A HetrixTools account. The key is the id of the monitor."""

    __slots__ = ()
    type: ClassVar[str] = "hetrixtools"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal about a monitor; one per address on a blacklist."""
        body = json_body(request)
        if not isinstance(body, dict):
            return [self._blacklisted(address) for address in JsonObject({"body": body}).objects("body")]
        told = JsonObject(body)
        return [self._resource(told) if "resource_usage" in body else self._uptime(told)]

    def _uptime(self, told: JsonObject) -> Signal:
        key, name, status = told.identifier("monitor_id"), told.text("monitor_name", ""), told.text("monitor_status")
        return signal(
            self.name,
            key=key,
            state=SignalState.TEST if key == _SAMPLE else _STATES.get(status, SignalState.UNKNOWN),
            labels=_labels(told),
            summary=": ".join(filter(None, (name, status, _errors(told)))),
            at=told.since_epoch("timestamp"),
            url=told.text("monitor_target", ""),
            ordered=True,
        )

    def _resource(self, told: JsonObject) -> Signal:
        resource, name = told.object("resource_usage").text("resource_type", ""), told.text("monitor_name", "")
        return signal(
            self.name,
            key=f"{told.identifier('monitor_id')} {resource}",
            state=SignalState.UNKNOWN,
            labels=_labels(told) | {"resource": resource},
            summary=f"{name}: much {resource} in use",
            at=told.since_epoch("timestamp"),
        )

    def _blacklisted(self, address: JsonObject) -> Signal:
        name = address.identifier("monitor")
        return signal(
            self.name,
            key=f"blacklist {name}",
            state=SignalState.UNKNOWN,
            labels={"monitor": address.text("label", ""), "type": "blacklist"},
            summary=f"{name}: the blacklists it is on have changed",
        )


def _errors(told: JsonObject) -> str:
    """Place and error each, of what went offline. Without any, PHP makes an empty list of the object."""
    errors = told.fields.get("monitor_errors")
    if told.text("monitor_status") != "offline" or not isinstance(errors, dict):
        return ""
    return ", ".join(f"{place}: {error}" for place, error in errors.items())


def _labels(told: JsonObject) -> dict[str, str]:
    fields = {"monitor": "monitor_name", "type": "monitor_type", "category": "monitor_category"}
    known = {label: told.text(field, "") for label, field in fields.items()}
    return {label: value for label, value in known.items() if value}
