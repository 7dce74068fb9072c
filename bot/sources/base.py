"""What a source is, and the request it reads. No I/O; the shell in ``web.hooks`` moves the bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.domain.model import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """One webhook request as it came.

    headers: names in lower case; query: decoded, the last one wins where a name repeats; body: raw bytes (signatures
    are over these). Some senders put all they say into the query of a GET; received_at: when it came, aware UTC, what a
    signed time is held against (without it every such time is refused);
    certificate: PEM bytes of the document that ``wants`` asked for, b"" when it asked for none.
    """

    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    received_at: datetime = field(default=datetime.max.replace(tzinfo=UTC))
    certificate: bytes = b""


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

    @property
    def unproven(self) -> int | None:
        """Bytes of a body, unpacked, that are read before the sender is known; more are refused.

        None: as many as anybody may send, for until then they are only hashed.
        """
        ...

    def knows(self, head: HookRequest) -> bool:
        """True when headers and query alone prove who it is from, False when the body must be read to know.

        head: the request without its body. Raises BadSignature when no body could prove it.
        """
        ...

    def wants(self, request: HookRequest) -> str | None:
        """The address of the certificate that ``verify`` needs, None for almost all senders.

        Asked before ``verify``, so the request may be anybody's: only addresses of the sender's own hosts.
        Raises BadSignature when it names another, or when nothing it could fetch would make the request valid.
        """
        ...

    def verify(self, request: HookRequest) -> None:
        """Return when the request is from whom it says. Raises BadSignature."""
        ...

    def parse(self, request: HookRequest) -> Sequence[Signal]:
        """One signal per problem, none when the request says nothing. Raises Malformed, UnreadableBody."""
        ...

    def confirms(self, request: HookRequest) -> str | None:
        """The address that a verified request asks to be opened, so that the sender begins to send; mostly None.

        Raises Malformed when it is not the sender's own.
        """
        ...

    def answer(self, request: HookRequest) -> Mapping[str, str]:
        """What a verified sender expects to read in the answer beside ``accepted``; mostly nothing."""
        ...
