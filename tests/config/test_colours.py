"""Contrast as WCAG measures it, and the nearest colour that has enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    READABLE,
    Colour,
    colour,
    contrast,
    least_contrast,
    readable_on,
    written,
)

parts = st.integers(min_value=0, max_value=255)
colours = st.tuples(parts, parts, parts)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000", "#fff", 21), ("#777777", "#ffffff", 4.48), ("#767676", "#fff", 4.54), ("#00f", "#FFF", 8.59)],
)
def test_contrast_is_what_others_measure(one: str, other: str, expected: float) -> None:
    assert contrast(colour(one), colour(other)) == pytest.approx(expected, abs=0.005)


@given(colours)
def test_a_colour_is_read_as_it_is_written(value: Colour) -> None:
    assert colour(written(value)) == value
    assert contrast(value, value) == 1


@pytest.mark.parametrize("text", ["", "#", "#12", "#1234", "0a7", "#00aa7g", "#0a70a70", "red", "#０a7"])
def test_anything_else_is_no_colour(text: str) -> None:
    with pytest.raises(ValueError, match="such as #0a7"):
        colour(text)


@given(colours, st.sampled_from([LIGHT_GROUNDS, DARK_GROUNDS]))
def test_a_shade_that_can_be_read_is_always_found_and_a_good_colour_is_kept(
    value: Colour, grounds: tuple[str, ...]
) -> None:
    found = readable_on(value, grounds)
    assert least_contrast(found, grounds) >= READABLE
    assert (found == value) is (least_contrast(value, grounds) >= READABLE)
