"""What a machine says is published only when nothing speaks against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Untranslated
from bot.translators.accepting import refuse_doubtful

ASKED = 'The orders in <x id="1"/> fail since 14:30, call us.'


@pytest.mark.parametrize(
    ("target", "answered"),
    [
        ("it", 'Gli ordini in <x id="1"/> non vanno dalle 14:30, chiamateci.'),
        ("ru", 'Заказы в <x id="1"/> не работают с 14:30, позвоните нам.'),
        ("ar", 'الطلبات في <x id="1"/> لا تعمل منذ ١٤:٣٠، اتصلوا بنا.'),
        ("ja", '<x id="1"/>の注文は14:30から失敗しています。お電話ください。'),
        ("zh-Hans", '<x id="1"/>的订单从14:30起失败，请致电。'),
        ("ko", '<x id="1"/> 주문이 14:30부터 실패합니다. 전화 주세요.'),
        ("el", 'Οι παραγγελίες στο <x id="1"/> αποτυγχάνουν από τις 14:30, καλέστε μας.'),
        ("he", 'ההזמנות ב-<x id="1"/> נכשלות מאז 14:30, התקשרו אלינו.'),
        ("hi", '<x id="1"/> में ऑर्डर 14:30 से विफल हो रहे हैं, हमें कॉल करें।'),
        ("th", 'คำสั่งซื้อใน <x id="1"/> ล้มเหลวตั้งแต่ 14:30 โทรหาเรา'),
        ("uk", 'Замовлення в <x id="1"/> не працюють з 14:30, телефонуйте в SMS.'),
    ],
)
def test_a_translation_into_any_script_is_taken(target: str, answered: str) -> None:
    refuse_doubtful(ASKED, f" {answered}\n", source="en", target=target)


@pytest.mark.parametrize(
    ("answered", "says"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(' <x id="1"/> 14:30 ', "empty", id="only a tag"),
        pytest.param(ASKED, "as it was", id="unchanged"),
        pytest.param(ASKED.upper().replace("X ID", "x id"), "as it was", id="only in another case"),
        pytest.param("Gli ordini non vanno dalle 14:30 " * 9, "far too long", id="chatter"),
        pytest.param("Заказы не работают с 14:30, позвоните нам.", "another script", id="Russian"),
        pytest.param("Gli ordini non vanno dalle 15:30, chiamateci.", "other figures", id="another time"),
        pytest.param("Gli ordini non vanno, chiamateci.", "other figures", id="no time"),
        pytest.param("Gli *ordini* non vanno dalle 14:30.", "other markup", id="emphasis"),
        pytest.param("Gli [ordini](a) non vanno dalle 14:30.", "other markup", id="a link"),
        pytest.param("Gli ordini non vanno dalle 14:30: www.ordini.example", "an address", id="an address"),
    ],
)
def test_what_cannot_be_right_is_refused(answered: str, says: str) -> None:
    with pytest.raises(Untranslated, match=says):
        refuse_doubtful(ASKED, answered, source="en", target="it")


def test_a_few_words_may_be_the_same_in_both_languages() -> None:
    refuse_doubtful("Status: OK", "Status: OK", source="en", target="de")


def test_a_text_in_few_characters_may_become_a_long_one() -> None:
    english = "We are very sorry, orders currently cannot be placed, so please use another way to reach us until then."
    chinese = "非常抱歉，目前无法下单，请通过其他方式联系我们。"
    refuse_doubtful(chinese, english, source="zh-Hans", target="en")


@pytest.mark.parametrize(
    ("asked", "answered", "says"),
    [
        pytest.param("Orders fail.", "Ordini fermi: evil.example", "an address", id="a bare domain"),
        pytest.param("Orders fail.", "Ordini fermi: EVIL.COM", "an address", id="in capitals"),
        pytest.param("Orders fail.", "Ordini fermi: evil&#46;example", "an address", id="written as an entity"),
        pytest.param('Orders in <x id="1"/> fail.', 'Ordini in <x id="1"/>.evil fermi.', "an address", id="joined"),
        pytest.param("Orders fail.", "# Ordini fermi.", "a heading", id="a heading"),
        pytest.param("Orders fail.", "- Ordini fermi.", "a list", id="a list"),
        pytest.param("Orders fail.", "+ Ordini fermi.", "a list", id="another list"),
        pytest.param("Orders fail.", "> Ordini fermi.", "a quotation", id="a quotation"),
        pytest.param("Orders of 3. fail.", "3. ordini fermi.", "a list", id="a numbered list"),
        pytest.param("- Orders fail.", "Ordini fermi.", "no longer", id="a list that is lost"),
        pytest.param("Orders fail.", "Ordini _fermi_.", "other markup", id="emphasis"),
        pytest.param("Orders fail.", "Ordini &#42;fermi&#42;.", "other markup", id="emphasis written as entities"),
        pytest.param("Orders fail.", "Ordini\\ fermi.", "other markup", id="a backslash"),
    ],
)
def test_addresses_and_markup_are_not_invented(asked: str, answered: str, says: str) -> None:
    with pytest.raises(Untranslated, match=says):
        refuse_doubtful(asked, answered, source="en", target="it")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Orders at shop.example fail.", "Ordini su shop.example fermi."),
        ("- Orders fail.", " - Ordini fermi."),
        ("3. Orders fail.", "3. Ordini fermi."),
        ("_Orders_ fail.", "_Ordini_ fermi."),
        ('<x id="1"/> - orders fail.', '<x id="1"/> - ordini fermi.'),
        ("Orders fail. We look.", "Ordini fermi.Verifichiamo."),
        ("Orders fail: it is not you.", "Ordini fermi: non c&#39;entrate."),
    ],
)
def test_those_that_were_there_may_stay(asked: str, answered: str) -> None:
    refuse_doubtful(asked, answered, source="en", target="it")


@given(st.text(), st.text(), st.sampled_from(["it", "ar", "ja", "ru", "zh-Hant"]))
def test_whatever_comes_it_is_taken_or_refused(asked: str, answered: str, target: str) -> None:
    try:
        refuse_doubtful(asked, answered, source="en", target=target)
    except Untranslated:
        return
    assert any(character.isalpha() for character in answered)
