"""``python -m bot export``: the site as files, once, whether the service runs or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientError

from bot.channels.words import load_words
from bot.config.settings import Settings
from bot.config.templates import page_overlays
from bot.export.folder import examine
from bot.export.mirror import Mirror
from bot.export.sweep import Swept
from bot.languages.catalogue import Catalogue
from bot.store.boards import Boards
from bot.store.engine import open_store
from bot.store.sqlite import LockHeld
from bot.store.texts import Texts
from bot.web import pages, projections
from bot.web.documents import Documents
from bot.web.server import application, serve
from bot.web.turns import Turns


async def export(settings: Settings, catalogue: Catalogue, folder: Path) -> Swept:
    """Make the folder equal to the site. Raises OSError or StoreBusy. folder: empty, or one that it was made in before.

    A site that is switched off has no pages: raises OSError too.
    """
    if settings.channels.website is None:
        raise OSError("there is no website to export: channels.website is not configured")
    examine(folder)
    try:
        async with _serving(settings, catalogue) as url:
            return await Mirror(url, settings, folder).sweep(whole=True)
    except LockHeld:
        return await _from_running(settings, folder)


async def _from_running(settings: Settings, folder: Path) -> Swept:
    """The service holds the database, so it can answer itself."""
    url = _own_url(settings)
    try:
        return await Mirror(url, settings, folder).sweep(whole=True)
    except (ClientError, TimeoutError) as error:
        raise OSError(f"the service that holds the database does not answer at {url}: {error}") from error


@asynccontextmanager
async def _serving(settings: Settings, catalogue: Catalogue) -> AsyncIterator[str]:
    """The public part of the service, on this machine only; it neither hears nor sends. Raises LockHeld."""
    async with open_store(settings.database) as store:
        boards = Boards(store)
        revision = await boards.revision()
        documents = Documents(Turns(boards), revision=lambda: revision)
        words = load_words(catalogue, settings.timezone, overlays=page_overlays(settings))
        routes = [
            *projections.routes(documents, settings, words, Texts(store).load),
            *pages.routes(documents, settings, words),
        ]
        async with serve(application(routes), "127.0.0.1:0") as url:
            yield url


def _own_url(settings: Settings) -> str:
    """Where the running service answers: an address for all networks is also one of this machine."""
    host, _, port = settings.listen.rpartition(":")
    return f"http://{ {'0.0.0.0': '127.0.0.1', '[::]': '[::1]'}.get(host, host) }:{port}"
