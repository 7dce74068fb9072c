"""``python -m bot audit``: who did what, for people and for programs, while the service runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from bot.auditing import as_text
from bot.domain.staff import Deed
from bot.store import staff
from bot.store.engine import open_store
from tests.story.command import bot
from tests.test_cli import config

AT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


async def test_the_log_is_shown_while_the_service_has_the_database(tmp_path: Path) -> None:
    config(tmp_path, timezone="Europe/Rome")
    deeds = (
        (AT, 1001, "Anna", "silence", "shop\n2h"),
        (AT.replace(day=3), None, "", "publish", "update 1"),
    )
    async with open_store(f"sqlite:///{tmp_path}/notices.db") as store:
        for at, telegram_id, name, deed, details in deeds:
            async with store.write() as connection:
                await staff.note(
                    connection, at=at, telegram_id=telegram_id, name=name, deed=deed, incident_id=None, details=details
                )
        text = await bot(tmp_path, "audit")
        late = await bot(tmp_path, "audit", "--since", "2026-03-03")
        rows = await bot(tmp_path, "audit", "--json")
        of_none = await bot(tmp_path, "audit", "--incident", "7")
    assert (text.code, late.code, rows.code, of_none.code) == (0, 0, 0, 0)
    assert text.out.splitlines() == [
        "2026-03-02T23:30:00Z  Anna (1001)  silence  shop 2h",
        "2026-03-03T23:30:00Z  automation  publish  update 1",
    ]
    assert late.out == text.out, "the day begins at midnight in the company's zone, an hour before UTC's"
    assert [json.loads(line)["telegram_id"] for line in rows.out.splitlines()] == [1001, None]
    assert of_none.out == ""


async def test_without_a_database_there_is_one_line(tmp_path: Path) -> None:
    config(tmp_path)
    said = await bot(tmp_path, "audit")
    assert (said.code, said.problem) == (1, "there is no database at notices.db")


def test_an_entry_names_its_incident() -> None:
    deed = Deed(id=1, at=AT, telegram_id=5, name="Eve", deed="publish", incident_id=12, details="draft 40")
    assert as_text(deed) == "2026-03-02T23:30:00Z  Eve (5)  publish  incident 12  draft 40"
