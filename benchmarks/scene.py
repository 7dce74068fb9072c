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

Settings = dict[str, Any]
"""config.yaml, loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything up. database: the SQLite file; chats: of the channels, one per language."""

    service: Service
    fake: RemoteFake
    database: Path
    chats: tuple[str, ...]


def shipped() -> Settings:
    """The shipped settings, with a channel for each language."""
    settings: Settings = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    chats = [{"chat": f"@benchmark_{language}", "language": language} for language in settings["languages"]]
    settings["channels"]["telegram"] = {"token": TOKEN, "chats": chats}
    settings["sources"] = {"alertmanager": {"type": "alertmanager", "secret": SECRET}}
    return settings


def unhesitating() -> Settings:
    """The same without judgement, which would rightly fall silent when one outage follows the other: no brake, nothing
    flaps, and every outage is an incident of its own, after which nothing of the one before is looked at again.
    """
    settings = shipped()
    for rule in settings["rules"]:
        rule["reopen_within"] = "0s"
    return settings | {
        "storm": {"notices": 1000, "within": "10m"},
        "flapping": {"changes": 20, "within": "1s", "calm_for": "1s"},
    }


@asynccontextmanager
async def scene(folder: Path, settings: Settings) -> AsyncIterator[Scene]:
    """A service of its own in a new folder, and its Telegram in another process."""
    async with (
        spawned(token=TOKEN, chats=_people(folder, settings)) as fake,
        service(_configured(folder, settings, fake)) as running,
    ):
        chats = tuple(chat["chat"] for chat in settings["channels"]["telegram"]["chats"])
        yield Scene(service=running, fake=fake, database=folder / "notices.db", chats=chats)


def _people(folder: Path, settings: Settings) -> Path:
    """The file that tells the fake of the channels and operators, in the new folder."""
    folder.mkdir(parents=True)
    chats = settings["channels"]["telegram"]["chats"]
    people = folder / "chats.json"
    channels = [{"name": chat["chat"], "id": -1001 - at} for at, chat in enumerate(chats)]
    users = [{"id": operator["telegram_id"]} for operator in settings.get("operators", ())]
    people.write_text(json.dumps({"channels": channels, "users": users}), encoding="utf-8")
    return people


def _configured(folder: Path, settings: Settings, fake: RemoteFake) -> Path:
    """The configuration of the service that speaks to this fake."""
    settings["channels"]["telegram"]["base_url"] = fake.base_url
    settings |= {"listen": "127.0.0.1:0", "database": f"sqlite:///{folder}/notices.db"}
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return config
