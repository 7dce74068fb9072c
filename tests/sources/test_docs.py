"""The pages under docs/sources are tried out: what they tell people to paste works."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from pydantic import TypeAdapter

from bot.config.settings import Rule, SourceSettings
from bot.domain.model import SignalState
from bot.errors import Malformed
from bot.sources.base import HookRequest
from bot.sources.registry import build

PAGES = sorted((Path(__file__).parents[2] / "docs" / "sources").glob("*.md"))
GENERIC = next(page for page in PAGES if page.name == "generic.md")
SECRET = "swordfish"
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, without the indentation of the list they may stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def settings_on(page: Path) -> list[tuple[dict[str, SourceSettings], list[Rule]]]:
    read = [yaml.safe_load(re.sub(r"\$\{\w+\}", SECRET, block)) for block in blocks(page, "yaml")]
    return [
        (
            TypeAdapter(dict[str, SourceSettings]).validate_python(block["sources"]),
            TypeAdapter(list[Rule]).validate_python(block.get("rules", [])),
        )
        for block in read
        if "sources" in block
    ]


def curls(page: Path) -> list[tuple[str, HookRequest]]:
    """The name of the source and the request, of each curl that posts to a hook."""
    lines = [shlex.split(block.replace("\\\n", " ")) for block in blocks(page, "sh") if "/hooks/" in block]
    return [request_of(words) for words in lines if words[0] == "curl"]


def request_of(words: list[str]) -> tuple[str, HookRequest]:
    address = urlsplit(next(word for word in words if word.startswith("http")))
    pairs = list(pairwise(words))
    headers = dict(value.split(": ", 1) for option, value in pairs if option == "-H")
    sent = {name.lower(): re.sub(r"\$\w+", SECRET, value) for name, value in headers.items()}
    body = next(value for option, value in pairs if option == "-d")
    return address.path.removeprefix("/hooks/"), HookRequest(headers=sent, body=body.encode())


@each_page
def test_settings_shown_are_settings_we_take(page: Path) -> None:
    [(sources, rules)] = settings_on(page)
    assert sources
    assert all(rule.match.source in sources for rule in rules)


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem)
def test_every_curl_shown_is_taken_and_found_by_the_rule_shown(page: Path) -> None:
    [(sources, [rule])] = settings_on(page)
    assert curls(page)
    for name, request in curls(page):
        source = build(name, type=sources[name].type, secret=SECRET)
        source.verify(request)
        [signal] = source.parse(request)
        fires = signal.state is SignalState.FIRING
        assert not fires or rule.match.labels.items() <= signal.labels.items()


@each_page
def test_json_shown_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block)


def test_every_example_of_our_own_format_is_in_it() -> None:
    one, several, answer = map(str.encode, blocks(GENERIC, "json"))
    source = build("probe", type="generic", secret=None)
    assert len(source.parse(HookRequest(body=one))) == 1
    assert len(source.parse(HookRequest(body=several))) == 2
    with pytest.raises(Malformed) as refused:
        source.parse(HookRequest(body=one.replace(b"summary", b"sumary")))
    assert {"error": refused.value.text, "path": refused.value.path} == json.loads(answer)


def test_every_state_is_on_the_page_of_our_own_format() -> None:
    row = next(line for line in GENERIC.read_text(encoding="utf-8").splitlines() if line.startswith("| `state`"))
    assert set(re.findall(r"`(\w+)`", row)) == {"state", *SignalState}


@each_page
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([\w.-]+\.md)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).is_file()
