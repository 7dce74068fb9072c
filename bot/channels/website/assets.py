"""The files pages refer to, under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from bot.resources import SITE

_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file. path: where it is served, ``/assets/style.1a2b3c4d5e.css``; body: its bytes."""

    path: str
    content_type: str
    body: bytes = field(repr=False)


def load_assets(folder: Path = SITE / "assets") -> dict[str, Asset]:
    """Every asset by its name in the templates (``style.css``). Raises OSError when one cannot be read."""
    return {file.name: _load(file) for file in sorted(folder.iterdir()) if file.suffix in _TYPES}


def _load(file: Path) -> Asset:
    body = file.read_bytes()
    path = f"/assets/{file.stem}.{sha256(body).hexdigest()[:10]}{file.suffix}"
    return Asset(path=path, content_type=_TYPES[file.suffix], body=body)
