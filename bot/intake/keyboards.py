"""The buttons below the first post of an incident. How Telegram shows them is the channel's matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.channels.telegram.markdown import clickable
from bot.config.settings import Settings
from bot.domain.buttons import Button, Buttons
from bot.domain.model import Incident
from bot.intake.rendering import page_of
from bot.languages.catalogue import Catalogue

PrivateChat = Callable[[str], str | None]
"""The address that opens a private chat with the bot and tells it a few words; None while it is not known."""


def no_private_chat(_words: str) -> str | None:
    """For where nobody can subscribe."""
    return None


class Keyboards:
    """What the configuration wants below posts, in the words of each language."""

    def __init__(self, settings: Settings, catalogue: Catalogue, private_chat: PrivateChat) -> None:
        self._settings, self._catalogue, self._private_chat = settings, catalogue, private_chat

    def below(self, incident: Incident, language: str) -> Buttons | None:
        """The buttons of an incident's first post, one below the other; None for none.

        An address that Telegram refuses, such as that of a service tried on one's own machine, gets no button: with one
        it would refuse the post.
        """
        telegram = self._settings.channels.telegram
        wanted = telegram.buttons if telegram else ()
        addresses = {name: url for name, url in self._addresses(incident, language) if url and clickable(url)}
        words = self._catalogue.words(language)
        rows = [(Button(words[f"button.{name}"], url=addresses[name]),) for name in wanted if name in addresses]
        return Buttons(tuple(rows)) if rows else None

    def _addresses(self, incident: Incident, language: str) -> Iterator[tuple[str, str | None]]:
        yield "page", page_of(self._settings, language, incident.id)
        if incident.kind.planned:
            yield "calendar", f"{self._settings.public_url.rstrip('/')}/{language}/maintenance.ics"
        yield "subscribe", self._private_chat(f"l_{language}")
