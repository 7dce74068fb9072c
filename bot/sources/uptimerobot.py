"""UptimeRobot's webhook: its variables in the query of a GET, in a form, or in JSON by the template on its page.

All values are texts, escaped for HTML before anything else. ``monitorAlertContacts`` holds our own address with the
secret in it and is never read. Variables that do not apply to what happened stay as they are, such as *alertDuration*.
Format: https://help.uptimerobot.com/en/articles/14498593-webhook-integration
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.flat import flat_fields
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled

_BY_NUMBER = {"1": SignalState.FIRING, "2": SignalState.RESOLVED}
_BY_NAME = {"down": SignalState.FIRING, "up": SignalState.RESOLVED}
_PLACEHOLDER = re.compile(r"\*(monitor|alert)[A-Z]\w*\*|monitorID|alertType(FriendlyName)?")
_HINT = "compare the POST value with the one on the page of this type; variables stand between asterisks"


class UptimeRobot(SharedSecret):
    """An UptimeRobot account. The key is the number of the monitor."""

    __slots__ = ()
    type: ClassVar[str] = "uptimerobot"
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        fields = flat_fields(request)
        told = Filled(fields, _PLACEHOLDER, _HINT)
        name, details = unescape(told.text("monitorFriendlyName")), unescape(told.text("alertDetails"))
        labels = {"monitor": name, "group": unescape(told.text("monitorGroup"))}
        return [
            signal(
                self.name,
                key=told.needed("monitorID"),
                state=_state(told),
                labels={label: value for label, value in labels.items() if value},
                summary=": ".join(filter(None, (name, details))),
                at=fields.since_epoch("alertDateTime") if told.has("alertDateTime") else None,
                url=unescape(told.text("monitorURL")),
                ordered=True,
            )
        ]


def _state(told: Filled) -> SignalState:
    """Certificates and domains that will expire are no outage. Where number and name contradict, neither counts."""
    name = told.text("alertTypeFriendlyName").lower()
    if not told.text("alertType"):
        return _BY_NAME.get(told.needed("alertTypeFriendlyName").lower(), SignalState.UNKNOWN)
    by_number = _BY_NUMBER.get(told.text("alertType"), SignalState.UNKNOWN)
    return by_number if _BY_NAME.get(name, by_number) is by_number else SignalState.UNKNOWN
