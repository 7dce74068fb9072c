"""Our values as the library takes them, and the one call that both sending and settling make."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.telegram.entities import Formatted
from bot.domain.buttons import Ask, Button, Buttons, Keyboard, NoQuick, Quick


def preview(*, shown: bool) -> LinkPreviewOptions:
    """Whether readers see a part of the first page that a text links to, which may take more room than the text."""
    return LinkPreviewOptions(is_disabled=not shown)


def chat_id(address: str) -> int | str:
    """``@name`` as it is, anything else as the number it is."""
    return address if address.startswith("@") else int(address)


def library_entities(words: Formatted) -> list[MessageEntity]:
    """The entities in the library's terms."""
    return [
        MessageEntity(
            entity.kind,
            entity.offset,
            entity.length,
            url=entity.url,
            unix_time=entity.at,
            date_time_format=entity.form,
        )
        for entity in words.entities
    ]


def inline(keyboard: Keyboard | None) -> InlineKeyboardMarkup | None:
    """The buttons below a text; None for none, and for what only a new text can bring."""
    if not isinstance(keyboard, Buttons) or not keyboard.rows:
        return None
    return InlineKeyboardMarkup([[_button(each) for each in row] for row in keyboard.rows])


def markup(
    keyboard: Keyboard | None,
) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply | None:
    """What a new text has below it, in the library's terms."""
    match keyboard:
        case Quick():
            rows = [[KeyboardButton(text) for text in row] for row in keyboard.rows]
            return ReplyKeyboardMarkup(rows, is_persistent=True, resize_keyboard=True)
        case NoQuick():
            return ReplyKeyboardRemove()
        case Ask():
            return ForceReply(selective=True, input_field_placeholder=keyboard.hint or None)
        case _:
            return inline(keyboard)


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.text, url=button.url, callback_data=button.data, style=button.style)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """All that readers see of a text. Who edits must say all of it again, or Telegram takes the rest away.

    keyboard: below the words, None for none; link_preview: whether a part of the first page it links to is shown.
    """

    words: Formatted
    keyboard: Keyboard | None = None
    link_preview: bool = False


async def edit(bot: Bot, address: str, message_id: int, looks: Looks) -> None:
    """Let the post look like this. Raises TelegramError; "message is not modified" when it does already."""
    await bot.edit_message_text(
        looks.words.text,
        chat_id=chat_id(address),
        message_id=message_id,
        entities=library_entities(looks.words),
        link_preview_options=preview(shown=looks.link_preview),
        reply_markup=inline(looks.keyboard),
    )
