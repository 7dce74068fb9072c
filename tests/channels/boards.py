"""Boards for the tests of pages and feeds: a shop in Trieste, its stories told by the real catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.channels.words import Words, load_words
from bot.config.settings import Settings
from bot.domain.facts import Facts
from bot.domain.model import Board, Impact, Incident, Kind, Notice, Origin, Status, Story, StoryUpdate
from bot.languages.catalogue import Catalogue
from bot.resources import NOTICES

LANGUAGES = ("en", "it", "es", "fr", "de", "ar")
SITE = "https://status.bottega.example"
BEGAN = datetime(2025, 3, 4, 8, 17, 30, tzinfo=UTC)

_NAMES: Mapping[str, Mapping[str, str]] = {
    "shop": {
        "en": "Online shop",
        "it": "Negozio online",
        "es": "Tienda en línea",
        "fr": "Boutique en ligne",
        "de": "Onlineshop",
        "ar": "المتجر الإلكتروني",
        "ja": "オンラインショップ",
    },
    "whatsapp": {
        "en": "WhatsApp support",
        "it": "Assistenza WhatsApp",
        "es": "Atención por WhatsApp",
        "fr": "Assistance WhatsApp",
        "de": "WhatsApp-Support",
        "ar": "الدعم عبر WhatsApp",
        "ja": "WhatsAppサポート",
    },
    "pickup": {
        "en": "Pickup in store",
        "it": "Ritiro in negozio",
        "es": "Recogida en tienda",
        "fr": "Retrait en magasin",
        "de": "Abholung im Laden",
        "ar": "الاستلام من المتجر",
        "ja": "店頭受け取り",
    },
}
_INSTEAD = {
    "en": "Write to us on [Telegram](https://t.me/bottega_example) or call [+39 040 555 0199](tel:+390405550199).",
    "it": "Scrivici su [Telegram](https://t.me/bottega_example) o chiama il [+39 040 555 0199](tel:+390405550199).",
    "es": "Escríbenos por [Telegram](https://t.me/bottega_example) o llama al [+39 040 555 0199](tel:+390405550199).",
    "fr": "Écrivez-nous sur [Telegram](https://t.me/bottega_example) ou au [+39 040 555 0199](tel:+390405550199).",
    "de": "Schreiben Sie uns auf [Telegram](https://t.me/bottega_example), Tel. [+39 040 555 0199](tel:+390405550199).",
    "ar": "راسلنا على [Telegram](https://t.me/bottega_example) أو اتصل على [+39 040 555 0199](tel:+390405550199).",
    "ja": "[Telegram](https://t.me/bottega_example)か、電話（[+39 040 555 0199](tel:+390405550199)）でご連絡ください。",
}


def settings(**changes: Any) -> Settings:
    """The shop's settings in six languages; changes: top-level keys that differ."""
    plain = {
        "company": {"name": "Bottega Trieste", "url": "https://bottega.example"},
        "public_url": SITE,
        "languages": LANGUAGES,
        "timezone": "Europe/Rome",
        "components": {key: {"name": dict(names)} for key, names in _NAMES.items()},
        "channels": {"feed": {}, "website": {}},
    }
    return Settings.model_validate(plain | changes)


@cache
def catalogue(*languages: str) -> Catalogue:
    """The real one, in the shop's six languages or in these."""
    return Catalogue.load(NOTICES, languages or LANGUAGES)


@cache
def words(language: str) -> Words:
    return load_words(_catalogue_of(language), "Europe/Rome")[language]


def _catalogue_of(language: str) -> Catalogue:
    return catalogue() if language in LANGUAGES else catalogue(language)


def notice(status: Status, incident: Incident, *, language: str, at: datetime) -> Notice:
    """What the real catalogue says about one update of the incident."""
    reach = not status.ends and "whatsapp" in incident.components
    facts = Facts(
        kind=incident.kind,
        status=status,
        impact=incident.impact,
        company="Bottega Trieste",
        components=tuple(_NAMES[key].get(language, _NAMES[key]["en"]) for key in incident.components),
        started_at=incident.started_at,
        at=at,
        timezone="Europe/Rome",
        url=f"{SITE}/{language}/incidents/{incident.id}",
        instead=(_INSTEAD.get(language, _INSTEAD["en"]),) if reach else (),
        scheduled_for=incident.scheduled_for,
        scheduled_until=incident.scheduled_until,
    )
    return _catalogue_of(language).render(facts, language)


def story(
    *statuses: Status,
    language: str = "en",
    id: int = 1,
    impact: Impact = Impact.MAJOR,
    components: tuple[str, ...] = ("whatsapp",),
    began: datetime = BEGAN,
    ahead: timedelta = timedelta(minutes=20),
) -> Story:
    """A story that went through these statuses, twenty minutes apart. ahead: how early maintenance is announced."""
    moments = [began + timedelta(minutes=20) * number for number in range(len(statuses))]
    last = statuses[-1]
    planned = began + ahead if last.planned else None
    incident = Incident(
        id=id,
        kind=Kind.MAINTENANCE if last.planned else Kind.OUTAGE,
        origin=Origin.AUTOMATION,
        status=last,
        impact=impact,
        components=components,
        started_at=began,
        published_at=began,
        closed_at=moments[-1] if last.ends else None,
        scheduled_for=planned,
        scheduled_until=planned + timedelta(hours=2) if planned else None,
    )
    updates = tuple(
        StoryUpdate(
            id=id * 100 + number,
            number=number,
            status=status,
            impact=impact,
            at=at,
            notice=notice(status, incident, language=language, at=at),
        )
        for number, (status, at) in enumerate(zip(statuses, moments, strict=True), start=1)
    )
    return Story(incident=incident, updates=updates)


def board(*stories: Story, language: str = "en", revision: int = 1) -> Board:
    """The board of these stories, in the order given."""
    return Board(
        revision=revision,
        language=language,
        changed_at=max((story.latest.at for story in stories), default=None),
        open=tuple(story for story in stories if story.incident.open),
        past=tuple(story for story in stories if not story.incident.open),
    )


def whole(language: str) -> Board:
    """A board on which every status occurs."""
    minute, day = timedelta(minutes=1), timedelta(days=1)
    outage = (Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING)
    return board(
        story(*outage, language=language, id=7),
        story(Status.INVESTIGATING, language=language, id=6, impact=Impact.MINOR, components=("shop", "pickup")),
        story(
            Status.SCHEDULED, Status.IN_PROGRESS, language=language, id=5, impact=Impact.NONE, components=("pickup",)
        ),
        story(
            Status.SCHEDULED,
            language=language,
            id=4,
            impact=Impact.NONE,
            components=("shop",),
            began=BEGAN - day,
            ahead=3 * day,
        ),
        story(*outage, Status.RESOLVED, language=language, id=3, began=BEGAN - day - 7 * minute),
        story(Status.SCHEDULED, Status.CANCELLED, language=language, id=2, impact=Impact.NONE, began=BEGAN - 9 * day),
        story(
            *(Status.SCHEDULED, Status.IN_PROGRESS, Status.COMPLETED),
            language=language,
            id=1,
            impact=Impact.MINOR,
            began=BEGAN - 20 * day,
        ),
        language=language,
    )
