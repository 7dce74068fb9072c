"""Answers that any site's pages may read, and any program: the API, the feeds, the calendar, what the banner asks.

Nothing here needs credentials, and none are taken: what is said is public. Which address says what is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import hdrs, web
from multidict import CIMultiDict, MultiMapping

from bot.errors import HookError, StoreBusy
from bot.web.answers import FRESH, Terms, answer
from bot.web.documents import Documents, Load
from bot.web.server import refusal

_ANYBODY: Mapping[str, str] = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*"}
_READING = ("GET", "HEAD", "OPTIONS")
_PREFLIGHT: Mapping[str, str] = {
    **_ANYBODY,
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: ", ".join(_READING),
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "If-None-Match",
    hdrs.ACCESS_CONTROL_MAX_AGE: "86400",
    hdrs.ALLOW: ", ".join(_READING),
}


def terms(*, cache: str = FRESH, vary: str = "", headers: Mapping[str, str] | MultiMapping[str] = _ANYBODY) -> Terms:
    """As ``Terms``, and anybody may read it."""
    open_to_all = CIMultiDict(_ANYBODY)
    open_to_all.update(headers)
    return Terms(cache=cache, vary=vary, headers=open_to_all)


async def shared(
    request: web.Request, documents: Documents, key: str, *, content_type: str, load: Load, terms: Terms
) -> web.Response:
    """The document under this key, or 404, or 503 while the store is busy."""
    try:
        found = await documents.get(key, content_type=content_type, load=load)
    except StoreBusy as error:
        return refused(error)
    if found is None:
        return refused(web.HTTPNotFound())
    return await answer(request, found, terms)


def refused(error: HookError | StoreBusy | web.HTTPException) -> web.Response:
    """``server.refusal``, readable for everybody and kept by nobody."""
    response = refusal(error)
    response.headers.update({**_ANYBODY, hdrs.CACHE_CONTROL: "no-store"})
    return response


async def nothing(request: web.Request) -> web.StreamResponse:
    """There is nothing at this address, and nothing here is asked for in another way than by reading."""
    if request.method not in _READING:
        return refused(web.HTTPMethodNotAllowed(request.method, _READING))
    return refused(web.HTTPNotFound())


async def preflight(request: web.Request) -> web.StreamResponse:
    """What a browser asks before it lets a page read with headers of its own (https://fetch.spec.whatwg.org/)."""
    return web.Response(status=204, headers=_PREFLIGHT)
