"""Recorded answers of status pages, and what they mean. One file each in tests/fixtures/upstream/<type>/."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.model import Signal, SignalState
from bot.sources.upstream.base import StatusPage
from bot.sources.upstream.registry import UPSTREAMS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "upstream"
HOME = "https://status.pago.example"
KINDS = {family.type: family for family in UPSTREAMS}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """answers: one body per address, None for none; expected: what was in trouble before; malformed: why it cannot be
    read, None when it can.
    """

    type: str
    name: str
    answers: tuple[bytes | None, ...]
    page: StatusPage
    expected: tuple[str, ...]
    signals: tuple[Signal, ...]
    malformed: str | None

    def __str__(self) -> str:
        return f"{self.type}-{self.name}"

    def read(self, *answers: bytes | None) -> Sequence[Signal]:
        """What other answers, or these, mean to the same page."""
        return self.page.read(answers or self.answers, expected=self.expected)


def page_of(kind: str, *, url: str = HOME, products: Sequence[str] = (), only_open: bool = False) -> StatusPage:
    """A page of that type, configured as ``up``."""
    family = KINDS[kind]
    return family(name="up", shown="Pago", url=url, products=frozenset(products), only_open=only_open)


def recorded(kind: str, name: str) -> Recorded:
    """One of them."""
    item = json.loads((FIXTURES / kind / f"{name}.json").read_text(encoding="utf-8"))
    return Recorded(
        type=kind,
        name=name,
        answers=tuple(_body(answer) for answer in item["answers"]),
        page=page_of(kind, products=item.get("products", ()), only_open=item.get("only_open", False)),
        expected=tuple(item.get("expected", ())),
        signals=tuple(_signal(each) for each in item.get("signals", ())),
        malformed=item.get("malformed"),
    )


def all_recorded() -> list[Recorded]:
    """Every one there is."""
    return [recorded(path.parent.name, path.stem) for path in sorted(FIXTURES.glob("*/*.json"))]


def _body(answer: dict[str, Any] | None) -> bytes | None:
    if answer is None:
        return None
    if "hex" in answer:
        return bytes.fromhex(answer["hex"])
    if "json" in answer:
        return json.dumps(answer["json"], ensure_ascii=False).encode()
    return str(answer["text"]).encode(answer.get("encoding", "utf-8"))


def _signal(item: dict[str, Any]) -> Signal:
    at = datetime.fromisoformat(item["at"]) if item["at"] else None
    return Signal(**{**item, "source": "up", "state": SignalState(item["state"]), "at": at})
