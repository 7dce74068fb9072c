"""What takes the place of a post that somebody has deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deleted import Loss, in_its_place
from bot.domain.delivery import Action

FIRST = Loss(action=Action.EDIT, open=True, newest=True, others=False, edited=False, pins=False, unwanted=False)
LATER = replace(FIRST, action=Action.AMEND)
POST, EDIT, PIN = Action.POST, Action.EDIT, Action.PIN


@pytest.mark.parametrize(
    ("loss", "owed"),
    [
        pytest.param(FIRST, (POST,), id="the only post is posted anew"),
        pytest.param(replace(FIRST, pins=True), (POST, PIN), id="and pinned where posts are"),
        pytest.param(replace(FIRST, action=PIN, pins=True), (POST, PIN), id="whether an edit or a pin tells"),
        pytest.param(replace(FIRST, others=True), (EDIT,), id="another post becomes the first"),
        pytest.param(replace(FIRST, others=True, pins=True), (EDIT, PIN), id="and is pinned"),
        pytest.param(replace(FIRST, others=True, edited=True), (), id="which an edit to come does by itself"),
        pytest.param(replace(FIRST, others=True, edited=True, pins=True), (PIN,), id="but for the pin"),
        pytest.param(replace(FIRST, unwanted=True), (), id="what nobody wants is not"),
        pytest.param(
            replace(FIRST, unwanted=True, others=True), (EDIT,), id="but another post still becomes the first"
        ),
        pytest.param(replace(FIRST, open=False, pins=True), (), id="what is over is left alone"),
        pytest.param(LATER, (POST,), id="the newest words are posted anew"),
        pytest.param(replace(LATER, others=True, pins=True), (POST,), id="though another post stands"),
        pytest.param(replace(LATER, newest=False), (), id="older words are not"),
        pytest.param(replace(LATER, unwanted=True), (), id="nor words that nobody wants"),
        pytest.param(replace(LATER, open=False), (), id="nor those of a story that is over"),
    ],
)
def test_what_is_owed_in_its_place(loss: Loss, owed: tuple[Action, ...]) -> None:
    assert in_its_place(loss) == owed
