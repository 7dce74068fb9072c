"""The section about subscribers."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.config.subscribers import SubscriberSettings
from bot.domain.model import Impact


def test_all_of_it_may_be_left_out() -> None:
    settings = SubscriberSettings.model_validate({})
    assert settings.silent == (Impact.NONE, Impact.MINOR)
    assert (settings.paid, settings.quiet_hours) == (False, None)


@pytest.mark.parametrize("hours", ["22-7", "22:00", "25:00-07:00", "07:00-07:00", "22:00 - 07:00"])
def test_quiet_hours_are_two_times_of_day(hours: str) -> None:
    with pytest.raises(ValidationError, match="expected hours such as 22:00-07:00"):
        SubscriberSettings.model_validate({"quiet_hours": hours})
