"""The part of a desk that decides on drafts, automation's and operators', and on their words while they wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.cards import Reader
from bot.domain.changes import Change, Draft
from bot.domain.model import Incident, Role, UpdateState
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.intake.approvals import agree, publisher_called
from bot.intake.cards import Cards
from bot.intake.drawing import Drawing, subject_of
from bot.intake.rewording import Rewording, reword
from bot.intake.summaries import change_of, drafted, needed_for, waiting_drafts
from bot.intake.voice import Voice
from bot.store import incidents as rows
from bot.store.incidents import UpdateRow
from bot.store.schema import updates


class Drafts:
    """``desk.drafts``. A draft's number is its update's; by is the name of the operator who decides.

    Whatever is done here, and by whomever it is done elsewhere, every card of the draft shows it once it is committed.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice, self._transaction = voice, voice.transaction
        self._drawing = Drawing(voice.publisher.settings, voice.teller)

    async def waiting(self) -> Sequence[Draft]:
        """What waits for a yes, oldest first."""
        return await waiting_drafts(self._transaction.connection, self._voice.publisher.settings)

    async def load(self, draft_id: int) -> Draft:
        """A draft, or what became of it. Raises CommandError when there is none."""
        draft = await self._drawing.load(self._transaction, draft_id)
        if draft is None:
            raise _unknown(draft_id)
        return draft

    async def show(
        self,
        draft_id: int,
        *,
        chat_id: int,
        topic: int | None = None,
        language: str,
        page: str | None = None,
        anew: bool = False,
    ) -> None:
        """Let a chat have the draft's card, whatever others have. Raises CommandError when there is no such draft.

        language: the reader's; page: what of it is shown, None for what is; anew: at the end of the chat.
        """
        person = (await self._voice.teller.staff(self._transaction.connection)).get(chat_id)
        role = person.role if person else Role.ADMIN  # a group: what each may do is asked when they press
        name = person.name if person else ""
        reader = Reader(chat_id=chat_id, topic=topic, language=language, role=role, name=name)
        await self._drawing.show(self._transaction, await self.load(draft_id), reader, page=page, anew=anew)

    async def page(self, draft_id: int, chat_id: int, topic: int | None = None) -> str | None:
        """What of a draft its card in a chat shows, None for what comes first, and where there is no card.

        topic: of a forum, None outside of all.
        """
        card = await Cards(self._transaction).one(subject_of(draft_id), chat_id, topic)
        return card.page if card else None

    async def read(self, draft_id: int, chat_id: int, *, at: datetime) -> bool:
        """Whether a chat had the draft's card then, in the words it has now; True for one that is over. at: in whole
        seconds. Raises CommandError when there is no such draft.
        """
        draft = await self.load(draft_id)
        shown = any(card.chat_id == chat_id for card in await Cards(self._transaction).of(subject_of(draft_id)))
        return draft.state is not UpdateState.DRAFT or (shown and draft.made_at.replace(microsecond=0) <= at)

    async def publish(
        self, draft_id: int, *, by: str, person: Operator | None = None, wording: str | None = None
    ) -> Change:
        """Say yes; once enough have, the draft is published in the words it was drafted in, else the Change is a draft
        still. A human's takes automation's drafts of its story away.

        person: who ``by`` is, where two may be called that; wording: of the words that were read, None for any.
        Raises CommandError: no such draft, no longer one, other words by now, said already, or the story has overtaken
        it.
        """
        incident, draft = await self._draft(draft_id)
        if wording is not None and wording != (await self.load(draft_id)).wording:
            raise CommandError("the words have changed meanwhile. Read them again first.")
        needed = needed_for(self._voice.publisher.settings, incident)
        if needed > 1 and not await self._agreed(draft_id, by, person, needed):
            return await drafted(self._transaction, self._voice.publisher, incident, draft)
        if draft.author is not None:
            await self._voice.drop_automatic_drafts(incident)
        published = await self._voice.publisher.release(self._transaction, incident, draft, by=by)
        return await change_of(self._transaction, self._voice.publisher, published)

    async def drop(self, draft_id: int, *, by: str) -> Change:
        """End a draft unpublished, and its incident too if it was to open it.

        Raises CommandError: no such draft, or no longer one.
        """
        incident, draft = await self._draft(draft_id)
        ended = await self._voice.publisher.drop(self._transaction, incident, draft, by=by)
        [gone] = await rows.load_updates(self._transaction.connection, updates.c.id == draft_id)
        return await drafted(self._transaction, self._voice.publisher, ended, gone)

    async def reword(self, draft_id: int, wish: Rewording, *, by: str, person: Operator | None = None) -> None:
        """Let it say something else. Whoever had said yes has not any more; of two that must, the author counts. It is
        published by waiting only where the one who changes it could publish it.

        person: who ``by`` is, where two may be called that. Raises CommandError: no such draft, no longer one, or too
        long a text.
        """
        incident, draft = await self._draft(draft_id)
        who = person or publisher_called(by, (await self._voice.teller.staff(self._transaction.connection)).values())
        publishes = who is not None and who.role.includes(Role.PUBLISHER)
        agreed = publishes and needed_for(self._voice.publisher.settings, incident) == 1
        await reword(self._transaction, self._voice.publisher, incident, draft, wish, by=by, agreed=agreed)
        await self._voice.agree_to_own(incident, draft_id, by=by)

    async def wait(self, draft_id: int, longer: timedelta, *, by: str) -> None:
        """Move the deadline. Raises CommandError: no such draft, no longer one, or one that waits for ever."""
        _, draft = await self._draft(draft_id)
        if draft.deadline is None:
            raise CommandError("this draft has no deadline: it waits until somebody says yes or no.")
        later = max(draft.deadline, self._transaction.now) + longer
        await rows.save_update(self._transaction.connection, draft_id, deadline=later, touched_by=by)
        self._transaction.effects.drafts.add(draft_id)
        self._transaction.effects.due = True

    async def _agreed(self, draft_id: int, by: str, person: Operator | None, needed: int) -> bool:
        staff = await self._voice.teller.staff(self._transaction.connection)
        who = person or publisher_called(by, staff.values())
        if who is None:
            raise CommandError("more than one of you must agree, and two are called {name}: press the button.", name=by)
        return await agree(self._transaction, draft_id, who, needed=needed, staff=staff)

    async def _draft(self, draft_id: int) -> tuple[Incident, UpdateRow]:
        connection = self._transaction.connection
        found = await rows.load_updates(connection, updates.c.id == draft_id)
        if not found:
            raise _unknown(draft_id)
        draft = found[0]
        if draft.state is not UpdateState.DRAFT:
            raise _over(draft)
        incident = await rows.load_incident(connection, draft.incident_id)
        if incident is None:
            raise AssertionError("a foreign key holds every update to its incident")
        return incident, draft


def _unknown(draft_id: int) -> CommandError:
    return CommandError("there is no draft {id}; /drafts lists those that wait", id=draft_id)


def _over(draft: UpdateRow) -> CommandError:
    if draft.decided_by:
        return CommandError(
            "draft {id} was {state} by {name} already", id=draft.id, state=draft.state, name=draft.decided_by
        )
    return CommandError("draft {id} was {state} already", id=draft.id, state=draft.state)
