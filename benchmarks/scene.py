"""The scene of every measurement: the shipped config.yaml, with a channel per language on a fake Telegram."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.processes import ROOT, Service, service
from tests.fakes.telegram import RemoteFake, spawned

TOKEN = "314159265:AAbenchmark-token_of_forty_characters"
SECRET = "the-monitors-secret"
HOOK = "/hooks/alertmanager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything up. database: the SQLite file; chats: of the channels, one per language."""

    service: Service
    fake: RemoteFake
    database: Path
    chats: tuple[str, ...]


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A service of its own in a new folder, and its Telegram in another process."""
    settings, people = _shipped(folder)
    async with spawned(token=TOKEN, chats=people) as fake, service(_configured(folder, settings, fake)) as running:
        chats = tuple(chat["chat"] for chat in settings["channels"]["telegram"]["chats"])
        yield Scene(service=running, fake=fake, database=folder / "notices.db", chats=chats)


def _shipped(folder: Path) -> tuple[dict[str, Any], Path]:
    """The shipped settings with a channel for each language, and the file that tells the fake of these channels."""
    folder.mkdir(parents=True)
    settings = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    chats = [{"chat": f"@benchmark_{language}", "language": language} for language in settings["languages"]]
    settings["channels"]["telegram"] = {"token": TOKEN, "chats": chats}
    people = folder / "chats.json"
    channels = [{"name": chat["chat"], "id": -1001 - at} for at, chat in enumerate(chats)]
    people.write_text(json.dumps({"channels": channels}), encoding="utf-8")
    return settings, people


def _configured(folder: Path, settings: dict[str, Any], fake: RemoteFake) -> Path:
    """The configuration of the service that speaks to this fake."""
    settings["channels"]["telegram"]["base_url"] = fake.base_url
    settings["rules"][0]["reopen_within"] = "0s"  # every outage is an incident of its own
    settings["sources"] = {"alertmanager": {"type": "alertmanager", "secret": SECRET}}
    settings |= {"listen": "127.0.0.1:0", "database": f"sqlite:///{folder}/notices.db"}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return config
