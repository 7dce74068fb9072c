"""Recorded requests: what a sender sends, and which signals that is. One file each in tests/fixtures/<type>/.

A file may state ``options``, further keys of the source's configuration, and ``secret``, with which the recorded
request proves who it is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.config.sources import SourceSettings
from bot.domain.model import Signal, SignalState
from bot.sources.base import HookRequest, Source
from bot.sources.registry import configured

FIXTURES = Path(__file__).parent.parent / "fixtures"
ALSO_NEEDED = {"aws_sns": {"topics": ["arn:aws:sns:eu-south-1:123456789012:shop-alarms"]}}
"""Keys that a type must have beside its secret."""


@dataclass(frozen=True, kw_only=True)
class Fixture:
    """type: the source it is for, which is also the source's configured name; name: of the file, without its ending;

    options: of the source; secret: None when the recorded request proves nothing.
    """

    type: str
    name: str
    options: Mapping[str, Any]
    secret: str | None
    request: HookRequest
    signals: tuple[Signal, ...]
    source: Source
    """It lets everybody in."""

    def __str__(self) -> str:
        return f"{self.type}-{self.name}"

    def saying(self, body: Any) -> HookRequest:
        """The same request with another JSON body."""
        return replace(self.request, body=json.dumps(body).encode())


def source_of(source_type: str, secret: str | None = None, **options: Any) -> Source:
    """The source as the configuration makes it, named after its type. secret: None lets everybody in."""
    proof = {"insecure": True} if secret is None else {"secret": secret, **ALSO_NEEDED.get(source_type, {})}
    settings = SourceSettings.model_validate({"type": source_type, **proof, **options})
    return configured(source_type, settings, default_language="en")


def fixtures_of(source_type: str) -> list[Fixture]:
    """All that are recorded for a type of source, by name."""
    return [_read(source_type, path) for path in sorted((FIXTURES / source_type).glob("*.json"))]


def fixture(source_type: str, name: str) -> Fixture:
    """One of them."""
    return _read(source_type, FIXTURES / source_type / f"{name}.json")


def _read(source_type: str, path: Path) -> Fixture:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    options = recorded.get("options", {})
    return Fixture(
        type=source_type,
        name=path.stem,
        options=options,
        secret=recorded.get("secret"),
        request=_request(recorded["request"]),
        signals=tuple(_signal(source_type, item) for item in recorded["signals"]),
        source=source_of(source_type, **options),
    )


def _request(item: Mapping[str, Any]) -> HookRequest:
    text = json.dumps(item["body"], ensure_ascii=False) if "body" in item else item.get("text", "")
    request = HookRequest(
        method=item.get("method", "POST"),
        headers=item.get("headers", {}),
        query=item.get("query", {}),
        body=text.encode(),
        certificate=item.get("certificate", "").encode(),
    )
    if "received_at" in item:
        return replace(request, received_at=datetime.fromisoformat(item["received_at"]))
    return request


def _signal(source: str, item: Mapping[str, Any]) -> Signal:
    at = datetime.fromisoformat(item["at"]) if item["at"] else None
    return Signal(**{**item, "source": source, "state": SignalState(item["state"]), "at": at})
