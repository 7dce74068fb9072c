"""Every conversation goes as it is written down, whichever way Telegram brings updates; some on PostgreSQL too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.conftest import fresh_postgres
from tests.conversations.runner import play
from tests.conversations.script import Mode, Script, load, scripts


def played() -> Iterator[tuple[Script, str, Mode]]:
    """Each conversation on SQLite in both ways; on PostgreSQL, where the script asks for it, in one."""
    for script in map(load, scripts()):
        yield from ((script, "sqlite", mode) for mode in get_args(Mode))
        if "postgresql" in script.databases:
            yield script, "postgresql", "webhook"


PLAYED = {f"{script.name}-{kind}-{mode}": (script, kind, mode) for script, kind, mode in played()}


@pytest.mark.parametrize(("script", "kind", "mode"), PLAYED.values(), ids=PLAYED)
async def test_the_conversation_goes_as_written(
    script: Script, kind: str, mode: Mode, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = f"sqlite:///{tmp_path}/notices.db"
    if kind == "postgresql":
        database = await fresh_postgres(request.getfixturevalue("postgres"))
    await play(script, database, mode)
