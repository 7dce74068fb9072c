"""Atlassian Statuspage, as a subscriber of somebody's page hears it: incidents, and components that change.

People wrote the words for that page's readers: operators see them in the summary, nobody else. Planned maintenance is
told with the same body as an incident. ``meta.unsubscribe`` lets anybody end the subscription and is never read.
Format: https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_INCIDENTS = {
    "investigating": SignalState.FIRING,
    "identified": SignalState.FIRING,
    "monitoring": SignalState.FIRING,
    "resolved": SignalState.RESOLVED,
    "postmortem": SignalState.RESOLVED,
}
_COMPONENTS = {
    "operational": SignalState.RESOLVED,
    "degraded_performance": SignalState.FIRING,
    "partial_outage": SignalState.FIRING,
    "major_outage": SignalState.FIRING,
    "under_maintenance": SignalState.MAINTENANCE,
}
_PLANNED = frozenset({"scheduled", "in_progress", "verifying", "completed"})


class Statuspage(SharedSecret):
    """A page at Statuspage. The key names the incident or the component."""

    __slots__ = ()
    type: ClassVar[str] = "statuspage"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal, about an incident or about a component."""
        body = json_object(request)
        if "component_update" in body.fields:
            return [self._component(body.object("component"), body.object("component_update"))]
        if "incident" in body.fields:
            return [self._incident(body.object("incident"))]
        raise Malformed("neither incident nor component_update: not what Statuspage sends to subscribers")

    def _component(self, component: JsonObject, update: JsonObject) -> Signal:
        status, name = update.text("new_status"), component.text("name", "")
        return signal(
            self.name,
            key=f"component {update.identifier('component_id')}",
            state=_COMPONENTS.get(status, SignalState.UNKNOWN),
            labels={"kind": "component", "component": name, "status": status},
            summary=f"{name}: {status}",
            at=update.moment("created_at"),
            ordered=True,
        )

    def _incident(self, incident: JsonObject) -> Signal:
        status = incident.text("status")
        updates = incident.objects("incident_updates") if "incident_updates" in incident.fields else []
        words = updates[0].text("body", "") if updates else ""
        return signal(
            self.name,
            key=f"incident {incident.identifier('id')}",
            state=_state(incident, status),
            labels={
                "kind": "incident",
                "status": status,
                "impact": incident.text("impact", ""),
                "components": ", ".join(_names(incident)),
            },
            summary=f"{incident.text('name', '')}: {words}",
            at=_at(incident, status, updates),
            url=incident.text("shortlink", ""),
            ordered=True,
        )


def _names(incident: JsonObject) -> list[str]:
    components = incident.objects("components") if "components" in incident.fields else []
    return [component.text("name", "") for component in components]


def _state(incident: JsonObject, status: str) -> SignalState:
    if status in _PLANNED or incident.text("impact", "") == "maintenance" or incident.text("scheduled_for", ""):
        return SignalState.MAINTENANCE
    return _INCIDENTS.get(status, SignalState.UNKNOWN)


def _at(incident: JsonObject, status: str, updates: Sequence[JsonObject]) -> datetime | None:
    """When it began or ended. One that its history calls resolved before began again with the latest update."""
    if _INCIDENTS.get(status) is SignalState.RESOLVED:
        return incident.moment("resolved_at") or incident.moment("updated_at")
    if any(update.text("status", "") == "resolved" for update in updates):
        return updates[0].moment("created_at") or incident.moment("updated_at")
    return incident.moment("created_at")
