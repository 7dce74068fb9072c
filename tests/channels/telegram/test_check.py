"""What whoever runs the bot reads before the start: one line per problem, saying what to do; nothing is posted."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from pydantic import SecretStr
from telegram import Bot

from bot.channels.telegram.check import check
from bot.channels.telegram.request import open_bot
from bot.config.settings import Chat
from tests.channels.telegram.conftest import OPERATORS
from tests.fakes.telegram import FakeTelegram


def chat(address: str, *, pin: bool = False) -> Chat:
    return Chat(chat=address, language="en", pin=pin)


async def test_where_all_is_well_there_is_nothing_to_say(bot: Bot, fake: FakeTelegram) -> None:
    chats = [
        chat("@bottega_en"),
        chat("-1002", pin=True),
        chat("@bottega_talk", pin=True),
        chat("-7"),
        chat(str(OPERATORS)),
    ]
    assert await check(bot, chats, operators_chat=OPERATORS) == []
    assert {call.method for call in fake.calls} == {"getMe", "getChat", "getChatMember"}


PROBLEMS: dict[str, tuple[str, dict[str, Any], bool, str]] = {
    "no administrator": ("@bottega_en", {"status": "member"}, False, "make it one, with the right to post messages"),
    "may not post": ("@bottega_en", {"can_post_messages": False}, False, "give it the right to post messages"),
    "may not pin": ("@bottega_en", {}, True, "give it the right to edit messages, or set pin: false"),
    "kicked": ("@bottega_en", {"status": "kicked"}, False, "add @notice_bot to the chat"),
    "left a public group": ("@bottega_talk", {"status": "left"}, False, "add it"),
    "may not pin in a group": (
        "@bottega_talk",
        {"can_pin_messages": False},
        True,
        "an administrator with the right to pin messages",
    ),
    "restricted": ("@bottega_talk", {"status": "restricted", "can_send_messages": False}, False, "allow it to send"),
}


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
async def test_a_missing_right_is_one_line_that_says_what_to_do(
    bot: Bot, fake: FakeTelegram, problem: tuple[str, dict[str, Any], bool, str]
) -> None:
    address, rights, pin, advice = problem
    fake.set_rights(address, **rights)
    [line] = await check(bot, [chat(address, pin=pin)])
    assert line.startswith(f"{address}: ")
    assert advice in line
    assert "\n" not in line


async def test_a_chat_nobody_knows_is_named_and_the_others_are_looked_at_too(bot: Bot) -> None:
    lines = await check(bot, [chat("@no_such_chat"), chat("@bottega_en"), chat("4711")])
    assert [line.split(":")[0] for line in lines] == ["@no_such_chat", "4711"]
    assert all("check the name" in line for line in lines)


async def test_the_operators_chat_is_looked_at_too(bot: Bot) -> None:
    [line] = await check(bot, [], operators_chat=4711)
    assert line.startswith("operators_chat: 4711: not reachable")


async def test_a_failure_at_one_chat_is_told(bot: Bot, fake: FakeTelegram) -> None:
    fake.fault("close", method="getChatMember")
    [line] = await check(bot, [chat("@bottega_en"), chat("@bottega_talk")])
    assert line.startswith("@bottega_en: could not be checked")


async def test_a_wrong_token_is_told_without_telling_it(fake: FakeTelegram) -> None:
    async with open_bot(SecretStr("12345:wrong"), fake.base_url) as bot:
        [line] = await check(bot, [chat("@bottega_en")])
    assert "BotFather" in line
    assert "wrong" not in line


async def test_a_telegram_that_cannot_be_reached_is_told() -> None:
    async with open_bot(SecretStr("12345:fake"), f"http://127.0.0.1:{unused_port()}/bot") as bot:
        [line] = await check(bot, [chat("@bottega_en")])
    assert "check base_url and the network" in line
    assert "12345" not in line
