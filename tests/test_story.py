"""The whole service, end to end: webhook bytes and operators' commands in, posts, feeds and pages in six languages out.

The real Telegram library talks to a strict fake, at the real pace: one call per chat and second.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.fakes.telegram import Post
from tests.story.shop import ADA, DUTY, LANGUAGES, STRANGER, Shop, ago, alert, first_line, lines, shop

RESOLVED = {
    "en": "🟢 Resolved after 1 h 20 min",
    "it": "🟢 Risolto in 1 h 20 min",
    "es": "🟢 Resuelto en 1 h 20 min",
    "fr": "🟢 Résolu en 1 h 20 min",
    "de": "🟢 Behoben · Dauer: 1 h 20 min",
    "ar": "🟢 تم الحل بعد ساعة و20 دقيقة",
}
DEAF = "Non è colpa nostra: è il fornitore dei pagamenti."


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/notices.db"


def replies_stand_below_the_first_post(here: Shop) -> bool:
    """Whether in every channel each post but the first is a reply to the first."""
    threads = [here.thread(language) for language in here.languages]
    return all(
        first.reply_to is None and {post.reply_to for post in replies} == {first.id} for first, *replies in threads
    )


def draft_in(card: Post) -> str:
    """The number that a card tells operators to say."""
    [number] = re.findall(r"Draft (\d+)", card.text)
    return str(number)


async def test_one_incident_from_the_first_signal_to_the_relapse(database: str) -> None:
    began = ago(minutes=80)
    async with shop(database) as here:
        assert await here.signal(alert("firing", since=began)) == (202, {"accepted": 1})
        await here.stands(posts=1, pinned=True)
        await here.agree(headline="major")
        openings = {language: lines(here.thread(language)[0]) for language in LANGUAGES}
        identity = [item.id for language in LANGUAGES for item in await here.items(language)]

        told = await here.everything_public()
        assert await here.signal(alert("firing", since=began)) == (202, {"accepted": 1})
        assert await here.everything_public() == told

        here.fake.say(DUTY, f"/update 1 identified it: {DEAF}")
        await here.stands(posts=2, pinned=True)
        await here.agree(headline="major")
        for language in LANGUAGES:
            first, reply = here.thread(language)
            assert (DEAF in lines(reply)) == (language == "it")
            assert first_line(first) == first_line(reply) != openings[language][0]
            assert lines(first)[1:] == openings[language][1:]
        lacking = await here.told(DUTY, "Incident 1, update 2: the own words are missing")
        assert "in English, Spanish, French, German and Arabic" in first_line(lacking)
        here.fake.say(DUTY, "/status")
        assert "1 shop · major · identified" in (await here.told(DUTY, "Open incidents")).text

        told = await here.everything_public()
        assert await here.signal(alert("resolved", since=began, until=ago())) == (202, {"accepted": 1})
        card = await here.told(DUTY, "Draft")
        assert "incident 1 · shop · major · resolved" in card.text
        assert await here.everything_public() == told

        here.fake.say(DUTY, f"/publish {draft_in(card)}")
        await here.stands(posts=3, pinned=False)
        await here.agree(headline="operational")
        assert {language: first_line(here.thread(language)[0]) for language in LANGUAGES} == RESOLVED
        assert [item.id for language in LANGUAGES for item in await here.items(language)] == identity

        told = await here.everything_public()
        assert await here.signal(alert("firing", since=ago())) == (202, {"accepted": 1})
        relapse = await here.told(DUTY, "incident 1 · shop · major · investigating")
        assert await here.everything_public() == told

        assert replies_stand_below_the_first_post(here)
        assert len({draft_in(card), draft_in(relapse)}) == 2
        await here.told(ADA, f"Draft {draft_in(relapse)}")
        assert [head.split(" (")[0] for head in here.heads(DUTY)] == [
            "Published by itself: incident 1, update 1",
            "Published: incident 1, update 2",
            first_line(lacking),
            "Open incidents",
            "Draft 3 · incident 1 · shop · major · resolved",
            "Published: incident 1, update 3",
            "Draft 4 · incident 1 · shop · major · investigating",
        ]
        assert [head.split(" ")[0] for head in here.heads(ADA)] == ["Published", "Draft", "Draft"]


async def test_what_no_human_touched_is_resolved_and_relapses_by_itself(sqlite: str) -> None:
    began = ago(minutes=80)
    async with shop(sqlite, languages=("en", "ar")) as here:
        await here.signal(alert("firing", since=began))
        await here.stands(posts=1, pinned=False)
        await here.signal(alert("resolved", since=began, until=ago()))
        await here.stands(posts=2, pinned=False)
        await here.agree(headline="operational")
        assert [first_line(here.thread(language)[0]) for language in here.languages] == [RESOLVED["en"], RESOLVED["ar"]]

        await here.signal(alert("firing", since=ago()))
        await here.stands(posts=3, pinned=False)
        await here.agree(headline="major")
        assert [len(await here.items(language, "updates")) for language in LANGUAGES] == [3] * len(LANGUAGES)
        assert replies_stand_below_the_first_post(here)


async def test_an_incident_told_by_hand_in_two_languages_and_by_template_in_the_third(sqlite: str) -> None:
    own = {"it": "Stiamo cambiando il server dei pagamenti.", "es": "Estamos cambiando el servidor de pagos."}
    async with shop(sqlite, languages=("en", "it", "es")) as here:
        here.fake.say(DUTY, f"/incident shop major it: {own['it']} | es: {own['es']}")
        await here.stands(posts=1, pinned=False)
        await here.agree(headline="major")
        bodies = {language: lines(here.thread(language)[0])[2:-1] for language in here.languages}
        assert [bodies["it"][0], bodies["es"][0]] == [own["it"], own["es"]]
        assert bodies["en"][0].startswith("A problem has been affecting Online shop since")
        answer = await here.told(DUTY, "Published: incident 1, update 1")
        assert "hand-written in Italian and Spanish; the template's in English, French, German" in answer.text
        assert "Telegram: 3 deliveries made; 3 of this incident waiting." in answer.text

        here.fake.say(DUTY, "/update 1 monitoring")
        await here.stands(posts=2, pinned=False)
        await here.agree(headline="major")
        here.fake.say(DUTY, "/resolve 1")
        await here.stands(posts=3, pinned=False)
        await here.agree(headline="operational")
        assert "Telegram: 6 deliveries made" in (await here.told(DUTY, "Published: incident 1, update 3")).text
        assert replies_stand_below_the_first_post(here)


async def test_a_stranger_is_refused_once_and_told_nothing(sqlite: str) -> None:
    async with shop(sqlite) as here:
        told = await here.everything_public()
        here.fake.say(STRANGER, "/incident shop critical Everything is down")
        await here.told(STRANGER, "")
        here.fake.say(STRANGER, "/status")
        here.fake.say(DUTY, "/status")
        await here.told(DUTY, "No open incidents")
        [answer] = here.fake.bot_posts(STRANGER)
        assert answer.text == "Sorry, I only answer people I know. If one of them asks, your Telegram id is 4004."
        assert await here.everything_public() == told
        assert [post for language in LANGUAGES for post in here.thread(language)] == []


async def test_a_draft_that_nobody_answers_is_published_at_its_deadline(sqlite: str) -> None:
    async with shop(sqlite) as here:
        await here.signal(alert("firing", since=ago(), service="whatsapp"))
        await here.stands(posts=1, pinned=True)
        await here.agree(headline="major")
        published = await here.told(DUTY, "nobody decided before its deadline")
        card = await here.told(DUTY, "Deadline passed: published")
        assert card == here.fake.bot_posts(DUTY)[0]
        assert published.text.startswith("Published by itself: incident 1, update 1")
        assert all(here.thread(language)[0].at > card.at for language in LANGUAGES)


async def test_a_draft_that_is_dropped_never_reaches_customers(sqlite: str) -> None:
    async with shop(sqlite) as here:
        told = await here.everything_public()
        await here.signal(alert("firing", since=ago(), service="cards"))
        card = await here.told(DUTY, "Draft 1 · incident 1 · cards · minor · investigating")
        here.fake.say(ADA, f"/publish {draft_in(card)}")
        assert "you are a drafter" in (await here.told(ADA, "Not done")).text
        here.fake.say(DUTY, f"/drop {draft_in(card)}")
        assert "Customers never heard of it." in (await here.told(DUTY, "Dropped: draft 1 of incident 1")).text
        assert await here.everything_public() == told
        assert [post for language in LANGUAGES for post in here.thread(language)] == []
