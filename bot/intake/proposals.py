"""The part of a desk for changes of what was published where more than one must agree: a card asks for every yes.

The last yes does it. What is said anew waits as a draft instead: see ``drafts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.cards import Reader
from bot.domain.changes import Amendment, Change
from bot.domain.model import Notice, Role
from bot.domain.proposals import Deed, Proposal
from bot.domain.staff import Operator
from bot.domain.wording import wording_of
from bot.errors import CommandError
from bot.intake.approvals import publishers
from bot.intake.cards import Cards
from bot.intake.corrections import Corrections
from bot.intake.stories import Stories
from bot.intake.summaries import needed_for
from bot.intake.voice import Voice, known_incident, published_update
from bot.store import incidents as rows
from bot.store import proposals

KIND = "proposal"
"""What subjects of these cards begin with, and the data of their buttons."""

Done = Amendment | Change


class Proposals:
    """``desk.proposals``."""

    def __init__(self, voice: Voice, stories: Stories, corrections: Corrections) -> None:
        self._voice, self._transaction = voice, voice.transaction
        self._stories, self._corrections = stories, corrections

    async def wanted(self, incident_id: int) -> bool:
        """Whether one operator alone may not change what was published of this story. Raises CommandError: unknown."""
        return await self._needed(incident_id) > 1

    async def make(
        self, deed: Deed, incident_id: int, number: int | None, *, texts: Mapping[str, str], by: Operator
    ) -> Proposal:
        """Ask every operator whether it shall be done; whoever asks agrees. Raises CommandError: nothing published."""
        connection, now = self._transaction.connection, self._transaction.now
        _, update = await published_update(connection, incident_id, number)
        number = number if deed is Deed.RETRACT else update.number
        proposal_id = await proposals.insert(
            connection,
            deed=deed,
            incident_id=incident_id,
            number=number,
            texts=dict(texts),
            wording=wording_of(await self._replaced(incident_id, number, texts)),
            made_by=by.name,
            made_at=now,
        )
        await proposals.agree(connection, proposal_id, by.telegram_id, by.name, now=now)
        return await self._drawn(proposal_id)

    async def load(self, proposal_id: int) -> Proposal:
        """A proposal, or what became of it. Raises CommandError when there is none."""
        found = await proposals.load(self._transaction.connection, proposal_id, needed=1)
        if found is None:
            raise CommandError("there is no proposal {id}", id=proposal_id)
        replaced = await self._replaced(found.incident_id, found.number, found.texts)
        present = {language: notice.body for language, notice in replaced.items()}
        return replace(found, needed=await self._needed(found.incident_id), present=present)

    async def agree(self, proposal_id: int, by: Operator) -> Proposal:
        """Say yes; the last one does it. Raises CommandError: over, said already, or it cannot be done any more."""
        connection, now = self._transaction.connection, self._transaction.now
        staff = await self._voice.teller.staff(connection)
        await proposals.leave(connection, proposal_id, of=publishers(staff))
        proposal = await self._waiting(proposal_id)
        if not await proposals.agree(connection, proposal_id, by.telegram_id, by.name, now=now):
            missing = max(1, proposal.needed - len(proposal.approvals))
            raise CommandError("you have said yes already; it takes {n} more of the other publishers.", n=missing)
        if len(proposal.approvals) + 1 >= proposal.needed:
            await self._do(proposal)
            await proposals.end(connection, proposal_id, by=None, now=now)
        return await self._drawn(proposal_id)

    async def drop(self, proposal_id: int, by: Operator) -> Proposal:
        """Say no for all. Raises CommandError: over already."""
        await self._waiting(proposal_id)
        await proposals.end(self._transaction.connection, proposal_id, by=by.name, now=self._transaction.now)
        return await self._drawn(proposal_id)

    async def refresh(self, proposal_id: int) -> None:
        """Let every card show how it stands."""
        await self._drawn(proposal_id)

    async def redraw(self) -> None:
        """Let the cards of all that wait show how they stand: somebody has another role."""
        for proposal_id in await proposals.waiting(self._transaction.connection):
            await self._drawn(proposal_id)

    async def show_waiting(self, chat_id: int, *, topic: int | None, language: str) -> int:
        """Let a chat have the cards of all that wait at its end; how many there are. language: the reader's."""
        connection, subjects = self._transaction.connection, await proposals.waiting(self._transaction.connection)
        person = (await self._voice.teller.staff(connection)).get(chat_id)
        role = person.role if person else Role.ADMIN  # a group: what each may do is asked when they press
        reader = Reader(chat_id=chat_id, topic=topic, language=language, role=role)
        for proposal_id in subjects:
            await self._show(await self.load(proposal_id), reader, anew=True)
        return len(subjects)

    async def _show(self, proposal: Proposal, reader: Reader, *, anew: bool = False) -> None:
        card = self._voice.teller.cards.proposal(proposal, reader, self._transaction.now)
        await Cards(self._transaction).show(
            f"{KIND}:{proposal.id}",
            reader.chat_id,
            card.text,
            card.buttons,
            language=reader.language,
            topic=reader.topic,
            anew=anew,
        )

    async def _waiting(self, proposal_id: int) -> Proposal:
        proposal = await self.load(proposal_id)
        if proposal.ended_at is not None:
            raise CommandError("proposal {id} is settled already", id=proposal_id)
        return proposal

    async def _do(self, proposal: Proposal) -> Done:
        by, replaced = proposal.made_by, await self._replaced(proposal.incident_id, proposal.number, proposal.texts)
        if wording_of(replaced) != proposal.wording:
            raise CommandError("customers read other words by now than when it was proposed. Drop it and propose anew.")
        match proposal.deed:
            case Deed.CORRECT:
                return await self._corrections.correct(
                    proposal.incident_id, proposal.number, texts=proposal.texts, by=by
                )
            case Deed.TRANSLATE:
                return await self._stories.amend(proposal.incident_id, proposal.number, texts=proposal.texts, by=by)
            case Deed.RETRACT:
                return await self._corrections.retract(proposal.incident_id, proposal.number, by=by)

    async def _replaced(self, incident_id: int, number: int | None, texts: Iterable[str]) -> dict[str, Notice]:
        """What customers read now where these texts would stand, by language."""
        connection = self._transaction.connection
        _, update = await published_update(connection, incident_id, number)
        found = (await rows.load_notices(connection, [update.id]))[update.id]
        return {language: found[language][1] for language in texts if language in found}

    async def _needed(self, incident_id: int) -> int:
        incident = await known_incident(self._transaction.connection, incident_id)
        return needed_for(self._voice.publisher.settings, incident)

    async def _drawn(self, proposal_id: int) -> Proposal:
        """Draw every operator's card of it."""
        proposal, cards = await self.load(proposal_id), Cards(self._transaction)
        teller, subject = self._voice.teller, f"{KIND}:{proposal_id}"
        known = {(card.chat_id, card.topic): card for card in await cards.of(subject)}
        readers = [*await teller.readers(self._transaction.connection)]
        theirs = {(reader.chat_id, reader.topic) for reader in readers}
        readers += [
            Reader(chat_id=card.chat_id, language=card.language, role=Role.ADMIN, topic=card.topic)
            for place, card in known.items()
            if place not in theirs and card.chat_id < 0
        ]
        for reader in readers:
            await self._show(proposal, reader)
        return proposal
