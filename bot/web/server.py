"""The HTTP server: one way to refuse, sane limits, orderly start and end. What is served is its callers' business."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from multidict import istr

from bot.errors import BadSignature, HookError, Malformed, StoreBusy, Unreachable, UnreadableBody

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes, after decompression. Larger requests are answered 413."""

RETRY_AFTER = timedelta(seconds=5)
"""How long a sender is asked to wait when we are busy."""

_SPOKEN_TO_BY_PROGRAMS = ("/hooks/", "/telegram/", "/api/", "/healthz", "/readyz", "/metrics")
_STATUS: Mapping[type[HookError], int] = {BadSignature: 401, UnreadableBody: 415, Malformed: 422, Unreachable: 503}
_TEXTS = {
    404: "there is nothing at this address",
    405: "this address does not take that method",
    408: "the body took too long to arrive",
}
HEADERS: Mapping[str, str] = {istr("X-Content-Type-Options"): "nosniff", istr("Referrer-Policy"): "no-referrer"}
"""On every answer that does not say otherwise."""

_log = structlog.get_logger(__name__)


def application(routes: Iterable[web.AbstractRouteDef], *, largest_body: int = LARGEST_BODY) -> web.Application:
    """An application that answers with these routes, and refuses as ``refusal`` says.

    largest_body: bytes, after decompression.
    """
    app = web.Application(middlewares=[_refuse], client_max_size=largest_body)
    app.on_response_prepare.append(_dress)
    app.add_routes(routes)
    return app


def refusal(error: HookError | StoreBusy | web.HTTPException) -> web.Response:
    """The JSON answer to a request that cannot be served: ``{"error": what is wrong, "path": where in the body}``."""
    if isinstance(error, HookError):
        status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
        headers = {401: {"WWW-Authenticate": 'Bearer realm="hooks"'}, 503: patience()}.get(status, {})
        return _answer(status, error.text, path=error.path, headers=headers)
    if isinstance(error, StoreBusy):
        return _answer(503, "busy, please try again", headers=patience())
    kept = {name: value for name, value in error.headers.items() if name in {"Allow", "Retry-After"}}
    return _answer(error.status, _TEXTS.get(error.status, error.reason.lower()), headers=kept)


def too_large(largest: int) -> web.HTTPRequestEntityTooLarge:
    """413, which says how many bytes a body may have."""
    return web.HTTPRequestEntityTooLarge(largest, reason=f"The body is larger than {largest} bytes")


def patience() -> dict[str, str]:
    """The header that asks a sender to come again later."""
    return {"Retry-After": str(int(RETRY_AFTER.total_seconds()))}


def _answer(status: int, text: str, *, path: str = "", headers: Mapping[str, str]) -> web.Response:
    return web.json_response({"error": text, "path": path}, status=status, headers=headers)


@web.middleware
async def _refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised into an answer: JSON for programs; pages keep aiohttp's own for their mistakes."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400 or not request.path.startswith(_SPOKEN_TO_BY_PROGRAMS):
            raise
        return refusal(error)
    except (HookError, StoreBusy) as error:
        return refusal(error)
    except Exception as error:
        if isinstance(error, ConnectionError) and request.transport is None:
            raise  # the client went away: nobody is left to answer, and aiohttp knows what to do
        # A defect of ours. Whoever asked gets a number to tell us, the log gets the rest.
        number = secrets.token_hex(4)
        _log.error("defect while answering", id=number, method=request.method, exc_info=error)
        return web.json_response({"error": "internal error", "id": number}, status=500)


async def _dress(request: web.Request, response: web.StreamResponse) -> None:
    """Headers common to all answers, unless the answer has its own; and none that tells versions."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall(hdrs.SERVER, None)


def listen(address: str) -> tuple[str, int]:
    """``host:port`` or ``[IPv6]:port`` -> host and port (0: any free one). Raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError("expected host:port with a port from 0 to 65535, such as 127.0.0.1:8080 or [::1]:8080")
    return host.removeprefix("[").removesuffix("]"), int(port)


def bind(address: str) -> socket.socket:
    """Take an address before anything is served there. Raises ValueError for a bad one, OSError when it is not free."""
    host, port = listen(address)
    family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    try:
        return socket.create_server(where[:2], family=family, backlog=512)
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {address}: {error.strerror}") from error


@asynccontextmanager
async def serve(
    app: web.Application, address: str | socket.socket, *, last_answers: timedelta = timedelta(seconds=2)
) -> AsyncIterator[str]:
    """Listen while the context is open; yields the base URL, with the port really used.

    last_answers: on leaving, nothing new is taken, and requests in hand get this long to be answered.
    address: host:port, or a socket that ``bind`` made.
    Raises ValueError for a bad address, OSError when it cannot be had.
    """
    taken = bind(address) if isinstance(address, str) else address
    runner = web.AppRunner(
        app,
        access_log=None,  # addresses may carry ?token=
        auto_decompress=False,  # hooks do it, within their limit, and refuse in JSON
        keepalive_timeout=75,  # longer than the proxies in front, shorter than aiohttp's hour
        lingering_time=1,  # for the rest of a body nobody wants
        logger=_protocol_log(),
        shutdown_timeout=last_answers.total_seconds(),
    )
    await runner.setup()
    try:
        await web.SockSite(runner, taken).start()
        host, port = taken.getsockname()[:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        await runner.cleanup()
        taken.close()


def _protocol_log() -> logging.Logger:
    """Where aiohttp writes about broken requests."""
    log = logging.getLogger("bot.web.protocol")
    if not log.filters:
        log.addFilter(_without_the_request)
    return log


def _without_the_request(record: logging.LogRecord) -> bool:
    """A request that is no HTTP is quoted in its error, perhaps with a secret: keep the kind of error only."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args, record.exc_info = "a request that is no HTTP: %s", (type(error).__name__,), None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True
