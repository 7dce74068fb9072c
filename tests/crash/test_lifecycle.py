"""Told to stop, the service ends by itself in time and loses nothing; where it cannot start it says why, in a line."""

from __future__ import annotations

import asyncio
import signal
import socket
from functools import partial
from pathlib import Path

import pytest

from tests.crash.process import attempt
from tests.crash.scene import EN, ES, IT, OPERATOR, config_of, scene, write_config

pytestmark = pytest.mark.slow  # each starts and kills the real process

NOBODY = "http://127.0.0.1:9/bot"
"""An address where nobody listens; these services end before they would call it."""


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_service_ends_with_exit_code_0(tmp_path: Path, told: signal.Signals) -> None:
    async with scene(tmp_path, chats=[EN]) as here:
        await here.up()
        here.service.process.send_signal(told)
        assert await here.service.died(seconds=10) == 0
        assert [event["event"] for event in here.service.events()][-1] == "stopped"


async def test_a_send_and_a_request_that_hang_hold_up_the_end_for_less_than_10_seconds(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.seed()
        await here.strike("hang", "sendMessage", chats=[*here.chats, OPERATOR])
        assert await here.signal("shop")
        await here.struck("sendMessage", number=4)
        host, port = here.service.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        try:
            assert await here.service.stop(seconds=10) == 0
        finally:
            writer.close()
        await here.telegram.clear_faults()
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])


async def test_an_answer_that_still_comes_is_written_down_before_the_end(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN]) as here:
        await here.up()
        fault = await here.telegram.fault("slow", method="sendMessage", chat=EN)
        assert await here.signal("shop")
        await here.struck("sendMessage")
        here.service.process.terminate()
        await here.log_says("stopping")
        await here.telegram.release(fault)
        assert await here.service.died(seconds=10) == 0
        [[state]] = await here.rows("SELECT state FROM deliveries WHERE address = :chat", chat=EN)
        assert state == "sent"


async def test_what_lands_while_the_end_is_near_does_not_cut_off_the_others(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN, ES]) as here:
        await here.up()
        faults = {chat: await here.telegram.fault("slow", method="sendMessage", chat=chat) for chat in here.chats}
        assert await here.signal("shop")
        await here.struck("sendMessage")
        here.service.process.terminate()
        await here.log_says("stopping")
        for chat in here.chats:
            await here.telegram.release(faults[chat])
            await here.until(partial(here.rows, _SENT, chat=chat), seconds=5)
        assert await here.service.died(seconds=10) == 0


_SENT = "SELECT id FROM deliveries WHERE address = :chat AND state = 'sent'"


async def test_what_waits_for_its_turn_is_given_back_and_not_in_doubt(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.up()
        assert await here.signal("till")
        await here.posted(1)
        assert await here.signal("shop")
        assert await here.service.stop() == 0
        assert not await here.rows("SELECT id FROM deliveries WHERE state = 'leased' OR uncertain")
        await here.up()
        await here.quiet(published=2)
        await here.all_once(["investigating"], ["investigating"])
        assert not await here.calls(lambda call: call.method == "getChat"), "it was looked for"


async def test_a_command_in_hand_at_the_end_is_carried_out_once(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN]) as here:
        await here.up()
        await here.telegram.say(OPERATOR, "/incident shop major The door is stuck")
        assert await here.service.stop() == 0
        await here.up()
        await here.told("Published: incident 1, update 1")
        await here.quiet(published=1)
        await here.all_once(["investigating"])


async def test_the_service_starts_and_ends_while_telegram_is_away(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN]) as here:
        write_config(tmp_path, config_of(tmp_path, base_url=NOBODY, chats=[EN]))
        await here.up()
        assert await here.signal("shop")
        assert await here.service.stop() == 0
        write_config(tmp_path, config_of(tmp_path, base_url=here.telegram.base_url, chats=[EN]))
        await here.up()
        await here.quiet(published=1)
        await here.all_once(["investigating"])


async def test_a_second_process_on_the_same_sqlite_file_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, chats=[EN]) as here:
        await here.up()
        second = await attempt(here.config)
        [line] = second.plainly
        assert second.code == 1
        assert line.startswith("another process works on this database")
        assert await here.signal("shop")
        await here.quiet(published=1)
        await here.all_once(["investigating"])


async def test_a_port_that_is_taken_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = await attempt(_config(tmp_path, listen=f"127.0.0.1:{port}"))
    [line] = ended.plainly
    assert ended.code == 1
    assert str(port) in line
    assert "in use" in line


async def test_a_wrong_key_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    config = _config(tmp_path, timezon="Europe/Rome")
    number = next(n for n, text in enumerate(config.read_text().splitlines(), 1) if text.startswith("timezon:"))
    ended = await attempt(config)
    assert ended.code == 2
    [line] = ended.plainly
    assert line.startswith(f"{config}:{number}: timezon: ")
    assert "timezone" in line


@pytest.mark.parametrize(
    ("database", "part"),
    [
        ("sqlite:///{here}/config.yaml/notices.db", "config.yaml"),
        ("sqlite:///{here}/folder", "folder"),
        ("sqlite:///{here}/text.db", "text.db"),
        ("postgresql://nobody@127.0.0.1:9/notices", "database"),
    ],
    ids=["below a file", "a folder", "a file that is no database", "nobody listens"],
)
async def test_a_database_that_cannot_be_had_is_named_in_one_line(tmp_path: Path, database: str, part: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("this is no database, only a text that is longer than its header would be\n" * 20)
    ended = await attempt(_config(tmp_path, database=database.format(here=tmp_path)))
    [line] = ended.plainly
    assert ended.code == 1
    assert part in line


def _config(folder: Path, **changes: object) -> Path:
    return write_config(folder, config_of(folder, base_url=NOBODY, chats=[EN, IT], **changes))
