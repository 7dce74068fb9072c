"""The library over our request class, against servers that misbehave in every way a network can."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from pydantic import SecretStr
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram.failures import delivery_error
from bot.channels.telegram.request import AiohttpRequest, Timeouts, open_bot
from bot.errors import DeliveryError, Permanent, Throttled, Transient, Uncertain
from tests.fakes.telegram import FakeTelegram

TOKEN = "12345:fake"
SHORT = Timeouts(pool=0.2, connect=0.2, write=0.2, read=0.2)

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(serve: Serve) -> AsyncIterator[str]:
    """A server of raw bytes; yields the base_url of a Bot API that would be there."""

    async def close_after(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(close_after, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
    finally:
        server.close()


def answering(answer: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return serve


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def failure(base_url: str, *, timeouts: Timeouts = SHORT, token: str = TOKEN) -> TelegramError:
    """The error of one sendMessage."""
    async with open_bot(SecretStr(token), base_url, timeouts=timeouts) as bot:
        with pytest.raises(TelegramError) as raised:
            await bot.send_message(1, "x")
    return raised.value


def assert_no_token(error: BaseException) -> None:
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(error.__cause__)
    assert TOKEN not in shown
    assert "fake" not in shown


ANSWERS: dict[str, tuple[bytes, type[Exception] | None, type[DeliveryError]]] = {
    "nothing": (b"", aiohttp.ServerDisconnectedError, Uncertain),
    "not HTTP": (b"what?\r\n\r\n", aiohttp.ClientResponseError, Uncertain),
    "half an answer": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        aiohttp.ClientPayloadError,
        Uncertain,
    ),
    "a sick proxy": (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", TelegramError, Uncertain),
    "a redirect": (
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        TelegramError,
        Uncertain,
    ),
    "not JSON": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{", ValueError, Uncertain),
}


@pytest.mark.parametrize(("answer", "cause", "meaning"), ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_that_is_none_leaves_it_uncertain(
    answer: bytes, cause: type[Exception], meaning: type[DeliveryError]
) -> None:
    async with served(answering(answer)) as base_url:
        error = await failure(base_url)
    assert isinstance(error.__cause__, cause)
    assert type(delivery_error(error, repeatable=False)) is meaning
    assert_no_token(error)


async def test_no_answer_in_time_is_a_timeout_and_uncertain() -> None:
    async with served(hanging) as base_url:
        error = await failure(base_url)
    assert isinstance(error, TimedOut)
    assert isinstance(error.__cause__, aiohttp.SocketTimeoutError)
    assert isinstance(delivery_error(error, repeatable=False), Uncertain)
    assert_no_token(error)


async def test_an_answer_that_drips_in_is_a_timeout_in_the_end() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b"x")
            await asyncio.sleep(0.05)

    async with served(drip) as base_url:
        error = await failure(base_url, timeouts=Timeouts(pool=0.1, connect=0.1, write=0.1, read=0.2))
    assert isinstance(error, TimedOut)
    assert isinstance(delivery_error(error, repeatable=False), Uncertain)


async def test_nobody_listening_means_not_sent() -> None:
    error = await failure(f"http://127.0.0.1:{unused_port()}/bot")
    assert isinstance(error.__cause__, aiohttp.ClientConnectorError)
    assert isinstance(delivery_error(error, repeatable=False), Transient)
    assert_no_token(error)


async def test_a_name_that_does_not_exist_means_not_sent() -> None:
    error = await failure("http://telegram.invalid/bot", timeouts=Timeouts())
    assert isinstance(error.__cause__, aiohttp.ClientConnectorError)
    assert isinstance(delivery_error(error, repeatable=False), Transient)
    assert_no_token(error)


async def test_tls_with_somebody_who_speaks_none_means_not_sent() -> None:
    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with served(speak_plainly) as base_url:
        error = await failure(base_url.replace("http:", "https:"))
    assert isinstance(error.__cause__, aiohttp.ClientConnectorError)
    assert isinstance(delivery_error(error, repeatable=False), Transient)
    assert_no_token(error)


async def test_no_free_connection_means_not_sent_and_the_error_shows_no_token() -> None:
    async with served(hanging) as base_url:
        request = AiohttpRequest(connections=1, timeouts=Timeouts(pool=0.1, connect=0.1, read=5))
        async with request:
            bot = Bot(TOKEN, base_url=base_url, request=request, get_updates_request=request)
            first = asyncio.create_task(bot.send_message(1, "x"))
            await asyncio.sleep(0)
            with pytest.raises(TimedOut) as raised:
                await bot.send_message(1, "y")
            first.cancel()
    assert isinstance(raised.value.__cause__, aiohttp.ConnectionTimeoutError)
    assert isinstance(delivery_error(raised.value, repeatable=False), Transient)
    assert_no_token(raised.value)


async def test_an_impossible_base_url_is_a_misconfiguration() -> None:
    error = await failure("http://127.0.0.1:99999/bot")
    meaning = delivery_error(error, repeatable=False)
    assert isinstance(meaning, Permanent)
    assert_no_token(error)


async def test_a_request_is_never_repeated_behind_our_back() -> None:
    requests = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await reader.readuntil(b"\r\n\r\n")
        requests += 1

    async with served(count) as base_url:
        await failure(base_url)
    assert requests == 1


async def test_one_connection_carries_many_calls_and_get_updates() -> None:
    async with FakeTelegram(token=TOKEN) as fake, open_bot(SecretStr(TOKEN), fake.base_url) as bot:
        fake.add_user(7)
        for text in ("one", "two", "three"):
            await bot.send_message(7, text)
        fake.say(7, "/status")
        [update] = await bot.get_updates(timeout=1)
        assert [post.text for post in fake.bot_posts(7)] == ["one", "two", "three"]
        assert update.message is not None
        assert update.message.text == "/status"


async def test_a_pause_arrives_as_a_pause() -> None:
    async with FakeTelegram(token=TOKEN) as fake, open_bot(SecretStr(TOKEN), fake.base_url) as bot:
        fake.add_user(7)
        fake.fault("flood", retry_after=17)
        with pytest.raises(RetryAfter) as raised:
            await bot.send_message(7, "x")
    meaning = delivery_error(raised.value, repeatable=False)
    assert isinstance(meaning, Throttled)
    assert meaning.retry_after.total_seconds() == 17


async def test_a_bot_opens_while_telegram_is_down_and_closes() -> None:
    async with open_bot(SecretStr(TOKEN), f"http://127.0.0.1:{unused_port()}/bot") as bot:
        pass
    with pytest.raises(NetworkError, match="not initialized"):
        await bot.get_me()


async def test_a_wrong_token_is_an_invalid_token() -> None:
    async with FakeTelegram(token=TOKEN) as fake:
        error = await failure(fake.base_url, token="12345:wrong")
    assert isinstance(error, InvalidToken)


async def test_opening_and_closing_twice_does_no_harm() -> None:
    request = AiohttpRequest()
    await request.initialize()
    await request.initialize()
    assert request.read_timeout == Timeouts().read
    await request.shutdown()
    await request.shutdown()
