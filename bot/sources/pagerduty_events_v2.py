"""The Events API of PagerDuty, version 2, with us in PagerDuty's place: whatever can page can signal.

The routing key in the body is the secret. The answer has what PagerDuty's has, because clients read it.
Format: https://developer.pagerduty.com/docs/send-alert-event
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import HookError
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import digest, signal

_STATES = {
    "trigger": SignalState.FIRING,
    "acknowledge": SignalState.ACKNOWLEDGED,
    "resolve": SignalState.RESOLVED,
}
_KNOWN = ("source", "severity", "component", "group", "class")


class PagerdutyEventsV2(SharedSecret):
    """Any tool that can page. The key is its ``dedup_key``."""

    __slots__ = ()
    type: ClassVar[str] = "pagerduty_events_v2"

    def knows(self, head: HookRequest) -> bool:
        """True when the secret is shown as every shared secret; the routing key is in the body."""
        return self.shown_in(head)

    def verify(self, request: HookRequest) -> None:
        """Return when the routing key is the secret, or when that is shown in another way. Raises BadSignature."""
        if self.secret is not None and not hmac.compare_digest(_routing_key(request), self.secret.encode()):
            SharedSecret.verify(self, request)

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        event = json_object(request)
        payload = event.object("payload")
        return [
            signal(
                self.name,
                key=_key(event),
                state=_STATES.get(event.text("event_action"), SignalState.UNKNOWN),
                labels=_labels(event, payload),
                summary=payload.text("summary", ""),
                at=payload.moment("timestamp", zone=UTC),
                url=_page(event),
            )
        ]

    def answer(self, request: HookRequest) -> Mapping[str, str]:
        """As PagerDuty answers, with the key that ends the problem: whoever gave none learns it from there."""
        return {"status": "success", "message": "Event processed", "dedup_key": _key(json_object(request))}


def _routing_key(request: HookRequest) -> bytes:
    try:
        return json_object(request).text("routing_key", "").encode()
    except HookError:
        return b""  # whoever cannot show the key is not told what else is wrong


def _key(event: JsonObject) -> str:
    """What names the problem. A trigger without a key is known by what it says, so that a repeat is the same."""
    if event.text("event_action") == "trigger" and not event.text("dedup_key", ""):
        payload = event.object("payload")
        return digest({name: payload.text(name, "") for name in ("summary", *_KNOWN)})
    return event.text("dedup_key") or event.refuse("dedup_key", "is empty")


def _labels(event: JsonObject, payload: JsonObject) -> dict[str, str]:
    """Details that are texts, by their names, then what PagerDuty has fields for."""
    details = payload.fields.get("custom_details")
    texts = {name: value for name, value in details.items() if type(value) is str} if type(details) is dict else {}
    known = {name: payload.text(name, "") for name in _KNOWN} | {"client": event.text("client", "")}
    return texts | {name: value for name, value in known.items() if value}


def _page(event: JsonObject) -> str:
    links = event.objects("links") if event.fields.get("links") else []
    return event.text("client_url", "") or next((link.text("href", "") for link in links), "")
