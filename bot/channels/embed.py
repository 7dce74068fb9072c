"""The banner channel: what the script on the company's own pages has to say, as a few bytes of JSON. Pure.

It speaks only while customers feel something: not of what is merely looked into, planned, or over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.json_text import json_text
from bot.channels.words import Words
from bot.config.settings import Settings
from bot.domain.model import Board, Impact, Story
from bot.domain.overview import overview, state_of


def banner(board: Board, settings: Settings, words: Words) -> bytes:
    """What to show now, in the board's language.

    ``incidents``: ids of what it is about, newest first, none when nothing is wrong, and then nothing else is there;
    ``state``: the worst of them; ``text``: plain text, in ``lang`` and ``dir``; ``url``: the page that says more;
    ``label``, ``close``: names of the banner and its button, in ``labels``, the language asked for.
    """
    felt = [story for story in overview(board.open, settings.components).current if _felt(story)]
    document: dict[str, Any] = {"incidents": [str(story.incident.id) for story in felt]}
    if felt:
        document |= {
            "state": max((state_of(story) for story in felt), key=lambda state: state.weight).value,
            **_said(felt, settings, words),
            "label": words.plain("title", company=settings.company.name),
            "close": words.plain("embed.close"),
            "labels": words.language,
        }
    return json_text(document)


def _felt(story: Story) -> bool:
    return story.latest.impact is not Impact.NONE


def _said(felt: Sequence[Story], settings: Settings, words: Words) -> Mapping[str, str]:
    """One incident speaks for itself; of several the headline speaks, and the page tells them apart."""
    home = f"{settings.public_url}/{words.language}/"
    if len(felt) == 1:
        [story] = felt
        notice = story.latest.notice
        url = f"{home}incidents/{story.incident.id}"
        return {"text": notice.title, "lang": notice.lang, "dir": notice.direction, "url": url}
    worst = max((state_of(story) for story in felt), key=lambda state: state.weight)
    text = words.plain(f"headline.{worst}")
    return {"text": text, "lang": words.language, "dir": words.direction, "url": home}
