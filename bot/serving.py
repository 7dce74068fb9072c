"""Running the service in this process: from start-up words to the signal that ends it."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from bot import __version__, clock
from bot.app import Service, running
from bot.config.settings import Regex, Settings
from bot.core import destinations_of
from bot.domain.model import Publish
from bot.languages.catalogue import Catalogue

log = structlog.get_logger(__name__)

SECRET_FILE = Path("data/hook.secret")
"""Where ``make run`` keeps the secret it made; the curl line reads it from there rather than show it."""


async def serve_until_told(settings: Settings, catalogue: Catalogue, *, say: Callable[[str], object]) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. say: prints one text for whoever started it."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with running(settings, catalogue) as service:
        gc.collect()
        gc.freeze()  # what is there by now stays: a collection that looked at it all would hold the loop for 80 ms
        log.info(
            "started",
            version=__version__,
            url=service.url,
            internal_url=service.internal_url,
            languages=list(settings.languages),
        )
        say(first_steps(settings, service))
        ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(told.wait()), service.broken]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ends[0].cancel()
        log.info("stopping")
    if service.broken.done():
        log.error("a part of the service has failed", exc_info=service.broken.exception())
        return 1
    log.info("stopped")
    return 0


def first_steps(settings: Settings, service: Service) -> str:
    """What a newcomer does next: the page, a signal to try, Telegram."""
    lines = [
        "",
        f"  Page       {service.url}/",
        f"  Feeds      {service.url}/{settings.default_language}/feed.rss (.atom, .json)",
        f"  Telegram   {_telegram(settings, on=service.telegram)}",
    ]
    command = _curl(settings, service.internal_url)
    if command:
        lines += [
            "",
            "  Fire a real Alertmanager payload (resolve it with the word firing changed to resolved):",
            "",
            command,
        ]
    return "\n".join([*lines, "", "  Ctrl-C stops it. Nothing is lost.", ""])


def _telegram(settings: Settings, *, on: bool) -> str:
    if on:
        return f"on; chats: {len(destinations_of(settings))}, operators: {len(settings.operators)}"
    return (
        "off: make a bot with @BotFather, add it to your channels as administrator, list them under"
        " channels.telegram.chats, set TELEGRAM_BOT_TOKEN and start again"
    )


def _curl(settings: Settings, url: str) -> str | None:
    """A line for the shell that signals what the first automatic rule waits for; None when nothing would come of it."""
    name = next((name for name, source in settings.hooks.items() if source.type == "alertmanager"), None)
    rules = [rule for rule in settings.rules if rule.match.source in (None, name)]
    rule = next((rule for rule in rules if rule.publish is Publish.AUTOMATICALLY and _plain(rule.match.labels)), None)
    if name is None or rule is None:
        return None
    labels = {"alertname": "TryOut", **{key: str(value) for key, value in rule.match.labels.items()}}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": "Trying it out"},
        "startsAt": clock.now().isoformat(timespec="seconds"),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "7f2a1c9be04d5836",
    }
    group = {"version": "4", "status": "firing", "receiver": "notices", "groupKey": "{}:{}", "alerts": [alert]}
    body = json.dumps(group, separators=(",", ":")).replace("'", "'\\''")
    return f"curl -sS {_credentials(settings, name)}-H 'Content-Type: application/json' {url}/hooks/{name} -d '{body}'"


def _plain(labels: dict[str, str | Regex]) -> bool:
    return all(isinstance(value, str) for value in labels.values())


def _credentials(settings: Settings, name: str) -> str:
    secret = settings.hooks[name].secret
    if secret is None:
        return ""
    kept = SECRET_FILE.is_file() and SECRET_FILE.read_text(encoding="utf-8").strip() == secret.get_secret_value()
    return f'-H "Authorization: Bearer {f"$(cat {SECRET_FILE})" if kept else "YOUR-SECRET"}" '
