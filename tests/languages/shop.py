"""An invented company and the facts about its day, for tests of words. Times are in Naples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.config.settings import Settings
from bot.domain.facts import Facts
from bot.domain.model import Impact, Status
from bot.languages.catalogue import Catalogue
from bot.resources import NOTICES

LANGUAGES = tuple(sorted(file.stem for file in NOTICES.glob("*.yaml")))
"""Every language there is a file for."""

BEGAN = datetime(2025, 3, 5, 13, 3, tzinfo=UTC)

SHOP = Settings.model_validate(
    {
        "company": {"name": "Bottega Napoli", "url": "https://shop.example"},
        "public_url": "https://status.shop.example",
        "languages": ["en", "it", "es", "fr", "de", "ar"],
        "timezone": "Europe/Rome",
        "components": {
            "shop": {
                "name": {
                    "en": "Online shop",
                    "it": "Negozio online",
                    "es": "Tienda en línea",
                    "fr": "Boutique en ligne",
                    "de": "Online-Shop",
                    "ar": "المتجر الإلكتروني",
                },
                "instead": {
                    "en": "Order by phone: +39 081 555 0100.",
                    "it": "Ordini per telefono: +39 081 555 0100.",
                    "es": "Pedidos por teléfono: +39 081 555 0100.",
                    "fr": "Commandes par téléphone : +39 081 555 0100.",
                    "de": "Bestellung per Telefon: +39 081 555 0100.",
                    "ar": "الطلب عبر الهاتف: \u2066+39 081 555 0100\u2069.",
                },
            },
            "whatsapp": {
                "name": {
                    "en": "WhatsApp support",
                    "it": "Assistenza WhatsApp",
                    "es": "Atención por WhatsApp",
                    "fr": "Assistance WhatsApp",
                    "de": "WhatsApp-Support",
                    "ar": "دعم WhatsApp",
                },
                "instead": {
                    "en": "Write to us on [Telegram](https://t.me/bottega).",
                    "it": "Messaggi su [Telegram](https://t.me/bottega).",
                    "es": "Mensajes por [Telegram](https://t.me/bottega).",
                    "fr": "Messages sur [Telegram](https://t.me/bottega).",
                    "de": "Nachrichten über [Telegram](https://t.me/bottega).",
                    "ar": "المراسلة عبر [Telegram](https://t.me/bottega).",
                },
            },
        },
    }
)


@cache
def catalogue(*languages: str) -> Catalogue:
    """The shipped sentences in these languages, or in all."""
    return Catalogue.load(NOTICES, languages or LANGUAGES)


def facts(status: Status = Status.INVESTIGATING, **others: Any) -> Facts:
    """Facts of that status; keyword arguments replace any of them."""
    plain = Facts(
        kind=status.kind,
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
