"""``python -m bot explain``: what it says is what the hook and the rules would do, and it needs nothing to say it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp import ClientSession

from bot.config.file import load, rule_lines
from bot.config.settings import Settings
from bot.config.sources import HookType
from bot.domain.decisions import name_of
from bot.domain.model import Signal, SignalState
from bot.explain.asking import Refusal, read, request_of, sender
from bot.explain.judging import Explained, explain
from bot.explain.showing import as_json, as_text
from bot.languages.catalogue import Catalogue
from bot.metrics import Metrics
from bot.resources import NOTICES
from bot.sources.base import HookRequest
from bot.sources.registry import TYPES
from bot.web.hooks import routes
from bot.web.server import LARGEST_BODY, application, serve
from tests.config.files import BASE, loaded
from tests.sources.fixture import fixtures_of
from tests.story.command import SHIPPED, bot

NOW = datetime(2024, 12, 11, 18, 0, tzinfo=UTC)
FIRING = {"key": "probe", "state": "firing", "labels": {"service": "shop"}, "at": "2024-12-11T17:41:02Z"}
RULE = "rules: [{{match: {{labels: {{service: shop}}}}, component: shop, {0}}}]\n"


def settings_with(folder: Path, rule: str) -> Settings:
    return loaded(folder, BASE + "sources: {probe: {type: generic, insecure: true}}\n" + RULE.format(rule))


def told(settings: Settings, body: Any, *, catalogue: Catalogue | None = None) -> Explained:
    signals = read(sender(settings, "probe"), HookRequest(body=json.dumps(body).encode()))
    assert not isinstance(signals, Refusal), signals.words
    [explained] = explain(settings, signals, now=NOW, catalogue=catalogue)
    return explained


def decisions(explained: Explained) -> list[tuple[str, str]]:
    return [(step.when, name_of(step.decision)) for step in (*explained.steps, *explained.endings)]


# --- what would come of it ---


def test_a_rule_that_publishes_at_once(tmp_path: Path) -> None:
    explained = told(settings_with(tmp_path, "publish: automatically"), FIRING)
    assert decisions(explained) == [("", "open"), ("", "advance")]
    assert "all problems of incident 1 have recovered" in explained.endings[0].decision.reason


def test_a_rule_that_asks_first(tmp_path: Path) -> None:
    explained = told(settings_with(tmp_path, "publish: after_approval, deadline: 10m"), FIRING)
    assert decisions(explained) == [
        ("", "open"),
        ("when it recovers before the yes", "withdraw"),
        ("when it recovers after the yes", "advance"),
    ]
    assert "after approval; after 0:10:00 without an answer the draft is published" in as_text([explained])


def test_a_rule_that_never_publishes(tmp_path: Path) -> None:
    explained = told(settings_with(tmp_path, "publish: never"), FIRING)
    assert decisions(explained) == [("", "hold")]
    assert "rule 1 says never" in as_text([explained])


def test_a_problem_no_rule_matches(tmp_path: Path) -> None:
    explained = told(settings_with(tmp_path, "publish: automatically"), FIRING | {"labels": {}})
    assert (explained.rule, decisions(explained)) == (None, [("", "hold")])
    assert "no rule matches: operators are told" in as_text([explained])


def test_a_rule_that_waits_for_confirmation_and_for_calm(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, "publish: automatically, confirm_for: 2h, recover_for: 5m")
    explained = told(settings, FIRING)
    assert decisions(explained) == [("", "hold"), ("1:41:02 later", "open"), ("", "hold"), ("0:05:00 later", "advance")]


@pytest.mark.parametrize("state", [state for state in SignalState if state is not SignalState.FIRING])
def test_nothing_but_a_problem_opens_anything(tmp_path: Path, state: SignalState) -> None:
    words = {"statement": "We are on it."} if state is SignalState.STATEMENT else {}
    explained = told(settings_with(tmp_path, "publish: automatically"), FIRING | {"state": state} | words)
    assert {decision for _, decision in decisions(explained)} <= {"ignore", "hold"}
    assert explained.endings == ()


def test_every_recorded_request_can_be_explained(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "rules: [{match: {}, component: shop, publish: automatically}]\n")
    for source in TYPES:
        for fixture in fixtures_of(source.type):
            explained = explain(settings, fixture.signals, now=NOW, lines=[7])
            for each in explained:
                opens = name_of(each.steps[-1].decision) == "open"
                assert opens is (each.signal.state is SignalState.FIRING), fixture
            assert as_text(explained)
            assert json.loads(json.dumps(as_json(explained)))


def test_nothing_said_is_nothing_explained(tmp_path: Path) -> None:
    assert explain(loaded(tmp_path, BASE), [], now=NOW) == []
    assert as_text([]) == "The request says nothing: no signal."


def test_the_notice_is_shown_in_every_language(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, "publish: automatically")
    explained = told(settings, FIRING, catalogue=Catalogue.load(NOTICES, settings.languages))
    assert list(explained.notices) == ["en", "it"]
    assert "Shop" in explained.notices["it"].title
    assert "18:41" in as_text([explained])  # in the company's zone


# --- how it would be taken ---


@pytest.mark.parametrize("source_type", get_args(HookType))
def test_every_type_can_be_asked_without_being_configured(tmp_path: Path, source_type: str) -> None:
    assert sender(loaded(tmp_path, BASE), source_type).name == source_type


def test_a_configured_name_goes_before_a_type(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "sources: {grafana: {type: generic, insecure: true}}\n")
    assert read(sender(settings, "grafana"), HookRequest(body=b'{"key": "a", "state": "test"}')) == [
        Signal(source="grafana", key="a", state=SignalState.TEST)
    ]


def test_who_is_neither_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"^graphana is neither a configured sender \(none\) nor a type \(alertmanager, "
    ):
        sender(loaded(tmp_path, BASE), "graphana")


REFUSED = {
    "not json": HookRequest(body=b"<html>"),
    "a wrong field": HookRequest(body=b'{"key": "a", "state": "firing", "labels": {"service": 7}}'),
    "another content type": HookRequest(headers={"content-type": "text/html"}, body=b"{}"),
    "another method": HookRequest(method="PUT", body=b"{}"),
    "too large": HookRequest(body=b" " * (LARGEST_BODY + 1)),
    "too many": HookRequest(body=b'{"signals": [' + b",".join([b"{}"] * 20_001) + b"]}"),
}


@pytest.mark.parametrize("request_", REFUSED.values(), ids=REFUSED.keys())
async def test_a_refusal_is_in_the_words_of_the_hook(tmp_path: Path, request_: HookRequest) -> None:
    async def store(signals: Sequence[Signal]) -> None:
        raise AssertionError(signals)

    source = sender(settings_with(tmp_path, "publish: never"), "probe")
    headers = {"content-type": "application/json", **request_.headers}
    refusal = read(source, replace(request_, headers=headers))
    served = serve(application(routes({"probe": source}, store, Metrics())), "127.0.0.1:0")
    async with served as url, ClientSession() as session:
        body, address = BytesIO(request_.body), f"{url}/hooks/probe"
        async with session.request(request_.method, address, headers=headers, data=body) as answer:
            assert refusal == Refusal(status=answer.status, words=await answer.text())


def test_a_request_is_put_together_as_it_would_arrive(tmp_path: Path) -> None:
    payload = tmp_path / "body"
    payload.write_bytes(b"x" * (LARGEST_BODY + 5))
    with payload.open("rb") as body:
        request = request_of("get", ["X-A: b: c", "Content-Type:text/plain"], ["?a=b&c=", "d=%C3%A9"], body)
    assert (request.method, request.headers) == ("GET", {"x-a": "b: c", "content-type": "text/plain"})
    assert request.query == {"a": "b", "c": "", "d": "é"}
    assert len(request.body) == LARGEST_BODY + 1
    assert request_of("POST", [], [], None).body == b""


@pytest.mark.parametrize("header", ["no colon", ": no name", ""])
def test_a_header_that_is_none_is_told(header: str) -> None:
    with pytest.raises(ValueError, match="expected a header such as 'Content-Type: application/json', found"):
        request_of("POST", [header], [], None)


# --- what it needs ---

SECRETIVE = """\
database: "postgresql://shop:${PASSWORD}@db.example/notices"
sources:
  grafana: {type: grafana, secret: "${GRAFANA_SECRET}"}
  probe: {type: generic, secret_file: /run/secrets/nowhere}
  panel: {type: generic, secret: "panel-${PANEL_SECRET}"}
  open: {type: generic, insecure: true}
channels:
  telegram: {token_file: nowhere, chats: [{chat: "@bottega", language: en}]}
"""


def test_no_secret_has_to_be_there(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + SECRETIVE, secrets=False)
    assert [source.insecure for source in settings.hooks.values()] == [True] * 4
    assert settings.channels.telegram is None


def test_the_secrets_that_are_there_are_not_read(tmp_path: Path) -> None:
    environ = {"PASSWORD": "hunter2", "GRAFANA_SECRET": "hunter2", "PANEL_SECRET": "hunter2"}
    assert "hunter2" not in repr(loaded(tmp_path, BASE + SECRETIVE, environ, secrets=False))


def test_the_lines_of_the_rules_are_those_in_the_file() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    assert [lines[number - 1].lstrip()[:8] for number in rule_lines(SHIPPED)] == ["- match:"] * 3
    assert len(load(SHIPPED, {}, secrets=False).rules) == 3


# --- as it is typed ---


def saved(folder: Path, body: Any) -> str:
    (folder / "payload.json").write_text(json.dumps(body), encoding="utf-8")
    return "payload.json"


async def test_it_says_it_all_on_a_machine_that_has_nothing(tmp_path: Path) -> None:
    payload = saved(tmp_path, FIRING)
    said = await bot(tmp_path, "explain", payload, "--source", "generic", "--config", str(SHIPPED))
    assert (said.code, said.problems) == (0, [])
    line = rule_lines(SHIPPED)[0]
    assert said.out.splitlines() == [
        "firing: probe",
        "  at          2024-12-11T17:41:02+00:00",
        "  labels      service=shop",
        f"  rule        1, line {line}",
        "  component   shop",
        "  impact      major",
        "  publish     automatically, at once",
        "  decision    open: rule 1",
        "  recovery    advance to resolved, automatically: all problems of incident 1 have recovered",
    ]
    assert os.listdir(tmp_path) == [payload]


async def test_it_says_it_to_programs(tmp_path: Path) -> None:
    payload = saved(tmp_path, FIRING)
    said = await bot(tmp_path, "explain", payload, "--source", "generic", "--config", str(SHIPPED), "--json", "--words")
    [signal] = json.loads(said.out)["signals"]
    assert (signal["rule"], signal["components"], signal["publish"]) == (1, ["shop"], "automatically")
    assert [step["decision"] for step in signal["decisions"]] == ["open"]
    assert list(signal["notices"]) == ["en", "it", "es", "fr", "de", "ar"]
    assert "Negozio online" in signal["notices"]["it"]


async def test_a_query_needs_no_body(tmp_path: Path) -> None:
    query = ["--query", "code=7&name=TEST", "--query", "status=down"]
    said = await bot(
        tmp_path, "explain", "--source", "healthchecks", "--method", "get", *query, "--config", str(SHIPPED)
    )
    assert (said.code, said.out.splitlines()[0]) == (0, "test: 7")


async def test_what_the_hook_would_refuse_is_exit_code_2(tmp_path: Path) -> None:
    payload = saved(tmp_path, FIRING | {"sumary": "x"})
    said = await bot(tmp_path, "explain", payload, "--source", "generic", "--config", str(SHIPPED))
    assert (said.code, said.out) == (2, "")
    assert said.problem == '422 {"error": "unknown field (did you mean summary?)", "path": "sumary"}'


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--source", "nobody"], "nobody is neither a configured sender"),
        (["nowhere.json", "--source", "generic"], "'nowhere.json': No such file or directory"),
        (["--source", "generic", "--header", "x"], "expected a header such as"),
        ([], "Missing option '--source'"),
    ],
    ids=["an unknown source", "a file that is not there", "a header that is none", "no source"],
)
async def test_a_wrong_command_line_is_exit_code_2(tmp_path: Path, arguments: list[str], problem: str) -> None:
    said = await bot(tmp_path, "explain", *arguments, "--config", str(SHIPPED))
    assert (said.code, said.out) == (2, "")
    assert problem in said.problems[-1]
