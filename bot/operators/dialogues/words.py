"""The questions how bad it is, where the story stands, and what to say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.buttons import Style
from bot.domain.dialogues import Talk
from bot.domain.model import Impact, Incident, Status
from bot.domain.own_words import by_language
from bot.domain.planned import not_begun
from bot.languages.markdown import escape, to_plain
from bot.operators.dialogues.asking import Choice, Given, Next, Scene, Screen, gone, in_rows, press_one
from bot.operators.drafts.shortening import shortened
from bot.operators.drafts.words import opened_at
from bot.operators.phrases import language_name

_STYLES: Mapping[Impact, Style] = {Impact.CRITICAL: "danger", Impact.MAJOR: "primary"}
_ROOM = 2000
"""Characters of a draft's words that are shown at most; escaping may nearly double them on the way."""
_IMPACTS = tuple(reversed(Impact))


@dataclass(frozen=True, slots=True)
class HowBad:
    """The impact, the worst first."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "impact" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """One button for each impact."""
        choices = [Choice(_capital(scene.tongue.word(each)), each.value, _STYLES.get(each)) for each in _IMPACTS]
        return Screen(scene.tongue.say("How bad is it for customers?"), in_rows(choices, 2))

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """One of the impacts."""
        if key not in list(Impact):
            raise gone()
        return Given({"impact": key})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """An impact, as commands say it or as the buttons do."""
        word = text.strip().lower()
        found = next((each for each in Impact if word in (each.value, scene.tongue.word(each).lower())), None)
        if found is None:
            raise press_one()
        return Given({"impact": found.value})


@dataclass(frozen=True, slots=True)
class WhereItStands:
    """What an incident becomes: what comes after where it stands first."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "status" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """One button for each status it may have next."""
        choices = [
            Choice(_capital(scene.tongue.word(each)), each.value, "success" if each.ends else None)
            for each in _possible(scene.story(talk), scene)
        ]
        return Screen(scene.tongue.say("Where does it stand now?"), in_rows(choices, 2))

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """One of them."""
        if key not in _possible(scene.story(talk), scene):
            raise gone()
        return Given({"status": key})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Nothing."""
        raise press_one()


@dataclass(frozen=True, slots=True)
class WhatToSay:
    """Own words, or the ready-made ones."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "texts" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """Type, or press."""
        ready = Choice(scene.tongue.say("Ready-made words"), "ready", "success")
        return Screen("\n".join([_ask_for_words(scene), *_present(scene)]), [[ready]], typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """The ready-made words."""
        if key != "ready":
            raise gone()
        return Given({"texts": {}})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Own words, in the operator's language or behind tags."""
        return Given({"texts": by_language(text, language=scene.language, languages=scene.company.languages)})


def _ask_for_words(scene: Scene) -> str:
    others = [each for each in scene.company.languages if each != scene.language]
    if scene.language not in scene.company.languages:
        example = " | ".join(f"{each}: ..." for each in others[:2])
        return scene.tongue.say("What shall customers read? Type it as {example}.", example=f"`{example}`")
    if not others:
        return scene.tongue.say("What shall customers read? Type it.")
    example = f"`{scene.language}: ... | {others[0]}: ...`"
    return scene.tongue.say(
        "What shall customers read? Type it in your language, or in several as {example}.", example=example
    )


def _present(scene: Scene) -> list[str]:
    """What a draft says already, in the operator's language or the first; nothing where there is no draft yet."""
    if scene.draft is None:
        return []
    language = opened_at(scene.draft.notices, scene.language)
    now = shortened(to_plain(scene.draft.notices[language].body), _ROOM)
    return [f"**{scene.tongue.say('Now:')}** {escape(now)} ({escape(language_name(language, scene.tongue))})"]


def _possible(incident: Incident, scene: Scene) -> list[Status]:
    planned, never = incident.kind.planned, {Status.SCHEDULED}
    if incident.status is Status.IN_PROGRESS:
        never.add(Status.CANCELLED)
    if not_begun(incident, now=scene.now):
        never.add(Status.COMPLETED)
    return [each for each in Status if each.planned is planned and each not in never]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
