"""Our values as the library takes them, and the one call that both sending and settling make."""

from __future__ import annotations

from telegram import Bot, LinkPreviewOptions, MessageEntity

from bot.channels.telegram.entities import Formatted

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""The page a notice links to would take more room than the notice."""


def chat_id(address: str) -> int | str:
    """``@name`` as it is, anything else as the number it is."""
    return address if address.startswith("@") else int(address)


def library_entities(words: Formatted) -> list[MessageEntity]:
    """The entities in the library's terms."""
    return [MessageEntity(entity.kind, entity.offset, entity.length, url=entity.url) for entity in words.entities]


async def edit(bot: Bot, address: str, message_id: int, words: Formatted) -> None:
    """Let the post carry these words. Raises TelegramError; "message is not modified" when it does already."""
    await bot.edit_message_text(
        words.text,
        chat_id=chat_id(address),
        message_id=message_id,
        entities=library_entities(words),
        link_preview_options=NO_PREVIEW,
    )
