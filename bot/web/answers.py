"""How a document becomes an HTTP answer: conditions, compression, caching. The same for pages, feeds and assets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from aiohttp import ETag, hdrs, web
from multidict import CIMultiDict, MultiMapping

from bot.web.document import Document
from bot.web.server import HEADERS

FRESH = "public, max-age=15, s-maxage=15, stale-while-revalidate=60, stale-if-error=86400"
"""Cache-Control of what changes: an outage is when everybody looks."""

FOREVER = "public, max-age=31536000, immutable"
"""Cache-Control of what has its content in its name."""

_ANY = "*"
_CODINGS = ("br", "gzip")
"""What we have ready, the smallest first."""


class Terms:
    """On which terms a document is given: headers that depend on the address alone. Made once, for they are many."""

    __slots__ = ("headers",)

    def __init__(
        self, *, cache: str, vary: str = "", headers: Mapping[str, str] | MultiMapping[str] = MappingProxyType({})
    ) -> None:
        """cache: Cache-Control; vary: the request header it depends on, besides Accept-Encoding."""
        self.headers = CIMultiDict(headers)
        self.headers[hdrs.CACHE_CONTROL] = cache
        self.headers[hdrs.VARY] = f"Accept-Encoding, {vary}" if vary else "Accept-Encoding"
        for name, value in HEADERS.items():
            self.headers.setdefault(name, value)


async def answer(request: web.Request, document: Document, terms: Terms) -> web.Response:
    """200 with the document, compressed as the client takes it, or 304 when the client has it already."""
    coding = _coding(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    packed = await document.packed(coding) if coding else None
    head = _head(document, "" if packed is None else coding, terms)
    if hdrs.IF_NONE_MATCH in request.headers and _known(request.if_none_match, document):
        response = web.Response(status=304, headers=head)
        for name in (hdrs.CONTENT_TYPE, hdrs.CONTENT_ENCODING):
            response.headers.popall(name, None)
        return response
    return web.Response(body=document.body if packed is None else packed, headers=head)


def _head(document: Document, coding: str, terms: Terms) -> CIMultiDict[str]:
    """All the headers of the document in a coding. Kept with it: between two changes they are always the same."""
    known = document.heads.get((terms, coding))
    if known is not None:
        return known
    head = terms.headers.copy()
    head[hdrs.ETAG] = f'"{document.etag}-{coding}"' if coding else f'"{document.etag}"'
    head[hdrs.CONTENT_TYPE] = document.content_type
    if coding:
        head[hdrs.CONTENT_ENCODING] = coding
    document.heads[terms, coding] = head
    return head


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
