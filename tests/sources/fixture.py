"""Recorded requests: what a sender sends, and which signals that is. One file each in tests/fixtures/<type>/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest

FIXTURES = Path(__file__).parent.parent / "fixtures"


@dataclass(frozen=True, kw_only=True)
class Fixture:
    """type: the source it is for, which is also the source's configured name; name: of the file, without its ending."""

    type: str
    name: str
    request: HookRequest
    signals: tuple[Signal, ...]

    def __str__(self) -> str:
        return f"{self.type}-{self.name}"

    def saying(self, body: Any) -> HookRequest:
        """The same request with another JSON body."""
        return replace(self.request, body=json.dumps(body).encode())


def fixtures_of(source_type: str) -> list[Fixture]:
    """All that are recorded for a type of source, by name."""
    return [_read(source_type, path) for path in sorted((FIXTURES / source_type).glob("*.json"))]


def fixture(source_type: str, name: str) -> Fixture:
    """One of them."""
    return _read(source_type, FIXTURES / source_type / f"{name}.json")


def _read(source_type: str, path: Path) -> Fixture:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    return Fixture(
        type=source_type,
        name=path.stem,
        request=_request(recorded["request"]),
        signals=tuple(_signal(source_type, item) for item in recorded["signals"]),
    )


def _request(item: Mapping[str, Any]) -> HookRequest:
    text = json.dumps(item["body"], ensure_ascii=False) if "body" in item else item.get("text", "")
    return HookRequest(
        method=item.get("method", "POST"),
        headers=item.get("headers", {}),
        query=item.get("query", {}),
        body=text.encode(),
    )


def _signal(source: str, item: Mapping[str, Any]) -> Signal:
    at = datetime.fromisoformat(item["at"]) if item["at"] else None
    return Signal(**{**item, "source": source, "state": SignalState(item["state"]), "at": at})
