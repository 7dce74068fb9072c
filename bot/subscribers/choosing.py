"""What a press on the settings card changes, and which page it shows then. Pure.

Every button says what is to be, not what is to be turned about: an old one pressed again does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.config.settings import Settings
from bot.domain.following import Subscriber
from bot.domain.presses import Pressed
from bot.domain.quiet_hours import QuietHours
from bot.subscribers.screens import Screen, Screens, key_of
from bot.subscribers.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What came of a press. subscriber: as they are to be from now on; toast: a word at once, None for none."""

    subscriber: Subscriber
    screen: Screen
    toast: str | None = None


class Choosing:
    """Understands the card's buttons, but for those that end things: ``reception`` carries these out."""

    def __init__(self, settings: Settings, texts: Texts, screens: Screens) -> None:
        self._settings, self._texts, self._screens = settings, texts, screens
        self._shows: dict[str, Callable[[Subscriber, str], Screen | None]] = {
            "main": lambda subscriber, _: screens.main(subscriber),
            "open": lambda subscriber, _: screens.main(subscriber),
            "quiet": lambda subscriber, _: screens.quiet_from(subscriber),
            "forget": lambda subscriber, _: screens.forget(subscriber),
            "languages": lambda subscriber, page: screens.languages(subscriber, _number(page)),
            "services": lambda subscriber, page: screens.services(subscriber, _number(page)),
            "from": self._from,
        }
        self._changes: dict[str, Callable[[Subscriber, str], Choice | None]] = {
            "speak": self._speak,
            "all": lambda subscriber, _: self._services(replace(subscriber, components=None), 0),
            "with": self._with,
            "without": self._without,
            "until": self._until,
            "loud": lambda subscriber, _: self._saved(replace(subscriber, quiet=None)),
        }

    def chosen(self, subscriber: Subscriber, button: Pressed) -> Choice | None:
        """What the button does for this subscriber; None when it means nothing (any more)."""
        if change := self._changes.get(button.verb):
            return change(subscriber, button.argument)
        show = self._shows.get(button.verb)
        screen = show(subscriber, button.argument) if show else None
        return Choice(subscriber=subscriber, screen=screen) if screen else None

    def _saved(self, subscriber: Subscriber) -> Choice:
        toast = self._texts.tongue(subscriber.language).say("Saved.")
        return Choice(subscriber=subscriber, screen=self._screens.main(subscriber), toast=toast)

    def _speak(self, subscriber: Subscriber, language: str) -> Choice | None:
        if language not in self._settings.languages:
            return None
        return self._saved(replace(subscriber, language=language))

    def _services(self, subscriber: Subscriber, page: int) -> Choice:
        return Choice(subscriber=subscriber, screen=self._screens.services(subscriber, page))

    def _with(self, subscriber: Subscriber, key: str) -> Choice | None:
        component = self._component(key)
        if component is None:
            return None
        wanted = self._wanted(subscriber) | {component}
        everything = wanted >= self._settings.components.keys()
        changed = replace(subscriber, components=None if everything else wanted)
        return self._services(changed, self._screens.page_of(component))

    def _without(self, subscriber: Subscriber, key: str) -> Choice | None:
        component = self._component(key)
        if component is None:
            return None
        page = self._screens.page_of(component)
        wanted = self._wanted(subscriber) - {component}
        if not wanted:
            toast = self._texts.tongue(subscriber.language).say("Choose at least one service, or stop the notices.")
            return Choice(subscriber=subscriber, screen=self._screens.services(subscriber, page), toast=toast)
        return self._services(replace(subscriber, components=wanted), page)

    def _wanted(self, subscriber: Subscriber) -> frozenset[str]:
        """What somebody wants to hear of, among the components there are."""
        there_are = frozenset(self._settings.components)
        return there_are if subscriber.components is None else subscriber.components & there_are

    def _component(self, key: str) -> str | None:
        return next((each for each in self._settings.components if key_of(each) == key), None)

    def _from(self, subscriber: Subscriber, hour: str) -> Screen | None:
        begins = _number(hour)
        return self._screens.quiet_until(subscriber, begins) if begins < 24 else None

    def _until(self, subscriber: Subscriber, hours: str) -> Choice | None:
        begins, ends = (_number(hour) for hour in (*hours.split("-"), "")[:2])
        if begins >= 24 or ends >= 24 or begins == ends:
            return None
        return self._saved(replace(subscriber, quiet=QuietHours(begins * 60, ends * 60)))


def _number(text: str) -> int:
    """A number that a button carries; 0 for what is none."""
    return int(text) if text.isdecimal() else 0
