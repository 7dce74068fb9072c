"""The pages of the settings card: their text and their buttons. Pure; what a press changes is ``choosing``'s matter."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.config.settings import Settings
from bot.domain.buttons import Button, Buttons, Style
from bot.domain.following import Subscriber
from bot.domain.presses import data_of
from bot.languages.markdown import escape
from bot.subscribers.texts import Texts

KIND = "sub"
"""What our buttons' data begins with."""
ON_PAGE = 8
"""Languages, or components, on one page of the card."""
_LONGEST_ID = 40
_HOUR = 60
_AT = (*range(18, 24), *range(6))
_UNTIL = (*range(5, 13), *range(13, 17))


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the card shows. text: Markdown."""

    text: str
    buttons: Buttons


def key_of(component: str) -> str:
    """What stands for a component in a button: its id, or a digest of one that is too long."""
    return component if len(component) <= _LONGEST_ID else hashlib.sha256(component.encode()).hexdigest()[:20]


class Screens:
    """Draws the card for a subscriber as they are now."""

    def __init__(self, settings: Settings, texts: Texts) -> None:
        self._settings, self._texts = settings, texts

    def main(self, subscriber: Subscriber) -> Screen:
        """What is chosen, and the ways to choose otherwise."""
        tongue = self._texts.tongue(subscriber.language)
        lines = [f"**{tongue.say('Settings')}**", *self._texts.choices(subscriber)]
        if subscriber.quiet:
            lines.append(self._about_quiet(subscriber))
        again = _button(f"▶️ {tongue.say('Get notices')}", "start", style="success")
        stop = _button(f"⏹ {tongue.say('No more notices')}", "stop")
        if subscriber.stopped:
            lines.append(tongue.say("You get no notices at present."))
        rows = [
            (_button(f"🌐 {tongue.say('Language')}", "languages", "0"),),
            (_button(f"🧩 {tongue.say('Services')}", "services", "0"),),
            (_button(f"🌙 {tongue.say('Quiet hours')}", "quiet"),),
            (again if subscriber.stopped else stop,),
            (_button(f"🗑 {tongue.say('Erase everything about me')}", "forget"),),
        ]
        return Screen(text="\n".join(lines), buttons=Buttons(tuple(rows)))

    def welcome(self, language: str) -> Buttons:
        """Below the first text somebody gets."""
        return Buttons(((_button(f"⚙️ {self._texts.tongue(language).say('Settings')}", "open"),),))

    def languages(self, subscriber: Subscriber, page: int) -> Screen:
        """A page of the languages there are, each called as it calls itself."""
        chosen = self._texts.configured(subscriber.language)
        buttons = [
            _button(f"{'🔘' if each == chosen else '⚪️'} {self._texts.name_of(each)}", "speak", each)
            for each in self._settings.languages
        ]
        return self._list(subscriber, "languages", buttons, page)

    def services(self, subscriber: Subscriber, page: int) -> Screen:
        """A page of the components, each to be had or not, and all of them."""
        tongue = self._texts.tongue(subscriber.language)
        wanted = subscriber.components
        buttons = []
        for each in self._settings.components:
            on = wanted is None or each in wanted
            name = self._texts.component(each, subscriber.language)
            buttons.append(_button(f"{'✅' if on else '⬜️'} {name}", "without" if on else "with", key_of(each)))
        everything = (_button(f"{'🔘' if wanted is None else '⚪️'} {tongue.say('All services')}", "all"),)
        return self._list(subscriber, "services", buttons, page, above=[everything])

    def page_of(self, component: str) -> int:
        """The page of ``services`` that a component is on."""
        return list(self._settings.components).index(component) // ON_PAGE

    def quiet_from(self, subscriber: Subscriber) -> Screen:
        """When quiet hours are to begin."""
        tongue = self._texts.tongue(subscriber.language)
        off = (_button(f"{'⚪️' if subscriber.quiet else '🔘'} {tongue.say('off')}", "loud"),)
        hours = self._hours(subscriber, _AT, lambda hour: ("from", str(hour)))
        lines = (tongue.say("When do they begin?"), self._about_quiet(subscriber))
        return self._quiet(subscriber, lines, [off, *hours])

    def quiet_until(self, subscriber: Subscriber, begins: int) -> Screen:
        """When quiet hours that begin at this full hour are to end."""
        tongue = self._texts.tongue(subscriber.language)
        hours = self._hours(
            subscriber, [hour for hour in _UNTIL if hour != begins], lambda hour: ("until", f"{begins}-{hour}")
        )
        value = self._texts.clock(begins * _HOUR, subscriber.language)
        lines = (tongue.say("{name}: {value}", name=tongue.say("Begin"), value=value), tongue.say("When do they end?"))
        return self._quiet(subscriber, lines, hours)

    def forget(self, subscriber: Subscriber) -> Screen:
        """Whether they are sure."""
        tongue = self._texts.tongue(subscriber.language)
        lines = [
            f"**{tongue.say('Erase everything about me')}**",
            tongue.say("Your choices, and what we have on record of what was sent to you, will be deleted for good."),
        ]
        rows = (
            (_button(f"🗑 {tongue.say('Yes, erase everything')}", "erase", style="danger"),),
            self._back(subscriber),
        )
        return Screen(text="\n".join(lines), buttons=Buttons(rows))

    def _about_quiet(self, subscriber: Subscriber) -> str:
        return self._texts.tongue(subscriber.language).say(
            "In your quiet hours only critical notices reach you, and afterwards a summary of the others."
            " The time is that of {zone}.",
            zone=escape(self._settings.timezone),
        )

    def _quiet(self, subscriber: Subscriber, lines: Sequence[str], rows: Sequence[tuple[Button, ...]]) -> Screen:
        heading = self._texts.tongue(subscriber.language).say("Quiet hours")
        text = "\n".join([f"**{heading}**", *lines])
        return Screen(text=text, buttons=Buttons((*rows, self._back(subscriber))))

    def _hours(
        self, subscriber: Subscriber, hours: Iterable[int], says: Callable[[int], tuple[str, str]]
    ) -> list[tuple[Button, ...]]:
        buttons = [_button(self._texts.clock(hour * _HOUR, subscriber.language), *says(hour)) for hour in hours]
        return _rows(buttons, 4)

    def _list(
        self,
        subscriber: Subscriber,
        verb: str,
        buttons: Sequence[Button],
        page: int,
        *,
        above: Sequence[tuple[Button, ...]] = (),
    ) -> Screen:
        last = max(0, (len(buttons) - 1) // ON_PAGE)
        page = min(page, last)
        shown = _rows(buttons[page * ON_PAGE : (page + 1) * ON_PAGE], 1)
        turn = [_button("◀️", verb, str(page - 1))] if page else []
        turn += [_button("▶️", verb, str(page + 1))] if page < last else []
        rows = [*above, *shown, *([tuple(turn)] if turn else []), self._back(subscriber)]
        tongue = self._texts.tongue(subscriber.language)
        text = f"**{tongue.say('Language') if verb == 'languages' else tongue.say('Services')}**"
        return Screen(text=text, buttons=Buttons(tuple(rows)))

    def _back(self, subscriber: Subscriber) -> tuple[Button, ...]:
        return (_button(f"↩️ {self._texts.tongue(subscriber.language).say('Back')}", "main"),)


def _button(text: str, verb: str, argument: str = "", *, style: Style | None = None) -> Button:
    return Button(text, data=data_of(KIND, 0, verb, argument), style=style)


def _rows(buttons: Sequence[Button], wide: int) -> list[tuple[Button, ...]]:
    left = iter(buttons)
    return list(iter(lambda: tuple(islice(left, wide)), ()))
