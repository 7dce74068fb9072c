"""Cloudflare's notifications, by a generic webhook.

What is told about an origin's health says the state itself. Other kinds begin and end by ``alert_event``; those of old
have none, and but for unreachable origins say nothing about a state.
Format: https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.pointers import spell
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import digest, signal

_EVENTS = {"ALERT_STATE_EVENT_START": SignalState.FIRING, "ALERT_STATE_EVENT_END": SignalState.RESOLVED}
_HEALTH = {"Unhealthy": SignalState.FIRING, "Healthy": SignalState.RESOLVED}
_UNREACHABLE_ORIGIN = "real_origin_monitoring"
_NAMES = ("_id", "_name", "_tag")
_TEST = "Hello World! This is a test message"


@dataclass(slots=True, kw_only=True)
class Cloudflare(SharedSecret):
    """A Cloudflare account. The key is the health check, or what Cloudflare says belongs together."""

    type: ClassVar[str] = "cloudflare"

    header: str = "cf-webhook-auth"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        text = body.text("text")
        if text.startswith(_TEST):
            return [signal(self.name, key="test", state=SignalState.TEST, summary=text)]
        data = body.object("data")
        return [
            signal(
                self.name,
                key=_key(body, data),
                state=_state(body, data),
                labels=_labels(body, data),
                summary=text,
                at=body.since_epoch("ts"),
                url=data.text("dashboard_link", ""),
                ordered=True,
            )
        ]


def _key(body: JsonObject, data: JsonObject) -> str:
    """Of what tells beginning and end without saying what belongs together: the kind, the policy and what data names.

    The rest of its data, such as rates and times, differs between the two.
    """
    check = data.text("health_check_id", "")
    if check:
        return spell(("health check", check))
    told = {name: body.text(name, "") for name in ("alert_type", "policy_id", "name")}
    if body.text("alert_event", ""):
        named = {name: value for name, value in data.fields.items() if name.endswith(_NAMES) and type(value) is str}
        return body.text("alert_correlation_id", "") or digest(told | named)
    return body.text("alert_correlation_id", "") or digest(told | {"data": json.dumps(data.fields, sort_keys=True)})


def _state(body: JsonObject, data: JsonObject) -> SignalState:
    if "health_check_id" in data.fields:
        word = data.text("new_health_status", "") or data.text("new_status", "")
        return _HEALTH.get(word, SignalState.UNKNOWN)
    if body.text("alert_event", ""):
        return _EVENTS.get(body.text("alert_event"), SignalState.UNKNOWN)
    is_down = body.text("alert_type", "") == _UNREACHABLE_ORIGIN
    return SignalState.FIRING if is_down else SignalState.UNKNOWN


def _labels(body: JsonObject, data: JsonObject) -> dict[str, str]:
    known = {
        "alert_type": body.text("alert_type", ""),
        "policy": body.text("policy_name", "") or body.text("name", ""),
        "zone": data.text("zone_name", ""),
        "health_check": data.text("health_check_name", ""),
    }
    return {name: value for name, value in known.items() if value}
