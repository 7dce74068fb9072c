"""What was said so far, as somebody who looks over everybody's shoulder would note it. Judges nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.telegram import Call, FakeTelegram

_WIDTH = 16
_LONGEST = 400
_SENT = {"sendMessage": "", "forwardMessage": "(forwarded)", "copyMessage": "(copied)"}
_CHANGED = {"editMessageText": "(edited)", "editMessageReplyMarkup": "(buttons)", "deleteMessage": "(deleted)"}
_QUIET = {"getUpdates", "getMe", "getChat", "getChatMember", "sendChatAction"}


class Transcript:
    """Grows with the steps; what the bot did meanwhile stands between them."""

    def __init__(self, fake: FakeTelegram, names: Mapping[int, str]) -> None:
        """names: of people and chats by their ids."""
        self._fake, self._names = fake, names
        self._lines: list[str] = []
        self._seen = 0

    def add(self, line: str) -> None:
        """Note a step, after what the bot did before it."""
        self.catch_up()
        self._lines.append(f"-- {line}")

    def catch_up(self) -> None:
        """Note what the bot did since."""
        for call in self._fake.calls[self._seen :]:
            if call.method not in _QUIET or call.outcome not in {"ok", ""}:
                self._lines += self._told(call)
        self._seen = len(self._fake.calls)

    def __str__(self) -> str:
        self.catch_up()
        return "\n".join(self._lines)

    def _told(self, call: Call) -> Sequence[str]:
        whom = self._names.get(call.chat_id or 0, str(call.chat_id or "bot"))
        if call.outcome != "ok":
            fate = call.outcome or f"struck by the fault {call.fault!r}"
            return [_line(whom, f"{call.method}: {fate} {_shown(call.params)}", "   !!")]
        if call.method == "answerCallbackQuery":
            return [_line("(toast)", str(call.params.get("text", "")))]
        if call.method not in _SENT and call.method not in _CHANGED:
            return [_line(whom, f"{call.method} {_shown(call.params)}")]
        number = f"#{call.message_id or call.params.get('message_id')}"
        kind = _SENT.get(call.method) or _CHANGED.get(call.method, "")
        lost = f"(answer lost: {call.fault})" if call.fault else ""
        head = " ".join(part for part in (number, kind, lost, str(call.params.get("text", ""))) if part)
        return [_line(whom, head), *_buttons(call.params)]


def _line(whom: str, text: str, mark: str = "  ") -> str:
    first, *rest = text.splitlines() or [""]
    margin = " " * (_WIDTH + 5)
    return "\n".join([f"{mark} {whom:{_WIDTH}} {first}", *(f"{margin}{line}" for line in rest)])


def _buttons(params: Mapping[str, Any]) -> list[str]:
    markup = params.get("reply_markup") or {}
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    texts = [[each["text"] if isinstance(each, dict) else each for each in row] for row in rows]
    return [" " * (_WIDTH + 5) + " ".join(f"[{text}]" for text in row) for row in texts]


def _shown(params: Mapping[str, Any]) -> str:
    text = json.dumps({key: value for key, value in params.items() if key != "chat_id"}, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
