"""The pages under docs/sources are tried out: what they tell people to paste works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from pydantic import SecretStr, TypeAdapter

from bot.config.settings import Rule, SourceSettings
from bot.domain.model import SignalState
from bot.errors import Malformed
from bot.explain.asking import Refusal, read, sender
from bot.explain.judging import Explained, explain
from bot.sources.base import HookRequest
from bot.sources.registry import configured
from tests.config.files import BASE, loaded
from tests.sources.fixture import source_of
from tests.sources.signing import SIGNERS

PAGES = sorted((Path(__file__).parents[2] / "docs" / "sources").glob("*.md"))
GENERIC = next(page for page in PAGES if page.name == "generic.md")
SECRET = "swordfish"
NOW = datetime(2024, 12, 11, 18, 0, tzinfo=UTC)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
each_sender = pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem
)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, without the indentation of the list they may stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def sections_on(page: Path) -> dict[str, Any]:
    """What all blocks together say under ``sources`` and ``rules``; as in the service's own file, all of it is text."""
    read = [yaml.load(block, Loader=yaml.BaseLoader) for block in blocks(page, "yaml")]
    ours = [block for block in read if "sources" in block]
    return {
        "sources": {name: source for block in ours for name, source in block["sources"].items()},
        "rules": [rule for block in ours for rule in block.get("rules", [])],
    }


def settings_on(page: Path) -> tuple[dict[str, SourceSettings], list[Rule]]:
    sections = sections_on(page)
    return (
        TypeAdapter(dict[str, SourceSettings]).validate_python(sections["sources"]),
        TypeAdapter(list[Rule]).validate_python(sections["rules"]),
    )


def curls(page: Path) -> list[tuple[str, HookRequest]]:
    """The name of the source and the request, of each block that posts to a hook. A shell runs it, but not curl."""
    sources, _ = settings_on(page)
    [secret] = {secret_for(settings.type) for settings in sources.values()}
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        **{name: secret for block in blocks(page, "yaml") for name in re.findall(r"\$\{(\w+)\}", block)},
    }
    return [request_of(run(block, environment)) for block in blocks(page, "sh") if "/hooks/" in block]


def run(block: str, environment: dict[str, str]) -> list[str]:
    """What curl would have been called with."""
    shims = f"curl() {{ printf '%s\\0' \"$@\"; }}; date() {{ echo {NOW.timestamp():.0f}; }}; "
    shell = subprocess.run(["sh", "-eu", "-c", shims + block], env=environment, check=True, stdout=subprocess.PIPE)
    return shell.stdout.decode().split("\0")[:-1]


def secret_for(source_type: str) -> str:
    return SIGNERS[source_type].key if source_type in SIGNERS else SECRET


def request_of(words: list[str]) -> tuple[str, HookRequest]:
    address = urlsplit(next(word for word in words if word.startswith("http")))
    pairs = list(pairwise(words))
    headers = dict(value.split(": ", 1) for option, value in pairs if option == "-H")
    return address.path.removeprefix("/hooks/"), HookRequest(
        method=next((value for option, value in pairs if option == "-X"), "GET"),
        headers={name.lower(): value for name, value in headers.items()},
        query=dict(parse_qsl(address.query)),
        body=next((value for option, value in pairs if option == "-d"), "").encode(),
        received_at=NOW,
    )


def rule_for(name: str, sources: dict[str, SourceSettings], rules: list[Rule]) -> Rule:
    """The rule about a source; for one that is only there for the try, the rule about its twin."""
    twins = [each for each in sources if sources[each].type == sources[name].type]
    return next(rule for each in (name, *twins) for rule in rules if rule.match.source == each)


@each_page
def test_settings_shown_are_settings_we_take(page: Path) -> None:
    sources, rules = settings_on(page)
    assert sources
    assert all(rule.match.source in sources for rule in rules)


@each_sender
def test_every_curl_shown_is_taken_and_found_by_the_rule_shown(page: Path) -> None:
    sources, rules = settings_on(page)
    assert curls(page)
    for name, request in curls(page):
        secret = None if sources[name].insecure else SecretStr(secret_for(sources[name].type))
        source = configured(name, sources[name].model_copy(update={"secret": secret}), default_language="en")
        source.verify(request)
        rule = rule_for(name, sources, rules)
        firing = [signal for signal in source.parse(request) if signal.state is SignalState.FIRING]
        assert all(rule.match.labels.items() <= signal.labels.items() for signal in firing)


@each_sender
def test_explain_finds_every_curl_shown_by_the_rule_shown(page: Path, tmp_path: Path) -> None:
    sections = sections_on(page)
    components = {rule["component"]: {"name": "Shop"} for rule in sections["rules"]}
    written = yaml.safe_load(BASE) | sections | {"components": components}
    settings = loaded(tmp_path, yaml.safe_dump(written, allow_unicode=True), secrets=False)
    sources, rules = settings_on(page)
    found: list[Explained] = []
    for name, request in curls(page):
        signals = read(sender(settings, rule_for(name, sources, rules).match.source or name), request)
        assert not isinstance(signals, Refusal), signals.words
        found += explain(settings, signals, now=request.received_at)
    assert any(each.rule for each in found)
    for each in found:
        assert each.signal.state is not SignalState.FIRING or (each.rule and each.rule.source == each.signal.source)


@each_page
def test_json_shown_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block)


def test_every_example_of_our_own_format_is_in_it() -> None:
    one, several, answer = map(str.encode, blocks(GENERIC, "json"))
    source = source_of("generic")
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
