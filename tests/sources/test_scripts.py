"""The scripts that the pages publish are run as the sender would run them, against our own hook."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
import textwrap
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.model import Signal
from bot.metrics import Metrics
from bot.web.hooks import routes
from bot.web.server import application, serve
from tests.sources.fixture import fixture, source_of

DOCS = Path(__file__).parents[2] / "docs" / "sources"
SECRET = "swordfish / 電池".encode().hex()
NODE = shutil.which("node")


def block(page: str, language: str) -> str:
    """The last fenced block of a language."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S)
    return textwrap.dedent(found[-1][1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Our hooks, and what came in by them."""

    url: str
    stored: list[Signal] = field(default_factory=list)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    stored: list[Signal] = []

    async def store(signals: Sequence[Signal]) -> None:
        stored.extend(signals)

    sources = {name: source_of(name, SECRET) for name in ("checkmk", "icinga", "zabbix")}
    async with serve(application(routes(sources, store, Metrics())), "127.0.0.1:0") as url:
        yield Desk(url=url, stored=stored)


async def run(*command: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and standard error."""
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(60):
        _, problems = await process.communicate()
    return process.returncode or 0, problems.decode()


async def python(script: str, **environment: str) -> tuple[int, str]:
    """The script as Python runs it without anything of ours."""
    return await run(sys.executable, "-I", "-c", script, environment={"PYTHONUTF8": "1", **environment})


CHECKMK = {
    "NOTIFY_WHAT": "SERVICE", "NOTIFY_NOTIFICATIONTYPE": "PROBLEM", "NOTIFY_HOSTNAME": "web-01",
    "NOTIFY_SERVICEDESC": "HTTPS shop.example", "NOTIFY_SERVICESHORTSTATE": "CRIT", "NOTIFY_HOSTSHORTSTATE": "UP",
    "NOTIFY_SERVICEOUTPUT": "CRIT - HTTP/1.1 503 Service Unavailable", "NOTIFY_LASTSERVICESTATECHANGE": "1733938862",
    "NOTIFY_HOSTGROUPNAMES": "web", "NOTIFY_SERVICEGROUPNAMES": "customers", "NOTIFY_SERVICELABEL_service_for": "shop",
    "NOTIFY_HOSTOUTPUT": "OK", "OMD_SITE": "naples",
}  # fmt: skip
OF_THE_HOST = {
    "NOTIFY_WHAT": "HOST", "NOTIFY_HOSTSHORTSTATE": "DOWN", "NOTIFY_LASTHOSTSTATECHANGE": "1733938862",
    "NOTIFY_HOSTOUTPUT": "CRITICAL - 10.0.0.5: rta nan, lost 100%",
}  # fmt: skip


def checkmk(desk: Desk, **environment: str) -> Any:
    address = {"NOTIFY_PARAMETER_1": f"{desk.url}/hooks/checkmk", "NOTIFY_PARAMETER_2": SECRET}
    return python(block("checkmk.md", "python"), **(CHECKMK | address | environment))


async def test_the_script_for_checkmk_tells_of_a_service(desk: Desk) -> None:
    assert await checkmk(desk) == (0, "")
    assert tuple(desk.stored) == fixture("checkmk", "firing_service").signals


async def test_the_script_for_checkmk_tells_of_a_host(desk: Desk) -> None:
    without = {"NOTIFY_SERVICELABEL_service_for": "", "NOTIFY_SERVICEDESC": ""}
    assert await checkmk(desk, **(OF_THE_HOST | without)) == (0, "")
    [signal] = desk.stored
    assert (signal.key, signal.state) == ("web-01", fixture("checkmk", "firing_host").signals[0].state)


async def test_the_script_for_checkmk_is_called_by_its_second_line(desk: Desk) -> None:
    assert block("checkmk.md", "python").splitlines()[:2] == ["#!/usr/bin/env python3", "# Customer notices"]


async def test_the_script_for_checkmk_gives_up_where_trying_again_is_no_use(desk: Desk) -> None:
    code, problem = await checkmk(desk, NOTIFY_PARAMETER_2="wrong")
    assert (code, problem.startswith('401 {"error": "wrong secret"')) == (2, True)
    code, problem = await checkmk(desk, NOTIFY_HOSTNAME="")
    assert (code, problem.strip()) == (2, '422 {"error": "is empty", "path": "host"}')
    assert desk.stored == []


async def test_the_script_for_checkmk_asks_to_be_called_again_when_nobody_answers(
    desk: Desk, unused_tcp_port: int
) -> None:
    code, problem = await checkmk(desk, NOTIFY_PARAMETER_1=f"http://127.0.0.1:{unused_tcp_port}/hooks/checkmk")
    assert (code, "refused" in problem) == (1, True)


ICINGA = {
    "$notification.type$": "PROBLEM", "$host.name$": "web-01", "$service.name$": "https", "$service.state$": "CRITICAL",
    "$host.state$": "DOWN", "$service.output$": "HTTP CRITICAL: HTTP/1.1 503 Service Unavailable",
    "$host.output$": "PING CRITICAL", "$service.last_state_change$": "1733938862.118203",
    "$host.last_state_change$": "1733938862", "$host.groups$": "web", "$service.groups$": "customers",
}  # fmt: skip


def icinga_environment(desk: Desk, command: str) -> dict[str, str]:
    """What the command of the page puts into the environment of the script."""
    texts = re.findall(r"```text\n(.*?)```", page("icinga.md"), re.S)
    text = next(text for text in texts if "NotificationCommand" in text)
    [section] = re.findall(rf'object NotificationCommand "{command}" \{{.*?env = \{{(.*?)\}}', text, re.S)
    said = {name: ICINGA[macro] for name, macro in re.findall(r'(NOTICE_\w+) = "(\$.*?\$)"', section)}
    assert "NOTICE_ADDRESS = NoticeAddress" in section
    assert "NOTICE_SECRET = NoticeSecret" in section
    return said | {"NOTICE_ADDRESS": f"{desk.url}/hooks/icinga", "NOTICE_SECRET": SECRET}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


async def test_the_command_for_icinga_tells_of_a_service(desk: Desk) -> None:
    environment = icinga_environment(desk, "notify-customers-service")
    assert await python(block("icinga.md", "python"), **environment) == (0, "")
    [signal], [recorded] = desk.stored, fixture("icinga", "firing_service").signals
    assert (signal.key, signal.state, signal.at) == (recorded.key, recorded.state, recorded.at)
    assert (signal.labels, signal.summary) == (recorded.labels, recorded.summary)


async def test_the_command_for_icinga_tells_of_a_host(desk: Desk) -> None:
    environment = icinga_environment(desk, "notify-customers-host")
    assert await python(block("icinga.md", "python"), **environment) == (0, "")
    [signal] = desk.stored
    assert (signal.key, signal.labels) == ("web-01", {"host": "web-01", "state": "DOWN", "host_groups": "web"})


async def test_the_script_for_icinga_says_why_it_was_refused(desk: Desk) -> None:
    environment = icinga_environment(desk, "notify-customers-host") | {"NOTICE_SECRET": "wrong"}
    code, problem = await python(block("icinga.md", "python"), **environment)
    assert (code, problem.count("401")) == (1, 1)


async def test_the_script_for_icinga_tries_three_times_when_nobody_answers(desk: Desk, unused_tcp_port: int) -> None:
    environment = icinga_environment(desk, "notify-customers-host")
    environment["NOTICE_ADDRESS"] = f"http://127.0.0.1:{unused_tcp_port}/hooks/icinga"
    code, problem = await python(block("icinga.md", "python"), **environment)
    assert (code, problem.count("refused")) == (1, 3)


# --- Zabbix runs JavaScript: the script is run by Node, with what Zabbix gives to scripts put around it ---

ZABBIX = """
const [script, value] = [process.argv[1], process.argv[2]];
const sent = {};
class HttpRequest {
  addHeader(header) { (sent.headers ??= []).push(header); }
  post(url, body) { Object.assign(sent, {url, body}); return '{"accepted": 1}'; }
  getStatus() { return Number(process.env.STATUS ?? 202); }
}
sent.returned = new Function('value', 'HttpRequest', script)(value, HttpRequest);
process.stdout.write(JSON.stringify(sent));
"""


def media_type() -> dict[str, Any]:
    blocks = re.findall(r"^   ```yaml\n(.*?)^   ```", page("zabbix.md"), re.M | re.S)
    [exported] = [each for each in map(yaml.safe_load, map(textwrap.dedent, blocks)) if "zabbix_export" in each]
    [one] = exported["zabbix_export"]["media_types"]
    return dict(one)


async def zabbix(parameters: Mapping[str, str], **environment: str) -> tuple[int, str, str]:
    assert NODE
    process = await asyncio.create_subprocess_exec(
        NODE, "-e", ZABBIX, media_type()["script"], json.dumps(parameters), env=environment, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(60):
        out, problems = await process.communicate()
    return process.returncode or 0, out.decode(), problems.decode()


def parameters() -> dict[str, str]:
    return {each["name"]: each["value"] for each in media_type()["parameters"]}


needs_node = pytest.mark.skipif(NODE is None, reason="needs: apt-get install nodejs")


@needs_node
@pytest.mark.parametrize("name", ["firing", "resolved", "test_button"])
async def test_the_media_type_for_zabbix_sends_what_is_read(name: str) -> None:
    recorded = fixture("zabbix", name)
    values = json.loads(recorded.request.body)
    assert values.keys() == parameters().keys() - {"url", "secret"}
    code, out, problems = await zabbix({**values, "url": "https://status.shop.example/hooks/zabbix", "secret": SECRET})
    assert (code, problems) == (0, "")
    sent = json.loads(out)
    assert sent["headers"] == ["Content-Type: application/json", f"Authorization: Bearer {SECRET}"]
    assert (sent["url"], json.loads(sent["body"])) == ("https://status.shop.example/hooks/zabbix", values)
    assert SECRET not in sent["body"]


@needs_node
async def test_the_media_type_for_zabbix_says_that_it_was_refused() -> None:
    code, _, problems = await zabbix(parameters(), STATUS="401")
    assert (code, "refused with 401" in problems) == (1, True)


def test_testing_the_media_type_is_the_test_that_was_recorded() -> None:
    sent = {name: value for name, value in parameters().items() if name not in {"url", "secret"}}
    assert sent == json.loads(fixture("zabbix", "test_button").request.body)
