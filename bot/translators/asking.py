"""One question to a provider over HTTP, JSON both ways, and what each failure means for who asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp

from bot import __version__
from bot.errors import TranslatorBusy, Untranslated

LARGEST = 1024 * 1024
"""Bytes of an answer; a notice has 12,000 at most."""

_CONNECT = aiohttp.ClientTimeout(total=None, sock_connect=10)
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Statuses that another try may mend; 529 is DeepL's own for too much to do."""
_MEANINGS = {401: "it refuses our key", 403: "it refuses our key", 456: "its quota is used up", 402: "it wants money"}


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client for questions, until it is left."""
    headers = {"User-Agent": f"incident-notice-bot/{__version__}", "Accept": "application/json"}
    async with aiohttp.ClientSession(headers=headers, timeout=_CONNECT, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def ask(
    session: aiohttp.ClientSession, address: str, question: Mapping[str, Any] | None, *, headers: Mapping[str, str]
) -> Any:
    """The JSON it answers. question: None only looks, by GET.

    Raises TranslatorBusy or Untranslated; their texts hold neither the question nor a key.
    """
    method = "GET" if question is None else "POST"
    try:
        async with session.request(method, address, json=question, headers=headers, allow_redirects=False) as answer:
            if answer.status not in (200, 201):
                raise _refusal(answer)
            return _read(await _body(answer))
    except (aiohttp.ClientError, OSError) as error:
        raise TranslatorBusy(f"it cannot be reached: {type(error).__name__}") from None


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LARGEST:
            raise Untranslated(f"it answered with more than {LARGEST} bytes")
    return bytes(body)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Untranslated("it answered with something that is no JSON") from None


def _refusal(answer: aiohttp.ClientResponse) -> TranslatorBusy | Untranslated:
    if answer.status in _LATER:
        return TranslatorBusy(f"it answered {answer.status}", retry_after=_retry_after(answer))
    return Untranslated(_MEANINGS.get(answer.status, f"it answered {answer.status}"))


def _retry_after(answer: aiohttp.ClientResponse) -> timedelta | None:
    """In seconds; the other form, a date, is as good as none."""
    text = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(text), 3600)) if text.isascii() and text.isdigit() else None


def strings(found: Any, *, of: str) -> list[str]:
    """A list of texts in an answer. of: what it is called there. Raises Untranslated."""
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise Untranslated(f"its answer has no list of texts in {of}")
    return found


def inside(found: Any, *path: str | int) -> Any:
    """What stands there in an answer, None when nothing does."""
    for step in path:
        if isinstance(found, dict) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return found
