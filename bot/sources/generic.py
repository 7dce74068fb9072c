"""Our own format, for scripts and for monitors whose payload their owner can write. Strict: it is typed by hand.

With a ``mapping`` it is somebody else's format instead; reading that is ``mapped``. Documented in
docs/sources/generic.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.config.mapping import MappingSettings
from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest
from bot.sources.mapped import mapped
from bot.sources.reading import JsonObject, json_body, json_object, nearest
from bot.sources.secrets import SharedSecret
from bot.sources.signals import is_url, signal

_STATES = tuple(SignalState)


@dataclass(slots=True, kw_only=True)
class Generic(SharedSecret):
    """Whatever can send JSON. The key is the sender's. mapping: None for our own format."""

    type: ClassVar[str] = "generic"

    mapping: MappingSettings | None = None

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal, or as many as ``signals`` lists."""
        if self.mapping is not None:
            return mapped(self.name, self.mapping, json_body(request))
        body = json_object(request)
        if "signals" not in body.fields:
            return [self._signal(body)]
        body.only("signals")
        return [self._signal(item) for item in body.objects("signals")]

    def _signal(self, item: JsonObject) -> Signal:
        item.only("key", "state", "labels", "summary", "at", "url", "statement")
        key = item.text("key") or item.refuse("key", "is empty")
        state = _state(item)
        return signal(
            self.name,
            key=key,
            state=state,
            labels=item.texts("labels"),
            summary=item.text("summary", ""),
            at=item.moment("at"),
            url=_url(item),
            statement=_statement(item, state),
        )


def _state(item: JsonObject) -> SignalState:
    word = item.text("state")
    if word in _STATES:
        return SignalState(word)
    near = nearest(word, _STATES)
    hint = f" (did you mean {near}?)" if near else ""
    item.refuse("state", f"expected one of {', '.join(_STATES)}{hint}")


def _url(item: JsonObject) -> str:
    url = item.text("url", "")
    return (
        url
        if not url or is_url(url)
        else item.refuse("url", "expected an address that begins with https:// or http://")
    )


def _statement(item: JsonObject, state: SignalState) -> str:
    """The words of a statement, which must have some; with another state they would never be read."""
    if state is SignalState.STATEMENT:
        return item.text("statement") or item.refuse("statement", "is empty")
    if item.fields.get("statement") is not None:
        item.refuse("statement", "expected only with the state statement")
    return ""
