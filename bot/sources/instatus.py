"""Instatus, as a subscriber of somebody's page hears it: incidents, maintenance, and components that change.

People wrote the words for that page's readers: operators see the name, nobody else sees anything of it.
``meta.unsubscribe`` lets anybody end the subscription and is never read. Signed is the body alone.
Format: https://instatus.com/help/webhooks
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.signals import signal
from bot.sources.signatures import Signed, hex_hmac, require

_INCIDENTS = {
    "INVESTIGATING": SignalState.FIRING,
    "IDENTIFIED": SignalState.FIRING,
    "MONITORING": SignalState.FIRING,
    "RESOLVED": SignalState.RESOLVED,
}
_COMPONENTS = {
    "OPERATIONAL": SignalState.RESOLVED,
    "DEGRADEDPERFORMANCE": SignalState.FIRING,
    "PARTIALOUTAGE": SignalState.FIRING,
    "MAJOROUTAGE": SignalState.FIRING,
    "UNDERMAINTENANCE": SignalState.MAINTENANCE,
}


class Instatus(Signed):
    """A page at Instatus. The key names the incident, the maintenance or the component."""

    __slots__ = ()
    type: ClassVar[str] = "instatus"

    def check(self, request: HookRequest, secret: str) -> None:
        """https://instatus.com/help/notifications/webhook"""
        require([request.headers.get("x-instatus-webhook-signature", "")], hex_hmac(secret, request.body))

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        if "component_update" in body.fields:
            return [self._component(body.object("component"), body.object("component_update"))]
        if "incident" in body.fields:
            incident = body.object("incident")
            return [self._story("incident", incident, _incident_state(incident))]
        if "maintenance" in body.fields:
            return [self._story("maintenance", body.object("maintenance"), SignalState.MAINTENANCE)]
        raise Malformed("neither incident, maintenance nor component_update: not what Instatus sends to subscribers")

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

    def _story(self, kind: str, story: JsonObject, state: SignalState) -> Signal:
        return signal(
            self.name,
            key=f"{kind} {story.identifier('id')}",
            state=state,
            labels={
                "kind": kind,
                "name": story.text("name", ""),
                "status": story.text("status"),
                "impact": story.text("impact", ""),
            },
            summary=story.text("name", ""),
            at=_at(story),
            url=story.text("url", ""),
            ordered=True,
        )


def _incident_state(incident: JsonObject) -> SignalState:
    """What was written down afterwards about the past is not firing now."""
    state = _INCIDENTS.get(incident.text("status"), SignalState.UNKNOWN)
    late = incident.fields.get("backfilled") is True
    return SignalState.UNKNOWN if late and state is SignalState.FIRING else state


def _at(story: JsonObject) -> datetime | None:
    """When it began or ended. What was resolved before began again with its latest change."""
    if story.text("status") == "RESOLVED":
        return story.moment("resolved_at") or story.moment("updated_at")
    updates = story.objects("incident_updates") if story.fields.get("incident_updates") else []
    again = any(update.text("status", "") == "RESOLVED" for update in updates)
    return story.moment("updated_at" if again else "created_at")
