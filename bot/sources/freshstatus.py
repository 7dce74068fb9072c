"""Freshstatus: the webhook of an account, with the templates on its page.

An incident closes with a note about it: INCIDENT_NOTE_CREATE whose ``incident_status`` is Closed. Its number is ``id``
when it opens and ``incident_id`` in notes, whose own number is ``id``. What is absent is the text "None".
Format, as others receive it: https://zulip.com/integrations/freshstatus
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled

_NOTES = {"Open": SignalState.FIRING, "Closed": SignalState.RESOLVED}
_SAMPLE = ("Sample title", "Sample description")
"""Title and description of what the test button sends, as an incident that opens."""
_NOTHING = re.compile(r"\{\w+\}|None")
_HINT = "compare the three templates with those on the page of this type"


class Freshstatus(SharedSecret):
    """A Freshstatus account. The key is the number of the incident or of the maintenance."""

    __slots__ = ()
    type: ClassVar[str] = "freshstatus"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        told, happening = Filled(body, _NOTHING, _HINT), body.object("event_data")
        word = happening.text("event_type")
        is_new = word == "INCIDENT_OPEN" and told.has("start_time")
        return [
            signal(
                self.name,
                key=told.needed("incident_id" if "incident_id" in body.fields else "id"),
                state=_state(told, word),
                labels=_labels(told),
                summary=": ".join(filter(None, map(told.text, ("title", "message", "description")))),
                at=body.moment("start_time") if is_new else happening.moment("event_created_on"),
                ordered=True,
            )
        ]


def _state(told: Filled, word: str) -> SignalState:
    if (told.text("title"), told.text("description")) == _SAMPLE:
        return SignalState.TEST
    if word.startswith("MAINTENANCE_"):
        return SignalState.MAINTENANCE
    if word == "INCIDENT_OPEN":
        return SignalState.FIRING
    if word == "INCIDENT_NOTE_CREATE":
        return _NOTES.get(told.text("incident_status"), SignalState.UNKNOWN)
    return SignalState.UNKNOWN


def _labels(told: Filled) -> dict[str, str]:
    """Services are told when it opens, not in notes; commas part them, in the test with quotes around each."""
    services = (service.strip(" '") for service in told.text("affected_services").split(","))
    known = {
        "services": ", ".join(filter(None, services)),
        "source": told.text("source"),
        "private": told.text("is_private").lower(),
    }
    return {name: value for name, value in known.items() if value}
