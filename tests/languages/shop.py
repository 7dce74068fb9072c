"""An invented company and the facts about its day, for tests of words. Times are in Naples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.config.settings import Settings
from bot.domain.facts import Facts
from bot.domain.model import Impact, Kind, Status
from bot.languages.catalogue import Catalogue
from bot.resources import NOTICES

LANGUAGES = tuple(sorted(file.stem for file in NOTICES.glob("*.yaml")))
"""Every language there is a file for."""

BEGAN = datetime(2025, 3, 5, 13, 3, tzinfo=UTC)

NAMES = {
    "shop": {
        "en": "Online shop",
        "it": "Negozio online",
        "es": "Tienda en línea",
        "fr": "Boutique en ligne",
        "de": "Online-Shop",
        "ar": "المتجر الإلكتروني",
    },
    "whatsapp": {
        "en": "WhatsApp support",
        "it": "Assistenza WhatsApp",
        "es": "Atención por WhatsApp",
        "fr": "Assistance WhatsApp",
        "de": "WhatsApp-Support",
        "ar": "دعم WhatsApp",
    },
}
_TELEGRAM = "[Telegram](https://t.me/bottega)"
INSTEAD = {
    "shop": {
        "en": "Order by phone: +39 081 555 0100.",
        "it": "Ordini per telefono: +39 081 555 0100.",
        "es": "Pedidos por teléfono: +39 081 555 0100.",
        "fr": "Commandes par téléphone : +39 081 555 0100.",
        "de": "Bestellung per Telefon: +39 081 555 0100.",
        "ar": "الطلب عبر الهاتف: \u2066+39 081 555 0100\u2069.",
    },
    "whatsapp": {
        "en": "Write to us on [Telegram](https://t.me/bottega).",
        "it": "Messaggi su [Telegram](https://t.me/bottega).",
        "es": "Mensajes por [Telegram](https://t.me/bottega).",
        "fr": "Messages sur [Telegram](https://t.me/bottega).",
        "de": "Nachrichten über [Telegram](https://t.me/bottega).",
        "ar": "المراسلة عبر [Telegram](https://t.me/bottega).",
    },
}


@cache
def shop(*languages: str) -> Settings:
    """The company's settings in these languages."""
    return Settings.model_validate(
        {
            "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
            "public_url": "https://status.shop.example",
            "languages": languages,
            "timezone": "Europe/Rome",
            "components": {
                "shop": {
                    "name": {language: _shop_in(language) for language in languages},
                    "instead": dict.fromkeys(languages, "+39 081 555 0100") | _only(languages, INSTEAD["shop"]),
                },
                "whatsapp": {
                    "name": dict.fromkeys(languages, "WhatsApp") | _only(languages, NAMES["whatsapp"]),
                    "instead": dict.fromkeys(languages, _TELEGRAM) | _only(languages, INSTEAD["whatsapp"]),
                },
            },
        }
    )


def _shop_in(language: str) -> str:
    """What the shop is called: by hand, or by the language's own glossary; a new language needs no line here."""
    word = catalogue(language).glossary(language)["shop"]
    return NAMES["shop"].get(language, word[:1].upper() + word[1:])


def _only(languages: tuple[str, ...], texts: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if language in languages}


@cache
def catalogue(*languages: str) -> Catalogue:
    """The shipped sentences in these languages; each test loads only those it speaks of."""
    return Catalogue.load(NOTICES, languages)


def facts(status: Status = Status.INVESTIGATING, **others: Any) -> Facts:
    """Facts of that status; keyword arguments replace any of them."""
    plain = Facts(
        kind=Kind.MAINTENANCE if status.planned else Kind.OUTAGE,
        status=status,
        impact=Impact.MAJOR,
        company="Bottega Napoli",
        components=("Online shop",),
        started_at=BEGAN,
        at=BEGAN + timedelta(hours=1, minutes=20),
        timezone="Europe/Rome",
        url="https://status.shop.example/en/incidents/1",
    )
    return replace(plain, **others)


def without_isolates(text: str) -> str:
    """The text without the invisible characters that keep a name's direction to itself."""
    return text.replace("\u2068", "").replace("\u2069", "")
