"""Pingdom's state change webhook, for uptime and transaction checks. Not BeepManager's, which is another format.

It has no way to show a secret but the address.
Format: https://www.pingdom.com/resources/webhooks/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.tags import tag_labels, tags_of

_STATES = {
    "DOWN": SignalState.FIRING,
    "FAILING": SignalState.FIRING,
    "UP": SignalState.RESOLVED,
    "SUCCESS": SignalState.RESOLVED,
    "UNCONFIRMED_DOWN": SignalState.PENDING,
    "UNKNOWN": SignalState.NO_DATA,
}
_SAMPLE = ("12345", "Name of HTTP check")
"""Number and name of the check in Pingdom's documentation, which people send to try the connection."""


class Pingdom(SharedSecret):
    """A Pingdom account. The key is the number of the check."""

    __slots__ = ()
    type: ClassVar[str] = "pingdom"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        key, name = body.identifier("check_id"), body.text("check_name", "")
        state = _STATES.get(body.text("current_state"), SignalState.UNKNOWN)
        details = body.text("long_description", "") or body.text("description", "")
        return [
            signal(
                self.name,
                key=key,
                state=SignalState.TEST if (key, name) == _SAMPLE else state,
                labels=_labels(body, name),
                summary=": ".join(filter(None, (name, details))),
                at=body.since_epoch("state_changed_timestamp"),
                url=body.object("check_params").text("full_url", ""),
                ordered=True,
            )
        ]


def _labels(body: JsonObject, name: str) -> dict[str, str]:
    own = {
        "monitor": name,
        "type": body.text("check_type", ""),
        "importance": body.text("importance_level", ""),
    }
    return tag_labels(tags_of(body, "tags")) | {label: value for label, value in own.items() if value}
