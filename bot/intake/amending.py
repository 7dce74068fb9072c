"""Other words for what is published already, everywhere it is read, without an update of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.delivery import Action
from bot.domain.marks import Mark
from bot.domain.model import Notice, UpdateState
from bot.domain.routing import amending
from bot.domain.translation import TranslationState
from bot.errors import CommandError
from bot.intake.broadcasting import begin_amending
from bot.intake.rendering import refuse_too_long
from bot.intake.transaction import Transaction
from bot.languages.catalogue import Catalogue
from bot.languages.scripts import fit_to_be_read
from bot.languages.text import printable
from bot.store import amendments, outbox, translations
from bot.store import incidents as rows
from bot.store.amendments import Shown
from bot.store.incidents import UpdateRow

_LABELS = {
    Mark.TRANSLATED: "translated",
    Mark.CORRECTED: "status.correction",
    Mark.RETRACTED: "status.retraction",
}
"""Which of a language's words say what a mark means."""

_FINAL = frozenset({Mark.CORRECTED, Mark.RETRACTED})
"""Marks that stay whatever the words become; an update that bears one waits for no machine any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What came of it. languages: whose words have changed; deliveries: owed for it, by channel."""

    languages: tuple[str, ...]
    deliveries: Mapping[str, int]


class Amender:
    """Replaces words, keeps the former ones, and owes their readers the new ones. Decides on no words itself."""

    def __init__(self, catalogue: Catalogue, zone: ZoneInfo) -> None:
        """zone: the company's, for the times in what it adds."""
        self._catalogue, self._zone = catalogue, zone

    async def amend(
        self,
        transaction: Transaction,
        update: UpdateRow,
        texts: Mapping[str, str],
        *,
        mark: Mark | None,
        by: str | None,
        because: str,
    ) -> Amended:
        """Let these texts, by language, stand where the published update's body stands; all else of it stays.

        mark: what readers must know about the texts, None for nothing but what they must know already;
        by: an operator's name, None for automation.
        Raises CommandError: not published, not in one of these languages, in another script than theirs, or too long.
        """
        if mark is not Mark.TRANSLATED:  # a machine's words were looked at line by line, names apart
            _refuse_other_scripts(texts)
        known = (await rows.load_notices(transaction.connection, [update.id])).get(update.id, {})
        absent = [language for language in texts if language not in known]
        if absent:
            raise CommandError(
                "update {number} was not published in {languages}", number=update.number, languages=", ".join(absent)
            )
        notices = {
            language: self._reworded(known[language][1], text, mark, update.promised_at)
            for language, text in texts.items()
        }
        return await self.replace(transaction, update, notices, by=by, because=because)

    def _reworded(self, notice: Notice, text: str, mark: Mark | None, promised_at: datetime | None) -> Notice:
        """What was promised stays promised, whoever words the rest."""
        if mark is None and notice.mark in _FINAL:
            mark = notice.mark
        promise = self._catalogue.promise(promised_at, notice.language, self._zone) if promised_at else ""
        body = "\n\n".join(filter(None, [printable(text).strip(), promise]))
        return replace(notice, body=body, mark=mark, label=self.label(mark, notice.language))

    def label(self, mark: Mark | None, language: str) -> str | None:
        """What says in a language what the mark means; None for no mark."""
        return None if mark is None else self._catalogue.words(language)[_LABELS[mark]]

    async def replace(
        self,
        transaction: Transaction,
        update: UpdateRow,
        words: Mapping[str, Notice],
        *,
        by: str | None,
        because: str,
    ) -> Amended:
        """Let the published update say this from now on, by language; what says the same already is left alone.

        A correction or a retraction in any language ends the wait for a machine in all.
        Raises CommandError when it is not published, or a notice is too long.
        """
        if update.state is not UpdateState.PUBLISHED:
            raise CommandError("update {number} is not published", number=update.id)
        refuse_too_long(words.values())
        connection = transaction.connection
        if mark := final_mark(words.values()):
            error = f"the update was {mark} meanwhile"
            await translations.settle_all(connection, update.id, TranslationState.FAILED, error=error)
        known = (await rows.load_notices(connection, [update.id]))[update.id]
        changed = {
            known[language][0]: (known[language][1], notice)
            for language, notice in words.items()
            if notice != known[language][1]
        }
        if not changed:
            return Amended(languages=(), deliveries={})
        # The posts first: whoever claims one from now on waits for this transaction, and then reads the new words.
        posts = await amendments.posts_of(connection, update.incident_id, list(changed))
        await amendments.replace_words(connection, changed, now=transaction.now, because=because, by=by)
        owed = [row for post in posts for row in _owed(post, update.incident_id, changed[post.notice_id])]
        await outbox.enqueue(connection, owed, now=transaction.now)
        await begin_amending(transaction, update.incident_id, update.id, changed)
        transaction.effects.deliveries += len(owed)
        transaction.effects.revision = await rows.bump_revision(connection)
        return Amended(
            languages=tuple(after.language for _, after in changed.values()),
            deliveries=Counter(str(row["channel"]) for row in owed),
        )


def final_mark(notices: Iterable[Notice]) -> Mark | None:
    """What one of an update's notices says if it was corrected or retracted, None when it was not."""
    return next((notice.mark for notice in notices if notice.mark in _FINAL), None)


def _refuse_other_scripts(texts: Mapping[str, str]) -> None:
    unfit = [language for language, text in texts.items() if not fit_to_be_read(text, language)]
    if unfit:
        raise CommandError(
            "the text for {languages} is not in the script of that language; nothing was changed",
            languages=", ".join(unfit),
        )


def _owed(post: Shown, incident_id: int, words: Sequence[Notice]) -> Iterator[dict[str, Any]]:
    """What brings the words to one post, and to the first one of its lane where that shows the same state."""
    action = amending(post.state, uncertain=post.uncertain, first=post.first)
    row = {
        "channel": post.channel,
        "address": post.address,
        "lane": post.lane,
        "priority": post.priority,
        "incident_id": incident_id,
    }
    if action is Action.AMEND:
        yield row | {"action": action, "notice_id": post.notice_id}
    before, after = words
    state_moved = before.state != after.state and post.newest == post.notice_id and not post.first
    if action is Action.EDIT or state_moved:
        yield row | {"action": Action.EDIT, "notice_id": post.newest}
