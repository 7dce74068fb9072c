"""Fetching one page from a server that does as it likes."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_address

import pytest

from bot import __version__
from bot.errors import NoAnswer
from bot.polling.addresses import Address, Allowed, anywhere
from bot.polling.fetching import LONGEST_SILENCE, MOST_REDIRECTS, Fetcher, open_fetcher
from tests.polling.vendor import Vendor, serving

SOON = timedelta(seconds=0.2)
BODY = b'{"status": "ok"}'


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    async with serving() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with open_fetcher(allowed=anywhere, largest=1000) as opened:
        yield opened


async def test_a_page_comes_as_it_is(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", BODY, ETag='"1"', Last_Modified="Wed, 11 Dec 2024 17:45:00 GMT")
    answer = await fetcher.fetch(f"{vendor.url}/page")
    assert (answer.body, answer.etag, answer.modified) == (BODY, '"1"', "Wed, 11 Dec 2024 17:45:00 GMT")


async def test_we_say_who_we_are_and_send_nothing_else_along(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", BODY, Set_Cookie="visitor=1; Path=/")
    await fetcher.fetch(f"{vendor.url}/page")
    await fetcher.fetch(f"{vendor.url}/page")
    for request in vendor.asked:
        assert request.headers["User-Agent"] == f"incident-notice-bot/{__version__}"
        assert {"Cookie", "Authorization", "Referer", "If-None-Match"}.isdisjoint(request.headers)


@pytest.mark.parametrize(
    "validators",
    [
        {"ETag": '"7"'},
        {"Last_Modified": "Wed, 11 Dec 2024 17:45:00 GMT"},
        {"ETag": 'W/"7"', "Last_Modified": "x"},
    ],
)
async def test_a_page_that_has_not_changed_is_not_sent_again(
    vendor: Vendor, fetcher: Fetcher, validators: dict[str, str]
) -> None:
    vendor.keeps("/page", BODY, **validators)
    first = await fetcher.fetch(f"{vendor.url}/page")
    assert await fetcher.fetch(f"{vendor.url}/page", first) is first


async def test_not_changed_without_having_been_asked_is_no_answer(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", b"", status=304)
    with pytest.raises(NoAnswer, match="HTTP 304"):
        await fetcher.fetch(f"{vendor.url}/page")


@pytest.mark.parametrize("status", [201, 204, 206, 400, 403, 404, 429, 500, 503])
async def test_any_other_status_is_no_answer(vendor: Vendor, fetcher: Fetcher, status: int) -> None:
    vendor.says("/page", BODY if status != 204 else b"", status=status)
    with pytest.raises(NoAnswer, match=f"HTTP {status}"):
        await fetcher.fetch(f"{vendor.url}/page")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("120", timedelta(minutes=2)),
        ("99999999", LONGEST_SILENCE),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-1", None),
    ],
)
async def test_being_asked_for_a_pause_is_passed_on(
    vendor: Vendor, fetcher: Fetcher, said: str, meant: timedelta | None
) -> None:
    vendor.says("/page", b"", status=429, Retry_After=said)
    with pytest.raises(NoAnswer) as caught:
        await fetcher.fetch(f"{vendor.url}/page")
    assert caught.value.retry_after == meant


async def test_a_page_that_takes_too_long_is_no_answer(vendor: Vendor) -> None:
    vendor.hangs("/page")
    async with open_fetcher(allowed=anywhere, within=SOON) as hurried:
        with pytest.raises(NoAnswer, match=r"no whole answer within 0\.2 s"):
            await hurried.fetch(f"{vendor.url}/page")


async def test_a_page_that_is_too_large_is_no_answer(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", b"x" * 1001)
    with pytest.raises(NoAnswer, match="more than 1000 bytes"):
        await fetcher.fetch(f"{vendor.url}/page")


async def test_a_small_page_that_unpacks_to_a_large_one_is_no_answer(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip")
    with pytest.raises(NoAnswer, match="more than 1000 bytes"):
        await fetcher.fetch(f"{vendor.url}/page")


async def test_a_packed_page_is_unpacked(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", gzip.compress(BODY), Content_Encoding="gzip")
    assert (await fetcher.fetch(f"{vendor.url}/page")).body == BODY


async def test_what_is_said_to_be_packed_and_is_not_is_no_answer(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.says("/page", BODY, Content_Encoding="gzip")
    with pytest.raises(NoAnswer):
        await fetcher.fetch(f"{vendor.url}/page")


async def test_half_a_page_is_no_answer(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.breaks_off("/page", BODY)
    with pytest.raises(NoAnswer):
        await fetcher.fetch(f"{vendor.url}/page")


async def test_nobody_there_is_no_answer(fetcher: Fetcher) -> None:
    async with serving() as gone:
        pass
    with pytest.raises(NoAnswer):
        await fetcher.fetch(f"{gone.url}/page")


@pytest.mark.parametrize("address", ["http://", "http://[::1", "http://a b/", "http://127.0.0.1:99999/", "page"])
async def test_an_address_that_is_none_is_no_answer(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(NoAnswer):
        await fetcher.fetch(address)


# --- redirects ---


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed(vendor: Vendor, fetcher: Fetcher, status: int) -> None:
    vendor.leads("/page", "/moved", status=status)
    vendor.says("/moved", BODY)
    assert (await fetcher.fetch(f"{vendor.url}/page")).body == BODY


async def test_so_many_redirects_are_followed_and_no_more(vendor: Vendor, fetcher: Fetcher) -> None:
    for number in range(MOST_REDIRECTS + 1):
        vendor.leads(f"/{number}", f"{vendor.url}/{number + 1}")
    vendor.says(f"/{MOST_REDIRECTS + 1}", BODY)
    assert (await fetcher.fetch(f"{vendor.url}/1")).body == BODY
    with pytest.raises(NoAnswer, match="more than 3 redirects"):
        await fetcher.fetch(f"{vendor.url}/0")


async def test_redirects_in_a_circle_end(vendor: Vendor, fetcher: Fetcher) -> None:
    vendor.leads("/page", "/page")
    with pytest.raises(NoAnswer, match="more than 3 redirects"):
        await fetcher.fetch(f"{vendor.url}/page")
    assert len(vendor.asked) == MOST_REDIRECTS + 1


@pytest.mark.parametrize("location", ["", "file:secret", "ftp://127.0.0.1/", "data:,x", "https://", "http://["])
async def test_a_redirect_that_leads_elsewhere_is_not_followed(vendor: Vendor, fetcher: Fetcher, location: str) -> None:
    vendor.leads("/page", location)
    with pytest.raises(NoAnswer):
        await fetcher.fetch(f"{vendor.url}/page")
    assert len(vendor.asked) == 1


async def test_a_redirect_to_an_address_that_is_not_allowed_is_not_followed(vendor: Vendor) -> None:
    async with serving("127.0.0.2") as hidden, open_fetcher(allowed=only("127.0.0.1")) as careful:
        hidden.says("/secret", BODY)
        vendor.leads("/page", f"{hidden.url}/secret")
        with pytest.raises(NoAnswer, match="not an address of the public internet"):
            await careful.fetch(f"{vendor.url}/page")
        assert hidden.asked == []


async def test_what_a_name_stands_for_is_looked_at_not_the_name(vendor: Vendor) -> None:
    port = vendor.url.rpartition(":")[2]
    async with open_fetcher() as strict:
        for host in ("localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"):
            with pytest.raises(NoAnswer):
                await strict.fetch(f"http://{host}:{port}/page")
    assert vendor.asked == []


def only(host: str) -> Allowed:
    def allowed(address: Address) -> bool:
        return address == ip_address(host)

    return allowed
