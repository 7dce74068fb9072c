"""Each provider, asked over HTTP: what it is sent, and what becomes of every way it may answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from aiohttp import web

from bot.config.translate import Provider as ProviderName
from bot.errors import TranslatorBusy, Untranslated
from bot.translators.base import Task, Translator
from bot.translators.deepl import source_code, target_code
from bot.translators.libretranslate import code
from tests.translators.provider import KEY, SETTINGS, Provider, a_provider, asking, completion

NAMES = get_args(ProviderName)
TASK = Task(
    lines=('Orders fail in <x id="1"/>.', "Call us."),
    source="en",
    target="it",
    terms={"checkout": "cassa", "orders": "ordini"},
    company="Bottega Napoli",
)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with a_provider() as running:
        yield running


def test_every_provider_of_the_configuration_is_tested() -> None:
    assert set(NAMES) == set(SETTINGS)


@pytest.mark.parametrize("name", NAMES)
async def test_a_good_answer_is_taken_line_by_line(name: str, provider: Provider) -> None:
    async with asking(name, provider) as translator:
        assert list(await translator.translate(TASK)) == ['it Orders fail in <x id="1"/>.', "it Call us."]
        assert translator.name == name


async def until(translator: Translator, so: Callable[[], bool]) -> None:
    """Translate again and again until it is so: glossaries are made beside."""
    async with asyncio.timeout(20):
        while not so():
            await translator.translate(TASK)


async def test_deepl_is_told_languages_formality_context_and_glossary(provider: Provider) -> None:
    async with asking("deepl", provider) as translator:
        await until(translator, lambda: "glossary_id" in str(provider.questions()[-1:]))
    path, headers, question = provider.asked[-1]
    assert (path, headers["Authorization"]) == ("/v2/translate", f"DeepL-Auth-Key {KEY}")
    assert question == {
        "text": list(TASK.lines),
        "source_lang": "EN",
        "target_lang": "IT",
        "tag_handling": "xml",
        "preserve_formatting": True,
        "context": 'Bottega Napoli\nOrders fail in <x id="1"/>.\nCall us.',
        "formality": "prefer_more",
        "glossary_id": "g-1",
    }


async def test_a_glossary_is_made_once_and_found_again_by_the_next_process(provider: Provider) -> None:
    for _ in range(2):
        provider.asked.clear()
        async with asking("deepl", provider) as translator:
            await until(translator, lambda: str(provider.questions()).count("glossary_id") >= 2)
        assert [(path, body) for path, _, body in provider.asked].count(("/v2/glossaries", None)) == 1
    [made] = provider.glossaries
    assert (made["source_lang"], made["target_lang"], made["entries_format"]) == ("en", "it", "tsv")
    assert made["entries"] == "checkout\tcassa\norders\tordini"
    assert {question.get("glossary_id", "g-1") for question in provider.questions()} == {"g-1"}


async def test_no_translation_waits_for_a_glossary(provider: Provider) -> None:
    provider.glossaries_held = asyncio.Event()
    async with asking("deepl", provider) as translator:
        for target in ("it", "es", "de"):
            await translator.translate(replace(TASK, target=target))
        assert [question.get("glossary_id") for question in provider.questions()] == [None] * 3
        assert provider.glossaries == []
        provider.glossaries_held.set()
        await until(translator, lambda: "glossary_id" in str(provider.questions()[-1]))


async def test_glossaries_that_could_not_be_listed_are_looked_for_with_the_next_text(provider: Provider) -> None:
    provider.glossary_troubles = [web.Response(status=503), web.Response(status=429)]
    async with asking("deepl", provider) as translator:
        await until(translator, lambda: "glossary_id" in str(provider.questions()[-1:]))
    assert len(provider.glossaries) == 1


async def test_deepl_without_terms_asks_for_no_glossary(provider: Provider) -> None:
    async with asking("deepl", provider, formality="default") as translator:
        await translator.translate(Task(lines=TASK.lines, source="en", target="it"))
    [question] = provider.questions()
    assert not {"glossary_id", "formality"} & set(question)
    assert provider.glossaries == []


async def test_libretranslate_is_asked_for_html_with_its_own_names_of_languages(provider: Provider) -> None:
    async with asking("libretranslate", provider) as translator:
        await translator.translate(TASK)
    [(path, _, question)] = provider.asked
    assert path == "/translate"
    assert question == {"q": list(TASK.lines), "source": "en", "target": "it", "format": "html", "api_key": KEY}


async def test_a_model_is_told_the_languages_the_terms_and_to_keep_the_tags(provider: Provider) -> None:
    async with asking("openai", provider) as translator:
        await translator.translate(TASK)
    [(path, headers, question)] = provider.asked
    assert (path, headers["Authorization"], question["model"]) == (
        "/chat/completions",
        f"Bearer {KEY}",
        "a-model",
    )
    system, said = question["messages"]
    assert json.loads(said["content"]) == list(TASK.lines)
    for part in ("English (en)", "Italian (it)", "checkout = cassa", "polite form", "Bottega Napoli"):
        assert part in system["content"]


async def test_a_server_of_ones_own_needs_no_key(provider: Provider) -> None:
    async with asking("openai", provider, api_key=None) as translator:
        await translator.translate(TASK)
    assert "Authorization" not in provider.asked[0][1]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("name", NAMES)
async def test_what_may_pass_is_worth_another_try(name: str, provider: Provider, status: int) -> None:
    provider.troubles = [web.Response(status=status, text="<html>busy</html>")]
    async with asking(name, provider) as translator:
        with pytest.raises(TranslatorBusy, match=f"it answered {status}"):
            await translator.translate(TASK)


@pytest.mark.parametrize("name", NAMES)
async def test_a_pause_that_is_asked_for_is_passed_on(name: str, provider: Provider) -> None:
    provider.troubles = [web.Response(status=429, headers={"Retry-After": "7"})]
    async with asking(name, provider) as translator:
        with pytest.raises(TranslatorBusy) as raised:
            await translator.translate(TASK)
    assert raised.value.retry_after == timedelta(seconds=7)


UNUSABLE = "list|texts|chat|finish"
REFUSALS = {
    "no key": (web.Response, {"status": 403, "text": f"wrong key {KEY}"}, "it refuses our key"),
    "no quota": (web.Response, {"status": 456}, "its quota is used up"),
    "no such language": (web.Response, {"status": 400, "text": '{"message": "target_lang"}'}, "it answered 400"),
    "a redirect": (web.Response, {"status": 302, "headers": {"Location": "/elsewhere"}}, "it answered 302"),
    "a page": (web.Response, {"text": "<html><h1>Welcome</h1>", "content_type": "text/html"}, "no JSON"),
    "nothing": (web.Response, {"text": ""}, "no JSON"),
    "another shape": (web.json_response, {"data": {"translations": "Ciao", "translatedText": 3}}, UNUSABLE),
    "a list": (web.json_response, {"data": []}, UNUSABLE),
    "no texts": (web.json_response, {"data": {"translations": [{"text": None}], "choices": [{}]}}, UNUSABLE),
    "too much": (web.Response, {"body": b"[" + b" " * (1024 * 1024 + 1) + b"]"}, "more than"),
    "a deep nest": (web.Response, {"text": "[" * 100_000}, "no JSON|more than"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("name", NAMES)
async def test_what_cannot_be_used_is_refused_without_a_word_of_the_key(
    name: str, provider: Provider, case: tuple[Any, dict[str, Any], str]
) -> None:
    make, how, says = case
    provider.troubles = [make(**how)]
    async with asking(name, provider) as translator:
        with pytest.raises(Untranslated, match=says) as raised:
            await translator.translate(TASK)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("name", NAMES)
async def test_a_server_that_is_not_there_is_worth_another_try(name: str) -> None:
    async with asking(name, Provider(url="http://127.0.0.1:1")) as translator:
        with pytest.raises(TranslatorBusy, match="it cannot be reached"):
            await translator.translate(Task(lines=TASK.lines, source="en", target="it"))


@pytest.mark.parametrize(
    ("content", "finish"),
    [
        pytest.param("Sure! Here is the translation:\n- Gli ordini falliscono.", "stop", id="chatter"),
        pytest.param('Here you are: ["Gli ordini", "Chiamateci."]', "stop", id="chatter around the list"),
        pytest.param('{"translation": "Gli ordini"}', "stop", id="no list"),
        pytest.param('["Gli ordini", 7]', "stop", id="no texts"),
        pytest.param('["Gli ordini', "length", id="cut off"),
        pytest.param(None, "content_filter", id="filtered"),
        pytest.param("", "stop", id="nothing"),
    ],
)
async def test_a_model_that_chats_is_not_understood(provider: Provider, content: str | None, finish: str) -> None:
    provider.troubles = [web.json_response(completion(content, finish=finish))]
    async with asking("openai", provider) as translator:
        with pytest.raises(Untranslated):
            await translator.translate(TASK)


async def test_a_list_in_a_fence_is_a_list(provider: Provider) -> None:
    provider.troubles = [web.json_response(completion('```json\n["Gli ordini", "Chiamateci."]\n```'))]
    async with asking("openai", provider) as translator:
        assert list(await translator.translate(TASK)) == ["Gli ordini", "Chiamateci."]


async def test_deepl_translates_without_a_glossary_it_will_not_make(provider: Provider) -> None:
    def glossary_questions() -> int:
        return [path for path, _, _ in provider.asked].count("/v2/glossaries")

    provider.no_glossaries = True
    provider.glossaries = [{"name": "somebody else's", "glossary_id": "g-9"}, {"glossary_id": "unnamed"}]
    async with asking("deepl", provider) as translator:
        await until(translator, lambda: glossary_questions() == 2)
        for _ in range(9):
            await translator.translate(TASK)
    assert "glossary_id" not in str(provider.questions())
    assert glossary_questions() == 2, "it is not asked again and again"


@pytest.mark.parametrize(
    ("tag", "source", "target", "libre"),
    [
        ("en", "EN", "EN-GB", "en"),
        ("en-US", "EN", "EN-US", "en"),
        ("pt", "PT", "PT-PT", "pt"),
        ("pt-BR", "PT", "PT-BR", "pt-BR"),
        ("zh-Hans", "ZH", "ZH-HANS", "zh-Hans"),
        ("zh-Hant", "ZH", "ZH-HANT", "zh-Hant"),
        ("zh-TW", "ZH", "ZH-HANT", "zh-Hant"),
        ("zh", "ZH", "ZH-HANS", "zh-Hans"),
        ("nb", "NB", "NB", "nb"),
        ("no", "NB", "NB", "nb"),
        ("de-AT", "DE", "DE", "de"),
        ("it", "IT", "IT", "it"),
    ],
)
def test_languages_are_named_as_each_provider_names_them(tag: str, source: str, target: str, libre: str) -> None:
    assert (source_code(tag), target_code(tag), code(tag)) == (source, target, libre)
