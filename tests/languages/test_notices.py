"""A notice says what the facts say, in one language, whatever the names hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.model import Impact, Kind, Notice, Occasion, Status
from bot.languages.length import MAX_UTF16, excess, fits, plain
from bot.languages.markdown import to_html, to_plain
from bot.languages.samples import steps
from bot.languages.text import clean, utf16_length
from tests.languages.shop import BEGAN, LANGUAGES, catalogue, facts, without_isolates

HOSTILE = [
    "*x* [a](b) <b> `",
    "{{ 7 * 7 }} {% raw %} {company} %s",
    'L\'Angolo "da Ciro" & figli',
    "\u202e\u2066متجر\x00\x1b[31m",
    "🛒 עגלה – سلة",
    "1. Shop",
    "# Shop\n\n- Shop",
    "Shop\\",
    "<https://shop.example> https://shop.example",
    "</p><script>alert(1)</script>",
    "**",
    "Shop (EU).",
]
names = st.sampled_from(HOSTILE) | st.text(max_size=30)
each_language = pytest.mark.parametrize("language", LANGUAGES)


UPDATES = [(kind, status, occasion) for kind in Kind for status, occasion in steps(kind)]


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(UPDATES),
    st.sampled_from(list(Impact)),
    st.lists(names, min_size=1, max_size=4),
    names,
)
@example("en", (Kind.OUTAGE, Status.INVESTIGATING, None), Impact.MAJOR, HOSTILE, "")
@example("ar", (Kind.MAINTENANCE, Status.SCHEDULED, None), Impact.NONE, HOSTILE, "")
@example("ar", (Kind.UPSTREAM, Status.IDENTIFIED, None), Impact.MINOR, ["متجر"], HOSTILE[0])
def test_any_name_shows_literally_in_every_language(
    language: str,
    update: tuple[Kind, Status, Occasion | None],
    impact: Impact,
    components: list[str],
    upstream: str,
) -> None:
    kind, status, occasion = update
    planned = {} if not kind.planned else {"scheduled_for": BEGAN, "scheduled_until": BEGAN + timedelta(days=1)}
    platform = upstream if kind is Kind.UPSTREAM else None
    told = facts(status, kind=kind, occasion=occasion, impact=impact, components=tuple(components), **planned)
    notice = catalogue(language).render(replace(told, upstream=platform), language)
    body = without_isolates(to_plain(notice.body))
    named = occasion is None and impact is not Impact.NONE and clean(platform or "")
    for name in filter(None, map(clean, [*components, *([named] if named else [])])):
        assert name in without_isolates(notice.title)
        assert name in body
    assert set(re.findall(r"<(\w+)", to_html(notice.body))) <= {"p", "strong"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066\u2067]", plain(notice))
    assert plain(notice).count("\u2068") == plain(notice).count("\u2069")


def test_every_reading_of_hostile_names_is_the_same_everywhere() -> None:
    for language, status, impact in product(LANGUAGES, Status, Impact):
        notice = catalogue(language).render(facts(status, impact=impact, components=tuple(HOSTILE)), language)
        assert (notice.language, notice.lang, notice.status, notice.impact) == (language, language, status, impact)
        assert all(clean(name) in without_isolates(to_plain(notice.body)) for name in HOSTILE)


def test_names_that_say_nothing_give_way_to_the_companys() -> None:
    notice = catalogue("en").render(facts(components=("\x00", " ")), "en")
    assert notice.title == "Disruption affecting Bottega Napoli"


@pytest.mark.parametrize(
    ("language", "name", "title"),
    [
        ("en", "متجر", "Disruption affecting \u2068متجر\u2069"),
        ("en", "Shop", "Disruption affecting Shop"),
        ("ar", "Shop", "خلل في الخدمة: \u2068Shop\u2069"),
        ("ar", "متجر", "خلل في الخدمة: متجر"),
    ],
)
def test_names_of_the_other_direction_are_isolated(language: str, name: str, title: str) -> None:
    notice = catalogue(language).render(facts(components=(name,)), language)
    assert notice.title == title
    assert title.rpartition(" ")[2] in to_plain(notice.body)


def test_operators_own_words_replace_the_body_only() -> None:
    own = catalogue("en").render(facts(text="  Our *host* is down.\r\nWe wait.\x00 "), "en")
    ours = catalogue("en").render(facts(), "en")
    assert own.body == "Our *host* is down.\nWe wait."
    assert replace(own, body=ours.body) == ours


@pytest.mark.parametrize("text", ["", " \n ", "\x00"])
def test_own_words_that_say_nothing_leave_the_templates(text: str) -> None:
    assert catalogue("en").render(facts(text=text), "en") == catalogue("en").render(facts(), "en")


def test_one_other_way_to_reach_the_company_stands_alone() -> None:
    notice = catalogue("en").render(facts(instead=("Write to [us](https://t.me/bottega).\n",)), "en")
    assert notice.instead == "Write to [us](https://t.me/bottega)."


def test_several_other_ways_are_a_list() -> None:
    ways = ("Write to us.", "Call us:\n+39 081 555 0100", "Write to us.", " ")
    notice = catalogue("en").render(facts(instead=ways), "en")
    assert notice.instead == "In the meantime:\n\n- Write to us.\n- Call us:\n  +39 081 555 0100"
    planned = catalogue("en").render(facts(Status.SCHEDULED, instead=ways), "en")
    assert (planned.instead or "").startswith("During the maintenance:\n")


@pytest.mark.parametrize("status", [status for status in Status if status.ends])
def test_once_all_is_over_there_is_no_other_way(status: Status) -> None:
    assert catalogue("en").render(facts(status, instead=("Call us.",)), "en").instead is None


@each_language
def test_the_link_leads_to_the_incident(language: str) -> None:
    notice = catalogue(language).render(facts(), language)
    assert f'<a href="{notice.url}">' in to_html(notice.more)
    assert to_html(notice.more).count("<a ") == 1


@each_language
def test_a_story_that_ends_as_it_begins_lasts_less_than_a_minute(language: str) -> None:
    notice = catalogue(language).render(facts(Status.RESOLVED, at=BEGAN), language)
    lasted = catalogue(language).moments(language).duration(timedelta())
    assert lasted in notice.state
    assert lasted in to_plain(notice.body)


def test_a_text_in_a_language_that_is_not_there_is_whole_in_the_next_best() -> None:
    told = facts(text="Onze host ligt plat.", instead=("Bel ons.",))
    notice = catalogue("it", "en").render(told, "nl")
    assert notice == replace(catalogue("it").render(facts(), "it"), language="nl")
    assert (notice.lang, notice.direction) == ("it", "ltr")


@pytest.mark.parametrize(
    ("asked", "used"),
    [("es-MX", "es"), ("ca", "es"), ("ar-EG", "ar"), ("gsw", "de"), ("ja", "en"), ("not a tag", "en")],
)
def test_the_next_best_language_is_the_nearest_or_the_default(asked: str, used: str) -> None:
    shelf = catalogue("en", "es", "de", "ar")
    notice = shelf.render(facts(), asked)
    assert (notice.language, notice.lang, shelf.resolve(asked)) == (asked, used, used)
    assert notice.direction == shelf.words(asked).direction == ("rtl" if used == "ar" else "ltr")


def test_a_region_has_its_own_clock_and_the_companys_words_but_its_languages_sentences() -> None:
    british = catalogue("en-GB").render(facts(Status.SCHEDULED, instead=("Ring us.",), scheduled_for=BEGAN), "en-GB")
    assert british.state == "🗓️ Maintenance from 5 March at 14:03 CET"
    assert (british.language, british.lang, british.instead) == ("en-GB", "en", "Ring us.")


def test_maintenance_reads_well_without_a_date() -> None:
    for language, status in product(LANGUAGES, Status):
        if status.planned:
            whole = plain(catalogue(language).render(facts(status, components=("X",)), language))
            assert not re.search(r"  | [.,،:](?=\s)|\(\)|None", whole.replace("\u00a0", "~"))


def longest(text: str) -> Notice:
    return catalogue("en").render(facts(text=text), "en")


def test_a_notice_fits_up_to_the_last_character_telegram_would_count() -> None:
    room = MAX_UTF16 - utf16_length(plain(longest("."))) + 1
    assert fits(longest("x" * room))
    assert not fits(longest("x" * (room + 1)))
    assert excess(longest("🛒" * room)) == room


def test_markup_does_not_count_but_addresses_do() -> None:
    assert len(plain(longest("**x** `y`"))) == len(plain(longest("x y")))
    assert plain(longest("[x](https://y.example)")) == plain(longest("x (https://y.example)"))


def test_words_are_looked_up_by_path() -> None:
    words = catalogue("it").words("it-CH")
    assert words["status.resolved"] == "Risolto"
    assert (words.tag, words.direction, words.name, words.reviewed) == ("it", "ltr", "Italiano", None)
    assert len(words) == len(list(words)) == len(dict(words))
    with pytest.raises(KeyError):
        words["outage.resolved.title"]


def test_the_configured_languages_are_kept_in_order() -> None:
    assert catalogue("it", "en", "de").languages == ("it", "en", "de")


@given(st.lists(st.text(max_size=300), min_size=4, max_size=4))
def test_a_notice_is_never_four_times_as_long_in_plain_text_as_in_markdown(parts: list[str]) -> None:
    """``excess`` relies on it, so as not to render what is obviously short."""
    state, body, instead, more = parts
    notice = replace(longest(""), state=state, body=body, instead=instead, more=more)
    written = (notice.state, notice.title, notice.body, notice.instead or "", notice.more)
    assert utf16_length(plain(notice)) <= 4 * sum(map(utf16_length, written)) + 20


@pytest.mark.parametrize("link", ["<https://a.example>", "[](https://a.example)", "[a](https://a.example)", "<a@b>"])
def test_links_are_never_four_times_as_long_in_plain_text(link: str) -> None:
    assert utf16_length(to_plain(link * 20)) <= 4 * utf16_length(link * 20)
