"""The calendar of planned maintenance: entries that stay themselves, and text that cannot break out of its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from icalendar import Calendar
from icalendar.cal import Component

from bot.channels.calendar import calendar
from bot.domain.model import Board, Status, Story
from tests.channels.boards import BEGAN, LANGUAGES, SITE, board, settings, story, whole, words
from tests.channels.golden import assert_golden
from tests.channels.hostile import boards_with_any_words

SCHEDULED, IN_PROGRESS, CANCELLED = Status.SCHEDULED, Status.IN_PROGRESS, Status.CANCELLED


def written(board: Board, **changes: Any) -> bytes:
    return calendar(board, settings(**changes), words(board.language))


def entries(board: Board, **changes: Any) -> list[Component]:
    return Calendar.from_ical(written(board, **changes)).walk("VEVENT")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_reads_as_agreed(language: str) -> None:
    assert_golden(f"calendar/{language}.ics", written(whole(language)).decode().replace("\r\n", "\n"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_maintenance_and_no_outage(language: str) -> None:
    listed = entries(whole(language))
    host = "@status.bottega.example"
    assert [str(entry["uid"]) for entry in listed] == [f"maintenance-{id}{host}" for id in (1, 2, 5, 4)]
    assert {entry["summary"].params["LANGUAGE"] for entry in listed} == {language}


def test_an_entry_stays_itself_while_its_story_moves_on() -> None:
    moved = [(SCHEDULED,), (SCHEDULED, IN_PROGRESS), (SCHEDULED, IN_PROGRESS, Status.COMPLETED)]
    told = [entries(board(story(*statuses)))[0] for statuses in moved]
    assert {str(entry["uid"]) for entry in told} == {"maintenance-1@status.bottega.example"}
    assert [int(entry["sequence"]) for entry in told] == [0, 1, 2]
    changed = [entry["last-modified"].dt for entry in told]
    assert changed == sorted(set(changed)) == [entry["dtstamp"].dt for entry in told]
    assert {entry["created"].dt for entry in told} == {BEGAN}


def test_its_window_is_in_utc() -> None:
    [entry] = entries(board(story(SCHEDULED)))
    assert entry["dtstart"].dt == BEGAN + timedelta(minutes=20)
    assert entry["dtend"].dt == BEGAN + timedelta(minutes=140)
    assert entry["dtstart"].dt.tzinfo is not None
    assert entry["dtstart"].to_ical() == b"20250304T083730Z"


def test_maintenance_that_was_cancelled_is_crossed_out_and_not_taken_away() -> None:
    [entry] = entries(board(story(SCHEDULED, CANCELLED)))
    assert (str(entry["status"]), int(entry["sequence"])) == ("CANCELLED", 1)
    [other] = entries(board(story(SCHEDULED, IN_PROGRESS)))
    assert str(other["status"]) == "CONFIRMED"


def test_an_end_that_is_not_known_is_not_invented() -> None:
    [entry] = entries(board(windowed(story(SCHEDULED), scheduled_until=None)))
    assert "dtend" not in entry
    assert entries(board(windowed(story(SCHEDULED), scheduled_for=None))) == []


def windowed(told: Story, **window: None) -> Story:
    return replace(told, incident=replace(told.incident, **window))


def test_it_says_what_is_affected_and_where_to_read_on() -> None:
    [entry] = entries(board(story(SCHEDULED, language="it", components=("whatsapp",)), language="it"))
    assert [str(each) for each in entry["categories"].cats] == ["Assistenza WhatsApp"]
    assert str(entry["url"]) == f"{SITE}/it/incidents/1"
    assert "https://t.me/bottega_example" in str(entry["description"])
    assert "**" not in str(entry["description"])


def test_words_that_fell_back_say_so() -> None:
    [entry] = entries(board(story(SCHEDULED, language="en"), language="ar"))
    assert entry["summary"].params["LANGUAGE"] == entry["description"].params["LANGUAGE"] == "en"


def test_calendars_are_told_its_name_and_how_often_to_look() -> None:
    sheet = Calendar.from_ical(written(board(language="it")))
    name = "Bottega Trieste: manutenzioni programmate"
    assert (str(sheet["name"]), str(sheet["x-wr-calname"])) == (name, name)
    assert sheet["refresh-interval"].to_ical() == sheet["x-published-ttl"].to_ical() == b"PT1H"
    assert str(sheet["source"]) == f"{SITE}/it/maintenance.ics"


@pytest.mark.parametrize("make", [whole, lambda language: board(language=language)], ids=["whole", "empty"])
def test_the_same_state_gives_the_same_bytes_whatever_its_revision(make: Any) -> None:
    assert written(make("de")) == written(replace(make("de"), revision=99))


def test_lines_are_folded_and_end_as_the_standard_asks() -> None:
    lines = written(whole("ar")).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert lines[-1] == b""


@given(boards_with_any_words(board(story(SCHEDULED), story(SCHEDULED, CANCELLED, id=2))))
@effort(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_stays_within_its_own_line(any_board: Board) -> None:
    read = entries(any_board)
    assert [str(entry["uid"]).partition("@")[0] for entry in read] == ["maintenance-1", "maintenance-2"]
    assert [entry["dtstamp"].dt.utcoffset() for entry in read] == [timedelta(0)] * 2
    assert not [entry for entry in read if entry.errors or entry.subcomponents]
    properties = {key for entry in read for key in entry}
    assert properties <= {
        "UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "STATUS", "TRANSP", "SUMMARY",
        "DESCRIPTION", "URL", "CATEGORIES",
    }  # fmt: skip
