"""PagerDuty's webhooks, version 3. Versions 1 and 2 are not signed, and are refused.

A status update is what a human wrote for those concerned: it becomes a draft for our customers, never more by itself.
No time is signed, and a delivery may be repeated for two days; ``occurred_at`` puts them in order.
Format: https://developer.pagerduty.com/docs/webhooks-overview
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.signals import signal
from bot.sources.signatures import Signed, hex_hmac, require

_STATES = {
    "incident.triggered": SignalState.FIRING,
    "incident.reopened": SignalState.FIRING,
    "incident.unacknowledged": SignalState.FIRING,
    "incident.acknowledged": SignalState.ACKNOWLEDGED,
    "incident.resolved": SignalState.RESOLVED,
    "incident.status_update_published": SignalState.STATEMENT,
    "pagey.ping": SignalState.TEST,
}
_OTHER_LABELS = frozenset({"incident.priority_updated", "incident.service_updated"})
_OPEN = frozenset({"triggered", "acknowledged"})
_SAY_NOTHING = frozenset(
    {
        "incident.annotated",
        "incident.delegated",
        "incident.escalated",
        "incident.reassigned",
        "incident.responder.added",
        "incident.responder.replied",
        "service.created",
        "service.deleted",
        "service.updated",
    }
)


@dataclass(slots=True, kw_only=True)
class PagerDuty(Signed):
    """A PagerDuty. The key is the id of its incident. language: what people write its status updates in."""

    type: ClassVar[str] = "pagerduty"

    language: str = "en"

    def check(self, request: HookRequest, secret: str) -> None:
        """https://developer.pagerduty.com/docs/verifying-webhook-signatures: one of several, while a key is changed."""
        shown = request.headers.get("x-pagerduty-signature", "").split(",")
        require((one.strip() for one in shown), f"v1={hex_hmac(secret, request.body)}")

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal, or none when it is not about a beginning, an end or words for those concerned."""
        body = json_object(request)
        if "messages" in body.fields:
            raise Malformed("a webhook of version 1 or 2: make a subscription of version 3", path="messages")
        event = body.object("event")
        kind = event.text("event_type")
        return () if kind in _SAY_NOTHING else [self._read(kind, event)]

    def _read(self, kind: str, event: JsonObject) -> Signal:
        data = event.object("data")
        state = _state(kind, data)
        incident = data.object("incident") if "incident" in data.fields else data
        return signal(
            self.name,
            key=kind if state is SignalState.TEST else incident.identifier("id"),
            state=state,
            labels=_labels(data),
            summary=incident.text("title", "") or incident.text("summary", "") or data.text("message", ""),
            at=event.moment("occurred_at"),
            url=incident.text("html_url", ""),
            statement=data.text("message") if state is SignalState.STATEMENT else "",
            ordered=True,
        )


def _state(kind: str, data: JsonObject) -> SignalState:
    """A new priority or service is told as firing again, for rules that match on it, while the incident is open."""
    if kind in _OTHER_LABELS:
        return SignalState.FIRING if data.text("status") in _OPEN else SignalState.ACKNOWLEDGED
    return _STATES.get(kind, SignalState.UNKNOWN)


def _labels(data: JsonObject) -> dict[str, str]:
    teams = data.objects("teams") if data.fields.get("teams") else []
    found = {
        "service": data.object("service").text("summary", ""),
        "service_id": data.object("service").text("id", ""),
        "team": teams[0].text("summary", "") if teams else "",
        "priority": data.object("priority").text("summary", ""),
        "urgency": data.text("urgency", ""),
        "title": data.text("title", ""),
    }
    return {name: value for name, value in found.items() if value}
