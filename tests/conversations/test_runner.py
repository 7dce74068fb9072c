"""A conversation that goes otherwise fails, and tells all of it; one that is written wrongly is refused by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.runner import play
from tests.conversations.script import load, read, scripts
from tests.conversations.steps import Failed

_PEOPLE = """
about: Somebody asks how things are.
who:
  anna: {id: 1001, role: publisher, language: en}
  zoe: {id: 4004, speaks: it}
steps:
  - anna says: /status
"""


async def failure(tmp_path: Path, steps: str) -> str:
    """How the conversation fails once these steps are added."""
    with pytest.raises(Failed) as caught:
        await play(read(_PEOPLE + steps, name="asked"), f"sqlite:///{tmp_path}/notices.db", "polling", patience=3.0)
    return str(caught.value)


async def test_a_failure_tells_the_whole_conversation(tmp_path: Path) -> None:
    told = await failure(tmp_path, '  - anna reads: [No open incidents]\n  - "@bottega_en has": [Online shop]\n')

    assert "Somebody asks how things are." in told
    assert "-- anna says: /status" in told
    assert "-- anna reads: ['No open incidents']" in told
    assert "anna             #" in told
    assert "No open incidents." in told
    assert "asked.yaml:9 went otherwise\n     @bottega_en has: ['Online shop']\n     0 posts, not 1" in told


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("  - anna reads: [Everything burns]", "lacks 'Everything burns'"),
        ("  - anna reads: [No open]\n    buttons: [[Publish]]", "buttons is [], not [['Publish']]"),
        ("  - anna reads: [No open]\n    lacks: Deliveries", "has 'Deliveries'"),
        ("  - anna reads: [No open]\n    with: Publish", "has no button 'Publish'"),
        ("  - anna presses old: Publish", "no button 'Publish'"),
        ("  - anna sees: Everything burns", "lacks 'Everything burns'"),
        ('  - "@bottega_en has": [{text: x, colour: red}]', "0 posts, not 1"),
        ("  - anna reads nothing more:", "No open incidents."),
        ("  - anna sees no: No open", "No open incidents."),
        ("  - anna presses: Publish", "no button 'Publish'"),
        ("  - anna is offered: [dance]", "lacks dance"),
        ("  - store forgets: anna", "deliveries: "),
        ("  - anna taps: Online shop", "no button 'Online shop' on the keyboard"),
        ("  - anna has keyboard: [[Online shop]]", "[]"),
        ("  - store: {incidents: 1, drafts: 0}", "incidents: found 0, not 1"),
        ("  - store: {incidents: [resolved]}", "incidents: found [], not ['resolved']"),
        ("  - page /en/: [Everything burns]", "200: lacks 'Everything burns'"),
        ("  - probe reports: {key: 7}", "422"),
        ("  - anna deletes: Everything burns", "nothing new came"),
    ],
)
async def test_what_is_not_so_is_named(tmp_path: Path, steps: str, reason: str) -> None:
    assert reason in (await failure(tmp_path, steps)).rpartition("went otherwise")[2]


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("anna shouts: hello", "asked:8: unknown step 'anna shouts'"),
        ("bruno says: hello", "asked:8: nobody is called 'bruno'"),
        ("{anna says: hello, loudly: yes}", "asked:8: 'says' has no ['loudly']"),
        ("hello", "asked:8: a step is 'who does: what', found 'hello'"),
    ],
)
def test_a_wrong_step_is_refused_by_its_line(step: str, reason: str) -> None:
    with pytest.raises(ValueError, match="asked:8") as caught:
        read(f"{_PEOPLE}  - {step}\n", name="asked")

    assert reason in str(caught.value)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match="found \\['people'\\]"):
        read("about: x\npeople: {}\nsteps: []\n", name="asked")


def test_every_conversation_says_what_it_shows() -> None:
    told = [load(path).about for path in scripts()]

    assert len(set(told)) == len(told) > 0
    assert all(about.endswith(".") for about in told)
