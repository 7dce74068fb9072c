"""Site24x7's webhook: its incident parameters as JSON, as a form or in the query of a GET.

TROUBLE and CRITICAL are problems too, with their own word as the label ``status``, so that rules can tell them apart.
When a recovery happened is not documented: the time it is heard of counts.
Format: https://www.site24x7.com/help/admin/third-party-integration/webhooks.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.flat import flat_fields
from bot.sources.reading import JsonObject
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.tags import tag_labels, tags_of
from bot.sources.templates import Filled

_STATES = {
    "DOWN": SignalState.FIRING,
    "CRITICAL": SignalState.FIRING,
    "TROUBLE": SignalState.FIRING,
    "UP": SignalState.RESOLVED,
    "MAINTENANCE": SignalState.MAINTENANCE,
    "SUSPENDED": SignalState.MAINTENANCE,
}
_PLACEHOLDER = re.compile(r"\$\{?[A-Z0-9_]+\}?")
_HINT = "Site24x7 does not know it; compare the content with the one on the page of this type"


class Site24x7(SharedSecret):
    """A Site24x7 account. The key is the number of the monitor; without one, its name."""

    __slots__ = ()
    type: ClassVar[str] = "site24x7"
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        fields = flat_fields(request)
        told = Filled(fields, _PLACEHOLDER, _HINT)
        status, name = told.needed("STATUS").upper(), told.text("MONITORNAME")
        state = _STATES.get(status, SignalState.UNKNOWN)
        tells_when = state is SignalState.FIRING and told.has("INCIDENT_TIME_ISO")
        return [
            signal(
                self.name,
                key=told.text("MONITOR_ID") or told.text("MONITORID") or f"name {told.needed('MONITORNAME')}",
                state=state,
                labels=_labels(fields, told) | {"status": status},
                summary=": ".join(filter(None, (name, told.text("INCIDENT_REASON")))),
                at=fields.moment("INCIDENT_TIME_ISO") if tells_when else None,
                url=told.text("MONITOR_DASHBOARD_LINK") or told.text("MONITORURL"),
            )
        ]


def _labels(fields: JsonObject, told: Filled) -> dict[str, str]:
    """What it tells about the monitor, and its tags; a placeholder among those is no tag."""
    own = {"monitor": "MONITORNAME", "type": "MONITORTYPE", "group": "MONITOR_GROUPNAME"}
    tags = [tag for tag in tags_of(fields, "TAGS") if not _PLACEHOLDER.fullmatch(tag)]
    return tag_labels(tags) | {label: value for label, name in own.items() if (value := told.text(name))}
