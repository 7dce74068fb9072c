"""Checkly's webhook channel, whose body its owner writes: ours is on docs/sources/checkly.md.

Signed is the body alone; the start of the check's run, inside it, puts the runs in order, since a failure that Checkly
sends again can come after the recovery. Values are escaped for HTML by the template's language and come back here.
Format: https://www.checklyhq.com/docs/integrations/alerts/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import json_object, moment
from bot.sources.signals import signal
from bot.sources.signatures import Signed, hex_hmac, require
from bot.sources.tags import tag_labels, tags_of
from bot.sources.templates import Filled

# https://www.checklyhq.com/docs/communicate/alerts/states/
_FAILING = frozenset({"ALERT_FAILURE", "ALERT_FAILURE_REMAIN", "ALERT_DEGRADED_FAILURE"})
_DEGRADED = frozenset({"ALERT_DEGRADED", "ALERT_DEGRADED_REMAIN", "ALERT_FAILURE_DEGRADED"})
_WELL = frozenset({"ALERT_RECOVERY", "ALERT_DEGRADED_RECOVERY"})
_PLACEHOLDER = re.compile(r"\{\{.*\}\}")
_HINT = "Checkly does not know it; compare the body with the one on the page of this type"


class Checkly(Signed):
    """A Checkly account. The key is the id of the check."""

    __slots__ = ()
    type: ClassVar[str] = "checkly"

    def check(self, request: HookRequest, secret: str) -> None:
        """https://www.checklyhq.com/docs/integrations/alerts/webhooks/#webhook-secrets"""
        require([request.headers.get("x-checkly-signature", "")], hex_hmac(secret, request.body))

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        item = json_object(request)
        body = Filled(item, _PLACEHOLDER, _HINT)
        kind = body.needed("alert_type")
        own = {
            "check": unescape(body.text("check_name")),
            "group": unescape(body.text("group_name")),
            "check_type": body.text("check_type"),
            "location": body.text("run_location"),
            "severity": "failing" if kind in _FAILING else "degraded" if kind in _DEGRADED else "",
        }
        tags = tag_labels(unescape(tag) for tag in tags_of(item, "tags"))
        return [
            signal(
                self.name,
                key=body.needed("check_id"),
                state=_state(kind),
                labels=tags | {name: value for name, value in own.items() if value},
                summary=unescape(body.text("event") or body.text("check_name")),
                at=moment(body.needed("started_at"), path="started_at"),
                url=unescape(body.text("link")),
                ordered=True,
            )
        ]


def _state(kind: str) -> SignalState:
    """A certificate that will expire is no outage, and a kind we do not know is neither up nor down."""
    if kind in _FAILING | _DEGRADED:
        return SignalState.FIRING
    return SignalState.RESOLVED if kind in _WELL else SignalState.UNKNOWN
