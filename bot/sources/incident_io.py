"""incident.io's webhooks about incidents. They come through Svix, which signs, and in any order.

Only public incidents are read: of private ones nothing is kept. Names of statuses are the company's own, so the
category decides. Merged, declined and cancelled are not called an end by anybody, and end nothing here.
Format: https://api-docs.incident.io/tag/Webhooks
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import ClassVar

from bot.config.keys import svix_key
from bot.domain.model import Signal, SignalState
from bot.errors import BadSignature
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.signals import signal
from bot.sources.signatures import Signed, require, require_recent, signed_time

_STATES = {
    "triage": SignalState.PENDING,
    "live": SignalState.FIRING,
    "active": SignalState.FIRING,
    "learning": SignalState.RESOLVED,
    "closed": SignalState.RESOLVED,
}
_TRIES = frozenset({"test", "tutorial"})


class IncidentIo(Signed):
    """An incident.io. The key is the id of its incident."""

    __slots__ = ()
    type: ClassVar[str] = "incident_io"

    def check(self, request: HookRequest, secret: str) -> None:
        """https://docs.svix.com/receiving/verifying-payloads/how-manual: one of several, while a key is changed."""
        stamp = request.headers.get("webhook-timestamp", "")
        require_recent(signed_time(stamp), request)
        signed = f"{request.headers.get('webhook-id', '')}.{stamp}.".encode("utf-8", "surrogatepass") + request.body
        expected = b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()
        shown = request.headers.get("webhook-signature", "").split(" ")
        require((one.removeprefix("v1,") for one in shown if one.startswith("v1,")), expected)

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal, or none when it is not about a public incident."""
        body = json_object(request)
        kind = body.text("event_type")
        told = body.object(kind)
        incident = told.object("incident") if "incident" in told.fields else told
        if not kind.startswith("public_incident.incident_") or incident.text("visibility", "") == "private":
            return ()
        return [
            signal(
                self.name,
                key=incident.identifier("id"),
                state=_state(incident),
                labels=_labels(incident),
                summary=incident.text("name", ""),
                at=incident.moment("updated_at") or incident.moment("created_at"),
                url=incident.text("permalink", ""),
                ordered=True,
            )
        ]


def _key(secret: str) -> bytes:
    """The configuration was held to this at the start; a key that is none lets nobody in."""
    try:
        return svix_key(secret)
    except ValueError:
        raise BadSignature("the configured secret is no key of theirs") from None


def _state(incident: JsonObject) -> SignalState:
    mode = incident.text("mode", "standard")
    if mode in _TRIES:
        return SignalState.TEST
    category = incident.object("incident_status").text("category")
    return _STATES.get(category, SignalState.UNKNOWN) if mode == "standard" else SignalState.UNKNOWN


def _labels(incident: JsonObject) -> dict[str, str]:
    """What the company filled in under its own names, and what incident.io itself knows."""
    status = incident.object("incident_status")
    own = {
        "name": incident.text("name", ""),
        "reference": incident.text("reference", ""),
        "severity": incident.object("severity").text("name", ""),
        "status": status.text("name", ""),
        "category": status.text("category", ""),
        "incident_type": incident.object("incident_type").text("name", ""),
    }
    return dict(_filled_in(incident)) | {name: value for name, value in own.items() if value}


def _filled_in(incident: JsonObject) -> Iterator[tuple[str, str]]:
    """Custom fields with one value, by their names."""
    for entry in incident.objects("custom_field_entries") if incident.fields.get("custom_field_entries") else []:
        values = entry.objects("values") if entry.fields.get("values") else []
        if len(values) == 1:
            [value] = values
            chosen = value.object("value_catalog_entry").text("name", "") or value.object("value_option").text(
                "value", ""
            )
            yield entry.object("custom_field").text("name"), chosen or value.text("value_text", "")
