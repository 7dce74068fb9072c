"""The whole service beside a platform that fails: customers read whose fault it is, and when it is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.app import running
from bot.config.settings import Settings
from tests.polling.vendor import Vendor, serving
from tests.sources.upstream.pages import recorded
from tests.worlds import catalogue

SUMMARY = "/api/v2/summary.json"


class Outage:
    """A platform that is down for the first three looks, and well from the fourth on, once ``seen`` is set."""

    def __init__(self, vendor: Vendor) -> None:
        self.seen = asyncio.Event()
        self.looks = 0
        self._asked = asyncio.Condition()
        vendor.answers[SUMMARY] = self.answer

    async def asked(self, times: int) -> None:
        """Return when somebody has looked so often. What came of the look before is committed by then."""
        async with self._asked:
            await self._asked.wait_for(lambda: self.looks >= times)

    async def answer(self, request: web.Request) -> web.Response:
        async with self._asked:
            self.looks += 1
            self._asked.notify_all()
        if self.looks <= 3:
            return web.Response(body=recorded("statuspage_feed", "two_products_of_one_incident").answers[0])
        await self.seen.wait()
        return web.Response(body=recorded("statuspage_feed", "well").answers[0])


def settings_of(vendor: Vendor, folder: Path) -> Settings:
    settings = Settings.model_validate(
        {
            "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
            "public_url": "https://status.shop.example",
            "languages": ["en", "it"],
            "timezone": "Europe/Rome",
            "listen": "127.0.0.1:0",
            "database": f"sqlite:///{folder}/notices.db",
            "components": {
                "checkout": {"name": {"en": "Checkout", "it": "Cassa"}, "depends_on": ["pago/card-payments"]},
                "shop": {"name": {"en": "Shop", "it": "Negozio"}},
            },
            "sources": {"pago": {"type": "statuspage_feed", "name": "Pago", "url": vendor.url, "private": "true"}},
            "rules": [{"match": {"source": "pago", "labels": {"impact": "major"}}, "publish": "automatically"}],
            "channels": {"feed": {}, "website": {}},
        }
    )
    often = settings.upstreams["pago"].model_copy(update={"every": timedelta(milliseconds=20)})
    return settings.model_copy(update={"sources": {"pago": often}})


async def text(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return await response.text()


async def test_an_outage_elsewhere_becomes_a_notice_and_ends_by_itself(tmp_path: Path) -> None:
    async with serving() as vendor:
        outage = Outage(vendor)
        async with running(settings_of(vendor, tmp_path), catalogue("en", "it")) as service:
            await outage.asked(4)
            english, italian = [await text(f"{service.url}/{language}/updates.atom") for language in ("en", "it")]
            assert "Pago" in english
            assert "Pago" in italian
            assert "Checkout" in english
            assert "Cassa" in italian
            assert "Cards are declined" not in english, "the vendor's words are for operators only"
            assert english.count("<entry") == 1
            outage.seen.set()
            await outage.asked(6)
            assert (await text(f"{service.url}/en/updates.atom")).count("<entry") == 2
            assert "notice_bot_upstream_reads_total" in await text(f"{service.url}/metrics")


async def test_an_outage_that_ends_while_the_service_is_stopped_is_noticed_by_the_next_start(tmp_path: Path) -> None:
    async with serving() as vendor:
        outage = Outage(vendor)
        async with running(settings_of(vendor, tmp_path), catalogue("en", "it")):
            await outage.asked(4)
        before = outage.looks
        outage.seen.set()
        async with running(settings_of(vendor, tmp_path), catalogue("en", "it")) as service:
            await outage.asked(before + 3)
            assert (await text(f"{service.url}/en/updates.atom")).count("<entry") == 2
