"""What is fetched because a sender said so: only from the hosts that are listed, and little of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import Unreachable
from bot.web.fetching import MOST_AT_ONCE, MOST_KEPT, REMEMBERED, open_fetcher
from tests.sources.amazon import CERTIFICATE, HOST, Amazon, amazon

ONLY = re.compile(re.escape(HOST))


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[Amazon]:
    async with amazon(tmp_path) as there:
        yield there


@pytest.mark.parametrize(
    "address",
    [
        CERTIFICATE.replace("https", "http"),
        CERTIFICATE.replace(HOST, "evil.example"),
        CERTIFICATE.replace(HOST, f"{HOST}.evil.example"),
        CERTIFICATE.replace(HOST, f"evil.{HOST}"),
        CERTIFICATE.replace(HOST, f"{HOST}:8443"),
        CERTIFICATE.replace(HOST, f"me@{HOST}"),
        CERTIFICATE.replace(HOST, "127.0.0.1"),
        f"file://{HOST}/certificate.pem",
        "",
        HOST,
        "https://[",
    ],
)
async def test_no_other_host_is_ever_asked(far: Amazon, address: str) -> None:
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust) as fetcher:
        with pytest.raises(Unreachable, match=r"not its own|no web address"):
            await fetcher.certificate(address)
    assert far.asked == []


async def test_a_host_that_nobody_vouches_for_is_not_believed(far: Amazon) -> None:
    async with open_fetcher(ONLY, resolver=far.resolver) as fetcher:
        with pytest.raises(Unreachable, match="did not answer"):
            await fetcher.certificate(CERTIFICATE)
    assert far.asked == []


async def test_the_address_is_asked_for_as_it_was_written(far: Amazon) -> None:
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust) as fetcher:
        await fetcher.visit(f"https://{HOST}/?Action=Confirm&Token=a%2Fb%3D%3D&TopicArn=arn:aws:sns")
    assert far.asked == ["/?Action=Confirm&Token=a%2Fb%3D%3D&TopicArn=arn:aws:sns"]


async def test_a_host_that_never_answers_is_not_waited_for(far: Amazon) -> None:
    far.silent = True
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust, within=timedelta(milliseconds=200)) as fetcher:
        with pytest.raises(Unreachable, match="TimeoutError"):
            await fetcher.certificate(CERTIFICATE)


async def test_a_certificate_that_many_want_at_once_is_asked_for_once(far: Amazon) -> None:
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust) as fetcher:
        first, *others = await asyncio.gather(*(fetcher.certificate(CERTIFICATE) for _ in range(50)))
    assert set(others) == {first}
    assert len(far.asked) == 1


async def test_only_so_many_certificates_are_asked_for_at_once(far: Amazon) -> None:
    far.silent = True
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust) as fetcher:
        waiting = [asyncio.ensure_future(fetcher.certificate(f"https://{HOST}/{n}.pem")) for n in range(MOST_AT_ONCE)]
        await asyncio.sleep(0)
        with pytest.raises(Unreachable, match="too many certificates"):
            await fetcher.certificate(CERTIFICATE)
    assert all(
        isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*waiting, return_exceptions=True)
    )


async def test_what_could_not_be_had_is_asked_for_again_after_a_while(far: Amazon) -> None:
    seconds = 0.0
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust, now=lambda: seconds) as fetcher:
        far.answer = web.Response(status=404)
        for _ in range(3):
            with pytest.raises(Unreachable):
                await fetcher.certificate(CERTIFICATE)
        assert len(far.asked) == 1
        seconds = REMEMBERED.total_seconds()
        await fetcher.certificate(CERTIFICATE)
    assert len(far.asked) == 2


async def test_a_certificate_that_nobody_asked_for_cannot_be_trusted(far: Amazon) -> None:
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust) as fetcher:
        fetcher.trust(CERTIFICATE)
        await fetcher.certificate(CERTIFICATE)
    assert len(far.asked) == 1


async def test_only_so_many_certificates_are_kept_and_the_oldest_goes_first(far: Amazon) -> None:
    addresses = [f"https://{HOST}/{number}.pem" for number in range(MOST_KEPT + 1)]
    async with open_fetcher(ONLY, resolver=far.resolver, ssl=far.trust) as fetcher:
        for address in [*addresses, addresses[-1], addresses[1], addresses[0]]:
            await fetcher.certificate(address)
    assert far.asked == [*(f"/{number}.pem" for number in range(MOST_KEPT + 1)), "/0.pem"]
