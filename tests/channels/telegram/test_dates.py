"""Instants that notices name, as readers elsewhere see them; in every language, with Telegram's own parser as judge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.compose import compose
from bot.channels.telegram.dates import dated
from bot.channels.telegram.entities import Formatted, plain
from bot.channels.telegram.markdown import render
from bot.domain.facts import Facts
from bot.domain.model import Kind, Notice, Status
from bot.domain.stated import Stated, from_json, to_json
from bot.languages.folders import languages_of
from bot.languages.samples import samples
from bot.resources import NOTICES
from tests.channels.telegram.notices import delivery, notice
from tests.channels.telegram.oracle import as_json, covered, covered_by_telegram, kept, marked
from tests.channels.telegram.test_markdown import markdowns
from tests.worlds import catalogue

LANGUAGES = languages_of(NOTICES)
BENT = {"et", "hu", "lv"}
"""Where day and time are written otherwise as ends of a window than by themselves."""
AT = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)
NOON = Stated(text="2 March at 15:03 CET", at=AT)


def read(facts: Facts, language: str) -> Notice:
    return catalogue(language).render(facts, language)


def dates(formatted: Formatted) -> list[tuple[str, int, str]]:
    """The words, the instant and the form of each date."""
    words = [words for kind, words, *_ in marked(formatted) if kind == "date_time"]
    found = [as_json(each) for each in formatted.entities if each.kind == "date_time"]
    return [(said, each["unix_time"], each["date_time_format"]) for said, each in zip(words, found, strict=True)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegram_keeps_every_date_and_dates_change_no_word_and_no_other_entity(language: str) -> None:
    for written in {read(facts, language) for facts in samples()}:
        shown = compose(delivery(notice=written))
        bare = compose(delivery(notice=replace(written, moments=())))
        assert shown.text == bare.text
        assert tuple(each for each in shown.entities if each.kind != "date_time") == bare.entities
        words = kept(shown)
        assert words.text == shown.text
        assert covered_by_telegram(words) == covered(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outage_says_in_each_readers_time_since_when(language: str) -> None:
    told = [facts for facts in samples() if (facts.kind, facts.status) == (Kind.OUTAGE, Status.INVESTIGATING)]
    for facts in told:
        found = dates(compose(delivery(notice=read(facts, language))))
        began = int(facts.started_at.timestamp())
        assert (began, "Dt") in {(unix, form) for _, unix, form in found}
        known = {int(each.timestamp()) for each in (facts.started_at, facts.at, facts.promised_at) if each}
        assert {unix for _, unix, _ in found} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_window_within_a_day_keeps_its_words_and_tells_both_ends(language: str) -> None:
    facts = next(facts for facts in samples() if facts.status is Status.SCHEDULED and facts.scheduled_until)
    assert facts.scheduled_for is not None
    assert facts.scheduled_until is not None
    found = dates(compose(delivery(notice=read(facts, language))))
    ends = [int(each.timestamp()) for each in (facts.scheduled_for, facts.scheduled_until)]
    assert {(unix, form) for _, unix, form in found} == {(each, "") for each in ends}
    assert [unix for _, unix, _ in found[:2]] == ends


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_does_one_from_hour_to_hour(language: str) -> None:
    facts = next(facts for facts in samples() if facts.status is Status.SCHEDULED and facts.scheduled_until)
    window = [datetime(2026, 3, 18, hour, tzinfo=UTC) for hour in (17, 19)]
    planned = replace(facts, started_at=window[0], scheduled_for=window[0], scheduled_until=window[1])
    found = dates(compose(delivery(notice=read(planned, language))))
    assert {(unix, form) for _, unix, form in found} == {(int(each.timestamp()), "") for each in window}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_window_over_days_shows_both_ends_in_each_readers_time(language: str) -> None:
    facts = next(facts for facts in samples() if facts.status is Status.SCHEDULED and facts.scheduled_for)
    assert facts.scheduled_for is not None
    longer = replace(facts, scheduled_until=facts.scheduled_for + timedelta(days=2))
    found = dates(compose(delivery(notice=read(longer, language))))
    ends = [int((facts.scheduled_for + timedelta(days=days)).timestamp()) for days in (0, 2)]
    assert {unix for _, unix, _ in found} == set(ends)
    assert {form for _, _, form in found} == ({""} if language in BENT else {"Dt"})


def test_an_edited_first_post_has_the_dates_of_its_new_state_and_of_its_own_words() -> None:
    later = AT + timedelta(hours=1)
    opening = replace(notice(state="Since 2 March at 15:03 CET", body="From 2 March at 15:03 CET."), moments=(NOON,))
    newest = replace(
        notice(state="Updated 2 March at 16:03 CET"), moments=(Stated(text="2 March at 16:03 CET", at=later), NOON)
    )
    found = dates(compose(replace(delivery(notice=newest, anchor="1"), opening=opening)))
    assert [unix for _, unix, _ in found] == [int(later.timestamp()), int(AT.timestamp())]


def test_wide_spaces_and_marks_before_a_line_do_not_hide_a_date() -> None:
    moment = Stated(text="2\u202fmars à\u00a015:03", at=AT)
    assert dates(dated(plain("Depuis le 2\u202fmars à\u00a015:03"), [moment])) == [("2 mars à 15:03", 1772460180, "Dt")]
    assert dates(dated(render("Le 2\u202fmars à\u00a015:03"), [moment])) == [
        ("2\u202fmars à\u00a015:03", 1772460180, "Dt")
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("at 15:03, again at 15:03", 2, id="wherever it stands"),
        pytest.param("at 115:03", 0, id="not at the end of a longer number"),
        pytest.param("at 15:03:59", 0, id="nor at the beginning of one"),
        pytest.param("**at 15:03**", 0, id="not in bold words, which would lose their style"),
        pytest.param("> at 15:03", 1, id="in a quotation"),
        pytest.param("see [15:03](https://shop.example)", 0, id="not in a link"),
        pytest.param("`15:03`", 0, id="nor in code"),
        pytest.param("15:**03**", 0, id="nor half in bold"),
    ],
)
def test_where_a_date_may_stand(text: str, count: int) -> None:
    assert len(dates(dated(render(text), [Stated(text="15:03", at=AT)]))) == count


def test_one_end_of_a_window_is_a_date_within_that_window_only() -> None:
    window = Stated(text="18:42", at=AT, within="from 18:42 to 20:42")
    assert len(dates(dated(render("We call you at 18:42. Work goes on from 18:42 to 20:42."), [window]))) == 1


@given(body=markdowns, text=st.text(min_size=1, max_size=5).filter(str.strip))
@settings(max_examples=300, deadline=None)
def test_telegram_keeps_any_text_with_any_dates_as_composed(body: str, text: str) -> None:
    odd = replace(notice(body=f"{body} {text}"), moments=(Stated(text=text, at=AT),))
    formatted = compose(delivery(notice=odd))
    words = kept(formatted)
    assert words.text == formatted.text
    assert covered_by_telegram(words) == covered(formatted)


def test_what_is_written_down_is_read_again() -> None:
    said = (NOON, Stated(text="18:42", at=AT.astimezone(ZoneInfo("Europe/Rome")), within="from 18:42"))
    assert from_json(to_json(said)) == said
    assert to_json(()) is None
    assert from_json(None) == ()
