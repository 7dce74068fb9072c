"""Configuration files for the tests: the least that is valid, and two ways to read a changed one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config.file import load
from bot.config.settings import Settings
from bot.errors import ConfigError

BASE = """\
company: {name: Bottega, url: "https://shop.example"}
public_url: https://status.shop.example
languages: [en, it]
timezone: Europe/Rome
components:
  shop: {name: Shop}
"""
"""The least that is valid; what a case adds begins in line 7."""


def loaded(
    folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None, *, secrets: bool = True
) -> Settings:
    path = folder / "config.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, environ or {}, secrets=secrets)


def refused(folder: Path, text: str | bytes, environ: Mapping[str, str] | None = None) -> list[str]:
    """The problems as they are printed, without the folder."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text, environ)
    return str(caught.value).replace(f"{folder}/", "").splitlines()
