"""What operators may call days, in every language that notices can be written in."""

from __future__ import annotations

import pytest
from babel import Locale

from bot.domain.dates import folded
from bot.languages.days import day_names
from bot.resources import NOTICES

TAGS = sorted(file.stem for file in NOTICES.glob("*.yaml"))


@pytest.mark.parametrize("tag", TAGS)
def test_every_language_has_its_own_names_of_all_seven_days(tag: str) -> None:
    wide = Locale.parse(tag, sep="-").days["format"]["wide"]
    assert {day: day_names(tag).weekdays[folded(name)] for day, name in wide.items()} == {day: day for day in range(7)}


@pytest.mark.parametrize("tag", TAGS)
def test_english_names_are_understood_where_they_mean_nothing_else(tag: str) -> None:
    names = day_names(tag)
    assert [names.weekdays[day] for day in ("monday", "saturday", "sunday")] == [0, 5, 6]
    assert [names.relative[day] for day in ("today", "tomorrow")] == [0, 1]


def test_the_own_language_goes_before_english() -> None:
    assert day_names("fr").weekdays["mar"] == 1
    assert day_names("de").weekdays["so"] == 6
