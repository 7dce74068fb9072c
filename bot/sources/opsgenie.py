"""Opsgenie's webhook integration, which Jira Service Management kept: what was done with an alert.

Description and details come only when it is created. What happens to it between create and close (notes, tags,
escalations) changes nothing for customers.
Format: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.tags import tag_labels, tags_of

_STATES = {
    "Create": SignalState.FIRING,
    "UnAcknowledge": SignalState.FIRING,
    "Acknowledge": SignalState.ACKNOWLEDGED,
    "TakeOwnership": SignalState.ACKNOWLEDGED,
    "AssignOwnership": SignalState.ACKNOWLEDGED,
    "Close": SignalState.RESOLVED,
    "Delete": SignalState.RESOLVED,
    "TestAction": SignalState.TEST,
}
_YEAR_5138 = 10**14
"""In milliseconds since 1970: what is more counts nanoseconds, as ``updatedAt`` does."""


class Opsgenie(SharedSecret):
    """An Opsgenie integration. The key is the id of the alert; a problem that comes back is a new alert."""

    __slots__ = ()
    type: ClassVar[str] = "opsgenie"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        alert = body.object("alert")
        state = _STATES.get(body.text("action"), SignalState.UNKNOWN)
        return [
            signal(
                self.name,
                key=alert.text("alertId", "") or "test" if state is SignalState.TEST else alert.identifier("alertId"),
                state=state,
                labels=_labels(alert),
                summary=alert.text("message", ""),
                at=_moment(alert, "createdAt" if state is SignalState.FIRING else "updatedAt"),
                ordered=True,
            )
        ]


def _labels(alert: JsonObject) -> dict[str, str]:
    priority = alert.fields.get("priority")
    own = {
        "priority": f"P{priority}" if type(priority) is int else alert.text("priority", ""),
        "alias": alert.text("alias", ""),
        "entity": alert.text("entity", ""),
        "source": alert.text("source", ""),
    }
    known = {label: value for label, value in own.items() if value}
    return alert.texts("details") | tag_labels(tags_of(alert, "tags")) | known


def _moment(alert: JsonObject, name: str) -> datetime | None:
    value = alert.fields.get(name)
    if type(value) is int and value > _YEAR_5138:
        return JsonObject({name: value // 1000}, alert.path).since_epoch(name, unit=timedelta(microseconds=1))
    return alert.since_epoch(name, unit=timedelta(milliseconds=1))
