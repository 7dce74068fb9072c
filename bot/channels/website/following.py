"""Where readers can subscribe, as far as addresses go: chats and feeds, of everything or of one component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.channels.words import Words
from bot.config.components import Component
from bot.config.settings import Settings
from bot.config.telegram import TelegramSettings

_LONGEST = 64
"""What a chat may be opened with, in characters: https://core.telegram.org/bots/features#deep-linking"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How to follow one component. links: addresses, each with what it is called; never empty."""

    name: Markup
    links: tuple[tuple[str, str], ...]


def chats(settings: Settings, language: str) -> list[str]:
    """The public Telegram channels and groups in this language, without the @, of the bots that are on."""
    telegram = settings.channels.telegram
    if telegram is None:
        return []
    bots = [bot for bot in telegram.all_bots.values() if bot.secret is not None]
    found = [chat.chat for bot in bots for chat in bot.chats if chat.language == language]
    return [chat.removeprefix("@") for chat in found if chat.startswith("@")]


def private_chat(settings: Settings, language: str, component: str | None = None) -> str | None:
    """The address that opens a chat with the bot, in which notices can be had.

    component: of this one alone. None while nobody may subscribe there, the bot's name is not configured, or it would
    have to be told more than fits.
    """
    telegram = settings.channels.telegram
    if telegram is None or not _takes_subscribers(telegram):
        return None
    told = f"l_{language}" if component is None else f"l_{language}-c_{component}"
    return f"https://t.me/{telegram.username}?start={told}" if len(told) <= _LONGEST else None


def ways(settings: Settings, words: Words, home: str) -> Sequence[Ways]:
    """Those of each component that has any, in the order of the configuration. home: the path of the language."""
    found = (_ways(settings, words, home, id, component) for id, component in settings.components.items())
    return [each for each in found if each.links]


def _ways(settings: Settings, words: Words, home: str, id: str, component: Component) -> Ways:
    name, links = words.name_html(component.name), []
    if component.region is not None:
        name += Markup(" ") + words.name_html(component.region)
    if settings.channels.feed is not None:
        links.append((f"{home}/components/{id}/feed.rss", "RSS"))
        links.append((f"{home}/components/{id}/feed.atom", "Atom"))
    if chat := private_chat(settings, words.language, id):
        links.append((chat, "Telegram"))
    return Ways(name=name, links=tuple(links))


def _takes_subscribers(telegram: TelegramSettings) -> bool:
    return telegram.secret is not None and telegram.subscribers is not None and telegram.username is not None
