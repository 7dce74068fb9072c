"""Pages: what they say in every language, valid whatever stands in a notice, and of one mind about how things stand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import html5lib
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort

from bot.channels.website import Website, load_assets
from bot.config.colours import DARK_GROUNDS, LIGHT_GROUNDS, READABLE, colour, least_contrast
from bot.domain.marks import Mark
from bot.domain.model import Board, Impact, Occasion, Status
from bot.domain.months import Chapter, Month
from bot.domain.uptime import Record, Span, record
from bot.resources import SITE as SITE_FOLDER
from tests.channels.boards import BEGAN, LANGUAGES, SITE, board, settings, story, whole, words
from tests.channels.golden import assert_golden
from tests.channels.hostile import boards_with_any_words

SVG = "{http://www.w3.org/2000/svg}"
INVESTIGATING, IDENTIFIED, RESOLVED = Status.INVESTIGATING, Status.IDENTIFIED, Status.RESOLVED


@cache
def website() -> Website:
    return website_of()


def website_of(**changes: Any) -> Website:
    """With some settings changed."""
    configured = settings(**changes)
    return Website(configured, {language: words(language) for language in LANGUAGES}, load_assets(configured))


def past(*spans: Span, since: datetime | None = BEGAN - timedelta(days=60)) -> Record:
    """What is on record of the shop's components at noon of the day everything happens."""
    noon = BEGAN.replace(hour=11, minute=0, second=0)
    return record(spans, settings().components, since=since, now=noon, zone=ZoneInfo("Europe/Rome"))


TROUBLE = past(
    Span(component="whatsapp", impact=Impact.MAJOR, start=BEGAN, end=BEGAN + timedelta(hours=2)),
    Span(component="shop", impact=Impact.MINOR, start=BEGAN - timedelta(days=40), end=BEGAN - timedelta(days=39)),
    Span(component="shop", impact=Impact.CRITICAL, start=BEGAN - timedelta(days=3), end=BEGAN - timedelta(days=2.9)),
)
CHAPTER = Chapter(
    month=Month(year=2025, number=2),
    stories=whole("en").past,
    older=Month(year=2024, number=11),
    newer=Month(year=2025, number=3),
)


def parsed(page: bytes) -> Element:
    """The page's tree. Raises at the first thing the HTML standard calls a parse error."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.decode())
    return root


def words_in(element: Element | None) -> str:
    assert element is not None
    return re.sub("[ \n]+", " ", "".join(element.itertext())).strip(" ")


def by_class(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_in_every_language_reads_as_agreed(language: str) -> None:
    page = website().front(whole(language), TROUBLE).decode()
    assert_golden(f"page/{language}.html", re.sub(r"(/assets/\w+)\.\w+\.", r"\1.", page))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_incident_page_is_valid_and_holds_the_frozen_words(language: str, status: Status) -> None:
    told = story(status, language=language)
    root = parsed(website().incident(language, told))
    assert root.get("lang") == language
    assert root.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert words_in(root.find(".//h1")) == told.latest.notice.title
    assert bool(by_class(root, "instead")) is not status.ends


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_page_is_valid(language: str) -> None:
    site = website()
    pages = [
        site.front(board(language=language), past()),
        site.front(board(language=language), past(since=None)),
        site.history(language, replace(CHAPTER, stories=whole(language).past), newest=False),
        site.history(language, None, newest=True),
        site.missing(language),
        site.unavailable(language),
    ]
    assert {parsed(page).get("lang") for page in pages} == {language}


EVERY_LANGUAGE = sorted(file.stem for file in (SITE_FOLDER / "words").glob("*.yaml"))


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_every_language_there_is_fills_a_valid_page(language: str) -> None:
    configured = settings(languages=("en", language) if language != "en" else ("en",))
    spoken = {each: words(each) for each in configured.languages}
    site = Website(configured, spoken, load_assets(configured))
    told = whole(language)
    for page in (
        site.front(told, TROUBLE),
        site.incident(language, told.open[0]),
        site.history(language, replace(CHAPTER, stories=told.past), newest=False),
        site.as_of(site.front(told, TROUBLE), language, BEGAN),
        site.missing(language),
    ):
        root = parsed(page)
        assert (root.get("lang"), root.get("dir")) == (language, spoken[language].direction)
        assert "{" not in words_in(root.find("body"))
        assert len(page) < 40_000


@given(boards_with_any_words(board(story(INVESTIGATING, IDENTIFIED), story(INVESTIGATING, RESOLVED, id=2))))
@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_yields_a_valid_page_that_loads_and_runs_nothing(any_board: Board) -> None:
    root = parsed(website().front(any_board, past()))
    for element in root.iter():
        assert element.tag not in {"style", "iframe", "img", "object", "embed", "form"}
        assert not [name for name in element.keys() if name.startswith("on") or name == "style"]  # noqa: SIM118
        assert element.tag != "script" or (element.get("src", "").startswith("/assets/live.") and not element.text)
        assert not element.get("href", "").lower().lstrip().startswith(("javascript:", "data:"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_incidents_show_all_their_updates_newest_first(language: str) -> None:
    told = whole(language).open[0]
    [card] = [
        each
        for each in by_class(parsed(website().front(whole(language), past())), "card")
        if each.get("id") == "incident-7"
    ]
    shown = [time.get("datetime") for time in card.findall(".//ol//time")]
    assert shown == [f"{update.at:%Y-%m-%dT%H:%M:%SZ}" for update in reversed(told.updates)]
    assert "t.me/bottega_example" in {link.get("href", "")[8:] for link in by_class(card, "instead")[0].iter("a")}


def test_what_readers_must_know_about_words_stands_with_them() -> None:
    told = story(INVESTIGATING, IDENTIFIED)
    first, last = told.updates
    marked = replace(last.notice, mark=Mark.CORRECTED, label="Corrected", lang="it")
    amended = replace(told, updates=(first, replace(last, notice=marked, amended_at=BEGAN + timedelta(hours=1))))
    root = parsed(website().incident("en", amended))
    [mark] = by_class(root, "mark")
    assert words_in(mark) == f"Corrected · {words('en').moment(BEGAN + timedelta(hours=1))}"
    assert mark.get("lang") == "it"


@pytest.mark.parametrize("occasion", Occasion)
def test_an_update_says_what_it_is_for_where_its_status_does_not(occasion: Occasion) -> None:
    told = story(INVESTIGATING, IDENTIFIED)
    amended = replace(told, updates=(told.updates[0], replace(told.latest, occasion=occasion)))
    root = parsed(website().incident("en", amended))
    shown = [words_in(heading) for heading in root.findall(".//ol/li/header/strong")]
    assert shown == [words("en").plain(f"status.{occasion}"), words("en").plain("status.investigating")]


@pytest.mark.parametrize("impact", Impact)
def test_headline_and_components_say_the_same_as_the_incidents_below(impact: Impact) -> None:
    root = parsed(website().front(board(story(INVESTIGATING, impact=impact)), past()))
    [headline] = by_class(root, "headline")
    assert impact in headline.get("class", "").split()
    assert (
        words_in(headline.find(".//h1"))
        == words("en").plain(f"headline.{impact}")
        != words("en").plain("headline.operational")
    )
    states = [words_in(state) for state in by_class(root, "state")]
    affected = words("en").plain("component.operational" if impact is Impact.NONE else f"component.{impact}")
    assert states[1] == affected
    assert states[0] == states[2] == words("en").plain("component.operational")


def test_planned_maintenance_is_shown_apart_while_everything_works() -> None:
    root = parsed(website().front(board(story(Status.SCHEDULED)), past()))
    assert "operational" in by_class(root, "headline")[0].get("class", "").split()
    assert words("en").plain("section.scheduled") in [words_in(heading) for heading in root.iter("h2")]
    assert {words_in(state) for state in by_class(root, "state")} == {words("en").plain("component.operational")}


def test_words_that_fell_back_to_another_language_say_so_and_keep_their_direction() -> None:
    told = story(INVESTIGATING, language="en")
    root = parsed(website().front(board(told, language="ar"), past()))
    shown = [element for element in root.iter("div") if told.latest.notice.body[:20] in words_in(element)]
    assert ("en", "ltr") in {(element.get("lang"), element.get("dir")) for element in shown}
    link = next(link for link in root.iter("a") if words_in(link) == told.latest.notice.title)
    assert (link.get("lang"), link.get("dir")) == ("en", "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_point_at_each_other_by_absolute_addresses(language: str) -> None:
    for page, path in (
        (website().front(whole(language), past()), "/"),
        (website().incident(language, whole(language).open[0]), "/incidents/7"),
        (website().history(language, CHAPTER, newest=False), "/history/2025-02"),
        (website().history(language, CHAPTER, newest=True), "/history"),
    ):
        root = parsed(page)
        links = {link.get("hreflang"): link.get("href") for link in root.iter("link") if link.get("hreflang")}
        expected = {each: f"{SITE}/{each}{path}" for each in LANGUAGES}
        assert links == (expected | {"x-default": f"{SITE}/"} if path == "/" else expected)
        [canonical] = [link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"]
        assert canonical == f"{SITE}/{language}{path}"
        switch = {link.get("lang"): link.get("href") for link in root.iter("a") if link.get("hreflang")}
        assert switch == {each: f"/{each}{path}" for each in LANGUAGES}


def test_feeds_are_linked_for_programs_and_for_people_only_while_they_are_on() -> None:
    root = parsed(website().front(whole("it"), past()))
    feeds = {link.get("type"): link.get("href") for link in root.iter("link") if "title" in link.keys()}  # noqa: SIM118
    assert feeds == {
        "application/rss+xml": f"{SITE}/it/updates.rss",
        "application/atom+xml": f"{SITE}/it/updates.atom",
        "application/feed+json": f"{SITE}/it/updates.json",
    }
    assert "/it/feed.rss" in {link.get("href") for link in root.iter("a")}
    silent = website_of(channels={"website": {}})
    assert b"feed.rss" not in silent.front(whole("it"), past())


def test_the_page_lives_below_a_path_when_the_public_address_has_one() -> None:
    root = parsed(website_of(public_url="https://bottega.example/status").front(whole("en"), past()))
    addresses = [link.get("href", "") for link in root.iter("a")]
    assert all(address.startswith("/status/") for address in addresses if address.startswith("/"))
    assert all(link.get("href", "").startswith("/status/") for link in root.iter("link") if link.get("rel") == "icon")


def test_the_same_state_gives_the_same_bytes_whatever_its_revision() -> None:
    assert website().front(whole("en"), past()) == website().front(replace(whole("en"), revision=99), past())


def test_a_full_view_is_small_and_takes_few_requests() -> None:
    many = [story(INVESTIGATING, RESOLVED, id=id, began=BEGAN - timedelta(days=id)) for id in range(10, 20)]
    page = website().front(board(*whole("ar").open, *many, language="ar"), TROUBLE)
    used = [asset for asset in load_assets(settings()).values() if asset.path.encode() in page]
    assert len(page) + sum(len(asset.body) for asset in used) < 60_000
    assert 1 + len(used) < 6


def test_the_history_links_to_the_months_beside_it() -> None:
    root = parsed(website().history("en", CHAPTER, newest=False))
    assert {link.get("rel"): link.get("href") for link in root.iter("a") if link.get("rel")} == {
        "prev": "/en/history/2025-03",
        "next": "/en/history/2024-11",
    }
    assert words_in(by_class(root, "month")[0]) == "February 2025"
    alone = parsed(website().history("en", replace(CHAPTER, older=None, newer=None), newest=True))
    assert not [link for link in alone.iter("a") if link.get("rel")]


# ── The past ninety days ──


def test_each_day_with_a_disruption_is_a_bar_with_its_figures_and_a_row_of_the_table() -> None:
    root = parsed(website().front(whole("en"), TROUBLE))
    shop, whatsapp, pickup = by_class(root, "strip")
    assert [words_in(bar) for bar in shop.iter(f"{SVG}rect")] == [
        "Jan 23, 2025 · Minor disruption · 14 h 42 min",
        "Jan 24, 2025 · Minor disruption · 9 h 17 min",
        "Mar 1, 2025 · Outage · 2 h 24 min",
    ]
    assert [words_in(bar) for bar in whatsapp.iter(f"{SVG}rect")] == ["Mar 4, 2025 · Major disruption · 2 h"]
    assert list(pickup.iter(f"{SVG}rect")) == []
    rows = [" · ".join(words_in(cell) for cell in row) for row in root.iter("tr") if len(row) == 3]
    assert rows[1:] == [words_in(bar) for strip in (shop, whatsapp) for bar in reversed(list(strip.iter(f"{SVG}rect")))]


def test_strokes_and_bars_cover_every_day_once() -> None:
    for strip in by_class(parsed(website().front(whole("en"), TROUBLE)), "strip"):
        days = [int(bar.get("x", "")) // 5 for bar in strip.iter(f"{SVG}rect")]
        for path in strip.iter(f"{SVG}path"):
            for start, length in re.findall(r"M(\d+) 17h(\d+)", path.get("d", "")):
                days += range(int(start) // 5, (int(start) + int(length) + 2) // 5)
        assert sorted(days) == list(range(90))


def test_less_than_everything_is_never_called_all() -> None:
    blink = Span(component="shop", impact=Impact.MINOR, start=BEGAN, end=BEGAN + timedelta(seconds=9))
    root = parsed(website().front(whole("en"), past(blink)))
    assert [words_in(share) for share in by_class(root, "scale")] == [
        "90 days ago 99.99% without disruption Today",
        "90 days ago 100% without disruption Today",
        "90 days ago 100% without disruption Today",
    ]
    assert "less than a minute" in words_in(root)


def test_nothing_is_claimed_of_days_that_are_not_on_record() -> None:
    assert by_class(parsed(website().front(whole("en"), past(since=None))), "strip") == []
    [unknown, calm] = by_class(parsed(website().front(whole("en"), past())), "strip")[2].iter(f"{SVG}path")
    assert (words_in(unknown), words_in(calm)) == ("Not recorded", "No disruption")


def of_the_last(length: timedelta) -> Element:
    """A front page after an outage of WhatsApp that went on for as long as anything is on record."""
    noon = BEGAN.replace(hour=11, minute=0, second=0)
    outage = Span(component="whatsapp", impact=Impact.CRITICAL, start=noon - length, end=noon)
    return parsed(website().front(whole("en"), past(outage, since=noon - length)))


def test_the_first_hours_of_a_new_service_are_drawn_but_no_share_of_ninety_days_is_made_of_them() -> None:
    root = of_the_last(timedelta(hours=23))
    assert [words_in(scale) for scale in by_class(root, "scale")] == ["90 days ago Today"] * 3
    assert by_class(root, "share") == []
    assert {strip.get("aria-label") for strip in by_class(root, "strip")} == {"The past 90 days"}
    assert [words_in(bar) for bar in by_class(root, "strip")[1].iter(f"{SVG}rect")] == [
        "Mar 3, 2025 · Outage · 11 h",
        "Mar 4, 2025 · Outage · 12 h",
    ]
    [figures] = by_class(root, "figures")
    assert [words_in(heading) for heading in figures.iter("th") if heading.get("scope") == "rowgroup"] == [
        "WhatsApp support"
    ]
    assert "No disruption" not in words_in(figures)


def test_from_a_whole_day_on_there_is_a_share() -> None:
    shares = [words_in(scale) for scale in by_class(of_the_last(timedelta(hours=24)), "scale")]
    assert shares[1:] == ["90 days ago 0% without disruption Today", "90 days ago 100% without disruption Today"]


def test_a_new_service_that_had_no_trouble_yet_has_no_table_of_it() -> None:
    noon = BEGAN.replace(hour=11, minute=0, second=0)
    root = parsed(website().front(whole("en"), past(since=noon - timedelta(minutes=5))))
    assert len(by_class(root, "strip")) == 3
    assert by_class(root, "figures") == []


# ── Groups and regions, company, looks ──


def test_components_are_listed_in_their_groups_with_their_regions() -> None:
    plain = settings().model_dump()["components"]
    plain["shop"] |= {"group": "Orders", "region": dict.fromkeys(LANGUAGES, "Trieste")}
    plain["pickup"] |= {"group": "Orders"}
    root = parsed(website_of(components=plain).front(whole("en"), past()))
    groups = {
        words_in(group.find("h3")) if group.find("h3") is not None else "": [
            words_in(row.find("p/span")) for row in by_class(group, "component")
        ]
        for group in by_class(root, "group")
    }
    assert groups == {"Orders": ["Online shop Trieste", "Pickup in store"], "": ["WhatsApp support"]}


def test_the_company_is_shown_by_its_logo_where_it_has_one(tmp_path: Path) -> None:
    for name in ("day.svg", "night.svg"):
        (tmp_path / name).write_text(f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}"/>')
    company = {"name": "Bottega <&>", "url": "https://bottega.example"}
    logos = {"logo": tmp_path / "day.svg", "logo_dark": tmp_path / "night.svg"}
    root = parsed(website_of(company=company | logos).front(whole("en"), past()))
    [picture] = root.iter("img")
    assert picture.get("alt") == "Bottega <&>"
    assert re.fullmatch(r"/assets/logo\.\w{10}\.svg", picture.get("src", ""))
    [dark] = root.iter("source")
    assert re.fullmatch(r"/assets/logo_dark\.\w{10}\.svg", dark.get("srcset", ""))
    assert dark.get("media") == "(prefers-color-scheme: dark)"


def test_the_companys_colour_and_letters_are_in_the_style_and_nowhere_else() -> None:
    channels = {"website": {"accent": "#0a6b4f", "font": "serif"}}
    style = load_assets(settings(channels=channels))["style.css"].body.decode()
    assert "--accent: #0a6b4f" in style
    assert "Charter" in style
    assert "#0a6b4f" in load_assets(settings(channels=channels))["icon.svg"].body.decode()
    assert load_assets(settings(channels=channels))["style.css"].path != load_assets(settings())["style.css"].path


@pytest.mark.parametrize("accent", ["#000000", "#1d4f91", "#7a0000", "#006b3c", "#5a2ca0"])
def test_an_accent_for_the_dark_is_made_where_none_is_given(accent: str) -> None:
    style = load_assets(settings(channels={"website": {"accent": accent}}))["style.css"].body.decode()
    made = re.findall(r"--accent: (#[0-9a-f]{6}); --on-accent: #12151a", style)
    assert least_contrast(colour(made[0]), DARK_GROUNDS) >= READABLE


def test_contrast_is_measured_against_the_grounds_that_pages_have() -> None:
    style = (SITE_FOLDER / "assets" / "style.css").read_text("utf-8")
    for grounds, scheme in zip(
        (LIGHT_GROUNDS, DARK_GROUNDS), style.split("prefers-color-scheme: dark")[:2], strict=True
    ):
        assert re.findall(r"--(?:paper|card): (#\w+);", scheme) == list(grounds)


CHATS = [
    {"chat": "@bottega_it", "language": "it"},
    {"chat": "@bottega_en", "language": "en"},
    {"chat": "-1001234567890", "language": "it"},
]


def offered(language: str, name: str = "ways", **telegram: Any) -> list[str | None]:
    """Where the ways to subscribe lead, or those of single components ("each"), with Telegram set up like this."""
    site = website_of(channels={"website": {}, "telegram": {"chats": CHATS} | telegram})
    panels = by_class(parsed(site.front(whole(language), past())), name)
    return [link.get("href") for panel in panels for link in panel.iter("a")]


def test_public_telegram_channels_of_the_pages_language_are_offered() -> None:
    assert offered("it", token="1:a") == ["https://t.me/bottega_it", "/it/maintenance.ics"]
    assert offered("it") == ["/it/maintenance.ics"]
    assert offered("it", token="") == ["/it/maintenance.ics"]


def test_a_private_chat_in_the_pages_language_is_offered_where_the_bot_takes_subscribers() -> None:
    bot = {"token": "1:a", "subscribers": {}, "username": "@bottega_bot"}
    chat = "https://t.me/bottega_bot?start="
    assert offered("it", **bot)[1:] == [f"{chat}l_it", "/it/maintenance.ics"]
    components = ("shop", "whatsapp", "pickup")
    assert offered("it", "each", **bot) == [f"{chat}l_it-c_{component}" for component in components]
    for lacking in bot:
        told = {name: value for name, value in bot.items() if name != lacking}
        assert not [address for address in offered("it", **told) if "start=" in str(address)]
        assert offered("it", "each", **told) == []


def test_a_chat_is_never_told_more_than_telegram_lets_through() -> None:
    telegram = {"token": "1:a", "subscribers": {}, "username": "bottega_bot"}
    components = {id: {"name": "Shop"} for id in ("a" * 58, "b" * 57)}
    site = website_of(components=components, channels={"website": {}, "telegram": telegram})
    [each] = by_class(parsed(site.missing("en")), "each")
    [link] = [link.get("href", "") for link in each.iter("a")]
    assert link.partition("start=")[2] == "l_en-c_" + "b" * 57


def test_the_feeds_of_each_component_can_be_found() -> None:
    [each] = by_class(parsed(website().front(whole("it"), past())), "each")
    assert [words_in(row) for row in each.iter("li")] == [
        f"{name} RSS · Atom" for name in ("Negozio online", "Assistenza WhatsApp", "Ritiro in negozio")
    ]
    assert [link.get("href") for link in each.iter("a")][:2] == [
        "/it/components/shop/feed.rss",
        "/it/components/shop/feed.atom",
    ]
    alone = website_of(components={"shop": {"name": "Shop"}})
    assert by_class(parsed(alone.front(board(language="en"), past())), "each") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_may_be_out_of_date_says_since_when(language: str) -> None:
    site = website()
    for page in (site.front(whole(language), past()), site.incident(language, whole(language).open[0])):
        told = parsed(site.as_of(page, language, BEGAN))
        [stale] = by_class(told, "stale")
        assert words_in(stale) == words(language).plain("stale", moment=words(language).moment(BEGAN))
        assert stale.find("time") is not None
        assert by_class(parsed(page), "stale") == []
