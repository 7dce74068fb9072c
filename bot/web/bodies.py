"""The body of a request: in time, of sane size, unpacked. What it says is for others."""

from __future__ import annotations

import asyncio
import zlib
from datetime import timedelta

from aiohttp import web

from bot.errors import UnreadableBody
from bot.web.rooms import Took
from bot.web.server import too_large

_PLAIN = frozenset({"", "identity"})
_PACKED = frozenset({"gzip", "deflate"})
_ANY_ZLIB_HEADER = zlib.MAX_WBITS | 32  # https://docs.python.org/3/library/zlib.html#zlib.decompress


async def read_body(request: web.Request, *, largest: int, within: timedelta, took: Took) -> bytes:
    """The bytes, unpacked.

    largest: bytes, packed and unpacked; within: how long they may take to arrive; took: told of them as they do.
    Raises UnreadableBody for another encoding, HTTPRequestEntityTooLarge, HTTPRequestTimeout, HTTPBadRequest.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _PLAIN | _PACKED:
        raise UnreadableBody("expected a body that is not encoded, or by gzip or deflate")
    if (request.content_length or 0) > largest:
        raise too_large(largest)
    body = await _arrived(request, largest=largest, within=within, took=took)
    if encoding in _PLAIN:
        return body
    unpacked = _unpack(body, largest)
    took(len(unpacked))
    return unpacked


async def _arrived(request: web.Request, *, largest: int, within: timedelta, took: Took) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(within.total_seconds()):
            while chunk := await request.content.readany():
                took(len(chunk))
                body += chunk
                if len(body) > largest:
                    raise too_large(largest)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, ConnectionError):
        raise web.HTTPBadRequest(reason="The body did not arrive whole") from None
    return bytes(body)


def _unpack(body: bytes, largest: int) -> bytes:
    """The body decompressed, never more than ``largest`` bytes of it: a gigabyte of blanks packs into one megabyte."""
    unpacker = zlib.decompressobj(_ANY_ZLIB_HEADER)
    try:
        unpacked = unpacker.decompress(body, largest + 1)
    except zlib.error:
        raise web.HTTPBadRequest(reason="The body is not packed as it says") from None
    if len(unpacked) > largest:
        raise too_large(largest)
    if not unpacker.eof:
        raise web.HTTPBadRequest(reason="The packed body is cut off")
    return unpacked
