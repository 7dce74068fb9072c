"""Letters say which script a text is in, and nothing else."""

from __future__ import annotations

import pytest

from bot.languages.scripts import alike, bare, fit_to_be_read, mostly_in_script, script_of


@pytest.mark.parametrize(("tag", "script"), [("it", "Latn"), ("sr", "Cyrl"), ("zh-TW", "Hant"), ("x", "")])
def test_scripts_are_known(tag: str, script: str) -> None:
    assert script_of(tag) == script


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("ar", "نستخدم WhatsApp Business Web"),
        ("ar", "https://shop.example/help"),
        ("ar", "الدفع لا يعمل: https://shop.example/a/very/long/address/of/a/page"),
        ("it", "Ordini fermi: Яндекс"),
        ("ja", "WhatsAppをご利用ください"),
        ("x", "anything"),
        ("it", "14:30"),
    ],
)
def test_names_and_addresses_in_other_letters_do_not_make_a_text_unreadable(tag: str, text: str) -> None:
    assert fit_to_be_read(text, tag)


@pytest.mark.parametrize(
    ("tag", "text"),
    [("ar", "This is plain English"), ("it", "Заказы не работают"), ("ru", "Gli ordini non vanno"), ("ja", "Sorry!")],
)
def test_a_text_in_another_script_is_not_fit_to_be_read(tag: str, text: str) -> None:
    assert not fit_to_be_read(text, tag)
    assert not mostly_in_script(text, tag)


def test_what_is_the_same_in_every_language_is_left_out() -> None:
    assert bare("a `b` {c} www.d.example e@f.example @g [h](https://i.example)").split() == ["a", "[h](", ")"]


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("pt", "pt-BR", True),
        ("zh-Hans", "zh-Hant", True),
        ("da", "nb", True),
        ("sk", "cs", True),
        ("es", "ca", True),
        ("es", "fr", False),
        ("es", "pt", False),
        ("en", "ar", False),
    ],
)
def test_only_close_languages_are_alike(one: str, other: str, close: bool) -> None:
    assert alike(one, other) is alike(other, one) is close
