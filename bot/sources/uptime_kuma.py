"""Uptime Kuma's "Webhook" notification, in each of the ways it can be set to: JSON, form, GET with a query.

Only changes between up and down are sent. The test button and warnings about certificates come without a monitor; the
latter are no outage and are never published. ``time`` is UTC without saying so.
Format: https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/webhook.js
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.forms import FORMS, form_fields
from bot.sources.reading import JsonObject, json_object, media_type, object_in, parse_json
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_STATES = {0: SignalState.FIRING, 1: SignalState.RESOLVED, 2: SignalState.PENDING, 3: SignalState.MAINTENANCE}


class UptimeKuma(SharedSecret):
    """An Uptime Kuma. The key is the number of the monitor, which is unique within one installation only."""

    __slots__ = ()
    type: ClassVar[str] = "uptime_kuma"
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = _body(request)
        if body.fields.get("heartbeat") is None and body.fields.get("monitor") is None:
            return [self._without_monitor(body.text("msg"))]
        beat, monitor = body.object("heartbeat"), body.object("monitor")
        return [
            signal(
                self.name,
                key=monitor.identifier("id"),
                state=_STATES.get(beat.whole("status"), SignalState.UNKNOWN),
                labels=_labels(monitor),
                summary=body.text("msg", "") or beat.text("msg", ""),
                at=beat.moment("time", zone=UTC),
                url=monitor.text("url", ""),
            )
        ]

    def _without_monitor(self, words: str) -> Signal:
        state = SignalState.TEST if words.endswith("Testing") else SignalState.UNKNOWN
        return signal(self.name, key=f"words: {words}", state=state, summary=words)


def _labels(monitor: JsonObject) -> dict[str, str]:
    """The monitor's tags by their names, so that rules can match them, and what Uptime Kuma itself knows of it."""
    tags = (
        {tag.text("name"): tag.text("value", "") for tag in monitor.objects("tags")} if "tags" in monitor.fields else {}
    )
    own = {"monitor": monitor.text("name", ""), "type": monitor.text("type", ""), "path": monitor.text("pathName", "")}
    return tags | {name: value for name, value in own.items() if value}


def _body(request: HookRequest) -> JsonObject:
    if request.method == "GET":
        return _from_fields(request.query)
    if media_type(request)[0] not in FORMS:
        return json_object(request)
    fields = form_fields(request)
    return object_in(fields["data"], path="data") if "data" in fields else _from_fields(fields)


def _from_fields(fields: Mapping[str, str]) -> JsonObject:
    """The two objects are JSON inside the fields, and left out when there are none."""
    read: dict[str, Any] = {
        name: parse_json(fields[name].encode("utf-8", "surrogatepass"), path=name)
        for name in ("heartbeat", "monitor")
        if name in fields
    }
    return JsonObject(read | {"msg": fields["msg"]} if "msg" in fields else read)
