"""Hears whoever is no operator in private chats: they subscribe, choose and leave. Speaks through the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.clock import Clock
from bot.config.settings import Settings
from bot.domain.calls import Call, Press, Turnout
from bot.domain.deep_links import wish_of
from bot.domain.delivery import Priority
from bot.domain.following import Subscriber
from bot.domain.presses import Pressed, pressed
from bot.domain.quiet_hours import read
from bot.intake.desk import IntakeDesk
from bot.subscribers.choosing import Choosing
from bot.subscribers.screens import KIND, Screen, Screens
from bot.subscribers.texts import Texts

SUBJECT = "settings"
"""What the settings card is about, for ``desk.cards``."""

MayHelp = Callable[[int, datetime], bool]
"""Whether somebody who wrote nothing we know is to be helped now: a person's Telegram id, and the time."""


def concerns_subscribers(call: Call) -> bool:
    """Whether this can only be about a subscription, so that operators who have one are heard here too."""
    if call.press is not None:
        return call.press.data.startswith(f"{KIND}:")
    return _command(call.text or "")[0] in ("settings", "stop", "forget")


class Reception:
    """Hears subscribers, and whoever may become one. may_help: sees to it that nobody is helped too often."""

    def __init__(self, settings: Settings, texts: Texts, *, may_help: MayHelp, clock: Clock) -> None:
        subscribers = settings.channels.telegram and settings.channels.telegram.subscribers
        self._settings, self._texts = settings, texts
        self._screens = Screens(settings, texts)
        self._choosing = Choosing(settings, texts, self._screens)
        self._may_help, self._clock = may_help, clock
        self._quiet = read(subscribers.quiet_hours) if subscribers and subscribers.quiet_hours else None
        self._commands = {
            "start": self._start,
            "settings": self._show_settings,
            "status": self._status,
            "stop": self._stop,
            "forget": self._ask,
            "help": self._help,
        }

    async def hear(self, call: Call, desk: IntakeDesk) -> str | None:
        """Do what somebody wants; the toast that answers a press, plain, at most 200 characters."""
        if call.press is not None:
            return await self._press(call, call.press, desk)
        command, argument = _command(call.text or "")
        if work := self._commands.get(command):
            await work(call, argument, desk)
        elif self._may_help(call.telegram_id, self._clock()):
            text = self._texts.help(await self._language(call, desk), unread=True)
            await desk.subscribers.tell(call.chat_id, text)
        return None

    async def turned(self, turnout: Turnout, desk: IntakeDesk) -> None:
        """Somebody has blocked the bot: they are no subscriber any more. Who lets it write again says so by /start."""
        if turnout.blocked:
            await desk.subscribers.gone(turnout.chat_id)

    # --- commands ---

    async def _start(self, call: Call, argument: str, desk: IntakeDesk) -> None:
        wish = wish_of(argument, languages=self._settings.languages, components=self._settings.components)
        subscriber = await desk.subscribers.begin(
            call.chat_id,
            language=self._texts.configured(call.language_code),
            asked=wish.language,
            component=wish.component,
            quiet=self._quiet,
        )
        standing = await desk.subscribers.standing(self._texts.configured(subscriber.language))
        text = self._texts.welcome(subscriber, standing)
        await desk.subscribers.tell(call.chat_id, text, self._screens.welcome(subscriber.language))

    async def _show_settings(self, call: Call, argument: str, desk: IntakeDesk) -> None:
        subscriber = await desk.subscribers.find(call.chat_id)
        if subscriber is None:
            await self._not_one(call, desk)
        else:
            await self._show(desk, subscriber, self._screens.main(subscriber), anew=True)

    async def _status(self, call: Call, argument: str, desk: IntakeDesk) -> None:
        language = self._texts.configured(await self._language(call, desk))
        text = self._texts.now(await desk.subscribers.standing(language), language)
        await desk.subscribers.tell(call.chat_id, text)

    async def _stop(self, call: Call, argument: str, desk: IntakeDesk) -> None:
        await desk.subscribers.stop(call.chat_id)
        await self._not_one(call, desk)

    async def _ask(self, call: Call, argument: str, desk: IntakeDesk) -> None:
        """Nothing is erased before they have said yes, whether they are a subscriber or not."""
        subscriber = await desk.subscribers.find(call.chat_id)
        if subscriber is None:
            subscriber = self._stranger(call)
        await self._show(desk, subscriber, self._screens.forget(subscriber), anew=True)

    async def _help(self, call: Call, argument: str, desk: IntakeDesk) -> None:
        await desk.subscribers.tell(call.chat_id, self._texts.help(await self._language(call, desk)))

    async def _not_one(self, call: Call, desk: IntakeDesk) -> None:
        tongue = self._texts.tongue(await self._language(call, desk))
        none = tongue.say("You get no notices at present.")
        await desk.subscribers.tell(call.chat_id, f"{none}\n/start – {tongue.say('Get notices')}")

    # --- buttons ---

    async def _press(self, call: Call, press: Press, desk: IntakeDesk) -> str | None:
        button = pressed(press.data)
        subscriber = await desk.subscribers.find(call.chat_id)
        if button is None or button.kind != KIND:
            return await self._old(call, desk)
        if button.verb == "start":
            await self._start(call, "", desk)
            subscriber = await desk.subscribers.find(call.chat_id)
        if button.verb == "erase":
            return await self._erase(call, desk)
        if subscriber is None:
            return self._texts.tongue(await self._language(call, desk)).say("You get no notices at present.")
        return await self._choose(call, button, subscriber, desk)

    async def _choose(self, call: Call, button: Pressed, subscriber: Subscriber, desk: IntakeDesk) -> str | None:
        if button.verb in ("start", "stop"):
            if button.verb == "stop":
                await desk.subscribers.stop(call.chat_id)
            subscriber = await desk.subscribers.find(call.chat_id) or subscriber
            await self._show(desk, subscriber, self._screens.main(subscriber))
            return None
        choice = self._choosing.chosen(subscriber, button)
        if choice is None:
            return await self._old(call, desk)
        if choice.subscriber != subscriber:
            await desk.subscribers.save(choice.subscriber)
        await self._show(desk, choice.subscriber, choice.screen, anew=button.verb == "open")
        return choice.toast

    async def _erase(self, call: Call, desk: IntakeDesk) -> str | None:
        tongue = self._texts.tongue(await self._language(call, desk))
        farewell = tongue.say("Everything about you has been erased.")
        await desk.subscribers.forget(call.chat_id, f"{farewell}\n/start – {tongue.say('Get notices')}")
        return None

    async def _old(self, call: Call, desk: IntakeDesk) -> str:
        tongue = self._texts.tongue(await self._language(call, desk))
        return tongue.say("This button is out of date. Use /settings.")

    async def _show(self, desk: IntakeDesk, subscriber: Subscriber, screen: Screen, *, anew: bool = False) -> None:
        await desk.cards.show(
            SUBJECT,
            subscriber.chat_id,
            screen.text,
            screen.buttons,
            language=subscriber.language,
            anew=anew,
            priority=Priority.GUEST,
        )

    async def _language(self, call: Call, desk: IntakeDesk) -> str:
        """A subscriber's own; of anybody else the one their client speaks."""
        known = await desk.subscribers.find(call.chat_id)
        return self._texts.configured(known.language if known else call.language_code)

    def _stranger(self, call: Call) -> Subscriber:
        language = self._texts.configured(call.language_code)
        return Subscriber(chat_id=call.chat_id, language=language, components=None, quiet=None, stopped=True)


def _command(text: str) -> tuple[str, str]:
    """The command and what is behind it; ("", "") for anything else. ``/start@bot x`` is for whoever is spoken to."""
    first, _, rest = text.strip().partition(" ")
    if not first.startswith("/"):
        return "", ""
    return first[1:].partition("@")[0].lower(), rest.strip()
