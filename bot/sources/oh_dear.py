"""Oh Dear: whether a monitor is up. Its other checks (certificates, links, DNS, cron ...) open and end nothing.

Of those it is not documented which words end what they begin. Older bodies name a site, newer ones a monitor, and their
words end in Notification. Signed is the body alone; its time puts the bodies in order.
Format: https://ohdear.app/docs/integrations/webhooks
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object, moment
from bot.sources.signals import signal
from bot.sources.signatures import Signed, hex_hmac, require

_UPTIME = re.compile(r"(?:http|ping|tcp)?uptimeCheck(Failed|Recovered)(?:Notification)?", re.IGNORECASE)
_STATES = {"failed": SignalState.FIRING, "recovered": SignalState.RESOLVED}
_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")


class OhDear(Signed):
    """A team at Oh Dear. The key is the number of the monitor."""

    __slots__ = ()
    type: ClassVar[str] = "oh_dear"

    def check(self, request: HookRequest, secret: str) -> None:
        """https://github.com/ohdearapp/laravel-ohdear-webhooks"""
        require([request.headers.get("ohdear-signature", "")], hex_hmac(secret, request.body))

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        kind, monitor = body.text("type"), _monitor(body)
        word = _UPTIME.fullmatch(kind)
        label = monitor.text("label", "") or monitor.text("sort_url", "")
        named = {"monitor": label, "url": monitor.text("url", ""), "check": "uptime" if word else kind}
        number = monitor.identifier("id")
        return [
            signal(
                self.name,
                key=f"monitor {number}" if word else f"monitor {number} {kind}",
                state=_STATES[word[1].lower()] if word else SignalState.UNKNOWN,
                labels={name: value for name, value in named.items() if value},
                summary=": ".join(filter(None, (label, kind))),
                at=_time(body),
                url=monitor.text("url", ""),
                ordered=True,
            )
        ]


def _monitor(body: JsonObject) -> JsonObject:
    deep = body.object("run").object("check").object("monitor")
    for found in (body.object("site"), body.object("monitor"), deep):
        if found.fields:
            return found
    raise Malformed("neither site nor monitor: not what Oh Dear sends")


def _time(body: JsonObject) -> datetime:
    name = "date_time" if "date_time" in body.fields else "dateTime"
    digits = _TIME.fullmatch(body.text(name))
    if not digits:
        body.refuse(name, "expected a time such as 20241211174102")
    year, month, day, *clock = digits.groups()
    read = moment(f"{year}-{month}-{day}T{':'.join(clock)}Z", path=name)
    return read or body.refuse(name, "no such time")
