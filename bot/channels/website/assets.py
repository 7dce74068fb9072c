"""The files pages refer to, under names that change with their content, so that browsers may keep them for ever.

The company's colours and letters become part of the style, for pages may hold no style of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from bot.config.colours import DARK_GROUNDS, LIGHT_GROUNDS, colour, readable_on, written
from bot.config.pictures import TYPES as PICTURES
from bot.config.settings import Settings
from bot.config.website import Font, WebsiteSettings
from bot.resources import SITE

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

# Families that come with the systems people have; the last one is always there.
_FONTS: dict[Font, str] = {
    "system": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
    "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", "Noto Sans", sans-serif',
    "rounded": 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, "Arial Rounded MT Bold", "Noto Sans", sans-serif',
    "serif": 'ui-serif, Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Noto Serif", serif',
}


_GLOWING = 6.5
"""The contrast of an accent made for the dark: what is only just readable looks dull there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file. path: where it is served, ``/assets/style.1a2b3c4d5e.css``; body: its bytes."""

    path: str
    content_type: str
    body: bytes = field(repr=False)


def load_assets(settings: Settings, folder: Path = SITE / "assets") -> dict[str, Asset]:
    """Every asset by its name in the templates: ``style.css``, and ``logo`` where the company has one.

    Raises OSError when one cannot be read.
    """
    website = settings.channels.website or WebsiteSettings()
    files = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.suffix in _TYPES}
    files["style.css"] += _looks(website).encode()
    files["icon.svg"] = files["icon.svg"].replace(b"#1f2a37", website.accent.encode())
    found = {name: _asset(Path(name), body) for name, body in files.items()}
    for name, picture in (("logo", settings.company.logo), ("logo_dark", settings.company.logo_dark)):
        if picture is not None:
            found[name] = _asset(Path(name + picture.suffix.lower()), picture.read_bytes())
    return found


def _asset(name: Path, body: bytes) -> Asset:
    path = f"/assets/{name.stem}.{sha256(body).hexdigest()[:10]}{name.suffix}"
    return Asset(path=path, content_type=(_TYPES | PICTURES)[name.suffix], body=body)


def _looks(website: WebsiteSettings) -> str:
    """The company's own colours and letters. Readable in the light was checked at the start; in the dark it is made."""
    dark = website.accent_dark or written(readable_on(colour(website.accent), DARK_GROUNDS, least=_GLOWING))
    return (
        f":root {{ --accent: {website.accent}; --on-accent: {LIGHT_GROUNDS[1]}; --letters: {_FONTS[website.font]}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --on-accent: {DARK_GROUNDS[0]}; }} }}\n"
    )
