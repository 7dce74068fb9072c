"""Better Stack Uptime (once Better Uptime): its outgoing webhook of the type Incident.

The webhooks about monitors and on-call contacts may share the address; they say nothing about an outage. What a status
page of Better Stack sends to its subscribers is another format, and refused.
Format: https://betterstack.com/docs/uptime/webhooks/
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_STATES = {
    "started": SignalState.FIRING,
    "reopened": SignalState.FIRING,
    "acknowledged": SignalState.ACKNOWLEDGED,
    "resolved": SignalState.RESOLVED,
}
_TIMES = frozenset({"started", "acknowledged", "resolved"})


class BetterStack(SharedSecret):
    """A team at Better Stack. The key is the number of the incident, of which a monitor has one after another."""

    __slots__ = ()
    type: ClassVar[str] = "better_stack"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal about an incident; none about a monitor or an on-call contact."""
        body = json_object(request)
        if "event_type" in body.fields:
            body.refuse(
                "event_type", "what a status page sends to subscribers, not the outgoing webhook of the type Incident"
            )
        data = body.object("data")
        if data.text("type") != "incident":
            return []
        incident, word = data.object("attributes"), body.text("event")
        return [
            signal(
                self.name,
                key=data.identifier("id"),
                state=_STATES.get(word, SignalState.UNKNOWN),
                labels=_labels(incident, data.object("relationships").object("monitor").object("data")),
                summary=": ".join(filter(None, (incident.text("name", ""), incident.text("cause", "")))),
                at=_at(incident, word),
                url=incident.text("url", ""),
                ordered=True,
            )
        ]


def _labels(incident: JsonObject, monitor: JsonObject) -> dict[str, str]:
    number = monitor.identifier("id") if monitor.fields else ""
    known = {
        "monitor": incident.text("name", ""),
        "monitor_id": number,
        "team": incident.text("team_name", ""),
        "cause": incident.text("cause", ""),
    }
    return {name: value for name, value in known.items() if value}


def _at(incident: JsonObject, word: str) -> datetime | None:
    """When that happened. Of a reopening no time is sent: the start lies before the end that was already told."""
    return incident.moment(f"{word}_at") if word in _TIMES else None
