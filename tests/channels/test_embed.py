"""What the banner has to say: nothing while nobody feels anything, else one sentence and where it leads."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from bot.channels.embed import banner
from bot.domain.model import Board, Impact, Status
from bot.resources import SITE as FILES
from tests.channels.boards import SITE, board, settings, story, whole, words

SMALL = 2048
"""Bytes, gzipped: what the banner may cost every page it is on."""


def said(board: Board) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(banner(board, settings(), words(board.language)))
    return document


def test_the_script_is_small() -> None:
    assert len(gzip.compress((FILES / "embed.js").read_bytes(), 6)) < SMALL


def test_the_script_neither_writes_markup_nor_evaluates_nor_sets_cookies() -> None:
    script = (FILES / "embed.js").read_text("utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval", "cookie =", "style="):
        assert word not in script


@pytest.mark.parametrize(
    "told",
    [
        board(),
        board(story(Status.SCHEDULED)),
        board(story(Status.INVESTIGATING, Status.RESOLVED)),
        board(story(Status.INVESTIGATING, impact=Impact.NONE)),
        board(story(Status.SCHEDULED, Status.IN_PROGRESS, impact=Impact.NONE)),
    ],
    ids=["nothing", "planned", "over", "looked into", "work nobody feels"],
)
def test_it_is_silent_while_nobody_feels_anything(told: Board) -> None:
    assert said(told) == {"incidents": []}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_incident_speaks_for_itself(language: str) -> None:
    told = story(Status.INVESTIGATING, Status.IDENTIFIED, language=language, id=7)
    assert said(board(told, language=language)) == {
        "incidents": ["7"],
        "state": "major",
        "text": told.latest.notice.title,
        "lang": language,
        "dir": "rtl" if language == "ar" else "ltr",
        "url": f"{SITE}/{language}/incidents/7",
        "label": words(language).plain("title", company="Bottega Trieste"),
        "close": words(language).plain("embed.close"),
        "labels": language,
    }


def test_of_several_the_headline_speaks_and_leads_to_the_page() -> None:
    document = said(whole("de"))
    assert document["incidents"] == ["7", "6"]
    assert (document["state"], document["url"]) == ("major", f"{SITE}/de/")
    assert document["text"] == words("de").plain("headline.major")


def test_work_in_progress_that_customers_feel_is_told() -> None:
    document = said(board(story(Status.SCHEDULED, Status.IN_PROGRESS, impact=Impact.MINOR)))
    assert document["state"] == "maintenance"


def test_words_that_fell_back_say_so_and_the_labels_are_still_the_readers() -> None:
    document = said(board(story(Status.INVESTIGATING, language="en"), language="ar"))
    assert (document["lang"], document["dir"], document["labels"]) == ("en", "ltr", "ar")


def test_it_is_few_bytes() -> None:
    for language in ("en", "ar", "de"):
        assert len(banner(whole(language), settings(), words(language))) < 600
