"""Somebody's own words that some languages lack: a machine is asked for them, or operators are told.

Nothing waits for it: the update is published with the template's words there, and amended when a text arrives. What
translates is elsewhere; here stands what is wanted, and what becomes of what comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.config.settings import Settings
from bot.domain.marks import Mark
from bot.domain.model import Incident, Notice, Role
from bot.domain.translation import TranslationState, lacking, source_of
from bot.errors import CommandError
from bot.intake.amending import Amender, final_mark
from bot.intake.telling import Teller
from bot.intake.transaction import Transaction
from bot.languages.scripts import alike, bare
from bot.languages.text import printable
from bot.store import incidents as rows
from bot.store import translations
from bot.store.connection import Connection
from bot.store.incidents import UpdateRow
from bot.store.schema import updates

GRACE = timedelta(seconds=2)
"""How long after its deadline a text is given up even if whoever was to get it says nothing."""

_TRIVIAL_WORDS, _TRIVIAL_LETTERS = 3, 20
"""What has no more of either may be the same in any two languages."""


class Translating:
    """Wants texts, takes them in, and tells operators once per update which languages lack them."""

    def __init__(self, settings: Settings, amender: Amender, teller: Teller) -> None:
        self._languages, self._machine = settings.languages, settings.translate
        self._amender, self._teller = amender, teller

    def wants(self, update: UpdateRow) -> tuple[str, ...]:
        """The languages that a machine is asked for once the update is published; none without a machine."""
        return lacking(update.texts, self._languages) if self._machine else ()

    async def ask(self, transaction: Transaction, incident: Incident, update: UpdateRow) -> None:
        """An update is published now; for the languages that its own words are not in."""
        absent = lacking(update.texts, self._languages)
        if not absent:
            return
        if self._machine is None:
            await self._tell(transaction, incident, update, dict.fromkeys(absent, ""))
            return
        deadline = transaction.now + self._machine.within
        await translations.want(transaction.connection, update.id, absent, deadline=deadline)
        transaction.effects.translations += len(absent)
        transaction.effects.due = True

    async def arrived(
        self, transaction: Transaction, update_id: int, language: str, text: str, *, asked: Mapping[str, str]
    ) -> bool:
        """The machine's text; False when it is not wanted any more, or cannot be published.

        asked: the update's own words, by language, as they were when the machine was asked.
        """
        try:
            async with transaction.connection.begin_nested():
                if not await _ended(transaction, update_id, language, TranslationState.DONE):
                    return False
                [update] = await rows.load_updates(transaction.connection, updates.c.id == update_id)
                await self._refuse_outdated(transaction, update, language, text, asked)
                await self._amender.amend(
                    transaction, update, {language: text}, mark=Mark.TRANSLATED, by=None, because="machine translation"
                )
        except CommandError as error:
            await self.missed(transaction, update_id, language, str(error))
            return False
        await self._tell_when_all_is_known(transaction, update)
        return True

    async def _refuse_outdated(
        self, transaction: Transaction, update: UpdateRow, language: str, text: str, asked: Mapping[str, str]
    ) -> None:
        """Raises CommandError when the update says something else by now, or the text cannot be in the language."""
        known = (await rows.load_notices(transaction.connection, [update.id])).get(update.id, {})
        notices = {tag: notice for tag, (_, notice) in known.items()}
        if mark := final_mark(notices.values()):
            raise CommandError("the update was {mark} meanwhile", mark=mark)
        if any(update.texts.get(tag) != words for tag, words in asked.items()):
            raise CommandError("the text it was to translate has changed meanwhile")
        if text != update.texts[source_of(update.texts, self._languages)]:
            _refuse_twin(notices, language, printable(text).strip())

    async def missed(self, transaction: Transaction, update_id: int, language: str, error: str) -> None:
        """There will be no text from the machine."""
        if await _ended(transaction, update_id, language, TranslationState.FAILED, error):
            [update] = await rows.load_updates(transaction.connection, updates.c.id == update_id)
            await self._tell_when_all_is_known(transaction, update)

    async def written(self, transaction: Transaction, update: UpdateRow, languages: Sequence[str]) -> None:
        """A human was quicker in these languages: whatever the machine says there is not wanted any more."""
        ended = [await _ended(transaction, update.id, language, TranslationState.DONE) for language in languages]
        if any(ended):
            await self._tell_when_all_is_known(transaction, update)

    async def end_overdue(self, transaction: Transaction) -> None:
        """Give up what should have been there long ago, whatever became of whoever was to get it."""
        for update_id, language in await translations.overdue(transaction.connection, before=transaction.now - GRACE):
            await self.missed(transaction, update_id, language, "it did not come in time")

    async def next(self, connection: Connection) -> datetime | None:
        """When ``end_overdue`` has something to do, None when never."""
        deadline = await translations.next_deadline(connection)
        return None if deadline is None else deadline + GRACE

    async def _tell_when_all_is_known(self, transaction: Transaction, update: UpdateRow) -> None:
        found = await translations.outcome(transaction.connection, update.id)
        failed = {language: error for language, (state, error) in found.items() if state is TranslationState.FAILED}
        pending = any(state is TranslationState.PENDING for state, _ in found.values())
        if pending or not failed:
            return
        incident = await rows.load_incident(transaction.connection, update.incident_id)
        if incident is None:
            raise AssertionError("a foreign key holds every update to its incident")
        await self._tell(transaction, incident, update, failed)

    async def _tell(
        self, transaction: Transaction, incident: Incident, update: UpdateRow, absent: Mapping[str, str]
    ) -> None:
        cards, number = self._teller.cards, update.number or 0
        transaction.effects.deliveries += await self._teller.tell(
            transaction.connection,
            lambda language: cards.untranslated(incident, number, absent, language),
            now=transaction.now,
            needs=Role.PUBLISHER,
        )


def _refuse_twin(notices: Mapping[str, Notice], language: str, text: str) -> None:
    """Raises CommandError when another language that is not close says word for word the same."""
    if _is_trivial(text):
        return
    same = [tag for tag, notice in notices.items() if notice.body == text and not alike(tag, language)]
    if same:
        raise CommandError("word for word the same as in {languages}", languages=", ".join(same))


def _is_trivial(text: str) -> bool:
    said = bare(text)
    return len(said.split()) <= _TRIVIAL_WORDS and sum(map(str.isalpha, said)) <= _TRIVIAL_LETTERS


async def _ended(
    transaction: Transaction, update_id: int, language: str, state: TranslationState, error: str | None = None
) -> bool:
    return await translations.settle(transaction.connection, update_id, language, state, error=error)
