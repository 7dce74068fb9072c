"""What a source is, and the request it reads. No I/O; the shell in ``web.hooks`` moves the bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.model import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """One webhook request as it came.

    headers: names in lower case; query: decoded, the last one wins where a name repeats; body: raw bytes (signatures
    are over these). Some senders put all they say into the query of a GET.
    """

    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Source(Protocol):
    """A kind of sender, configured."""

    @property
    def name(self) -> str:
        """As configured: the last part of its address, /hooks/{name}."""
        ...

    @property
    def methods(self) -> frozenset[str]:
        """The HTTP methods it may come by."""
        ...

    def verify(self, request: HookRequest) -> None:
        """Return when the request is from whom it says. Raises BadSignature."""
        ...

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal per problem, none when the request says nothing. Raises Malformed, UnreadableBody."""
        ...
