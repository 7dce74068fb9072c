"""Gatus, by its custom alerting provider, whose body its owner writes: ours is on docs/sources/gatus.md.

Gatus pastes values into the body as they are, and escapes nothing but the double quotes of errors: a body with errors
in it may be no JSON, which is why our template leaves them out.
Format: https://github.com/TwiN/gatus#configuring-custom-alerts
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.pointers import spell
from bot.sources.reading import json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import signal
from bot.sources.templates import Filled

_STATES = {"TRIGGERED": SignalState.FIRING, "RESOLVED": SignalState.RESOLVED}
_PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")
_HINT = "Gatus does not know it; compare the body with the one on the page of this type"


class Gatus(SharedSecret):
    """A Gatus. The key is the endpoint's group and name."""

    __slots__ = ()
    type: ClassVar[str] = "gatus"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal."""
        body = Filled(json_object(request), _PLACEHOLDER, _HINT)
        name, group = body.needed("name"), body.text("group")
        return [
            signal(
                self.name,
                key=spell((group, name) if group else (name,)),
                state=_STATES.get(body.needed("status"), SignalState.UNKNOWN),
                labels=body.texts("name", "group", "description"),
                summary=": ".join(body.texts("name", "description", "errors").values()),
                url=body.text("url"),
            )
        ]
