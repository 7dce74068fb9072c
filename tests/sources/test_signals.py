"""What a sender's texts may and may not bring into a signal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import SignalState
from bot.errors import Malformed
from bot.sources.signals import MOST_LABELS, clean, digest, is_url, signal


def test_ordinary_text_in_any_script_stays_as_it_is() -> None:
    for text in ("Shop", "Città di Napoli", "المتجر لا يعمل", "店铺", "100 % {0} <b> *x* 😀👩‍👩‍👧", "می‌خواهم"):
        assert clean(text, 100) == text


def test_controls_and_direction_overrides_are_taken_out() -> None:
    assert clean("a\x00b\x1b[31mc\x7f\x9b", 100) == "ab[31mc"
    assert clean("\u202eshop\u202c \u2066x\u2069", 100) == "shop x"


def test_line_breaks_become_blanks() -> None:
    assert clean("one\r\ntwo\tthree\u2028four", 100) == "one two three four"


def test_long_text_is_cut_and_shows_it() -> None:
    assert clean("x" * 501, 500) == "x" * 499 + "…"
    assert clean("x" * 500, 500) == "x" * 500


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text, 50)
    assert clean(once, 50) == once
    assert len(once) <= 50


@pytest.mark.parametrize("key", ["x" * 301, "a\nb", "\u202ea", "a\u2028b"])
def test_a_key_that_is_long_or_not_printable_becomes_its_hash(key: str) -> None:
    hashed = signal("probe", key=key, state=SignalState.FIRING).key
    assert len(hashed) == 64
    assert hashed == signal("probe", key=key, state=SignalState.RESOLVED).key
    assert hashed != signal("probe", key=key + "!", state=SignalState.FIRING).key


def test_a_key_of_three_hundred_characters_is_kept() -> None:
    assert signal("probe", key="é" * 300, state=SignalState.FIRING).key == "é" * 300


@pytest.mark.parametrize("key", ["", " ", "\u3000", "\n", "/", "///"])
def test_a_problem_without_a_name_is_refused(key: str) -> None:
    with pytest.raises(Malformed, match="nothing in it names the problem"):
        signal("probe", key=key, state=SignalState.FIRING)


def test_a_key_that_no_encoding_has_becomes_its_hash_too() -> None:
    keys = {signal("probe", key=f"kind {half}", state=SignalState.UNKNOWN).key for half in ("\udcff", "\udcfe", "?")}
    assert len(keys) == 3


def test_of_more_labels_than_are_sane_the_last_are_kept() -> None:
    labels = {f"tag{number}": "" for number in range(MOST_LABELS)} | {"service": "shop"}
    kept = signal("probe", key="a", state=SignalState.FIRING, labels=labels).labels
    assert len(kept) == MOST_LABELS
    assert kept["service"] == "shop", "what a sender itself says stands after what people called it"
    assert "tag0" not in kept


def test_the_order_of_labels_does_not_make_another_problem() -> None:
    assert digest({"a": "1", "b": "2"}) == digest({"b": "2", "a": "1"})
    assert digest({"a": "1", "b": "2"}) != digest({"a": "1b", "": "2"})
    assert digest({"a": '1", "b'}) != digest({"a": "1", "b": ""})


@pytest.mark.parametrize(
    "url",
    ["https://a.example/x?y=1#z", "http://10.0.0.1:9090/graph?g0.expr=up+%3D%3D+0", "HTTPS://A", "https://a/@b?c@d"],
)
def test_an_address_of_the_web_is_kept(url: str) -> None:
    assert signal("probe", key="a", state=SignalState.FIRING, url=url).url == url


@pytest.mark.parametrize(
    "url",
    ["", "https://", "javascript:alert(1)", "/relative", "?orgId=1", "ftp://a.example", "https://a b", "https://a\n",
     'https://a"onclick=', "https://a<script>", "https://a\u202e", "https://" + "a" * 2000,
     "https://name:word@a.example/", "https://name@a"],
)  # fmt: skip
def test_anything_else_is_no_address(url: str) -> None:
    assert not is_url(url)
    assert signal("probe", key="a", state=SignalState.FIRING, url=url).url is None
