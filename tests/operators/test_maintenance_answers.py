"""What operators read when they plan maintenance, move it and let it last longer; as Telegram shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.markdown import render
from bot.config.maintenance import Maintenance
from bot.domain.model import Impact, Incident, Kind, Origin, Status
from bot.domain.staff import Operator
from bot.errors import CommandError
from bot.operators.clerk import Clerk
from bot.operators.windows import plan, window
from bot.store.engine import Store
from tests.worlds import StillClock, World, world

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
async def here(store: Store, clock: StillClock) -> AsyncIterator[World]:
    async with world(store, clock) as opened:
        yield opened


async def say(here: World, text: str, *, number: int = 0) -> str:
    """What the operator with this number in the configuration is answered; the first one writes Italian."""
    person = here.settings.operators[number]
    language = person.language if number else "it"
    operator = Operator(telegram_id=person.telegram_id, name=person.name, role=person.role, language=language)
    clerk = Clerk(here.settings, here.clock)
    command = clerk.read(text, operator, username=None)
    told = await here.intake.transact(lambda desk: clerk.carry_out(command, operator, desk))
    return "\n\n".join(render(each).text for each in told)


async def test_from_the_plan_to_the_longer_end(here: World) -> None:
    assert await say(here, "/maintenance shop, whatsapp sab 02:00 for 2h Cambiamo i dischi.") == (
        "Published: incident 1, update 1 (shop, whatsapp · minor · scheduled)\n"
        "Window: Sat 7 Mar 2026 02:00 - 04:00 CET (2h, Europe/Rome).\n"
        "By itself: a reminder on Fri 6 Mar 2026 02:00; in progress when it begins; completed when it ends.\n"
        "Website and feed: at once, in English and Italian.\n"
        "Telegram: 3 deliveries made; 3 of this incident waiting.\n"
        "Words: hand-written in Italian; the template's in English.\n"
        "https://status.shop.example/en/incidents/1\n"
        "Next: /update 1 in progress /update 1 cancelled"
    )
    assert await say(here, "/postpone 1 8.3. 23:00") == (
        "Published: incident 1, update 2 (shop, whatsapp · minor · scheduled)\n"
        "Window: Sun 8 Mar 2026 23:00 - Mon 9 Mar 2026 01:00 CET (2h, Europe/Rome).\n"
        "By itself: a reminder on Sat 7 Mar 2026 23:00; in progress when it begins; completed when it ends.\n"
        "Website and feed: at once, in English and Italian.\n"
        "Telegram: 4 deliveries made; 7 of this incident waiting.\n"
        "Words: the template's in English and Italian.\n"
        "https://status.shop.example/en/incidents/1\n"
        "Next: /update 1 in progress /update 1 cancelled"
    )
    assert "1 shop, whatsapp · minor · scheduled, 8 Mar 23:00 - 9 Mar 01:00" in await say(here, "/status")
    here.clock.time = datetime(2026, 3, 8, 22, 30, tzinfo=UTC)
    await here.intake.do_due()
    assert await say(here, "/extend 1 until 02:30") == (
        "Published: incident 1, update 4 (shop, whatsapp · minor · in progress)\n"
        "Window: Sun 8 Mar 2026 23:00 - Mon 9 Mar 2026 02:30 CET (3h30m, Europe/Rome).\n"
        "Website and feed: at once, in English and Italian.\n"
        "Telegram: 4 deliveries made; 11 of this incident waiting.\n"
        "Words: the template's in English and Italian.\n"
        "https://status.shop.example/en/incidents/1\n"
        "Next: /extend 1 1h /resolve 1"
    )
    assert "Window" not in await say(here, "/resolve 1")


async def test_a_drafters_plan_shows_its_window_too(here: World) -> None:
    assert await say(here, "/maintenance shop tomorrow 10 am - 11 am none", number=1) == (
        "Draft 1 waits for a publisher (incident 1: shop · none · scheduled)\n"
        "Nothing is published yet.\n"
        "Window: Tue 3 Mar 2026 10:00 - 11:00 CET (1h, Europe/Rome).\n"
        "By itself: in progress when it begins; completed when it ends.\n"
        "Words: the template's in English and Italian.\n"
        "A publisher says /publish 1 or /drop 1; /drafts shows its words."
    )


async def test_a_plan_that_comes_again_says_so_in_the_answer_and_on_the_card(here: World) -> None:
    again = (
        "🔁 It comes again every week; next: Tue 10 Mar 2026 10:00 - 11:00 CET (1h, Europe/Rome). /recurring ends it."
    )
    assert again in await say(here, "/maintenance shop tomorrow 10 am - 11 am every week none", number=1)
    assert again in {line for text in await cards(here) for line in text.split("\n")}
    await say(here, "/publish 1", number=0)
    assert again not in await say(here, "/postpone 1 sun 10:00")


async def cards(here: World) -> list[str]:
    """Every card of a draft that operators have been sent, as it looked each time."""
    owed = await here.owed(to_operators=True)
    return [render(row["text"]).text for row in owed if ":card:" in row["lane"]]


async def test_an_impossible_window_is_answered_with_the_usage(here: World) -> None:
    with pytest.raises(CommandError) as error:
        await say(here, "/maintenance shop 29.3. 02:30 for 1h")
    assert str(error.value) == (
        "02:30 does not exist on 2026-03-29 in Europe/Rome: clocks go forward."
        " The next that does is 2026-03-29 03:00.\n"
        "Usage: /maintenance COMPONENT[,COMPONENT...] START - END [every week] [impact=IMPACT] [text]"
    )


def planned(starts: datetime, ends: datetime, *, status: Status = Status.SCHEDULED) -> Incident:
    return Incident(
        id=1,
        kind=Kind.MAINTENANCE,
        origin=Origin.OPERATOR,
        status=status,
        impact=Impact.MINOR,
        components=("shop",),
        started_at=starts - timedelta(days=9),
        scheduled_for=starts,
        scheduled_until=ends,
    )


def test_a_window_over_a_change_of_clocks_names_both_zones_and_its_true_length() -> None:
    starts = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    shown = window(starts, starts + timedelta(hours=3), zone=ROME)
    assert shown == "Sun 29 Mar 2026 01:00 CET - 05:00 CEST (3h, Europe/Rome)"


@pytest.mark.parametrize(("hour", "which"), [(0, "first"), (1, "second")])
def test_a_time_that_clocks_show_twice_is_said_to_be(hour: int, which: str) -> None:
    starts = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    lines = plan(planned(starts, starts + timedelta(hours=4)), Maintenance(), zone=ROME, now=starts - timedelta(days=9))
    assert f"Clocks show 02:30 twice on 25 Oct; the {which} one is meant." in lines


def test_what_happens_by_itself_follows_the_configuration() -> None:
    starts = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
    incident = planned(starts, starts + timedelta(hours=1))
    asked = Maintenance(remind=timedelta(), complete="ask")
    line = plan(incident, asked, zone=ROME, now=starts - timedelta(days=9))[-1]
    assert line == "By itself: in progress when it begins; at its end you are asked."


def test_an_outage_has_no_window() -> None:
    starts = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
    incident = Incident(
        id=1,
        kind=Kind.OUTAGE,
        origin=Origin.OPERATOR,
        status=Status.INVESTIGATING,
        impact=Impact.MINOR,
        components=("shop",),
        started_at=starts,
    )
    assert plan(incident, Maintenance(), zone=ROME, now=starts) == []
