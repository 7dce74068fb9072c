"""The description of the API for programs: templates/site/openapi.yaml with this service's address, as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot import __version__
from bot.channels.json_text import json_text
from bot.config.settings import Settings
from bot.resources import SITE


def openapi(settings: Settings, file: Path = SITE / "openapi.yaml") -> bytes:
    """The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0). Raises OSError when it cannot be read."""
    document: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    document["info"]["title"] = f"{settings.company.name}: status"
    document["info"]["version"] = __version__
    document["servers"] = [{"url": settings.public_url}]
    return json_text(document)
