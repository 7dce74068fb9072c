"""``python -m bot check``: everything that can be wrong before the first incident, one line per problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.channels.telegram.bots import MAIN, all_bots
from bot.channels.telegram.check import check
from bot.channels.telegram.request import open_bot
from bot.channels.words import load_words
from bot.config.settings import Settings
from bot.config.templates import page_overlays
from bot.domain.model import Role
from bot.errors import CatalogueError, StoreBusy
from bot.export.folder import examine
from bot.languages.catalogue import Catalogue
from bot.languages.tongue import Tongues
from bot.resources import OPERATORS
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
    for warning in _operators(settings):
        say(f"operators: {warning}")
    problems += _export(settings, say)
    problems += await _database(settings, say)
    return problems + await _telegram(settings, say)


def _pages(settings: Settings, catalogue: Catalogue) -> list[str]:
    try:
        load_words(catalogue, settings.timezone, overlays=page_overlays(settings))
    except CatalogueError as error:
        return [str(problem) for problem in error.problems]
    return []


def _operators(settings: Settings) -> Iterator[str]:
    """What whoever runs it may not have meant so."""
    if not settings.operators:
        return
    if not any(operator.role is Role.ADMIN for operator in settings.operators):
        yield "none is an admin, so nobody can appoint others by command"
    tongues = Tongues(OPERATORS)
    spoken = {operator.language for operator in settings.operators}
    if silent := [language for language in sorted(spoken) if not tongues.speaks(language)]:
        yield f"there are no texts for operators in {', '.join(silent)}; they are answered in English"


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
    telegram = settings.channels.telegram
    problems: list[str] = []
    owners: dict[str, str] = {}
    for name, each in all_bots(telegram).items():
        if each.secret is None:
            say(f"{name}: off, there is no token")
            continue
        owner = owners.setdefault(each.secret.get_secret_value(), name)
        if owner != name:
            problems.append(
                f"{name}: has the token of {owner}: make another bot with @BotFather, or list its chats there"
            )
            continue
        compare_in = telegram.operators_chat if telegram and name == MAIN else None
        async with open_bot(each.secret, each.base_url) as bot:
            found = await check(bot, each.chats, operators_chat=compare_in)
        problems += [f"{name}: {problem}" for problem in found]
        if not found:
            say(f"{name}: may post in {len(each.chats)} chats")
    if telegram is None:
        say("telegram: off, there is no token")
    return problems
