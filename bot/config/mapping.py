"""The section ``mapping`` of a generic source: where another sender's JSON says what we need.

Only what may be written there; how a body is read by it is ``sources.mapped``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from bot.config.part import Part
from bot.config.values import Flag, Pointer, Zone


def _key_form(value: Any) -> str:
    return "(several)" if isinstance(value, list | tuple) else "(one)"


KeyPointer = Annotated[
    Annotated[Pointer, Tag("(one)")] | Annotated[tuple[Pointer, ...], Field(min_length=1), Tag("(several)")],
    Discriminator(_key_form),
]
"""One place whose text names a problem, or several that name it together, such as host and service."""


class StateValues(Part):
    """Which of the sender's words mean what. Large and small letters are the same; a word not listed is unknown."""

    firing: tuple[str, ...] = Field(min_length=1)
    """It is down."""
    resolved: tuple[str, ...] = ()
    """It is up again."""
    pending: tuple[str, ...] = ()
    """The sender is not sure yet."""
    maintenance: tuple[str, ...] = ()
    """The sender has silenced it."""
    acknowledged: tuple[str, ...] = ()
    """Somebody took it; nothing changed."""
    no_data: tuple[str, ...] = ()
    """The sender cannot see."""
    test: tuple[str, ...] = ()
    """Somebody tries the connection."""
    statement: tuple[str, ...] = ()
    """A human wrote words for customers; they are at ``statement``."""

    @model_validator(mode="after")
    def _each_word_means_one_thing(self) -> StateValues:
        meanings: dict[str, str] = {}
        for word, state in self.words():
            if meanings.setdefault(word, state) != state:
                raise ValueError(f"a word stands for {meanings[word]} and for {state}: expected each word once")
        return self

    def words(self) -> Iterator[tuple[str, str]]:
        """Each word in small letters, with the name of the state it means."""
        for state in type(self).model_fields:
            yield from ((word.casefold(), state) for word in getattr(self, state))


class MappingSettings(Part):
    """Where a sender's JSON says what we need. Places are JSON pointers (https://www.rfc-editor.org/rfc/rfc6901)."""

    problems: Pointer | None = None
    """The list of problems, each with the places below; "" when the body is that list. Absent: there is one problem."""
    key: KeyPointer
    """What names the problem, the same when it begins and ends; several places where one is not enough."""
    state: Pointer
    """The word that says whether it is down or up."""
    values: StateValues
    """Which of its words mean what."""
    labels: dict[str, Pointer] = Field(default_factory=dict)
    """What rules match on, by the names rules know it by. A list of texts becomes one text, with commas."""
    summary: Pointer | None = None
    """The sender's words for operators."""
    at: Pointer | None = None
    """When it began or ended: RFC 3339, or seconds or milliseconds since 1970."""
    timezone: Zone | None = None
    """What zone times without an offset are in. Absent: such times are refused."""
    ordered: Flag = False
    """true: the sender speaks once for each change, with the time of that change; what comes late is then ignored."""
    url: Pointer | None = None
    """Where operators find more."""
    statement: Pointer | None = None
    """A human's words for customers; they become a draft, never more by themselves."""

    @model_validator(mode="after")
    def _statements_have_words(self) -> MappingSettings:
        if self.values.statement and self.statement is None:
            raise ValueError("values.statement needs statement, the place of the words")
        return self
