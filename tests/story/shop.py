"""A shop that speaks six languages, its running service, and everybody's view of it: chats, feeds, pages, hooks.

Nothing of the service is reached into: signals go in over HTTP, commands through Telegram, and what came of them is
read where customers and operators read it.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import aiohttp
import feedparser
import html5lib
import structlog

from bot import clock
from bot.app import running
from bot.config.secrets import secrets_of
from bot.config.settings import Settings
from bot.logs import configure
from tests.fakes.telegram import FakeTelegram, Limits, Post, Rights
from tests.worlds import catalogue

LANGUAGES = ("en", "it", "es", "fr", "de", "ar")
PINNED = "de"
"""The language whose channel keeps the first post pinned; the bot may edit there, which pinning needs."""
DUTY, ADA, STRANGER = 1001, 1002, 4004
SECRET = "the-monitors-secret"
TOKEN = "271828182:AAstory-token_of_forty_characters_in_all"

CONFIG: Mapping[str, Any] = {
    "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
    "public_url": "https://status.shop.example",
    "languages": LANGUAGES,
    "timezone": "Europe/Rome",
    "listen": "127.0.0.1:0",
    "components": {
        "shop": {
            "name": {
                "en": "Online shop",
                "it": "Negozio online",
                "es": "Tienda en línea",
                "fr": "Boutique en ligne",
                "de": "Onlineshop",
                "ar": "المتجر الإلكتروني",
            },
            "instead": {
                "en": "Order on [WhatsApp](https://wa.example/napoli).",
                "it": "Ordina su [WhatsApp](https://wa.example/napoli).",
                "es": "Haz tu pedido por [WhatsApp](https://wa.example/napoli).",
                "fr": "Commandez sur [WhatsApp](https://wa.example/napoli).",
                "de": "Bestellen Sie über [WhatsApp](https://wa.example/napoli).",
                "ar": "اطلبوا عبر [واتساب](https://wa.example/napoli).",
            },
        },
        "whatsapp": {"name": "WhatsApp"},
        "cards": {"name": "Visa & Mastercard"},
    },
    "sources": {"alertmanager": {"type": "alertmanager", "secret": SECRET}},
    "rules": [
        {"match": {"labels": {"service": "shop"}}, "component": "shop", "publish": "automatically"},
        {"match": {"labels": {"service": "whatsapp"}}, "component": "whatsapp", "deadline": "1s"},
        {"match": {"labels": {"service": "cards"}}, "component": "cards", "deadline": "10m", "impact": "minor"},
    ],
    "operators": [
        {"telegram_id": DUTY, "name": "Duty phone", "role": "publisher", "language": "en"},
        {"telegram_id": ADA, "name": "Ada", "role": "drafter", "language": "en"},
    ],
}


@dataclass(frozen=True, slots=True)
class Shop:
    """The service at work. url: where it answers; languages: those with a channel in Telegram."""

    fake: FakeTelegram
    url: str
    languages: Sequence[str]
    session: aiohttp.ClientSession

    # what monitors do

    async def signal(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Post as Alertmanager does; the status and the JSON of the answer."""
        headers = {"Authorization": f"Bearer {SECRET}"}
        async with self.session.post(f"{self.url}/hooks/alertmanager", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    # what operators see

    async def told(self, whom: int, part: str) -> Post:
        """Wait until this person reads such a text from the bot; the newest one."""
        await self.fake.wait_for(lambda: self._read(whom, part), seconds=20)
        return self._read(whom, part)[-1]

    def _read(self, whom: int, part: str) -> list[Post]:
        return [post for post in self.fake.bot_posts(whom) if part in post.text]

    def heads(self, whom: int) -> list[str]:
        """The first line of everything this person read from the bot."""
        return [first_line(post) for post in self.fake.bot_posts(whom)]

    # what customers see

    def thread(self, language: str) -> list[Post]:
        """What the bot posted in the channel of this language, oldest first."""
        return self.fake.bot_posts(chat_of(language))

    async def stands(self, *, posts: int, pinned: bool) -> None:
        """Wait until every channel has so many posts, the first showing how things stand, and pinned where asked."""

        def all_is_said() -> bool:
            return all(self._stands(language, posts, pinned=pinned) for language in self.languages)

        await self.fake.wait_for(all_is_said, seconds=30)

    def _stands(self, language: str, posts: int, *, pinned: bool) -> bool:
        thread = self.thread(language)
        if len(thread) != posts:
            return False
        shown = first_line(thread[0]) == first_line(thread[-1])
        return shown and thread[0].pinned == (pinned and language == PINNED)

    async def fetch(self, path: str) -> bytes:
        """A document that is there."""
        async with self.session.get(self.url + path) as answer:
            assert answer.status == 200, path
            return await answer.read()

    async def page(self, path: str) -> Element:
        """A page's tree; the parser bears no mistake."""
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        root: Element = parser.parse((await self.fetch(path)).decode())
        return root

    async def items(self, language: str, name: str = "feed") -> list[Any]:
        """The items of a feed, which all three forms agree on; its reader finds nothing to complain about."""
        atom = feedparser.parse(await self.fetch(f"/{language}/{name}.atom"))
        rss = feedparser.parse(await self.fetch(f"/{language}/{name}.rss"))
        in_json = json.loads(await self.fetch(f"/{language}/{name}.json"))
        assert (atom.bozo, rss.bozo, atom.version, rss.version) == (0, 0, "atom10", "rss20")
        told = [(entry.id, entry.title, entry.link) for entry in atom.entries]
        assert told == [(entry.id, entry.title, entry.link) for entry in rss.entries]
        assert told == [(item["id"], item["title"], item["url"]) for item in in_json["items"]]
        return list(atom.entries)

    async def agree(self, *, headline: str) -> None:
        """Post, page and feed of incident 1 say the same in every language. headline: the class of the front page's."""
        for language in self.languages:
            front = await self.page(f"/{language}/")
            assert headline in by_class(front, "headline")[0].get("class", "").split()
            assert bool(by_class(front, "story")) == (headline != "operational")
            await self._agree(language, front, closed=headline == "operational")

    async def _agree(self, language: str, front: Element, *, closed: bool) -> None:
        post = self.thread(language)[-1]
        _, title, *body, _ = lines(post)
        [item] = await self.items(language)
        link = [entity["url"] for entity in post.entities if entity["type"] == "text_link"][-1]
        story = await self.page(link.removeprefix(CONFIG["public_url"]))
        assert item.link == link == f"{CONFIG['public_url']}/{language}/incidents/1"
        assert plain(item.title) == words_in(story.find(".//h1")) == title
        in_feed = html5lib.parseFragment(item.content[0].value, namespaceHTMLElements=False)
        on_front = [title] if closed else [title, *body]
        for words, place in ((on_front, front), (body, story), (body, in_feed)):
            assert [line for line in words if line not in words_in(place)] == []

    async def everything_public(self) -> dict[str, bytes]:
        """Every page and feed of every language, byte by byte."""
        names = ("", "feed.rss", "feed.atom", "feed.json", "updates.rss", "updates.atom", "updates.json", "history")
        return {
            f"/{language}/{name}": await self.fetch(f"/{language}/{name}") for language in LANGUAGES for name in names
        }


def chat_of(language: str) -> str:
    """The channel's public name."""
    return f"@bottega_{language}"


def first_line(post: Post) -> str:
    """In a channel: how things stand."""
    return lines(post)[0]


def lines(post: Post) -> list[str]:
    """The lines that are not empty, as ``plain`` text: state, title, body, where else, link to the page."""
    return [line for each in post.text.splitlines() if (line := plain(each))]


def plain(text: str) -> str:
    """With single plain spaces and without marks of direction: the words alone, wherever they are shown."""
    return " ".join(re.sub("[\u200e\u200f\u061c\u2066-\u2069]", "", text).split())


def words_in(element: Element | None) -> str:
    """All text inside, as ``plain`` text."""
    assert element is not None
    return plain("".join(element.itertext()))


def by_class(root: Element, name: str) -> list[Element]:
    """All elements of this class."""
    return [element for element in root.iter() if name in element.get("class", "").split()]


def alert(
    state: str, *, since: datetime, until: datetime | None = None, service: str = "shop", **labels: str
) -> dict[str, Any]:
    """What Alertmanager posts about one problem. state: firing or resolved; until: only with the latter."""
    one = {
        "status": state,
        "labels": {"alertname": "ShopDown", "service": service, "severity": "critical", **labels},
        "annotations": {"summary": "Checkout answers 503 {secret} %s"},
        "startsAt": since.isoformat(),
        "endsAt": until.isoformat() if until else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.internal:9090/graph?g0.expr=up",
        "fingerprint": f"{sum(map(ord, service)):016x}",
    }
    return {
        "version": "4",
        "groupKey": '{}:{alertname="ShopDown"}',
        "truncatedAlerts": 0,
        "status": state,
        "receiver": "notices",
        "groupLabels": {"alertname": "ShopDown"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alerts.internal:9093",
        "alerts": [one],
    }


def ago(**length: float) -> datetime:
    """The time so long ago, as ``timedelta`` takes it."""
    return clock.now() - timedelta(**length)


def settings_of(
    fake: FakeTelegram, database: str, languages: Sequence[str], *, private: bool = False, **more: Any
) -> Settings:
    """The shop's settings, with a channel for each of the languages.

    private: customers may subscribe in private chats; more: keys that are only sometimes there.
    """
    telegram = {
        "token": fake.token,
        "base_url": fake.base_url,
        "chats": [{"chat": chat_of(each), "language": each, "pin": each == PINNED} for each in languages],
        **({"subscribers": {}} if private else {}),
    }
    channels = {"telegram": telegram, "feed": {}, "website": {}}
    return Settings.model_validate({**CONFIG, "database": database, "channels": channels, **more})


@asynccontextmanager
async def shop(
    database: str, *, languages: Sequence[str] = LANGUAGES, enforced: bool = False, **more: Any
) -> AsyncIterator[Shop]:
    """Telegram and the service, up. When all is said: no rate was exceeded and no secret stands in the log.

    enforced: Telegram refuses what comes too quickly.
    """
    async with FakeTelegram(token=TOKEN, limits=Limits() if enforced else None) as fake:
        for number, language in enumerate(LANGUAGES, start=1):
            rights = Rights(can_edit_messages=language == PINNED)
            fake.add_channel(chat_of(language), id=-1000 - number, title=f"Bottega {language}", rights=rights)
        fake.add_user(DUTY, first_name="Anna", language_code="it")
        fake.add_user(ADA, first_name="Ada", language_code="en")
        fake.add_user(STRANGER, first_name="Zoe", started=False)
        settings = settings_of(fake, database, languages, **more)
        with logged(settings) as log:
            async with running(settings, catalogue(*LANGUAGES)) as service, aiohttp.ClientSession() as session:
                yield Shop(fake, service.url, languages, session)
        assert fake.violations() == []
        assert "signal decided" in log.getvalue() or "command carried out" in log.getvalue()
        assert [secret for secret in (TOKEN, SECRET) if secret in log.getvalue()] == []


@contextmanager
def logged(settings: Settings) -> Iterator[io.StringIO]:
    """Everything the service and its libraries log meanwhile, down to the least of it."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    stream = io.StringIO()
    configure(stream=stream, human=False, level="DEBUG", secrets=secrets_of(settings))
    try:
        yield stream
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
