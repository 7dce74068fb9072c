"""Checkmk, by a notification script, which its owner installs: ours is on docs/sources/checkmk.md.

The script of Keep is read as well; its fields are where ours took their names from.
Its variables: https://docs.checkmk.com/latest/en/notifications.html#scripts
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal
from bot.sources.base import HookRequest
from bot.sources.hosts import key_of, state_of
from bot.sources.reading import json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled

_PLACEHOLDER = re.compile(r"\$?\$\{?[A-Z][A-Z0-9_]*\}?\$?")
_HINT = "the script was called without the variables of Checkmk"


class Checkmk(SharedSecret):
    """A Checkmk site. The key is the host, or the host and the service on it."""

    __slots__ = ()
    type: ClassVar[str] = "checkmk"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = json_object(request)
        filled = Filled(body, _PLACEHOLDER, _HINT)
        what = filled.needed("what")
        if what not in {"HOST", "SERVICE"}:
            body.refuse("what", "expected HOST or SERVICE")
        service = filled.needed("service") if what == "SERVICE" else ""
        known = {"host": filled.needed("host"), "service": service, "state": filled.needed("status")}
        return [
            signal(
                self.name,
                key=key_of(known["host"], service),
                state=state_of(filled.needed("notification_type"), known["state"]),
                labels=body.texts("labels")
                | {name: value for name, value in known.items() if value}
                | filled.texts("site", "host_groups", "service_groups"),
                summary=filled.text("output") or filled.text("summary"),
                at=body.since_epoch("at"),
                url=filled.text("url"),
            )
        ]
