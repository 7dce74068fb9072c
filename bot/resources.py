"""Where the files that are not code lie: the sentences and the pages."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "templates"  # where a wheel puts them

TEMPLATES = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "templates"
NOTICES = TEMPLATES / "notices"
SITE = TEMPLATES / "site"
OPERATORS = TEMPLATES / "operators"
SUBSCRIBERS = TEMPLATES / "subscribers"
