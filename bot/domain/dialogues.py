"""What an operator is in the middle of saying, button by button, as a value that is written down. Pure.

Which questions there are, and how they are asked, is ``operators.dialogues``' matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Part = Mapping[str, Any]
"""Some answers by name; of what JSON can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What has been said so far.

    given: the answers, one part for each question, in the order given; fixed: how many of these parts the command
    itself said, which no button takes back; look: what the present question shows, such as the page, or what is ticked.
    """

    given: tuple[Part, ...] = ()
    fixed: int = 0
    look: Part = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        """All answers by name; a later one wins."""
        return {name: value for part in self.given for name, value in part.items()}

    @property
    def can_go_back(self) -> bool:
        """Whether there is an answer to take back."""
        return len(self.given) > self.fixed

    def plus(self, part: Part) -> Talk:
        """With one more answer."""
        return replace(self, given=(*self.given, part), look={})

    def back(self) -> Talk:
        """Without the last answer; it is what the question shows, ready to be changed."""
        return replace(self, given=self.given[:-1], look=self.given[-1])

    def looking(self, part: Part) -> Talk:
        """With something else shown, and all else as it was."""
        return replace(self, look={**self.look, **part})


def to_json(talk: Talk) -> dict[str, Any]:
    """As it is written down; ``from_json`` is its inverse."""
    return {"given": [dict(part) for part in talk.given], "fixed": talk.fixed, "look": dict(talk.look)}


def from_json(written: Mapping[str, Any]) -> Talk:
    """What ``to_json`` wrote."""
    return Talk(given=tuple(written["given"]), fixed=written["fixed"], look=written["look"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One dialogue. chat_id, topic: where it is; telegram_id: who began it, and alone may go on; kind: such as
    "incident"; step: 1 and up, grows with every answer: buttons of an earlier one are old;
    ended: it was finished, given up or overtaken by another one.
    """

    id: int
    chat_id: int
    topic: int | None
    telegram_id: int
    kind: str
    step: int
    talk: Talk
    changed_at: datetime
    ended: bool

    @property
    def subject(self) -> str:
        """What its card is about."""
        return f"dialogue:{self.id}"
