"""Every error of the libraries beneath us has a meaning: one table, read aloud, and proof that nothing is missing."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta

import aiohttp
import pytest
import telegram.error as library
from aiohttp.client_exceptions import UnixClientConnectorError, UploadAbortedError
from aiohttp.client_reqrep import ConnectionKey, RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.channels.telegram.failures import already_so, delivery_error
from bot.domain.delivery import Action
from bot.errors import DeliveryError, Moved, Permanent, Reason, Throttled, Transient, Uncertain

TOKEN = "12345:SECRET"
KEY = ConnectionKey("api.example", 443, True, True, None, None, None)
INFO = RequestInfo(URL("/hidden"), "POST", CIMultiDictProxy(CIMultiDict()), URL("/hidden"))
REFUSED = OSError(111, "Connection refused")

ANSWERS: dict[type[library.TelegramError], tuple[library.TelegramError, type[DeliveryError]]] = {
    library.BadRequest: (library.BadRequest("Message is too long"), Permanent),
    library.ChatMigrated: (library.ChatMigrated(-1009), Moved),
    library.Conflict: (library.Conflict("terminated by other getUpdates request"), Transient),
    library.EndPointNotFound: (library.EndPointNotFound("no such method"), Permanent),
    library.Forbidden: (library.Forbidden("Forbidden: bot was kicked from the channel chat"), Permanent),
    library.InvalidToken: (library.InvalidToken(f"The token `{TOKEN}` was rejected by the server."), Permanent),
    library.NetworkError: (library.NetworkError("Bad Gateway"), Uncertain),
    library.PassportDecryptionError: (library.PassportDecryptionError("x"), Uncertain),
    library.RetryAfter: (library.RetryAfter(timedelta(seconds=17)), Throttled),
    library.TelegramError: (library.TelegramError("Invalid server response"), Uncertain),
    library.TimedOut: (library.TimedOut(), Uncertain),
}

_CONNECTING: list[aiohttp.ClientError] = [
    aiohttp.ClientConnectorError(KEY, REFUSED),
    aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")),
    aiohttp.ClientProxyConnectionError(KEY, REFUSED),
    aiohttp.ClientSSLError(KEY, REFUSED),
    aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "handshake failure")),
    aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError("expired")),
    UnixClientConnectorError("/run/api.sock", KEY, REFUSED),
    aiohttp.ConnectionTimeoutError("no connection in time"),
    aiohttp.ServerFingerprintMismatch(b"a", b"b", "api.example", 443),
    aiohttp.ClientHttpProxyError(INFO, (), status=407),
]
_AFTERWARDS: list[aiohttp.ClientError] = [
    aiohttp.ClientError("?"),
    aiohttp.ClientConnectionError("?"),
    aiohttp.ClientConnectionResetError("Cannot write to closing transport"),
    aiohttp.ClientOSError(104, "Connection reset by peer"),
    aiohttp.ServerConnectionError("?"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ServerTimeoutError("?"),
    aiohttp.SocketTimeoutError("Timeout on reading data from socket"),
    aiohttp.ClientPayloadError("not complete"),
    UploadAbortedError("the body was never fully sent"),
    aiohttp.ClientResponseError(INFO, (), status=400, message="bad HTTP"),
    aiohttp.ContentTypeError(INFO, ()),
    aiohttp.TooManyRedirects(INFO, ()),
    aiohttp.WSServerHandshakeError(INFO, ()),
    aiohttp.RedirectClientError("?"),
    aiohttp.InvalidUrlRedirectClientError("?"),
    aiohttp.NonHttpUrlRedirectClientError("?"),
]
_ADDRESS: list[aiohttp.ClientError] = [
    aiohttp.InvalidURL("?"),
    aiohttp.InvalidUrlClientError("?"),
    aiohttp.NonHttpUrlClientError("?"),
]


def all_subclasses(cls: type) -> Iterator[type]:
    for subclass in cls.__subclasses__():
        if subclass.__module__.startswith("telegram.ext"):
            continue  # a part of the library that we do not use
        yield subclass
        yield from all_subclasses(subclass)


def caused_by(cause: BaseException) -> library.NetworkError:
    error = library.NetworkError(type(cause).__name__)
    error.__cause__ = cause
    return error


def named(error: BaseException) -> str:
    return type(error).__name__


def test_every_error_of_python_telegram_bot_is_in_the_table() -> None:
    assert set(ANSWERS) == {library.TelegramError, *all_subclasses(library.TelegramError)}


def test_every_error_of_aiohttp_is_in_one_of_the_tables() -> None:
    listed = {type(error) for error in (*_CONNECTING, *_AFTERWARDS, *_ADDRESS)}
    assert listed == {aiohttp.ClientError, *all_subclasses(aiohttp.ClientError)}


@pytest.mark.parametrize(("error", "meaning"), ANSWERS.values(), ids=[cls.__name__ for cls in ANSWERS])
def test_what_telegram_answers_has_a_meaning(error: library.TelegramError, meaning: type[DeliveryError]) -> None:
    assert type(delivery_error(error, repeatable=False)) is meaning


@pytest.mark.parametrize("cause", _CONNECTING, ids=named)
def test_without_a_connection_nothing_was_sent(cause: aiohttp.ClientError) -> None:
    assert type(delivery_error(caused_by(cause), repeatable=False)) is Transient


@pytest.mark.parametrize("cause", [*_AFTERWARDS, TimeoutError(), ValueError("a defect")], ids=named)
def test_once_connected_nobody_can_know(cause: Exception) -> None:
    assert type(delivery_error(caused_by(cause), repeatable=False)) is Uncertain


@pytest.mark.parametrize("cause", _AFTERWARDS, ids=named)
def test_what_may_be_repeated_is_never_uncertain(cause: aiohttp.ClientError) -> None:
    assert type(delivery_error(caused_by(cause), repeatable=True)) is Transient


@pytest.mark.parametrize("cause", _ADDRESS, ids=named)
def test_an_address_that_is_none_is_a_mistake_in_the_configuration(cause: aiohttp.ClientError) -> None:
    error = delivery_error(caused_by(cause), repeatable=True)
    assert isinstance(error, Permanent)
    assert error.reason is Reason.MISCONFIGURED


def test_a_wrong_token_stops_the_channel_and_is_not_repeated_in_the_error() -> None:
    error = delivery_error(ANSWERS[library.InvalidToken][0], repeatable=False)
    assert isinstance(error, Permanent)
    assert error.reason is Reason.MISCONFIGURED
    assert TOKEN not in str(error)


@pytest.mark.parametrize("seconds", [17, timedelta(seconds=17)], ids=named)
def test_a_pause_is_as_long_as_telegram_says_and_for_that_chat(seconds: int | timedelta) -> None:
    error = delivery_error(library.RetryAfter(seconds), repeatable=False)
    assert isinstance(error, Throttled)
    assert (error.retry_after, error.scope) == (timedelta(seconds=17), "address")


def test_too_many_requests_without_a_time_is_tried_again_later() -> None:
    for said in ("Too Many Requests: retry later", "Too Many Requests (429). Parsing the server response failed"):
        assert type(delivery_error(library.NetworkError(said), repeatable=False)) is Transient


def test_a_group_that_became_a_supergroup_has_moved() -> None:
    error = delivery_error(library.ChatMigrated(-1001234567890), repeatable=False)
    assert isinstance(error, Moved)
    assert error.new_address == "-1001234567890"


@pytest.mark.parametrize(
    "said",
    [
        "Bad Request: chat not found",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: need administrator rights in the channel chat",
        "Bad Request: have no rights to send a message",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
        "Bad Request: PEER_ID_INVALID",
    ],
)
def test_where_the_bot_is_not_welcome_it_is_blocked(said: str) -> None:
    error = delivery_error(library.BadRequest(said), repeatable=False)
    assert isinstance(error, Permanent)
    assert error.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    "said",
    ["Bad Request: message is too long", "Bad Request: message to edit not found", "Bad Request: whatever comes"],
)
def test_other_refusals_concern_these_words_only(said: str) -> None:
    error = delivery_error(library.BadRequest(said), repeatable=False)
    assert isinstance(error, Permanent)
    assert error.reason is Reason.REFUSED


@pytest.mark.parametrize("said", ["message to edit not found", "message to pin not found", "MESSAGE_ID_INVALID"])
def test_a_change_to_a_post_that_is_not_there_has_nothing_to_change(said: str) -> None:
    error = delivery_error(library.BadRequest(f"Bad Request: {said}"), repeatable=True)
    assert isinstance(error, Permanent)
    assert error.reason is Reason.GONE


NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


@pytest.mark.parametrize(
    ("said", "action", "success"),
    [
        (NOT_MODIFIED, Action.EDIT, True),
        (NOT_MODIFIED, Action.POST, False),
        ("Bad Request: message to edit not found", Action.EDIT, False),
        ("Bad Request: message to unpin not found", Action.UNPIN, True),
        ("Bad Request: message to pin not found", Action.PIN, False),
        ("Bad Request: CHAT_NOT_MODIFIED", Action.PIN, True),
        ("Bad Request: not enough rights to manage pinned messages in the chat", Action.UNPIN, False),
    ],
)
def test_what_is_already_so_is_success(said: str, action: Action, success: bool) -> None:
    assert already_so(library.BadRequest(said), action) is success
    assert not already_so(library.NetworkError(said), action)
