"""The buttons below a draft's card. Pure: what they do is ``pressing``'s matter, and who may is asked when they are
pressed.
"""

from __future__ import annotations

from bot.domain.buttons import Button, Buttons
from bot.domain.cards import Reader
from bot.domain.changes import Draft
from bot.domain.model import Impact, Role, UpdateState
from bot.domain.presses import data_of
from bot.intake.drawing import KIND
from bot.languages.tongue import Tongue
from bot.operators.drafts.words import beside

PROMISES = ("30", "60")
"""Minutes after which more news may be promised by one tap."""

_Row = tuple[Button, ...]


def rows_below(draft: Draft, reader: Reader, *, shown: str, picking: bool, tongue: Tongue) -> Buttons | None:
    """What the reader may do. shown: the language; picking: they choose an impact now. None when there is nothing."""
    rows = list(_paging(draft, shown))
    if draft.state is UpdateState.DRAFT:
        rows += _impacts(draft, tongue) if picking else _deeds(draft, reader, tongue)
    return Buttons(tuple(rows)) if rows else None


def _paging(draft: Draft, shown: str) -> list[_Row]:
    if len(draft.notices) < 2:
        return []
    before, place, after = beside(draft.notices, shown)
    here = Button(f"{shown} {place}/{len(draft.notices)}", data_of(KIND, draft.id, "page", shown))
    return [
        (
            Button(f"◀ {before}", data_of(KIND, draft.id, "page", before)),
            here,
            Button(f"{after} ▶", data_of(KIND, draft.id, "page", after)),
        )
    ]


def _deeds(draft: Draft, reader: Reader, tongue: Tongue) -> list[_Row]:
    if not reader.role.includes(Role.DRAFTER):
        return []
    say, publishes = tongue.say, reader.role.includes(Role.PUBLISHER)
    words = (
        Button(say("Edit words"), data_of(KIND, draft.id, "words")),
        Button(say("Change impact"), data_of(KIND, draft.id, "pick")),
    )
    no = Button(say("Drop"), data_of(KIND, draft.id, "drop"), style="danger")
    if not publishes:
        return [words, (no,)] if draft.is_of(reader.name) else [words]
    yes = Button(say("Publish"), data_of(KIND, draft.id, "publish", draft.wording), style="success")
    hush = [Button(say("Drop and silence 1 h"), data_of(KIND, draft.id, "hush"))] if draft.begins else []
    wait = [(Button(say("Wait 10 min"), data_of(KIND, draft.id, "wait", "10")),)] if draft.deadline else []
    return [(yes,), words, *_promises(draft, tongue), *wait, (no, *hush)]


def _promises(draft: Draft, tongue: Tongue) -> list[_Row]:
    """A word that ends the story promises no more of them, and a plan says when it goes on anyway."""
    if draft.status.ends or draft.status.planned:
        return []
    texts = (tongue.say("Promise news in 30 min"), tongue.say("in 1 h"))
    return [
        tuple(
            Button(text, data_of(KIND, draft.id, "promise", minutes))
            for text, minutes in zip(texts, PROMISES, strict=True)
        )
    ]


def _impacts(draft: Draft, tongue: Tongue) -> list[_Row]:
    def one(impact: Impact) -> Button:
        sign = "• " if impact is draft.impact else ""
        return Button(f"{sign}{tongue.word(impact)}", data_of(KIND, draft.id, "impact", impact.value))

    none, minor, major, critical = Impact
    back = Button(tongue.say("Back"), data_of(KIND, draft.id, "back"))
    return [(one(none), one(minor)), (one(major), one(critical)), (back,)]
