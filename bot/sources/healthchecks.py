"""Healthchecks (healthchecks.io and self-hosted), by its webhook integration, whose body its owner writes: ours is on
docs/sources/healthchecks.md. Also its PagerTree integration, whose body is fixed.

The test button sends an ordinary "down", or "up", of a check called TEST that exists nowhere.
Format: https://healthchecks.io/docs/configuring_notifications/ and the transports under
https://github.com/healthchecks/healthchecks/tree/master/hc/integrations
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled, tags

_STATES = {
    "down": SignalState.FIRING,
    "up": SignalState.RESOLVED,
    "grace": SignalState.PENDING,
    "started": SignalState.PENDING,
    "paused": SignalState.MAINTENANCE,
}
_PAGERTREE_STATES = {"trigger": SignalState.FIRING, "resolve": SignalState.RESOLVED}
_TEST = "TEST"
_PLACEHOLDER = re.compile(r"\$[A-Z][A-Z0-9_]*")
_HINT = "this version of Healthchecks does not know it; take the other body on the page of this type"


class Healthchecks(SharedSecret):
    """A Healthchecks. The key is the check's code."""

    __slots__ = ()
    type: ClassVar[str] = "healthchecks"
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST", "PUT"})

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = JsonObject(request.query) if request.method == "GET" else json_object(request)
        if "incident_key" in body.fields:
            return [self._pagertree(body)]
        check = body.object("check") if "check" in body.fields else body
        return [self._signal(Filled(body, _PLACEHOLDER, _HINT), Filled(check, _PLACEHOLDER, _HINT), body)]

    def _signal(self, body: Filled, check: Filled, times: JsonObject) -> Signal:
        name = check.text("name")
        status = body.needed("status")
        return signal(
            self.name,
            key=check.text("uuid") or check.needed("code"),
            state=SignalState.TEST if name == _TEST else _STATES.get(status, SignalState.UNKNOWN),
            labels=tags(check.text("tags"), between=None, equals="=") | check.texts("name", "slug", "tags"),
            summary=f"{name} is {status}",
            at=times.moment("now") if body.has("now") else None,
            ordered=True,
        )

    def _pagertree(self, body: JsonObject) -> Signal:
        title = body.text("title", "")
        is_test = title.startswith(f"{_TEST} is ")
        state = _PAGERTREE_STATES.get(body.text("event_type"), SignalState.UNKNOWN)
        return signal(
            self.name,
            key=body.identifier("incident_key"),
            state=SignalState.TEST if is_test else state,
            labels=tags(body.text("tags", ""), between=None, equals="=") | {"tags": body.text("tags", "")},
            summary=title,
        )
