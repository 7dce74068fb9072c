"""What subscribers read, as Markdown in their language. Pure; what the notices say comes frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from babel.dates import format_time

from bot.config.settings import Settings
from bot.domain.following import Subscriber
from bot.domain.model import Notice
from bot.domain.quiet_hours import QuietHours
from bot.intake.rendering import in_language
from bot.languages.catalogue import Catalogue
from bot.languages.markdown import escape, link
from bot.languages.negotiate import closest
from bot.languages.text import utf16_length
from bot.languages.tongue import Tongue, Tongues

_MOST_STANDING = 3000
"""UTF-16 units that incidents may take; a text holds 4,096, and something stands around them."""


class Texts:
    """Writes what subscribers read. Languages that are not configured are taken for the nearest one that is."""

    def __init__(self, settings: Settings, catalogue: Catalogue, tongues: Tongues) -> None:
        self._settings, self._catalogue, self._tongues = settings, catalogue, tongues

    def configured(self, language: str | None) -> str:
        """The configured language that serves a tag best; None is the default."""
        languages = self._settings.languages
        return (closest(language, languages) if language else None) or languages[0]

    def tongue(self, language: str) -> Tongue:
        """How a language says what is said here."""
        return self._tongues.of(language)

    def name_of(self, language: str) -> str:
        """What a language calls itself."""
        return self._catalogue.words(language).name

    def component(self, component: str, language: str) -> str:
        """What customers call a component."""
        return in_language(self._settings.components[component].name, self.configured(language))

    def clock(self, minute: int, language: str) -> str:
        """A time of day as the language writes it."""
        shown = format_time(time(minute // 60, minute % 60), "short", locale=self.tongue(language).locale)
        return self._catalogue.moments(self.configured(language)).digits(shown)

    def hours(self, quiet: QuietHours, language: str) -> str:
        """Quiet hours, from and until."""
        return f"{self.clock(quiet.begins, language)} – {self.clock(quiet.ends, language)}"

    # --- whole texts ---

    def welcome(self, subscriber: Subscriber, standing: Sequence[Notice]) -> str:
        """They get notices from now on, and this is how things stand."""
        tongue = self.tongue(subscriber.language)
        first = tongue.say("You will get notices from {company} here.", company=escape(self._settings.company.name))
        choices = "\n".join(self.choices(subscriber))
        return "\n\n".join([f"**{first}**", choices, self.now(standing, subscriber.language)])

    def now(self, standing: Sequence[Notice], language: str) -> str:
        """How things stand."""
        if not standing:
            return f"✅ {escape(self._catalogue.words(self.configured(language))['headline.operational'])}"
        return self._listed(standing, language)

    def digest(self, missed: Sequence[Notice], language: str) -> str:
        """How what was missed in quiet hours stands by now."""
        heading = self.tongue(language).say("What happened in your quiet hours, as it stands now:")
        return f"**{heading}**\n\n{self._listed(missed, language)}"

    def _listed(self, notices: Sequence[Notice], language: str) -> str:
        shown: list[str] = []
        for notice in notices:
            entry = f"{escape(notice.state)}\n**{escape(notice.title)}**\n{notice.more}"
            if utf16_length("\n\n".join([*shown, entry])) > _MOST_STANDING:
                shown.append(link(self.tongue(language).say("More on our status page"), self.page(language)))
                break
            shown.append(entry)
        return "\n\n".join(shown)

    def page(self, language: str) -> str:
        """Absolute address of the status page in a language."""
        return f"{self._settings.public_url.rstrip('/')}/{self.configured(language)}/"

    def choices(self, subscriber: Subscriber) -> Sequence[str]:
        """What somebody has chosen, a line each."""
        language, tongue = subscriber.language, self.tongue(subscriber.language)
        quiet = self.hours(subscriber.quiet, language) if subscriber.quiet else tongue.say("off")
        chosen = {
            tongue.say("Language"): escape(self.name_of(language)),
            tongue.say("Services"): self.services(subscriber),
            tongue.say("Quiet hours"): quiet,
        }
        return [tongue.say("{name}: {value}", name=name, value=value) for name, value in chosen.items()]

    def services(self, subscriber: Subscriber) -> str:
        """What somebody wants to hear of; components that are no more are passed over."""
        tongue = self.tongue(subscriber.language)
        wanted = subscriber.components
        if wanted is None:
            return tongue.say("all")
        names = [self.component(each, subscriber.language) for each in self._settings.components if each in wanted]
        return tongue.listed([escape(name) for name in names]) if names else tongue.say("none")

    def help(self, language: str, *, unread: bool = False) -> str:
        """What can be said here. unread: in answer to something that is nothing we know."""
        tongue = self.tongue(language)
        company = escape(self._settings.company.name)
        what = tongue.say(
            "Here you get notices from {company} about problems and planned maintenance.", company=company
        )
        lines = [f"/{command} – {text}" for command, text in self.commands(language).items()]
        first = [tongue.say("Nobody reads what is written here.")] if unread else []
        return "\n".join([*first, what, *lines])

    def about(self, language: str) -> str:
        """What the bot is for, plain."""
        company = self._settings.company.name
        tongue = self.tongue(language)
        return tongue.say(
            "Here you get notices from {company} about problems and planned maintenance.", company=company
        )

    def commands(self, language: str) -> Mapping[str, str]:
        """What each command does, by its name; fit for Telegram's menu."""
        tongue = self.tongue(language)
        return {
            "start": tongue.say("Get notices"),
            "status": tongue.say("What is happening now"),
            "settings": tongue.say("Language, services, quiet hours"),
            "stop": tongue.say("No more notices"),
            "forget": tongue.say("Erase everything about me"),
            "help": tongue.say("Help"),
        }
