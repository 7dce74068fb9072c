"""``python -m bot check``: everything that can be wrong before the first incident, one line per problem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.channels.telegram.check import check
from bot.channels.telegram.request import open_bot
from bot.channels.words import load_words
from bot.config.settings import Settings
from bot.core import telegram_of
from bot.errors import CatalogueError, StoreBusy
from bot.export.folder import examine
from bot.languages.catalogue import Catalogue
from bot.store.engine import open_store
from bot.store.sqlite import LockHeld


async def check_all(settings: Settings, catalogue: Catalogue, *, say: Callable[[str], object]) -> list[str]:
    """Look at everything; returns the problems. say: told what was looked at and found good.

    The configuration and the sentences have been read already, or we would not be here.
    """
    say(f"config: {len(settings.components)} components, {len(settings.sources)} sources, {len(settings.rules)} rules")
    problems = _pages(settings, catalogue)
    say(f"templates: {', '.join(settings.languages)}")
    unreviewed = [language for language in settings.languages if catalogue.words(language).reviewed is None]
    if unreviewed:
        say(f"templates: not yet reviewed by a native speaker: {', '.join(unreviewed)}")
    problems += _export(settings, say)
    problems += await _database(settings, say)
    return problems + await _telegram(settings, say)


def _pages(settings: Settings, catalogue: Catalogue) -> list[str]:
    try:
        load_words(catalogue, settings.timezone)
    except CatalogueError as error:
        return [str(problem) for problem in error.problems]
    return []


def _export(settings: Settings, say: Callable[[str], object]) -> list[str]:
    website = settings.channels.website
    if website is None or website.export is None:
        return []
    try:
        examine(website.export)
    except OSError as error:
        return [f"export: {error}"]
    say(f"export: the site can be kept in {website.export}")
    return []


async def _database(settings: Settings, say: Callable[[str], object]) -> list[str]:
    try:
        async with open_store(settings.database):
            say("database: opened, schema up to date")
    except LockHeld:
        say("database: in use by a running service")
    except StoreBusy as error:
        return [f"database: {error}"]
    except OSError as error:
        return [f"database: {error.strerror}: {Path(error.filename or '')}"]
    return []


async def _telegram(settings: Settings, say: Callable[[str], object]) -> list[str]:
    telegram = telegram_of(settings)
    if telegram is None or telegram.token is None:
        say("telegram: off, there is no token")
        return []
    async with open_bot(telegram.token, telegram.base_url) as bot:
        problems = await check(bot, telegram.chats, operators_chat=telegram.operators_chat)
    if not problems:
        say(f"telegram: may post in {len(telegram.chats)} chats")
    return [f"telegram: {problem}" for problem in problems]
