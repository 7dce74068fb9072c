"""Operators plan in their own language: the small words of all they are answered in, and the signs that need none."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.dates import Here
from bot.domain.dialogues import Talk
from bot.domain.recurring import Every, take_every
from bot.domain.windows import take_start
from bot.languages.days import day_names
from bot.languages.tongue import ENGLISH
from bot.operators.dialogues.asking import Company, Scene
from bot.operators.dialogues.when import StartDay
from bot.resources import OPERATORS

NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)  # a Monday, 15:03 in Rome
SATURDAY = (datetime(2026, 3, 7, 1, 0, tzinfo=UTC), datetime(2026, 3, 7, 3, 0, tzinfo=UTC))
TOMORROW = (datetime(2026, 3, 3, 1, 0, tzinfo=UTC), datetime(2026, 3, 3, 3, 30, tzinfo=UTC))


def here(tag: str) -> Here:
    return Here(now=NOW, zone=ZoneInfo("Europe/Rome"), names=day_names(tag))


@pytest.mark.parametrize(
    ("tag", "lasting", "until", "often"),
    [
        ("en", "sat at 02:00 for 2h", "tomorrow at 02:00 until 04:30", "every two weeks"),
        ("it", "sab alle 02:00 per 2h", "domani alle ore 02:00 fino alle 04:30", "ogni due settimane"),
        ("es", "sáb a las 02:00 durante 2h", "mañana a las 02:00 hasta las 04:30", "cada 2 semanas"),
        ("fr", "samedi à 02:00 pendant 2h", "demain à 02:00 jusqu’à 04:30", "toutes les deux semaines"),
        ("de", "Samstag um 02:00 für 2h", "morgen um 02:00 bis 04:30", "alle zwei Wochen"),
        ("nl", "zaterdag om 02:00 gedurende 2h", "morgen om 02:00 tot 04:30", "elke twee weken"),
        ("pt-BR", "sábado às 02:00 por 2h", "amanhã às 02:00 até às 04:30", "a cada duas semanas"),
        ("pl", "sobota o 02:00 na 2h", "jutro o 02:00 do 04:30", "co dwa tygodnie"),
        ("ru", "суббота в 02:00 на 2h", "завтра в 02:00 до 04:30", "каждые две недели"),
        ("uk", "субота о 02:00 на 2h", "завтра о 02:00 до 04:30", "кожні два тижні"),
        ("tr", "cumartesi saat 02:00 + 2h", "yarın 02:00 - 04:30", "iki haftada bir"),
        ("ar", "السبت الساعة 02:00 لمدة 2h", "غدًا في 02:00 حتى 04:30", "كل أسبوعين"),
        ("ja", "土曜日 02:00 + 2h", "明日 02:00 - 04:30", "隔週"),
        ("zh-Hans", "星期六 02:00 + 2h", "明天 02:00 - 04:30", "每两周"),
    ],
)
def test_a_window_is_planned_in_ones_own_words(tag: str, lasting: str, until: str, often: str) -> None:
    assert take_start(f"{lasting} {often} abc", here(tag)) == (*SATURDAY, f"{often} abc")
    assert take_start(until, here(tag)) == (*TOMORROW, "")
    assert take_every(f"{often} abc", here(tag).names.joints) == (Every.TWO_WEEKS, "abc")


@pytest.mark.parametrize("tag", ["en", *sorted(path.stem for path in OPERATORS.glob("*.po"))])
def test_english_is_understood_everywhere(tag: str) -> None:
    assert take_start("sat 02:00 for 2h", here(tag)) == (*SATURDAY, "")
    assert take_every("every month", here(tag).names.joints) == (Every.MONTH_DAY, "")


@pytest.mark.parametrize("tag", ["en", "en-US", "pt-BR", *sorted(path.stem for path in OPERATORS.glob("*.po"))])
def test_the_example_on_the_calendar_can_be_typed_as_it_stands(tag: str) -> None:
    company = Company(components={}, languages=["en"], zone=ZoneInfo("Europe/Rome"))
    screen = StartDay().screen(Talk(), Scene(company=company, tongue=ENGLISH, language=tag, now=NOW))
    example = screen.text.split("`")[1]
    assert take_start(example, here(tag)) == (*SATURDAY, "")


def test_words_of_a_text_are_not_taken_for_a_time() -> None:
    starts, ends, text = take_start("sab 02:00 - 04:00 per due ore lavoriamo", here("it"))
    assert (starts, ends, text) == (*SATURDAY, "per due ore lavoriamo")
