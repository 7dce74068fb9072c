"""The methods about chats, the bot's commands and descriptions, and button presses. https://core.telegram.org/bots/api#getchat"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram import access, render
from tests.fakes.telegram.core import Core
from tests.fakes.telegram.errors import bad_request, strict
from tests.fakes.telegram.texts import check_url

Json = dict[str, Any]

_MAX_COMMANDS = 100
_MAX_ANSWER = 200
_MAX_ABOUT = {"name": 64, "description": 512, "short_description": 120}
_ACTIONS = {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"} | {
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def get_me(core: Core, _: Json) -> Json:
    """getMe."""
    return render.me(core.world.bot)


def nothing(_: Core, __: Json) -> bool:
    """logOut and close, which mean nothing here."""
    return True


def get_chat(core: Core, p: Json) -> Json:
    """getChat."""
    return render.full_chat(core.world, access.chat_for(core.world, p.get("chat_id"), "read"))


def get_chat_member(core: Core, p: Json) -> Json:
    """getChatMember, of the bot itself or of anybody known."""
    chat = access.chat_for(core.world, p.get("chat_id"), "read")
    if p.get("user_id", 0) <= 0:
        raise bad_request("invalid user_id specified")
    person = core.world.user(p["user_id"])
    if person is core.world.bot and chat.type != "private":
        return render.bot_member(core.world, chat)
    if chat.type == "private":
        return render.member(person, "member")
    return render.member(person, chat.members.get(person.id, "left"))


def get_chat_administrators(core: Core, p: Json) -> list[Json]:
    """getChatAdministrators."""
    chat = access.chat_for(core.world, p.get("chat_id"), "read")
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    leaders = [(core.world.user(who), role) for who, role in chat.members.items() if role != "member"]
    people = [render.member(person, role) for person, role in leaders]
    return [*people, render.bot_member(core.world, chat)] if chat.rights.is_admin() else people


def leave_chat(core: Core, p: Json) -> bool:
    """leaveChat."""
    chat = access.chat_for(core.world, p.get("chat_id"), "read")
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.rights = type(chat.rights)(status="left")
    return True


def send_chat_action(core: Core, p: Json) -> bool:
    """sendChatAction."""
    if p.get("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = access.chat_for(core.world, p.get("chat_id"), "write")
    access.may_send(chat)
    if p.get("message_thread_id", 0) not in {0, *chat.topics}:
        raise bad_request("message thread not found")
    core.actions.append((chat.id, p["action"]))
    return True


def answer_callback_query(core: Core, p: Json) -> bool:
    """answerCallbackQuery; every press can be answered once."""
    if len(p.get("text", "")) > _MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    if p.get("url"):
        check_url(p["url"], "callback answer URL")
    if core.callbacks.pop(p.get("callback_query_id", ""), None) is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    core.answers.append(p)
    return True


def set_my_commands(core: Core, p: Json) -> bool:
    """setMyCommands."""
    commands = p.get("commands")
    if commands is None:
        raise bad_request('parameter "commands" is required')
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check_command(command)
    core.commands[_key(core, p)] = commands
    return True


def get_my_commands(core: Core, p: Json) -> list[Json]:
    """getMyCommands: exactly what was set for this scope and language."""
    return core.commands.get(_key(core, p), [])


def delete_my_commands(core: Core, p: Json) -> bool:
    """deleteMyCommands."""
    core.commands.pop(_key(core, p), None)
    return True


def set_my_text(field: str) -> Callable[[Core, Json], bool]:
    """setMyName, setMyDescription or setMyShortDescription; an empty text removes it."""

    def set_it(core: Core, p: Json) -> bool:
        text = p.get(field, "")
        if len(text) > _MAX_ABOUT[field]:
            raise strict(f"{field} has at most {_MAX_ABOUT[field]} characters, got {len(text)}")
        core.about[field, _language(p)] = text
        return True

    return set_it


def get_my_text(field: str) -> Callable[[Core, Json], Json]:
    """getMyName, getMyDescription or getMyShortDescription: for this language, else the one for all."""

    def get_it(core: Core, p: Json) -> Json:
        default = core.world.bot.first_name if field == "name" else ""
        return {field: core.about.get((field, _language(p))) or core.about.get((field, ""), default)}

    return get_it


def _check_command(command: Json) -> None:
    if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command["description"]) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def _key(core: Core, p: Json) -> tuple[str, str]:
    scope = p.get("scope") or {"type": "default"}
    scopes = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
    if scope["type"] not in scopes | {"chat", "chat_administrators", "chat_member"}:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if scope["type"] not in scopes:
        access.chat_for(core.world, scope.get("chat_id"), "read")
    return json.dumps(scope, sort_keys=True), _language(p)


def _language(p: Json) -> str:
    language: str = p.get("language_code", "")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise strict(f"a language_code has two letters, got {language!r}")
    return language
