"""openstatus: the webhook of its monitors. Its status pages are a matter of ``upstream``.

The test button sends what looks like the recovery of a monitor named "test". A slow monitor is ``degraded``: a problem
too, with its own word as the label ``status``, so that rules can tell it apart.
Format: https://docs.openstatus.dev/alerting/providers/webhook
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal

_STATES = {
    "error": SignalState.FIRING,
    "degraded": SignalState.FIRING,
    "recovered": SignalState.RESOLVED,
}
_TEST = {"id": "1", "name": "test", "url": "http://openstat.us"}
"""The monitor that the test button speaks of."""


class OpenStatus(SharedSecret):
    """A workspace of openstatus. The key is the number of the monitor."""

    __slots__ = ()
    type: ClassVar[str] = "openstatus"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        monitor, status = body.object("monitor"), body.text("status")
        known = {"id": monitor.identifier("id"), "name": monitor.text("name", ""), "url": monitor.text("url", "")}
        return [
            signal(
                self.name,
                key=known["id"],
                state=SignalState.TEST if known == _TEST else _STATES.get(status, SignalState.UNKNOWN),
                labels={"monitor": known["name"], "status": status},
                summary=f"{known['name']}: {_what(body, status)}",
                at=body.since_epoch("cronTimestamp", unit=timedelta(milliseconds=1)),
                url=known["url"],
                ordered=True,
            )
        ]


def _what(body: JsonObject, status: str) -> str:
    code = body.fields.get("statusCode")
    return body.text("errorMessage", "") or (f"{status}, HTTP {code}" if type(code) is int else status)
