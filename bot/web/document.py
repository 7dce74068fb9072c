"""Bytes that are ready to be sent, and the same packed for those who take it so: when the first of them asks.

Knows nothing of requests, nor of how the bytes came about.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Mapping
from hashlib import sha256

import brotli
from multidict import CIMultiDict

WORTH_PACKING = 600
"""Bytes; fewer gain nothing."""
_LONG = 64 * 1024
"""Bytes that take longer to pack than others should wait: a thread does it."""
_EFFORTS: Mapping[str, tuple[int, int]] = {"gzip": (6, 9), "br": (5, 11)}
"""By coding, for what changes, and for what is made once."""
_PACK: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": lambda body, effort: gzip.compress(body, effort, mtime=0),
    "br": lambda body, effort: brotli.compress(body, quality=effort),
}


class Document:
    """One document.

    etag: of its content, unquoted; size: how many bytes it takes in memory, packed forms included;
    heads: for whoever answers with it to keep the headers in, by what they depend on.
    """

    __slots__ = ("_once", "_packed", "body", "content_type", "etag", "heads", "size")

    def __init__(self, body: bytes, content_type: str, *, once: bool = False) -> None:
        """once: it never changes, so that no effort to make it small is too much; that takes some time, and now."""
        self.body = body
        self.content_type = content_type
        self.etag = sha256(content_type.encode() + b"\n" + body).hexdigest()[:24]
        # The packed forms, should anybody ask for them, are a quarter each.
        self.size = len(body) * 3 // 2 if len(body) > WORTH_PACKING else len(body)
        self.heads: dict[tuple[object, str], CIMultiDict[str]] = {}
        self._once = once
        self._packed = {coding: self._pack(coding) for coding in _PACK} if once else {}

    async def packed(self, coding: str) -> bytes | None:
        """The body by ``gzip`` or ``br``; None where that gains nothing."""
        if len(self.body) <= WORTH_PACKING:
            return None
        known = self._packed.get(coding)
        if known is None:
            # Two who ask for a long one at the same moment pack it twice, and it comes to the same.
            known = await asyncio.to_thread(self._pack, coding) if len(self.body) > _LONG else self._pack(coding)
            self._packed[coding] = known
        return known

    def _pack(self, coding: str) -> bytes:
        return _PACK[coding](self.body, _EFFORTS[coding][self._once])
