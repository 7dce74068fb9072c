"""Programs that other people wrote for Statuspage read our API: what they make of it is what is so.

The npm package is installed from its lock file on the fly, into a folder of the test's own; where npm or its registry
cannot be had, that test is skipped and says so. By hand: ``npm ci`` in tests/clients/npm, start the service, then
``node read.cjs . http://127.0.0.1:8080``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.domain.model import Board, Impact, Status
from tests.channels.boards import board, story, whole
from tests.npm import installed, output
from tests.web.served import app_of
from tests.web.shelf import Shelf

NPM = Path(__file__).parent / "npm"
CHECK = """
import json, sys
from statuspage_prometheus_exporter.service_checker import SERVICES, check_service_status
print(json.dumps({key: check_service_status(key, service) for key, service in SERVICES.items()}))
"""


async def exported(told: Any, folder: Path) -> dict[str, Any]:
    """What the exporter makes of a board, one check from an empty cache."""
    async with TestServer(app_of(Shelf(told))) as server:
        services = folder / "services.json"
        services.write_text(json.dumps({"us": {"name": "Us", "url": str(server.make_url("/api/v2/summary.json"))}}))
        printed = await output(sys.executable, "-c", CHECK, folder=folder, SERVICES_JSON_PATH=str(services))
    read: dict[str, Any] = json.loads(printed)["us"]
    return read


def critical(language: str) -> Board:
    return board(
        story(Status.INVESTIGATING, Status.IDENTIFIED, impact=Impact.CRITICAL, language=language, id=7),
        story(Status.SCHEDULED, components=("shop",), language=language, id=8),
        story(Status.INVESTIGATING, Status.RESOLVED, components=("pickup",), language=language, id=5),
        language=language,
    )


async def test_the_exporter_sees_an_outage_as_it_is(tmp_path: Path) -> None:
    read = await exported(critical, tmp_path)
    assert (read["success"], read["status"], read["raw_status"]) == (True, 0, "critical")
    [incident] = read["incident_metadata"]
    assert (incident["id"], incident["status"], incident["impact"]) == ("7", "identified", "critical")
    assert incident["affected_components"] == ["WhatsApp support"]
    assert incident["shortlink"] == "https://status.bottega.example/en/incidents/7"
    [maintenance] = read["maintenance_metadata"]
    assert (maintenance["id"], maintenance["scheduled_start"]) == ("8", "2025-03-04T08:37:30.000Z")
    values = {each["name"]: each["status_value"] for each in read["component_metadata"]}
    assert values == {"Online shop": 1, "WhatsApp support": 0, "Pickup in store": 1}


async def test_the_exporter_sees_that_all_is_well(tmp_path: Path) -> None:
    read = await exported(lambda language: board(language=language), tmp_path)
    assert (read["success"], read["status"], read["raw_status"], read["status_text"]) == (
        True,
        1,
        "none",
        "Operational",
    )
    assert read["incident_metadata"] == read["maintenance_metadata"] == []
    assert {each["status_value"] for each in read["component_metadata"]} == {1}


@pytest.fixture
async def node_modules(tmp_path: Path) -> Path:
    """The npm package, installed as its lock file says."""
    return await installed(NPM, tmp_path)


@pytest.mark.slow
async def test_the_npm_client_reads_every_document(node_modules: Path) -> None:
    async with TestServer(app_of(Shelf(whole))) as server:
        address = str(server.make_url("")).rstrip("/")
        printed = await output("node", str(NPM / "read.cjs"), str(node_modules), address, folder=node_modules)
    read = json.loads(printed)
    assert {document["page"]["name"] for document in read.values()} == {"Bottega Trieste"}
    assert read["status"]["status"]["indicator"] == read["summary"]["status"]["indicator"] == "major"
    ids = {name: [each["id"] for each in document.get("incidents", [])] for name, document in read.items()}
    assert (ids["incidents"], ids["unresolved"], ids["summary"]) == (["7", "6", "3"], ["7", "6"], ["7", "6"])
    for name in ("maintenances", "upcoming", "active"):  # whichever is called, this client asks for what is to come
        assert [each["id"] for each in read[name]["scheduled_maintenances"]] == ["4"], name
    assert [each["id"] for each in read["summary"]["scheduled_maintenances"]] == ["5", "4"]
    assert len(read["components"]["components"]) == 3
