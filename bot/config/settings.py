"""The settings: what ``config.yaml`` may say, as frozen values. Reading the file is ``file``'s work.

Every field's description is also the help text in the JSON Schema that editors use, and its row in
docs/configuration.md.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, SecretStr, Tag, model_validator

from bot.config.values import (
    BaseUrl,
    ChatId,
    Database,
    Duration,
    Flag,
    Language,
    Listen,
    Localised,
    RegexText,
    Slug,
    Url,
    Wait,
    Zone,
)
from bot.domain.model import Impact, OnDeadline, Publish, Role

__all__ = [
    "Channels",
    "Chat",
    "Company",
    "Component",
    "FeedSettings",
    "Localised",
    "Match",
    "OperatorSettings",
    "Regex",
    "Rule",
    "Settings",
    "SourceSettings",
    "TelegramSettings",
    "WebsiteSettings",
]

_LARGEST_ID = 2**52  # https://core.telegram.org/bots/api#user


class _Settings(BaseModel):
    # Errors must not repeat a value: it may be a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_absent(cls, data: Any) -> Any:
        """A known key with nothing after it, or with the value of an unset variable, counts as not written."""
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


class Company(_Settings):
    """Whose notices these are."""

    name: str = Field(min_length=1, max_length=100)
    """As customers know it."""
    url: Url
    """The company's own website."""


class Component(_Settings):
    """A part of the company's service that customers have a name for."""

    name: Localised
    """What customers call it."""
    instead: Localised | None = None
    """Where else to reach the company while this is down. Markdown. A notice shows it in its own language only."""
    depends_on: tuple[str, ...] = ()
    """Upstream products it stands on, as source/product."""


class SourceSettings(_Settings):
    """A sender of signals, and how it proves who it is."""

    type: Literal["alertmanager", "grafana", "uptime_kuma", "generic"]
    """What sends here."""
    secret: SecretStr | None = None
    """Shared secret: accepted as Bearer token, as basic auth's password, in ``header``, or as ?token= in the URL."""
    secret_file: Path | None = None
    """A file holding the secret, instead of ``secret``. Read at start; surrounding white space does not count."""
    header: str = "X-Hook-Token"
    """The header that may carry the secret."""
    insecure: Flag = False
    """true: anybody who reaches the address may signal. Only for a try on your own machine."""

    @model_validator(mode="after")
    def _needs_a_secret(self) -> SourceSettings:
        ways = {
            "secret": self.secret is not None,
            "secret_file": self.secret_file is not None,
            "insecure: true": self.insecure,
        }
        given = [way for way, taken in ways.items() if taken]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"expected exactly one of secret, secret_file, insecure: true; found {found}")
        if self.secret is not None and not self.secret.get_secret_value():
            raise ValueError("the secret is empty; an open source must say insecure: true")
        return self


class Regex(_Settings):
    """A regular expression, where a plain text would have to be equal."""

    regex: RegexText
    """Must match the whole value."""


def _label_form(value: Any) -> str:
    return "(regex)" if isinstance(value, dict | Regex) else "(equal)"


LabelMatch = Annotated[
    Annotated[str, Tag("(equal)")] | Annotated[Regex, Tag("(regex)")],
    Discriminator(_label_form),
]
"""A label's whole value, or a regular expression it must match."""


class Match(_Settings):
    """Which signals a rule is about: those that meet every condition given."""

    source: Slug | None = None
    """The configured name of the source; absent: any."""
    labels: dict[str, LabelMatch] = {}
    """Every label named here must be there and equal, or match. Absent: any labels."""


class Rule(_Settings):
    """What signals mean: which component, how bad, and how customers may be told."""

    match: Match
    """Which signals; ``{}`` is all. The first rule that matches decides."""
    component: Slug | None = None
    """What is affected. Needed unless publish is never."""
    impact: Impact = Impact.MAJOR
    """How bad it is for customers: none, minor, major or critical."""
    publish: Publish = Publish.AFTER_APPROVAL
    """automatically: at once; after_approval: a draft waits for an operator; never: only operators hear of it."""
    deadline: Wait | None = None
    """after_approval only: how long a draft waits for an operator before ``on_deadline`` happens. Absent: for ever."""
    on_deadline: OnDeadline = OnDeadline.PUBLISH
    """What becomes of a draft nobody acted on in time: publish or drop."""
    reopen_within: Duration = Field(default=timedelta(minutes=30), json_schema_extra={"default": "30m"})
    """A relapse this soon after the end continues the same story."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Rule:
        if self.component is None and self.publish is not Publish.NEVER:
            raise ValueError("component is missing (only publish: never does without)")
        if self.deadline is not None and self.publish is not Publish.AFTER_APPROVAL:
            raise ValueError("deadline only makes sense with publish: after_approval")
        return self


class Chat(_Settings):
    """One Telegram channel or group, and the language of what is posted there."""

    chat: ChatId
    """@name of a public channel or group, or its numeric id."""
    language: Language
    """What is posted here is in this language; one of ``languages``."""
    pin: Flag = False
    """Keep the first post pinned while the incident is open. The bot needs the right to pin."""


class TelegramSettings(_Settings):
    """Posting in Telegram, and taking commands there."""

    token: SecretStr | None = None
    """From @BotFather. Absent or empty: the channel is off and says so."""
    token_file: Path | None = None
    """A file holding the token, instead of ``token``."""
    base_url: Url = "https://api.telegram.org/bot"
    """Bot API server; the token follows directly."""
    chats: tuple[Chat, ...] = ()
    """Channels and groups that every notice is posted to, each in its language."""
    operators_chat: Annotated[int, Field(ge=-_LARGEST_ID, le=_LARGEST_ID)] | None = None
    """A private chat or group where uncertain posts may be compared; absent: the first operator's private chat."""
    uncertain: Literal["resend", "leave"] = "resend"
    """What to do with a post that may or may not be there when no way is left to find out."""

    @model_validator(mode="after")
    def _one_token(self) -> TelegramSettings:
        if self.token is not None and self.token.get_secret_value() and self.token_file is not None:
            raise ValueError("expected token or token_file, found both")
        return self


class FeedSettings(_Settings):
    """RSS, Atom and JSON feeds in every language."""

    items: int = Field(default=50, ge=1, le=500)
    """How many items a feed holds at most."""


class WebsiteSettings(_Settings):
    """The status page in every language."""

    past: int = Field(default=10, ge=0, le=200)
    """How many past incidents the front page shows."""


class Channels(_Settings):
    """The ways to publish notices; one that is absent is off."""

    telegram: TelegramSettings | None = None
    """Posts in Telegram chats, and the operators' commands. Absent: off."""
    feed: FeedSettings | None = None
    """RSS, Atom and JSON feeds in every language. Absent: off."""
    website: WebsiteSettings | None = None
    """The status page in every language. Absent: off."""


class OperatorSettings(_Settings):
    """A person who may command the bot."""

    telegram_id: int = Field(ge=1, le=_LARGEST_ID)
    """The person's numeric Telegram id, not the @name: names can be taken over."""
    name: str = Field(min_length=1, max_length=64)
    """What other operators read; customers never see it."""
    role: Role
    """viewer looks, drafter writes drafts, publisher publishes, admin appoints; each may do all before it."""
    language: Language
    """Free text is taken to be in this language unless it says otherwise."""


class Settings(_Settings):
    """All of config.yaml."""

    company: Company
    """Whose notices these are."""
    public_url: BaseUrl
    """Where customers reach this service, without a slash at the end. Links in notices begin with it."""
    languages: tuple[Language, ...] = Field(min_length=1)
    """What notices are published in; the first is the default."""
    timezone: Zone
    """The company's own; times in notices are written in it."""
    listen: Listen = "127.0.0.1:8080"
    """Where this service answers. 0.0.0.0:8080 is every network of this machine."""
    listen_internal: Listen | None = None
    """A second address for /hooks, /metrics and /readyz, so that ``listen`` serves customers only."""
    database: Database = Field(default="sqlite:///data/notices.db", repr=False)
    """SQLite for one node, PostgreSQL for several. May hold a password."""
    components: dict[Slug, Component] = Field(min_length=1)
    """The parts of the service that customers have a name for; the key is what rules and commands call it."""
    sources: dict[Slug, SourceSettings] = {}
    """Who may signal. The key is the last part of the address: POST /hooks/{key}."""
    rules: tuple[Rule, ...] = ()
    """What signals mean, read from the top. A signal no rule matches is told to operators only."""
    channels: Channels = Channels()
    """Where notices are published."""
    operators: tuple[OperatorSettings, ...] = ()
    """Who may command the bot in Telegram."""

    @property
    def default_language(self) -> str:
        """The first of ``languages``."""
        return self.languages[0]
