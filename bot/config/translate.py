"""The section ``translate``: the machine that translates what operators write, until a human does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from bot.config.part import Part
from bot.config.values import BaseUrl, Wait

Provider = Literal["deepl", "libretranslate", "openai"]
"""Who can be asked. One line each in ``translators.registry``."""

LONGEST = timedelta(minutes=10)
"""A translation that comes later than this would come after the next update."""


class TranslateSettings(Part):
    """A machine that translates operators' own words into the languages they were not written in."""

    provider: Provider
    """Who translates. openai: any server that speaks the same language as OpenAI's."""
    api_key: SecretStr | None = None
    """What the provider knows us by. deepl needs one; a server of your own may not."""
    api_key_file: Path | None = None
    """A file holding the key, instead of `api_key`."""
    url: BaseUrl | None = None
    """The provider's address. Absent: DeepL's or OpenAI's own; libretranslate needs one."""
    model: str | None = Field(default=None, min_length=1, max_length=200)
    """openai only, and needed there: which model translates."""
    formality: Literal["more", "less", "default"] = "more"
    """How readers are addressed, where the provider can choose."""
    within: Wait = Field(default=timedelta(seconds=20), json_schema_extra={"default": "20s"})
    """How long each language's translation may take, retries included; then the template's words stay. At most 10m."""

    @model_validator(mode="after")
    def _fits_its_provider(self) -> TranslateSettings:
        if self.api_key is not None and self.api_key.get_secret_value() and self.api_key_file is not None:
            raise ValueError("expected api_key or api_key_file, found both")
        if self.provider == "deepl" and self.api_key is None and self.api_key_file is None:
            raise ValueError("api_key is missing: deepl asks for one")
        if self.provider == "libretranslate" and self.url is None:
            raise ValueError("url is missing: whose LibreTranslate is to be asked?")
        if (self.provider == "openai") != (self.model is not None):
            raise ValueError("model is for provider openai, which needs it, and for no other")
        if self.within > LONGEST:
            raise ValueError("within is more than 10m: by then customers have read the next update")
        return self
