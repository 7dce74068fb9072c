"""The layout, and the exact text and entities customers get (golden files; UPDATE_GOLDEN=1 writes them anew)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.compose import compose
from bot.channels.telegram.entities import MOST_ENTITIES, Entity, Formatted, directed, limited, units
from bot.domain.delivery import Action, Delivery
from bot.errors import Permanent, Reason
from tests.channels.telegram.notices import ARABIC, RESOLVED, delivery, notice
from tests.channels.telegram.oracle import as_json, covered, covered_by_telegram, kept, marked
from tests.channels.telegram.test_markdown import markdowns

GOLDEN = Path(__file__).parents[2] / "golden" / "telegram"

RICH = notice(
    title="Payments *by card* <b>& more</b> fail",
    body="What we know:\n\n1. Cards are refused.\n2. Cash `on delivery` works 😀\n\n> We are sorry.\n\nSee [here](http://localhost/x).",
    instead="Call [+39 081 123](tel:+39081123).\n\nWrite to <help@shop.example>.",
)

DELIVERIES = {
    "post": delivery(notice=notice()),
    "post_without_instead": delivery(notice=RESOLVED, anchor="100"),
    "post_rich": delivery(notice=RICH),
    "post_arabic": delivery(notice=ARABIC),
    "edit_resolved": delivery(Action.EDIT, notice=RESOLVED, opening=notice(), anchor="100"),
    "edit_arabic": delivery(Action.EDIT, notice=RESOLVED, opening=ARABIC, anchor="100"),
    "operator": delivery(text="**Draft 12** waits\n`/publish 12` or `/drop 12`"),
}


@pytest.mark.parametrize(("name", "owed"), DELIVERIES.items(), ids=DELIVERIES)
def test_the_words_are_exactly_those_on_file(name: str, owed: Delivery) -> None:
    formatted = compose(owed)
    found = {"text": formatted.text.split("\n"), "entities": [as_json(entity) for entity in formatted.entities]}
    path = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("owed", DELIVERIES.values(), ids=DELIVERIES)
def test_telegram_keeps_the_words_as_composed(owed: Delivery) -> None:
    formatted = compose(owed)
    words = kept(formatted)
    assert words.text == formatted.text
    assert covered_by_telegram(words) == covered(formatted)


def test_the_first_line_is_the_state_and_the_next_the_title_in_bold() -> None:
    formatted = compose(delivery(notice=notice()))
    assert formatted.text.split("\n")[:3] == ["Investigating since 14:03", "", "Online shop unavailable"]
    assert marked(formatted)[0] == ("bold", "Online shop unavailable")


def test_an_edit_puts_the_new_state_above_the_words_the_post_opened_with() -> None:
    before = compose(delivery(notice=notice())).text.split("\n")
    after = compose(delivery(Action.EDIT, notice=RESOLVED, opening=notice(), anchor="100")).text.split("\n")
    assert after == ["Resolved after 1 h 20 min", *before[1:]]


def test_where_else_to_reach_the_company_stands_out_as_a_quotation() -> None:
    assert ("blockquote", "Write to us on Telegram.") in marked(compose(delivery(notice=notice())))


@given(state=st.text(min_size=1), title=st.text(min_size=1))
@example(state="\u200f\u200e\u200fx", title="\u200e\u200e")
@settings(max_examples=300, deadline=None)
def test_state_and_title_are_never_read_as_markup(state: str, title: str) -> None:
    formatted = compose(delivery(notice=notice(state=state, title=title, body="x", instead=None)))
    kinds = [entity.kind for entity in formatted.entities]
    assert kinds in (["bold", "text_link"], ["text_link"])
    words = kept(formatted)
    assert words.text == formatted.text
    assert covered_by_telegram(words) == covered(formatted)


@given(body=markdowns, instead=markdowns)
@example(body="\u200ex", instead="- \u200fx")
@settings(max_examples=400, deadline=None)
def test_telegram_keeps_any_arabic_notice_as_composed(body: str, instead: str) -> None:
    odd = notice(state="تم", title="WhatsApp معطل", body=body, instead=instead, lang="ar", direction="rtl")
    formatted = compose(delivery(notice=odd))
    words = kept(formatted)
    assert words.text == formatted.text
    assert covered_by_telegram(words) == covered(formatted)


def test_right_to_left_lines_that_begin_with_a_latin_name_get_a_mark() -> None:
    lines = compose(delivery(notice=ARABIC)).text.split("\n")
    assert [line[0] == "\u200f" for line in lines if line] == [False, True, False, True, False, False, False]


def test_a_mark_stands_before_the_entity_of_its_line() -> None:
    title = marked(compose(delivery(notice=ARABIC)))[0]
    assert title == ("bold", "\u2068WhatsApp\u2069 لا يعمل")


def test_left_to_right_words_get_no_marks() -> None:
    words = Formatted(text="abc")
    assert directed(words, "ltr") == words
    assert directed(words, "rtl").text == "\u200fabc"


def test_an_entity_over_several_lines_grows_with_the_marks_in_it() -> None:
    whole = Formatted(text="abc\ndef\nغ", entities=(Entity(kind="bold", offset=0, length=9),))
    assert marked(directed(whole, "rtl")) == [("bold", "abc\n\u200fdef\nغ")]


def test_a_text_of_4096_units_is_sent_and_one_more_is_refused() -> None:
    assert units(compose(delivery(text="😀" * 2048)).text) == 4096
    with pytest.raises(Permanent, match="4097 UTF-16 units") as refusal:
        compose(delivery(text="😀" * 2048 + "x"))
    assert refusal.value.reason is Reason.REFUSED


@pytest.mark.parametrize("text", ["", " \n", "\u202e"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(Permanent, match="no words"):
        compose(delivery(text=text))


def test_of_too_many_entities_links_are_kept_and_the_last_styles_go() -> None:
    many = " ".join("**x**" for _ in range(120)) + " [page](https://shop.example/)"
    formatted = compose(delivery(text=many))
    assert len(formatted.entities) == MOST_ENTITIES
    assert formatted.entities[-1].kind == "text_link"
    assert formatted.entities[:99] == limited(formatted).entities[:99]
    assert len(kept(formatted).entities) == MOST_ENTITIES
