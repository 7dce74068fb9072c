"""The settings: what ``config.yaml`` may say, as frozen values. Reading the file is ``file``'s work.

Every field's description is also the help text in the JSON Schema that editors use, and its row in
docs/configuration.md.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bot.config.components import Component, Instead, Way
from bot.config.judgement import Flapping, Heartbeat, Storm
from bot.config.maintenance import Maintenance
from bot.config.part import Part
from bot.config.rules import Match, Regex, Rule
from bot.config.sources import AnySource, SourceSettings
from bot.config.telegram import Chat, TelegramBot, TelegramSettings
from bot.config.translate import TranslateSettings
from bot.config.upstreams import UpstreamSettings
from bot.config.values import (
    Database,
    Language,
    Listen,
    Localised,
    PublishedBaseUrl,
    PublishedUrl,
    Slug,
    Zone,
)
from bot.config.website import WebsiteSettings
from bot.domain.model import Role

__all__ = [
    "Channels",
    "Chat",
    "Company",
    "Component",
    "FeedSettings",
    "Instead",
    "Localised",
    "Match",
    "OperatorSettings",
    "Regex",
    "Rule",
    "Settings",
    "SourceSettings",
    "TelegramBot",
    "TelegramSettings",
    "TranslateSettings",
    "UpstreamSettings",
    "Way",
    "WebsiteSettings",
]

_LARGEST_ID = 2**52  # https://core.telegram.org/bots/api#user


class Company(Part):
    """Whose notices these are."""

    name: str = Field(min_length=1, max_length=100)
    """As customers know it."""
    url: PublishedUrl
    """The company's own website."""
    logo: Path | None = None
    """A picture for the top of the page, SVG, PNG, WebP or JPEG, found beside this file. Absent: the name."""
    logo_dark: Path | None = None
    """The same for readers who prefer a dark page. Absent: ``logo``."""


class FeedSettings(Part):
    """RSS, Atom and JSON feeds in every language."""

    items: int = Field(default=50, ge=1, le=500)
    """How many items a feed holds at most."""
    hub: PublishedUrl | None = None
    """A WebSub hub, told of every change so that it can tell subscribers at once. Absent: readers ask now and then."""


class Channels(Part):
    """The ways to publish notices; one that is absent is off."""

    telegram: TelegramSettings | None = None
    """Posts in Telegram chats, and the operators' commands. Absent: off."""
    feed: FeedSettings | None = None
    """RSS, Atom and JSON feeds in every language. Absent: off."""
    website: WebsiteSettings | None = None
    """The status page in every language. Absent: off."""


class OperatorSettings(Part):
    """A person who may command the bot."""

    telegram_id: int = Field(ge=1, le=_LARGEST_ID)
    """The person's numeric Telegram id, not the @name: names can be taken over."""
    name: str = Field(min_length=1, max_length=64)
    """What other operators read; customers never see it."""
    role: Role
    """viewer looks, drafter writes drafts, publisher publishes, admin appoints; each may do all before it."""
    language: Language
    """Free text is taken to be in this language unless it says otherwise."""


class Settings(Part):
    """All of config.yaml."""

    company: Company
    """Whose notices these are."""
    public_url: PublishedBaseUrl
    """Where customers reach this service, without a slash at the end. Links in notices begin with it."""
    languages: tuple[Language, ...] = Field(min_length=1)
    """What notices are published in; the first is the default."""
    timezone: Zone
    """The company's own; times in notices are written in it."""
    listen: Listen = "127.0.0.1:8080"
    """Where this service answers. 0.0.0.0:8080 is every network of this machine."""
    listen_internal: Listen | None = None
    """A second address for /hooks, /metrics and /readyz, so that ``listen`` serves customers only."""
    database: Database = Field(default="sqlite:///data/notices.db", repr=False)
    """SQLite for one node, PostgreSQL for several. May hold a password."""
    templates: Path | None = None
    """A folder of your own sentences, ``notices/<tag>.yaml`` and ``site/words/<tag>.yaml``; they go before ours."""
    components: dict[Slug, Component] = Field(min_length=1)
    """The parts of the service that customers have a name for; the key is what rules and commands call it."""
    sources: dict[Slug, AnySource] = Field(default_factory=dict)
    """Who may signal. The key is the end of the address, POST /hooks/{key}, or what upstream products begin with."""
    rules: tuple[Rule, ...] = ()
    """What signals mean, read from the top. A signal no rule matches is told to operators only."""
    flapping: Flapping = Flapping()
    """When a problem comes and goes too often to tell of each time."""
    storm: Storm = Storm()
    """How many notices automation may publish before a human must look."""
    maintenance: Maintenance = Maintenance()
    """What happens by itself to planned maintenance."""
    heartbeat: Heartbeat | None = None
    """Who is to notice when this service itself is gone. Absent: nobody."""
    translate: TranslateSettings | None = None
    """Who translates operators' own words. Absent: nobody; the other languages keep the template's words."""
    channels: Channels = Channels()
    """Where notices are published."""
    operators: tuple[OperatorSettings, ...] = ()
    """Who may command the bot in Telegram."""

    @property
    def default_language(self) -> str:
        """The first of ``languages``."""
        return self.languages[0]

    @property
    def hooks(self) -> dict[str, SourceSettings]:
        """The sources that send to us, by their names."""
        return {name: source for name, source in self.sources.items() if isinstance(source, SourceSettings)}

    @property
    def upstreams(self) -> dict[str, UpstreamSettings]:
        """The sources that we look at, by their names."""
        return {name: source for name, source in self.sources.items() if isinstance(source, UpstreamSettings)}
