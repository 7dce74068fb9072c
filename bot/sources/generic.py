"""Our own format, for scripts and for monitors whose payload their owner can write. Strict: it is typed by hand.

Documented in docs/sources/generic.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import ClassVar

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.reading import JsonObject, json_object
from bot.sources.secrets import SharedSecret
from bot.sources.signals import is_url, signal

_STATES = tuple(SignalState)


class Generic(SharedSecret):
    """Whatever can send JSON. The key is the sender's."""

    __slots__ = ()
    type: ClassVar[str] = "generic"

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal, or as many as ``signals`` lists."""
        body = json_object(request)
        if "signals" not in body.fields:
            return [self._signal(body)]
        body.only("signals")
        return [self._signal(item) for item in body.objects("signals")]

    def _signal(self, item: JsonObject) -> Signal:
        item.only("key", "state", "labels", "summary", "at", "url")
        return signal(
            self.name,
            key=item.text("key") or item.refuse("key", "is empty"),
            state=_state(item),
            labels=item.texts("labels"),
            summary=item.text("summary", ""),
            at=item.moment("at"),
            url=_url(item),
        )


def _state(item: JsonObject) -> SignalState:
    word = item.text("state")
    if word in _STATES:
        return SignalState(word)
    near = get_close_matches(word.lower(), _STATES, 1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    item.refuse("state", f"expected one of {', '.join(_STATES)}{hint}")


def _url(item: JsonObject) -> str:
    url = item.text("url", "")
    return (
        url
        if not url or is_url(url)
        else item.refuse("url", "expected an address that begins with https:// or http://")
    )
