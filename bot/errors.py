"""Every error the service raises on purpose, typed by what the caller does next.

::

    NoticeBotError
    ├── ConfigError          stop the start: exit code 2, one line per problem
    ├── CatalogueError       stop the start: a sentence is missing or does not render
    ├── HookError            answer the sender
    │   ├── BadSignature     401: the request is not from whom it says
    │   ├── UnreadableBody   415: not in a form this source sends
    │   ├── Malformed        422: readable, but not what this source sends; says where
    │   └── Unreachable      503: a host of the sender's that we must ask first does not answer as it should
    ├── CommandError         answer the operator: the command cannot be carried out, and why
    │   ├── Denied           the same, and the audit log has it: their role is too low
    │   ├── TooLate          the same, in the chat too: whoever pressed has looked away long since
    │   └── AlreadyHandled   do nothing: another node has carried it out and answered
    ├── TranslationError     a machine has not translated a text
    │   ├── TranslatorBusy   ask again, while there is time
    │   └── Untranslated     do without: what it says cannot be published, or it will not translate this
    ├── NoAnswer             ask again later: somebody else's page could not be had, so nobody knows
    ├── StoreBusy            answer 503 with Retry-After, or try again
    └── DeliveryError        settle the delivery
        ├── Transient        not published: try again later
        ├── Throttled        not published: try again after ``retry_after``
        ├── Moved            not published: the destination has a new address
        ├── Uncertain        nobody can know from here whether it was published
        └── Permanent        not published and never will be: a dead letter

Nothing here imports the rest of the service.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

_FIELD = re.compile(r"\{([a-z_]+)\}")


class NoticeBotError(Exception):
    """Base of all errors raised on purpose; anything else that surfaces is a defect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a file somebody wrote.

    file: path as the person gave it; line: 1-based, None when unknown;
    path: dotted path to the value (``channels.telegram.chats[0].language``), "" for the file as a whole;
    text: what was expected and what was found; nearest: the known key closest to a misspelt one.
    """

    file: str
    line: int | None
    path: str
    text: str
    nearest: str | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        hint = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        middle = f"{self.path}: " if self.path else ""
        return f"{where}: {middle}{self.text}{hint}"


class _Problems(NoticeBotError):
    """An error that lists problems with files, one line each."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ConfigError(_Problems):
    """The configuration cannot be used."""


class CatalogueError(_Problems):
    """The notice templates are not complete or do not render."""


class HookError(NoticeBotError):
    """A webhook request is refused. path: where in the body, "" for all of it."""

    def __init__(self, text: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {text}" if path else text)
        self.text = text
        self.path = path


class BadSignature(HookError):
    """The shared secret or signature is absent or wrong."""


class UnreadableBody(HookError):
    """The body is not in a media type or encoding that this source sends."""


class Malformed(HookError):
    """The body was read but is not what this source sends."""


class Unreachable(HookError):
    """What the sender points at cannot be had right now; the sender should try again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Items named in a text for operators. last: what stands before the last one."""

    items: Sequence[str]
    last: Literal["and", "or"] = "and"

    def __str__(self) -> str:
        *others, last = self.items
        return f"{', '.join(others)} {self.last} {last}" if others else last


class CommandError(NoticeBotError):
    """An operator's command cannot be carried out; the text says why and what to do.

    text: English, with ``{name}`` where a value belongs; values: by name. Another CommandError among them is a part of
    the text, ``Listed`` is joined as the language does it, a StrEnum is a word of ours.
    ``languages.tongue`` says it in the operator's language.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text)
        self.text, self.values = text, values

    def __str__(self) -> str:
        return _FIELD.sub(lambda field: str(self.values.get(field[1], field[0])), self.text)


class Denied(CommandError):
    """The operator's role is too low. values hold ``deed``, what they wanted to do, in the audit log's words."""


class TooLate(CommandError):
    """What was right when somebody said or pressed it may mislead customers now."""


class AlreadyHandled(CommandError):
    """Another node was quicker; whatever this one did in the same transaction is undone."""


class TranslationError(NoticeBotError):
    """A machine has not translated a text; the error's own says why, in words for operators."""


class TranslatorBusy(TranslationError):
    """It may work later. retry_after: how long the far side asks to be left alone, None when it does not say."""

    def __init__(self, text: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Untranslated(TranslationError):
    """What came back cannot be published, or the far side will not translate this; asking again does not help."""


class NoAnswer(NoticeBotError):
    """Somebody else's page could not be had: how that platform is, is unknown.

    retry_after: how long the far side asks to be left alone, None when it does not say.
    """

    def __init__(self, text: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class StoreBusy(NoticeBotError):
    """The database did not answer in time, or there is more work waiting than is sane."""


class Reason(StrEnum):
    """Why a delivery can never succeed; decides who is told."""

    BLOCKED = "blocked"  # we may not do this there: unsubscribe a person, alarm for a channel
    GONE = "gone"  # what it was to change has been deleted there: nothing is left to do
    REFUSED = "refused"  # the far side refuses these very words
    MISCONFIGURED = "misconfigured"  # token or address is wrong: the whole channel stands still
    EXHAUSTED = "exhausted"  # we gave up after the last try


class DeliveryError(NoticeBotError):
    """A delivery did not (certainly) succeed."""


class Transient(DeliveryError):
    """Not published; trying again later may help."""


class Throttled(DeliveryError):
    """Not published; the far side asks for a pause of ``retry_after`` in ``scope``.

    scope: "address" when only this destination must pause, "channel" when all must.
    """

    def __init__(self, text: str, *, retry_after: timedelta, scope: str = "address") -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.scope = scope


class Moved(DeliveryError):
    """Not published; the destination lives at ``new_address`` now."""

    def __init__(self, text: str, *, new_address: str) -> None:
        super().__init__(text)
        self.new_address = new_address


class Uncertain(DeliveryError):
    """The request left us but no answer came: it may or may not have been published."""


class Permanent(DeliveryError):
    """Not published, and no retry will change that."""

    def __init__(self, text: str, *, reason: Reason) -> None:
        super().__init__(text)
        self.reason = reason
