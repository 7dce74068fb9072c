"""What somebody asks about: a sender, and a request as its hook would read it. Its secret is not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, get_args
from urllib.parse import parse_qsl

from aiohttp import web

from bot import clock
from bot.config.settings import Settings, SourceSettings
from bot.config.sources import HookType
from bot.domain.model import Signal
from bot.errors import HookError, Malformed
from bot.sources.base import HookRequest, Source
from bot.sources.reading import MOST_ITEMS
from bot.sources.registry import configured
from bot.web.server import LARGEST_BODY, refusal, too_large


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The hook would not take the request. status: what it answers; words: the JSON of the answer."""

    status: int
    words: str


def sender(settings: Settings, name: str) -> Source:
    """The configured source of that name, else one of that type. Raises ValueError, which tells what there is."""
    if name in settings.hooks:
        return configured(name, settings.hooks[name], default_language=settings.default_language)
    if name in get_args(HookType):
        untold = SourceSettings.model_validate({"type": name, "insecure": True})
        return configured(name, untold, default_language=settings.default_language)
    configured_names = ", ".join(settings.hooks) or "none"
    types = ", ".join(get_args(HookType))
    raise ValueError(f"{name} is neither a configured sender ({configured_names}) nor a type ({types})")


def request_of(method: str, headers: Iterable[str], queries: Iterable[str], body: BinaryIO | None) -> HookRequest:
    """The request as it would arrive now.

    headers: "Name: value"; queries: "name=value", several with "&"; body: None for an empty one, read no further than
    to see that it is too large. Raises ValueError for a header that is none.
    """
    return HookRequest(
        method=method.upper(),
        headers=dict(map(_header, headers)),
        query=dict(pair for query in queries for pair in parse_qsl(query.removeprefix("?"), keep_blank_values=True)),
        body=body.read(LARGEST_BODY + 1) if body else b"",
        received_at=clock.now(),
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise ValueError(f"expected a header such as 'Content-Type: application/json', found {text!r}")
    return name.strip().lower(), value.strip()


def read(source: Source, request: HookRequest) -> Sequence[Signal] | Refusal:
    """What the source makes of a request, or how the hook would refuse it; only its secret is not looked at."""
    try:
        if request.method not in source.methods:
            raise web.HTTPMethodNotAllowed(request.method, sorted(source.methods))
        if len(request.body) > LARGEST_BODY:
            raise too_large(LARGEST_BODY)
        signals = source.parse(request)
        if len(signals) > MOST_ITEMS:
            raise Malformed(f"{len(signals)} signals, at most {MOST_ITEMS} are taken at once")
    except (HookError, web.HTTPException) as error:
        answer = refusal(error)
        return Refusal(status=answer.status, words=answer.text or "")
    return signals
