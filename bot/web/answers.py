"""How a document becomes an HTTP answer: conditions, compression, caching. The same for pages, feeds and assets."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import ETag, hdrs, web

from bot.web.documents import Document

FRESH = "public, max-age=15, s-maxage=15, stale-while-revalidate=60, stale-if-error=86400"
"""Cache-Control of what changes: an outage is when everybody looks."""

FOREVER = "public, max-age=31536000, immutable"
"""Cache-Control of what has its content in its name."""

_ANY = "*"


def answer(
    request: web.Request, document: Document, *, cache: str, vary: str = "", headers: Mapping[str, str] | None = None
) -> web.Response:
    """200 with the document, compressed where the client takes it, or 304 when the client has it already.

    cache: Cache-Control; vary: what it depends on besides Accept-Encoding; headers: sent with both.
    """
    zipped = document.zipped is not None and _takes_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    etag = f"{document.etag}-gzip" if zipped else document.etag
    common = {
        **(headers or {}),
        hdrs.CACHE_CONTROL: cache,
        hdrs.VARY: f"Accept-Encoding, {vary}" if vary else "Accept-Encoding",
        hdrs.ETAG: f'"{etag}"',
    }
    if _known(request.if_none_match, document):
        return web.Response(status=304, headers=common)
    common[hdrs.CONTENT_TYPE] = document.content_type
    if zipped:
        return web.Response(body=document.zipped, headers=common | {hdrs.CONTENT_ENCODING: "gzip"})
    return web.Response(body=document.body, headers=common)


def _known(held: tuple[ETag, ...] | None, document: Document) -> bool:
    """Either form will do: they hold the same words, and the client may take both."""
    return any(etag.value in {_ANY, document.etag, f"{document.etag}-gzip"} for etag in held or ())


def _takes_gzip(accept_encoding: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3"""
    for part in accept_encoding.lower().split(","):
        coding, _, rest = part.partition(";")
        if coding.strip() in {"gzip", "x-gzip", "*"}:
            return rest.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
