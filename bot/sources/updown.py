"""updown.io's webhook: a list of what happened, often to one check, sometimes twice to the same.

A new check that is up at once is announced with ``check.up`` and a downtime that never began: that ends nothing.
Certificates and slow answers are told as well; they are no outage.
Format: https://updown.io/api#webhooks
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_body
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_STATES = {
    "check.down": SignalState.FIRING,
    "check.still_down": SignalState.FIRING,
    "check.up": SignalState.RESOLVED,
}


class Updown(SharedSecret):
    """An updown.io account. The key is the token of the check."""

    __slots__ = ()
    type: ClassVar[str] = "updown"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal per entry, in their order."""
        return [self._entry(entry) for entry in JsonObject({"body": json_body(request)}).objects("body")]

    def _entry(self, entry: JsonObject) -> Signal:
        check, downtime = entry.object("check"), entry.object("downtime")
        name = check.text("alias", "") or check.text("url", "")
        error = downtime.text("error", "") or check.text("error", "")
        state = _state(entry.text("event"), downtime)
        return signal(
            self.name,
            key=check.identifier("token"),
            state=state,
            labels={"monitor": name, "event": entry.text("event")},
            summary=entry.text("description", "") or ": ".join(filter(None, (name, error))),
            at=_at(state, downtime),
            url=check.text("url", ""),
            ordered=True,
        )


def _state(word: str, downtime: JsonObject) -> SignalState:
    if word == "check.up" and downtime.moment("started_at") is None:
        return SignalState.TEST
    return _STATES.get(word, SignalState.UNKNOWN)


def _at(state: SignalState, downtime: JsonObject) -> datetime | None:
    return downtime.moment("ended_at" if state is SignalState.RESOLVED else "started_at")
