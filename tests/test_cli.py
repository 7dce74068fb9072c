"""``python -m bot`` as whoever types it sees it: what is printed where, and the exit code."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from bot import __version__
from bot.config.settings import Settings
from bot.domain.model import Kind, Status
from tests.config.files import BASE
from tests.fakes.telegram import FakeTelegram, Rights
from tests.story.command import SHIPPED, Said, bash, bot, started

SECRET = "not-to-be-shown-to-anybody"
TOKEN = "314159265:AAcli-token_of_forty_characters_in_all"
LANGUAGES = ("en", "it", "es", "fr", "de", "ar")


def config(folder: Path, *, chats: Sequence[Mapping[str, Any]] = (), token: str = TOKEN, **changes: Any) -> None:
    """Write the least that is valid, with these chats and changed keys, to config.yaml."""
    telegram = {"token": token, "base_url": changes.pop("base_url", "http://127.0.0.1:1/bot"), "chats": [*chats]}
    channels = {"telegram": telegram} if chats else {}
    written = {**yaml.safe_load(BASE), "database": "sqlite:///notices.db", "channels": channels, **changes}
    (folder / "config.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """@bottega_en: the bot may post and pin; @bottega_it: it may post; @bottega_mute: it may do neither."""
    async with FakeTelegram(token=TOKEN) as fake:
        fake.add_channel("@bottega_en", rights=Rights(can_edit_messages=True))
        fake.add_channel("@bottega_it")
        fake.add_channel("@bottega_mute", rights=Rights(can_post_messages=False))
        yield fake


def chat(name: str, **more: Any) -> dict[str, Any]:
    return {"chat": name, "language": "en", **more}


async def test_help_names_every_command(tmp_path: Path) -> None:
    said = await bot(tmp_path, "--help")
    assert (said.code, said.problems) == (0, [])
    for command in ("run", "check", "preview", "languages", "audit", "config-schema"):
        assert f"\n  {command} " in said.out


async def test_it_says_its_version(tmp_path: Path) -> None:
    assert await bot(tmp_path, "--version") == Said(0, f"notice-bot, version {__version__}\n", [])


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs: apt-get install bash curl")
async def test_what_run_prints_first_works_as_it_stands(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "hook.secret"
    kept.parent.mkdir()
    kept.write_text(f"{SECRET}\n", encoding="utf-8")
    async with started(tmp_path, HOOK_SECRET=SECRET) as service, aiohttp.ClientSession() as session:
        assert service.line("Telegram").startswith("Telegram   off: make a bot with @BotFather")
        fire = service.line("curl")
        assert await bash(fire, folder=tmp_path) == {"accepted": 1}
        assert "Disservizio: Negozio online" in await page(session, f"{service.url}/it/")
        assert (await bot(tmp_path, "check", "--config", str(SHIPPED), HOOK_SECRET=SECRET)).code == 0
        assert await bash(fire.replace("firing", "resolved"), folder=tmp_path) == {"accepted": 1}
        assert "Disservizio risolto: Negozio online" in await page(session, f"{service.url}/it/")
        feed = service.line("Feeds").split()[1]
        assert "Resolved: disruption affecting Online shop" in await page(session, feed)
        ended = await service.stop()
    assert ended.code == 0
    events = [json.loads(line)["event"] for line in ended.problems]
    assert [event for event in events if event != "signal decided"] == ["started", "stopping", "stopped"]
    assert SECRET not in ended.out + "".join(ended.problems)


async def page(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(url) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_secret_that_run_did_not_make_is_not_printed(tmp_path: Path) -> None:
    async with started(tmp_path, HOOK_SECRET=SECRET) as service:
        assert '"Authorization: Bearer YOUR-SECRET"' in service.line("curl")
        ended = await service.stop()
    assert (ended.code, SECRET in ended.out) == (0, False)


async def test_an_address_that_is_taken_is_one_line(tmp_path: Path, unused_tcp_port: int) -> None:
    async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    config(tmp_path, listen=f"127.0.0.1:{unused_tcp_port}")
    async with await asyncio.start_server(nobody, "127.0.0.1", unused_tcp_port):
        said = await bot(tmp_path, "run")
    assert said.code == 1
    assert "address already in use" in said.problem.lower()
    assert str(unused_tcp_port) in said.problem


async def test_check_has_nothing_to_say_against_what_is_well(tmp_path: Path, telegram: FakeTelegram) -> None:
    config(tmp_path, chats=[chat("@bottega_en", pin=True), chat("@bottega_it")], base_url=telegram.base_url)
    said = await bot(tmp_path, "check")
    assert (said.code, said.problems) == (0, [])
    assert said.out.splitlines()[-1] == "All is well."
    assert "telegram: may post in 2 chats" in said.out
    assert telegram.accepted("sendMessage") == []


async def test_check_mentions_operators_who_cannot_appoint_or_read(tmp_path: Path) -> None:
    staff = [{"telegram_id": 1, "name": "Ada", "role": "publisher", "language": "fi"}]
    names = {"shop": {"name": {"en": "Shop", "fi": "Kauppa"}}}
    config(tmp_path, languages=["en", "fi"], components=names, operators=staff)
    said = await bot(tmp_path, "check")
    assert said.code == 0
    assert "operators: none is an admin, so nobody can appoint others by command" in said.out
    assert "operators: there are no texts for operators in fi; they are answered in English" in said.out


async def test_check_has_one_line_for_each_chat_that_is_not_well(tmp_path: Path, telegram: FakeTelegram) -> None:
    chats = [chat("@bottega_en"), chat("@nobody"), chat("@bottega_mute"), chat("@bottega_it", pin=True)]
    config(tmp_path, chats=chats, base_url=telegram.base_url, database="postgresql://shop:hunter2@127.0.0.1:1/notices")
    said = await bot(tmp_path, "check")
    assert said.code == 1
    database, *in_telegram = said.problems
    assert database.startswith("database: the database cannot be reached: ")
    assert [problem.split(" (")[0] for problem in in_telegram] == [
        "telegram: @nobody: not reachable",
        "telegram: @bottega_mute: @notice_bot may not post: give it the right to post messages",
        "telegram: @bottega_it: @notice_bot may not pin: give it the right to edit messages, or set pin: false",
    ]
    assert "All is well." not in said.out
    assert "hunter2" not in said.out + "".join(said.problems)


async def test_check_says_that_the_token_is_wrong_and_does_not_show_it(tmp_path: Path, telegram: FakeTelegram) -> None:
    wrong = TOKEN.replace("314", "413")
    config(tmp_path, chats=[chat("@bottega_en"), chat("@bottega_it")], base_url=telegram.base_url, token=wrong)
    said = await bot(tmp_path, "check")
    assert said.code == 1
    assert said.problem.startswith("telegram: Telegram refuses the token")
    assert wrong not in said.out + said.problem


async def test_check_says_that_telegram_does_not_answer(tmp_path: Path) -> None:
    config(tmp_path, chats=[chat("@bottega_en")])
    said = await bot(tmp_path, "check")
    assert said.code == 1
    assert said.problem.startswith("telegram: Telegram cannot be asked")
    assert TOKEN not in said.out + said.problem


def _folder(place: Path) -> None:
    place.mkdir()


def _text(place: Path) -> None:
    place.write_text("This is a letter, not a database.\n" * 200, encoding="utf-8")


def _of_a_newer_version(place: Path) -> None:
    connection = sqlite3.connect(place)
    connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("made", [_folder, _text, _of_a_newer_version], ids=lambda made: made.__name__.strip("_"))
@pytest.mark.parametrize("command", ["check", "run"])
async def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path, made: Any, command: str) -> None:
    made(tmp_path / "notices.db")
    config(tmp_path, listen="127.0.0.1:0")
    said = await bot(tmp_path, command)
    assert said.code == 1
    assert "database" in said.problem


async def test_a_postgresql_database_that_is_not_there_is_one_line(tmp_path: Path, postgres: str) -> None:
    base, mark, options = postgres.partition("?")
    config(tmp_path, database=f"{base.rpartition('/')[0]}/nowhere{mark}{options}")
    said = await bot(tmp_path, "check")
    assert said.code == 1
    assert said.problem.startswith("database: ")


@pytest.mark.parametrize("command", ["run", "check", "preview"])
async def test_a_wrong_key_stops_every_command_with_its_file_and_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "shop.yaml").write_text(f"{BASE}langages: [en, it]\n", encoding="utf-8")
    said = await bot(tmp_path, command, "--config", "shop.yaml")
    assert (said.code, said.out) == (2, "")
    assert said.problem.startswith("shop.yaml:7: langages: expected one of channels, ")
    assert said.problem.endswith("found an unknown key (did you mean 'languages'?)")


async def test_a_config_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    said = await bot(tmp_path, "run")
    assert (said.code, said.problems) == (
        2,
        ["config.yaml: expected a readable file, found: no such file or directory"],
    )


def kind_of(status: Status) -> Kind:
    return Kind.MAINTENANCE if status.planned else Kind.OUTAGE


async def test_preview_shows_every_status_in_every_language(tmp_path: Path) -> None:
    said = await bot(tmp_path, "preview", "--config", str(SHIPPED), HOOK_SECRET=SECRET)
    assert (said.code, said.problems) == (0, [])
    heads = [line.split(",")[0] for line in said.out.splitlines() if line.startswith("== ")]
    assert set(heads) >= {f"== {language} {kind_of(status)}.{status}" for language in LANGUAGES for status in Status}
    assert "Puoi ordinare anche con un messaggio: scrivici su WhatsApp (https://shop.example/whatsapp)." in said.out


async def test_preview_of_one_language_shows_no_other(tmp_path: Path) -> None:
    config(tmp_path)
    said = await bot(tmp_path, "preview", "--language", "it")
    assert said.code == 0
    heads = [line.split(",")[0] for line in said.out.splitlines() if line.startswith("== ")]
    assert set(heads) >= {f"== it {kind_of(status)}.{status}" for status in Status}
    assert all(head.startswith("== it ") for head in heads)


async def test_preview_of_a_language_that_is_not_configured_names_those_that_are(tmp_path: Path) -> None:
    config(tmp_path)
    said = await bot(tmp_path, "preview", "--language", "fr")
    assert (said.code, said.out) == (2, "")
    assert "--language: fr is not configured; there are en, it" in said.problems[-1]


async def test_config_schema_is_a_json_schema_of_every_key(tmp_path: Path) -> None:
    said = await bot(tmp_path, "config-schema")
    schema = json.loads(said.out)
    assert (said.code, schema["$schema"]) == (0, "https://json-schema.org/draft/2020-12/schema")
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert set(schema["required"]) == {"company", "public_url", "languages", "timezone", "components"}
