"""Datadog's webhooks, with the payload that docs/sources/datadog.md tells people to paste.

Datadog has no payload of its own that tells a beginning from an end. Variables without a value arrive as they are
typed, or as "null": then no monitor was speaking.
Format: https://docs.datadoghq.com/integrations/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.pointers import spell
from bot.sources.reading import json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.tags import tag_labels
from bot.sources.templates import Filled

_PAYLOAD = "notice-bot 1"
_PASTE = "paste the payload on this source's page into the webhook"
_VARIABLE = re.compile(r"\$[A-Z_]+|null")
_HINT = "only a monitor's own notifications have a value for it"
_STATES = {
    "Triggered": SignalState.FIRING,
    "Re-Triggered": SignalState.FIRING,
    "Warn": SignalState.FIRING,
    "Re-Warn": SignalState.FIRING,
    "Recovered": SignalState.RESOLVED,
    "No Data": SignalState.NO_DATA,
    "Re-No Data": SignalState.NO_DATA,
}
_TEST = "[TEST]"


class Datadog(SharedSecret):
    """A Datadog. The key is the cycle of an alert, from its beginning to its end, of one group of a monitor."""

    __slots__ = ()
    type: ClassVar[str] = "datadog"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        if body.text("payload", "") != _PAYLOAD:
            raise Malformed(f"expected {_PAYLOAD}: {_PASTE}", path="payload")
        filled = Filled(body, _VARIABLE, _HINT)
        title = filled.text("title")
        state = _STATES.get(filled.needed("transition"), SignalState.UNKNOWN)
        return [
            signal(
                self.name,
                key=filled.text("cycle") or spell((filled.needed("monitor"), filled.text("scope"))),
                state=SignalState.TEST if title.startswith(_TEST) else state,
                labels=_labels(filled),
                summary=title,
                at=body.since_epoch("at", unit=timedelta(milliseconds=1)) if filled.has("at") else None,
                url=filled.text("url"),
                ordered=True,
            )
        ]


def _labels(body: Filled) -> dict[str, str]:
    """The tags of the monitor and of the group that it is about, and what Datadog knows of the monitor."""
    tags = [*body.text("tags").split(","), *body.text("scope").split(",")]
    return tag_labels(tags) | body.texts("monitor", "transition", "priority", "type")
