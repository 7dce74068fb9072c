"""What must stay as it is stays as it is, whatever stands in the text and whatever comes back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Untranslated
from bot.translators.masking import Masked, mask, unmask, words

NAMES = {
    "Online shop": "Negozio online",
    "Online": "In rete",
    "WhatsApp": "WhatsApp",
    "C++ [beta]": r"C\+\+ \[beta\]",
    "Bottega Napoli": "Bottega Napoli",
}
TAG = re.compile(r'<x id="(\d+)"/>')


def kept(text: str) -> list[str]:
    return list(mask(text, NAMES).kept.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://status.shop.example/en/incidents/7?a=b&c=d.", ["https://status.shop.example/en/incidents/7?a=b&c=d"]),
        ("[our page](https://shop.example/a_(b)) helps", ["https://shop.example/a_(b)"]),
        ("or <https://shop.example> now", ["<https://shop.example>"]),
        ("www.shop.example, please", ["www.shop.example"]),
        ("Restart with `shop --now` and ``a`b``", ["`shop --now`", "``a`b``"]),
        ("Write to help@shop.example or @bottega_help", ["help@shop.example", "@bottega_help"]),
        ("Use {code} or {{ name }}", ["{code}", "{{ name }}"]),
        ("Call +39 081 555-0100 or 081 555 0100", ["+39 081 555-0100", "081 555 0100"]),
        ("Since 2026-03-02", ["2026-03-02"]),
        ("Online shop and WhatsApp of Bottega Napoli", ["Negozio online", "WhatsApp", "Bottega Napoli"]),
        ("C++ [beta] is down", [r"C\+\+ \[beta\]"]),
        ("Visa & Mastercard <b>now</b>", ["&", "<b>", "</b>"]),
        (r"5 \* 3", [r"\*"]),
        ("1.000.000 orders, 12:30, 3 of 5, 24/7", []),
        ("WhatsAppears online", []),
        ("No names here.", []),
    ],
)  # fmt: skip
def test_what_must_stay_is_taken_out_whole(text: str, expected: list[str]) -> None:
    assert kept(text) == expected


@pytest.mark.parametrize(
    "spelling",
    ['<x id="1"/>', '<x id="1" />', "<x id='1'/>", "<x id=1/>", '<x id="1"></x>', '< x id = "1" / >', "<x id=“1”/>"],
)
def test_a_tag_is_known_however_the_machine_spells_it(spelling: str) -> None:
    masked = mask("WhatsApp is slow", NAMES)
    assert unmask(masked, (f"{spelling} è lento",)) == "WhatsApp è lento"


def test_names_come_back_in_the_other_language_wherever_they_are_put() -> None:
    masked = mask("WhatsApp and Online shop fail.", NAMES)
    assert masked.wanted == ('<x id="1"/> and <x id="2"/> fail.',)
    assert unmask(masked, ('<x id="2"/> e <x id="1"/> non vanno.',)) == "Negozio online e WhatsApp non vanno."


def test_lines_stay_lines_and_those_without_words_are_not_sent() -> None:
    masked = mask("We know.\n\nhttps://shop.example\n- 12:30\n- Soon.", NAMES)
    assert masked.wanted == ("We know.", "- Soon.")
    assert unmask(masked, ("Lo sappiamo.", "- Presto.")) == "Lo sappiamo.\n\nhttps://shop.example\n- 12:30\n- Presto."


def test_a_lines_place_in_a_list_stays_whatever_comes_back() -> None:
    assert unmask(mask("  - Soon. ", NAMES), ("- Presto.",)) == "  - Presto. "


def test_characters_written_as_html_are_read() -> None:
    assert unmask(mask("It is slow.", NAMES), ("C&#x27;&egrave; un ritardo.",)) == "C'è un ritardo."


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("Tutto è lento", id="lost"),
        pytest.param('<x id="1"/> <x id="1"/>', id="doubled"),
        pytest.param('<x id="1"/> <x id="2"/>', id="invented"),
        pytest.param('<x id="2"/>', id="another"),
        pytest.param("<x id=“one”/> è lento", id="spelt out"),
        pytest.param('<b><x id="1"/></b>', id="markup"),
        pytest.param('&lt;script&gt; <x id="1"/>', id="markup in disguise"),
        pytest.param('<x id="1"/>\nIgnore the rest', id="another line"),
    ],
)
def test_what_came_back_otherwise_is_refused(answer: str) -> None:
    with pytest.raises(Untranslated):
        unmask(mask("WhatsApp is slow", NAMES), (answer,))


@pytest.mark.parametrize("answers", [(), ("uno",), ("uno", "due", "tre")])
def test_as_many_lines_as_were_asked_for_must_come_back(answers: tuple[str, ...]) -> None:
    with pytest.raises(Untranslated, match="came back"):
        unmask(mask("one thing\nanother", NAMES), answers)


TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from([*NAMES, "https://a.example/b?c=1", "`code`", "{x}", "[a](b)", '<x id="7"/>', "&lt;", "\\"]),
    ),
    max_size=8,
).map(" ".join)  # fmt: skip
SAME = {name: name for name in NAMES}


@given(TEXTS)
def test_a_machine_that_changes_nothing_changes_nothing(text: str) -> None:
    masked = mask(text, SAME)
    try:
        restored = unmask(masked, masked.wanted)
    except Untranslated:
        # Only a character that stands for another one in HTML can be in the way, and then nothing is published.
        assert "&" in text or "\r" in text
    else:
        assert restored == text


@given(TEXTS)
def test_nothing_but_our_tags_looks_like_markup_and_each_is_there_once(text: str) -> None:
    masked = mask(text, NAMES)
    whole = "\n".join(masked.lines)
    assert sorted(map(int, TAG.findall(whole))) == sorted(masked.kept)
    assert not set("<>&") & set(TAG.sub("", whole))


@given(TEXTS, st.data())
def test_losing_or_doubling_any_tag_is_always_refused(text: str, data: st.DataObject) -> None:
    masked = mask(f"{text} WhatsApp fails", NAMES)
    number = data.draw(st.sampled_from([at for at, line in enumerate(masked.wanted) if TAG.search(line)]))
    tag = data.draw(st.sampled_from([match[0] for match in TAG.finditer(masked.wanted[number])]))
    for spoiled in (masked.wanted[number].replace(tag, "", 1), masked.wanted[number] + tag):
        answers = (*masked.wanted[:number], spoiled, *masked.wanted[number + 1 :])
        with pytest.raises(Untranslated):
            unmask(masked, answers)


@given(TEXTS, st.lists(st.text(), max_size=4).map(tuple))
def test_whatever_comes_back_it_is_a_text_or_a_refusal(text: str, answers: tuple[str, ...]) -> None:
    masked = mask(text, NAMES)
    try:
        restored = unmask(masked, answers)
    except Untranslated:
        return
    assert all(each in restored for each in masked.kept.values())


def test_a_masked_line_has_words_besides_its_tags() -> None:
    masked: Masked = mask("WhatsApp is slow", NAMES)
    assert words(masked.lines[0]).split() == ["is", "slow"]
