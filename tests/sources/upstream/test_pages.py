"""What every family of status pages promises, whichever it is. A new one is found here by its name in the registry."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.config.upstreams import PLATFORMS, UpstreamSettings, UpstreamType
from bot.domain.model import Impact, Signal, SignalState
from bot.errors import Malformed
from bot.sources.upstream.base import PAGE, slug
from bot.sources.upstream.registry import UPSTREAMS, build
from tests.contracts.test_sources import ODD_VALUES, assert_sound, places
from tests.sources.upstream.pages import FIXTURES, KINDS, Recorded, all_recorded, page_of, recorded

ALL = all_recorded()
IN_TROUBLE = [each for each in ALL if any(signal.state is SignalState.FIRING for signal in each.signals)]
IN_JSON = [each for each in ALL if each.answers[0] and each.answers[0][:1] in b"[{" and each.malformed is None]
STATES = {SignalState.FIRING, SignalState.MAINTENANCE, SignalState.UNKNOWN}

each_kind = pytest.mark.parametrize("kind", KINDS)


def read_or_refused(page: Recorded, *answers: bytes | None) -> list[Signal] | None:
    """What it means, None when it is refused; either must be sound."""
    try:
        told = list(page.read(*answers))
    except Malformed as error:
        assert_loggable(str(error))
        return None
    assert_sound(told)
    assert {signal.state for signal in told} <= STATES
    assert len({signal.key for signal in told}) == len(told)
    return told


def assert_loggable(reason: str) -> None:
    assert reason
    assert reason.isprintable()


def changed(page: Recorded, which: int, body: bytes) -> tuple[bytes | None, ...]:
    return (*page.answers[:which], body, *page.answers[which + 1 :])


# --- it is whole ---


def test_the_configuration_knows_exactly_the_families_there_are() -> None:
    assert list(get_args(UpstreamType)) == [family.type for family in UPSTREAMS] == sorted(KINDS)


def test_what_is_one_platform_has_an_address_and_a_name_of_its_own() -> None:
    assert {family.type for family in UPSTREAMS if family.home} == PLATFORMS.keys()
    meta = build("meta", UpstreamSettings(type="meta", products=("messenger",)))
    assert (meta.name, meta.shown, meta.url) == ("meta", "Meta", "https://metastatus.com")


def test_what_is_anybodys_page_is_asked_where_it_was_configured() -> None:
    pago = build("pago", UpstreamSettings(type="statuspage_feed", name="Pago", url="https://status.pago.example/"))
    assert (pago.shown, list(pago.addresses)) == ("Pago", ["https://status.pago.example/api/v2/summary.json"])
    exact = build("os", UpstreamSettings(type="statuspage_feed", name="N", url="https://n.example/feed/json"))
    assert list(exact.addresses) == ["https://n.example/feed/json"]


def test_every_folder_of_fixtures_belongs_to_a_family() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == KINDS.keys()


@each_kind
def test_there_are_fixtures_for_well_down_unknown_and_html(kind: str) -> None:
    mine = [each for each in ALL if each.type == kind]
    assert any(not each.signals and each.malformed is None for each in mine)
    assert any(signal.state is SignalState.FIRING for each in mine for signal in each.signals)
    assert any(signal.state is SignalState.UNKNOWN for each in mine for signal in each.signals)
    assert any(each.malformed and b"<html" in (each.answers[0] or b"").lower() for each in mine)


# --- it reads ---


@pytest.mark.parametrize("page", ALL, ids=str)
def test_a_recorded_page_is_read_as_stated(page: Recorded) -> None:
    if page.malformed is None:
        assert tuple(page.read()) == page.signals
        return
    with pytest.raises(Malformed) as caught:
        page.read()
    assert str(caught.value) == page.malformed


@pytest.mark.parametrize("page", IN_TROUBLE, ids=str)
def test_a_problem_says_what_how_bad_and_whose(page: Recorded) -> None:
    for signal in page.read():
        assert signal.labels["product"] == signal.key
        assert signal.labels["upstream"] == "Pago"
        assert "status" in signal.labels
        assert ("impact" in signal.labels) is (signal.state is SignalState.FIRING)
        assert signal.labels.get("impact", Impact.MINOR) in {Impact.MINOR, Impact.MAJOR, Impact.CRITICAL}


@each_kind
def test_no_answer_is_never_well(kind: str) -> None:
    page = page_of(kind)
    with pytest.raises(Malformed):
        page.read([None] * len(page.addresses))
    with pytest.raises(Malformed):
        page.read([b""] * len(page.addresses))


@each_kind
def test_only_the_products_that_matter_are_told_of(kind: str) -> None:
    page = page_of(kind, products=["nothing-of-theirs"])
    assert page.watches("nothing-of-theirs")
    assert not page.watches("messenger")
    for each in (each for each in ALL if each.type == kind and each.malformed is None and not each.page.products):
        answers = [*each.answers, *each.answers * 2][: len(page.addresses)]
        try:
            assert {signal.key for signal in page.read(answers)} <= {"nothing-of-theirs"}
        except Malformed:
            assert kind == "meta"  # its further addresses answer in other shapes


def test_a_page_that_lists_its_products_leaves_one_it_does_not_list_in_doubt() -> None:
    well = recorded("statuspage_feed", "well")
    [doubt] = well.page.read(well.answers, expected=["wallets", PAGE, "card-payments"])
    assert (doubt.key, doubt.state) == ("wallets", SignalState.UNKNOWN)


def test_a_page_that_lists_only_trouble_says_that_all_else_is_well() -> None:
    well = recorded("aws_status", "well")
    assert well.page.read(well.answers, expected=["ec2-eu-south-1"]) == []


# --- it takes whatever comes ---


@each_kind
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    page = page_of(kind, products=["messenger"])
    answers = [data.draw(st.none() | st.binary(max_size=200)) for _ in page.addresses]
    try:
        page.read(answers)
    except Malformed as error:
        assert_loggable(str(error))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_some_bytes_changed_are_read_or_refused(page: Recorded, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(page.answers) - 1))
    body = page.answers[which] or b" "
    place = data.draw(st.integers(0, max(0, len(body) - 1)))
    read_or_refused(page, *changed(page, which, body[:place] + data.draw(st.binary(max_size=3)) + body[place + 1 :]))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_half_an_answer_is_refused(page: Recorded, data: st.DataObject) -> None:
    body = (page.answers[0] or b"").rstrip()
    assume(len(page.answers) == 1 and body and page.malformed is None)
    place = data.draw(st.integers(0, len(body) - 1))
    assert read_or_refused(page, body[:place]) is None


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(IN_JSON), st.sampled_from(ODD_VALUES), st.data())
def test_one_value_of_another_kind_is_read_or_refused(page: Recorded, odd: Any, data: st.DataObject) -> None:
    value = json.loads(decoded(page))
    container, key = data.draw(st.sampled_from([*places(value), ([value], 0)]))
    container[key] = odd
    read_or_refused(page, *changed(page, 0, json.dumps(value).encode()))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(IN_JSON), st.data())
def test_one_field_left_out_is_read_or_refused(page: Recorded, data: st.DataObject) -> None:
    value = json.loads(decoded(page))
    found = list(places(value))
    assume(found)
    container, key = data.draw(st.sampled_from(found))
    del container[key]
    read_or_refused(page, *changed(page, 0, json.dumps(value).encode()))


WORDS = [each for each in IN_TROUBLE if each in IN_JSON and not each.page.products]


@pytest.mark.parametrize("page", WORDS, ids=str)
def test_no_single_strange_word_makes_a_page_in_trouble_well(page: Recorded) -> None:
    value = json.loads(decoded(page))
    for container, key in list(places(value)):
        before = container[key]
        if isinstance(before, str):
            container[key] = "wobbly"
            told = read_or_refused(page, *changed(page, 0, json.dumps(value).encode()))
            assert told is None or told, f"{key}: {before}"
            container[key] = before


def decoded(page: Recorded) -> str:
    body = page.answers[0] or b""
    return body.decode("utf-16" if body[:1] in b"\xff\xfe" else "utf-8")


# --- slugs ---


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Git Operations", "git-operations"),
        ("Apps/Integrations/APIs", "apps-integrations-apis"),
        ("🔗 API", "api"),
        ("ec2-eu-south-1", "ec2-eu-south-1"),
        ("Messaggi & chiamate", "messaggi-chiamate"),
        ("メッセージ", "メッセージ"),
        ("ＡＰＩ", "api"),
        ("", PAGE),
        ("!!!", PAGE),
        ("a" * 300, "a" * 100),
    ],
)
def test_a_product_is_called_by_its_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(st.characters(max_codepoint=0x17E), max_size=150))
def test_the_slug_of_a_slug_is_itself_and_the_configuration_takes_it(name: str) -> None:
    assert slug(slug(name)) == slug(name)
    assert UpstreamSettings(type="meta", products=(slug(name),)).products == (slug(name),)
