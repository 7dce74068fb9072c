"""The questions of a correction and of a withdrawal: which words stand there, which shall, and whether it is meant.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.dialogues import Talk
from bot.domain.own_words import by_language
from bot.languages.markdown import escape, to_plain
from bot.languages.text import utf16_length
from bot.operators.dialogues.asking import Choice, Given, Looking, Next, Scene, Screen, gone, in_rows, press_one
from bot.operators.phrases import language_name, spelt_out

_ROOM = 2400
"""UTF-16 units of others' words that a screen shows at most; escaping may nearly double them on the way."""
_WIDTH = 6


@dataclass(frozen=True, slots=True)
class RightWords:
    """The words of an update, language by language, and what shall stand there instead."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "texts" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """What stands there now in one language, and what has been typed for it."""
        told, texts = scene.update(talk), talk.look.get("texts", {})
        languages, shown = list(told.notices), _shown(talk, scene)
        rows = in_rows([_language(each, each in texts, each == shown) for each in languages], _WIDTH)
        go_on = [[Choice(scene.tongue.say("Next"), "ok", "success")]] if texts else []
        name = language_name(shown, scene.tongue)
        lines = [scene.tongue.say("What shall stand there in {language}? Type it.", language=name), ""]
        lines += _present(to_plain(told.notices[shown].body), texts.get(shown), scene)
        return Screen("\n".join(lines), [*(rows if len(languages) > 1 else []), *go_on], typing=True)

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """Another language, or on."""
        texts = talk.look.get("texts", {})
        if key == "ok" and texts:
            return Given({"texts": texts})
        language = next((each for each in scene.update(talk).notices if f"w-{each.lower()}" == key), None)
        if language is None:
            raise gone()
        return Looking({"language": language})

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Words for the language shown, or behind tags."""
        new = by_language(text, language=_shown(talk, scene), languages=scene.company.languages)
        return Looking({"texts": {**talk.look.get("texts", {}), **new}})


@dataclass(frozen=True, slots=True)
class Meant:
    """The last look at a correction."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "meant" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """The new words, as much of them as there is room for."""
        texts: Mapping[str, str] = talk.said["texts"]
        room = _ROOM // len(texts)
        lines = [scene.tongue.say("Readers see this at once, marked as corrected, in {languages}:",
                                  languages=spelt_out(list(texts), scene.tongue))]  # fmt: skip
        lines += [f"**{language}** {escape(_cut(text, room))}" for language, text in texts.items()]
        yes = Choice(scene.tongue.say("Correct it everywhere"), "yes", "success")
        return Screen("\n".join(lines), [[yes]])

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """Yes."""
        return _yes(key)

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Nothing."""
        raise press_one()


@dataclass(frozen=True, slots=True)
class ReallyWithdraw:
    """Whether all posts, feeds and pages shall say that it was wrong."""

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether it need not be asked."""
        return "meant" in said

    def screen(self, talk: Talk, scene: Scene) -> Screen:
        """What that does."""
        incident, number = talk.said["incident"], talk.said["number"]
        if number is None:
            text = scene.tongue.say(
                "Really withdraw all of incident {id} everywhere? Every post and page will say that it was published"
                " in error, and the incident is closed. This cannot be undone.",
                id=incident,
            )
        else:
            text = scene.tongue.say(
                "Really withdraw update {number} everywhere? Every post and page will say that it was published in"
                " error. This cannot be undone.",
                number=number,
            )
        return Screen(text, [[Choice(scene.tongue.say("Withdraw it everywhere"), "yes", "danger")]])

    def pressed(self, key: str, talk: Talk, scene: Scene) -> Next:
        """Yes."""
        return _yes(key)

    def typed(self, text: str, talk: Talk, scene: Scene) -> Next:
        """Nothing."""
        raise press_one()


def _yes(key: str) -> Given:
    if key != "yes":
        raise gone()
    return Given({"meant": True})


def _shown(talk: Talk, scene: Scene) -> str:
    """The language that is shown: the chosen one, the operator's, or the first."""
    languages = list(scene.update(talk).notices)
    wanted = talk.look.get("language", scene.language)
    return wanted if wanted in languages else languages[0]


def _language(tag: str, worded: bool, shown: bool) -> Choice:
    return Choice(f"✎ {tag}" if worded else tag, f"w-{tag.lower()}", "primary" if shown else None)


def _present(now: str, new: str | None, scene: Scene) -> Sequence[str]:
    """The words that stand there, and those that shall."""
    room = _ROOM if new is None else _ROOM // 2
    lines = [f"**{scene.tongue.say('Now:')}** {escape(_cut(now, room))}"]
    return lines if new is None else [*lines, "", f"**{scene.tongue.say('Then:')}** {escape(_cut(new, room))}"]


def _cut(text: str, units: int) -> str:
    """The beginning of a text, at most so many UTF-16 units."""
    if utf16_length(text) <= units:
        return text
    return text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore") + "…"
