"""What stands around the main part of every page of one language, written once: forty pages need not write it anew.

What it says is templates/site/pages/frame.html; the main part is ``pages``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from bot.channels.website.following import chats, private_chat, ways
from bot.channels.words import Words
from bot.config.settings import Settings

_PATH = "/_path_"
"""Stands where the path of a page will be; no page has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Pieces of HTML. feeds: of the head; company, follow, zone: of the body; those by path are methods."""

    feeds: Markup
    company: Markup
    follow: Markup
    zone: Markup
    any_alternates: Markup = field(repr=False)
    any_tools: Markup = field(repr=False)

    def alternates(self, path: str) -> Markup:
        """The page of this path in every language, for the head."""
        return self.any_alternates.replace(_PATH, path)

    def tools(self, path: str) -> Markup:
        """The language menu of the page of this path, and the way to subscribe."""
        return self.any_tools.replace(_PATH, path)


def frames(environment: Environment, settings: Settings, words: Mapping[str, Words], root: str) -> dict[str, Frame]:
    """One per language. environment: knows the templates; root: the path of ``public_url``."""
    languages = [words[language] for language in settings.languages]
    return {each.language: _frame(environment, settings, each, languages, root) for each in languages}


def _frame(environment: Environment, settings: Settings, words: Words, languages: Sequence[Words], root: str) -> Frame:
    home = f"{root}/{words.language}"
    names = {
        "words": words,
        "languages": languages,
        "home": home,
        "chats": chats(settings, words.language),
        "private_chat": private_chat(settings, words.language),
        "ways": ways(settings, words, home),
    }
    pieces: Any = environment.get_template("frame.html").make_module(names)  # its macros are its attributes
    return Frame(
        feeds=pieces.feeds(),
        company=pieces.company(),
        follow=pieces.follow(),
        zone=Markup('<p class="soft">{}</p>').format(words.html("zone", zone=words.zone_name)),
        any_alternates=pieces.alternates(_PATH),
        any_tools=pieces.tools(_PATH),
    )
