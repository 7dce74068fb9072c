"""How a document becomes an HTTP answer: conditions, compression, caching. The same for pages, feeds and assets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from aiohttp import ETag, hdrs, web

from bot.web.documents import Document

FRESH = "public, max-age=15, s-maxage=15, stale-while-revalidate=60, stale-if-error=86400"
"""Cache-Control of what changes: an outage is when everybody looks."""

FOREVER = "public, max-age=31536000, immutable"
"""Cache-Control of what has its content in its name."""

_ANY = "*"
_CODINGS = ("br", "gzip")
"""What we have ready, the smallest first."""


def answer(
    request: web.Request, document: Document, *, cache: str, vary: str = "", headers: Mapping[str, str] | None = None
) -> web.Response:
    """200 with the document, compressed as the client takes it, or 304 when the client has it already.

    cache: Cache-Control; vary: what it depends on besides Accept-Encoding; headers: sent with both.
    """
    coding, body = _chosen(document, request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    common = {
        **(headers or {}),
        hdrs.CACHE_CONTROL: cache,
        hdrs.VARY: f"Accept-Encoding, {vary}" if vary else "Accept-Encoding",
        hdrs.ETAG: f'"{document.etag}-{coding}"' if coding else f'"{document.etag}"',
    }
    if hdrs.IF_NONE_MATCH in request.headers and _known(request.if_none_match, document):
        return web.Response(status=304, headers=common)
    common[hdrs.CONTENT_TYPE] = document.content_type
    if coding:
        common[hdrs.CONTENT_ENCODING] = coding
    return web.Response(body=body, headers=common)


def _chosen(document: Document, accept_encoding: str) -> tuple[str, bytes]:
    """The coding, "" for none, and the bytes in it."""
    coding = _coding(accept_encoding)
    packed = {"br": document.pressed, "gzip": document.zipped}.get(coding)
    return ("", document.body) if packed is None else (coding, packed)


def _known(held: tuple[ETag, ...] | None, document: Document) -> bool:
    """Any form will do: they hold the same words, and the client may take each."""
    forms = {_ANY, document.etag, *(f"{document.etag}-{coding}" for coding in _CODINGS)}
    return any(etag.value in forms for etag in held or ())


@lru_cache(maxsize=256)
def _coding(accept_encoding: str) -> str:
    """The best of ``_CODINGS`` that the client takes, "" for none.

    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, rest = part.partition(";")
        weights[name.strip().removeprefix("x-")] = _weight(rest)
    found = {coding: weights.get(coding, weights.get(_ANY, 0.0)) for coding in _CODINGS}
    best = max(_CODINGS, key=lambda coding: found[coding])
    return best if found[best] > 0 else ""


def _weight(rest: str) -> float:
    """What follows a coding: ``q=0.5``; 1 when there is nothing, 0 when it cannot be read."""
    name, _, value = rest.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
