"""PRTG, by "Execute HTTP Action" in a notification template, whose fields its owner writes: ours are on
docs/sources/prtg.md. It sends them as a form.

A sensor that misses one scan is "Warning" before it is "Down". The words are those of a PRTG in English.
Format: https://www.paessler.com/manuals/prtg/notification_templates and https://kb.paessler.com/en/topic/373
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.forms import FORMS, form_fields
from bot.sources.reading import JsonObject, json_object, media_type
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled, tags

_STATES = {
    "down": SignalState.FIRING,
    "down (partial)": SignalState.FIRING,
    "up": SignalState.RESOLVED,
    "warning": SignalState.PENDING,
    "unusual": SignalState.PENDING,
    "down (acknowledged)": SignalState.ACKNOWLEDGED,
    "paused": SignalState.MAINTENANCE,
    "unknown": SignalState.NO_DATA,
}
_PLACEHOLDER = re.compile(r"%[a-z_]+")
_HINT = "PRTG does not know it; compare the payload with the one on the page of this type"


class Prtg(SharedSecret):
    """A PRTG. The key is the number of the sensor."""

    __slots__ = ()
    type: ClassVar[str] = "prtg"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = Filled(_body(request), _PLACEHOLDER, _HINT)
        return [
            signal(
                self.name,
                key=body.needed("sensorid"),
                state=_STATES.get(body.needed("status").lower(), SignalState.UNKNOWN),
                labels=tags(body.text("tags"), between=None, equals="=")
                | body.texts("device", "sensor", "group", "probe", "priority", "tags"),
                summary=body.text("message"),
                url=body.text("url"),
            )
        ]


def _body(request: HookRequest) -> JsonObject:
    return JsonObject(form_fields(request)) if media_type(request)[0] in FORMS else json_object(request)
