"""A hand-written store in memory that keeps the promises of ``Front`` and ``Desk``. It writes customers no words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.domain.changes import Amendment, Cause, Change, Draft, Overview, Silence, Why
from bot.domain.model import Impact, Incident, Kind, Notice, Origin, Status
from bot.domain.planned import extended, moved, planned_for
from bot.domain.windows import Window, refuse
from bot.errors import CommandError, StoreBusy
from bot.operators.desk import Desk
from tests.fakes.telegram.waiting import Changes

T = TypeVar("T")
NOW = datetime(2024, 12, 11, 17, 50, tzinfo=UTC)
LANGUAGES = ("en", "it", "es")


@dataclass(slots=True)
class State:
    """Everything stored."""

    kept: dict[int, str] = field(default_factory=dict)
    handled: list[int] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)
    incidents: dict[int, Incident] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    texts: dict[int, Mapping[str, str]] = field(default_factory=dict)
    authors: dict[int, str] = field(default_factory=dict)
    silences: dict[str, Silence] = field(default_factory=dict)
    amended: list[tuple[int, int | None, Mapping[str, str], str]] = field(default_factory=list)


class MemoryStore:
    """A ``Front``. ``state`` is what a crash leaves: only what was committed; ``commits``: every state there was.

    before_keep, before_commit: awaited at these two moments, so that a test can look, wait or raise there.
    """

    def __init__(self) -> None:
        self.state = State()
        self.commits: list[State] = []
        self.changes = Changes()
        self.before_keep: Callable[[], Awaitable[None]] = _nothing
        self.before_commit: Callable[[], Awaitable[None]] = _nothing
        self.broken: set[str] = set()
        """Methods of the desk that fail like a defect."""

    async def keep(self, updates: Sequence[tuple[int, str]]) -> None:
        await self.before_keep()
        self.state.kept = {**dict(updates), **self.state.kept}
        self.changes.announce()

    async def unhandled(self) -> Sequence[tuple[int, str]]:
        return [(known, body) for known, body in sorted(self.state.kept.items()) if known not in self.state.handled]

    async def newest(self) -> int | None:
        return max(self.state.kept, default=None)

    async def transact(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        draft = deepcopy(self.state)
        result = await work(MemoryDesk(draft, self.broken))
        await self.before_commit()
        self.state = draft
        self.commits.append(draft)
        self.changes.announce()
        return result

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait until something committed makes the predicate true."""
        await self.changes.until(predicate, seconds=10, describe=lambda: f"{self.state}")

    def told(self, chat_id: int) -> list[str]:
        """What a chat was answered, oldest first."""
        return [text for chat, text in self.state.told if chat == chat_id]


class MemoryDesk:
    """A ``Desk`` on a copy of the state."""

    def __init__(self, state: State, broken: set[str]) -> None:
        self._state, self._broken = state, broken

    async def open_incident(
        self, *, components: Sequence[str], impact: Impact, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        self._fail_if_broken("open_incident")
        incident = Incident(
            id=len(self._state.incidents) + 1,
            kind=Kind.OUTAGE,
            origin=Origin.OPERATOR,
            status=Status.INVESTIGATING,
            impact=impact,
            components=tuple(components),
            started_at=NOW,
            human=True,
        )
        return self._say(incident, Status.INVESTIGATING, texts, by=by, draft=draft)

    async def add_update(
        self, incident_id: int, *, status: Status | None, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        incident = self._state.incidents.get(incident_id)
        if incident is None:
            raise CommandError(f"there is no incident {incident_id}; /status lists the open ones.")
        return self._say(incident, status or Status.RESOLVED, texts, by=by, draft=draft)

    async def plan(
        self,
        *,
        components: Sequence[str],
        window: Window,
        impact: Impact,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
    ) -> Change:
        refuse(window, now=NOW)
        incident = Incident(
            id=len(self._state.incidents) + 1,
            kind=Kind.MAINTENANCE,
            origin=Origin.OPERATOR,
            status=Status.SCHEDULED,
            impact=impact,
            components=tuple(components),
            started_at=NOW,
            human=True,
        )
        return self._say(planned_for(incident, window), Status.SCHEDULED, texts, by=by, draft=draft)

    async def postpone(
        self,
        incident_id: int,
        *,
        starts: datetime,
        ends: datetime | None,
        texts: Mapping[str, str],
        by: str,
        draft: bool,
    ) -> Change:
        incident = self._planned(incident_id)
        window = moved(incident, starts=starts, ends=ends, now=NOW)
        return self._say(planned_for(incident, window), Status.SCHEDULED, texts, by=by, draft=draft)

    async def extend(
        self, incident_id: int, *, longer: timedelta | datetime, texts: Mapping[str, str], by: str, draft: bool
    ) -> Change:
        incident = self._planned(incident_id)
        window = extended(incident, longer, now=NOW)
        return self._say(planned_for(incident, window), Status.IN_PROGRESS, texts, by=by, draft=draft)

    def _planned(self, incident_id: int) -> Incident:
        incident = self._state.incidents.get(incident_id)
        if incident is None:
            raise CommandError(f"there is no incident {incident_id}; /status lists the open ones.")
        return incident

    async def amend_text(self, incident_id: int, number: int | None, *, texts: Mapping[str, str], by: str) -> Amendment:
        incident = self._state.incidents.get(incident_id)
        if incident is None:
            raise CommandError(f"there is no published incident {incident_id}; /status lists the open ones")
        self._state.amended.append((incident_id, number, texts, by))
        return Amendment(
            incident=incident,
            number=number or 1,
            languages=tuple(texts),
            deliveries={"telegram": 1},
            page=f"https://status.shop.example/en/incidents/{incident_id}",
        )

    async def publish(self, draft_id: int, *, by: str) -> Change:
        draft = self._draft(draft_id)
        return self._say(draft.incident, draft.status, self._state.texts[draft_id], by=by, draft=False)

    async def drop(self, draft_id: int, *, by: str) -> Change:
        draft = self._draft(draft_id)
        gone = draft.incident if draft.incident.published_at else replace(draft.incident, closed_at=NOW)
        return self._change(draft_id, gone, {}, draft=False, number=None)

    async def drafts(self) -> Sequence[Draft]:
        return list(self._state.drafts.values())

    async def overview(self) -> Overview:
        stories = tuple(incident for incident in self._state.incidents.values() if incident.open)
        drafts = len(self._state.drafts)
        return Overview(open=stories, drafts=drafts, waiting={"telegram": len(stories)}, dead=0, unknown=0)

    async def silence(self, components: Sequence[str], *, length: timedelta, by: str) -> datetime:
        self._state.silences |= {name: Silence(component=name, until=NOW + length, by=by) for name in components}
        return NOW + length

    async def lift_silence(self, components: Sequence[str]) -> Sequence[str]:
        return [name for name in components if self._state.silences.pop(name, None)]

    async def silences(self) -> Sequence[Silence]:
        return list(self._state.silences.values())

    async def why(self, incident_id: int) -> Why:
        incident = self._state.incidents.get(incident_id)
        if incident is None:
            raise CommandError(f"there is no incident {incident_id}; /status lists the open ones.")
        return Why(incident=incident, steps=(), causes=(), problems=0)

    async def unspoken(self) -> tuple[Sequence[Cause], int]:
        return (), 0

    async def tell(self, chat_id: int, text: str) -> None:
        self._fail_if_broken("tell")
        assert "\x00" not in text.encode().decode(), "no database takes this"
        self._state.told.append((chat_id, text))

    async def handled(self, update_id: int) -> None:
        assert update_id in self._state.kept
        self._state.handled.append(update_id)

    def _say(self, incident: Incident, status: Status, texts: Mapping[str, str], *, by: str, draft: bool) -> Change:
        update_id = len(self._state.texts) + 1
        self._state.texts[update_id], self._state.authors[update_id] = texts, by
        if not draft:
            incident = replace(
                incident,
                status=status,
                published_at=incident.published_at or NOW,
                closed_at=NOW if status.ends else None,
            )
        self._state.incidents[incident.id] = incident
        if draft:
            self._state.drafts[update_id] = a_draft(
                id=update_id, incident=incident, status=status, because=f"{by} wrote it"
            )
        return self._change(update_id, incident, texts, draft=draft, number=None if draft else update_id)

    def _draft(self, draft_id: int) -> Draft:
        if draft_id not in self._state.drafts:
            raise CommandError(f"there is no draft {draft_id}; /drafts lists those that wait.")
        return self._state.drafts.pop(draft_id)

    def _change(
        self, update_id: int, incident: Incident, texts: Mapping[str, str], *, draft: bool, number: int | None
    ) -> Change:
        return Change(
            incident=incident,
            update_id=update_id,
            number=number,
            draft=draft,
            languages=LANGUAGES,
            own_words=tuple(texts),
            deliveries={"telegram": 3} if number else {},
            waiting=3 if number else 0,
            page=f"https://status.shop.example/en/incidents/{incident.id}",
        )

    def _fail_if_broken(self, method: str) -> None:
        if method in self._broken:
            raise RuntimeError(f"{method} is broken")


def a_notice(language: str, *, title: str = "Online shop", body: str = "We are looking into it.") -> Notice:
    """A notice in one language."""
    return Notice(
        language=language,
        lang=language,
        direction="ltr",
        status=Status.INVESTIGATING,
        impact=Impact.MAJOR,
        state="Investigating",
        title=title,
        body=body,
        instead=None,
        more="",
        url="https://status.shop.example",
    )


def a_draft(*, id: int, incident: Incident, status: Status, because: str) -> Draft:
    """A draft without a deadline, in all languages."""
    return Draft(
        id=id,
        incident=incident,
        status=status,
        impact=incident.impact,
        made_at=NOW,
        deadline=None,
        on_deadline=None,
        because=because,
        notices={language: a_notice(language) for language in LANGUAGES},
    )


class Gate:
    """A moment to stop at: ``pass_through`` is the hook to give, ``reached`` tells, ``open`` lets go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._opened = asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self._opened.wait()

    def open(self) -> None:
        self._opened.set()


class Busy:
    """Raises StoreBusy the first times it is passed."""

    def __init__(self, times: int) -> None:
        self.left = times

    async def pass_through(self) -> None:
        if self.left > 0:
            self.left -= 1
            raise StoreBusy("database is locked")


async def _nothing() -> None:
    pass
