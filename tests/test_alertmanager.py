"""A real Alertmanager in front of the service: what amtool fires and resolves, customers read."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from tests.story.shop import SECRET, ago, by_class, first_line, lines, shop, words_in

pytestmark = pytest.mark.skipif(
    not (shutil.which("prometheus-alertmanager") and shutil.which("amtool")),
    reason="there is no Alertmanager here: apt-get install prometheus-alertmanager",
)
PROBLEM = ("alertname=ShopDown", "service=shop", "instance=web-1:9115")


def config_for(url: str) -> str:
    """Alertmanager's configuration as docs/sources/alertmanager.md has it, only quicker."""
    webhook = {
        "url": f"{url}/hooks/alertmanager",
        "send_resolved": True,
        "http_config": {"authorization": {"type": "Bearer", "credentials": SECRET}},
    }
    route = {"receiver": "notices", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s"}
    return yaml.safe_dump({"route": route, "receivers": [{"name": "notices", "webhook_configs": [webhook]}]})


@asynccontextmanager
async def alertmanager(folder: Path, *, sends_to: str) -> AsyncIterator[str]:
    """One that runs; its address."""
    (folder / "alertmanager.yml").write_text(config_for(sends_to), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        "prometheus-alertmanager",
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        "--web.listen-address=127.0.0.1:0",
        "--cluster.listen-address=",
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            address = await listening(process.stderr)
        rest = asyncio.create_task(process.stderr.read())  # else it would stand still once the pipe is full
        yield f"http://{address}"
    finally:
        process.terminate()
        await process.wait()
    await rest


async def listening(log: asyncio.StreamReader) -> str:
    """Read until it says where it listens."""
    said = []
    while line := await log.readline():
        said.append(line.decode())
        if found := re.search(r'msg="Listening on" address=(\S+)', said[-1]):
            return found[1]
    raise AssertionError("".join(said))


async def amtool(address: str, *arguments: str) -> None:
    """Say something to the Alertmanager at this address."""
    process = await asyncio.create_subprocess_exec(
        "amtool",
        f"--alertmanager.url={address}",
        "--no-version-check",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def test_what_a_real_alertmanager_fires_and_resolves_is_in_telegram_feed_and_page(tmp_path: Path) -> None:
    began = f"--start={ago(minutes=5).isoformat(timespec='seconds')}"
    async with (
        shop(f"sqlite:///{tmp_path}/notices.db", languages=("en", "it")) as here,
        alertmanager(tmp_path, sends_to=here.url) as address,
    ):
        await amtool(address, "alert", "add", *PROBLEM, "--annotation=summary=The shop answers 503", began)
        await here.stands(posts=1, pinned=False)
        await here.agree(headline="major")
        assert lines(here.thread("en")[0])[1] == "Disruption affecting Online shop"

        await amtool(address, "alert", "add", *PROBLEM, began, f"--end={ago().isoformat(timespec='seconds')}")
        await here.stands(posts=2, pinned=False)
        await here.agree(headline="operational")
        assert [first_line(post) for post in here.thread("en")] == ["🟢 Resolved after 5 min"] * 2
        [item] = await here.items("it")
        assert item.title == "Disservizio risolto: Negozio online"
        [headline] = by_class(await here.page("/it/"), "headline")
        assert words_in(headline.find(".//h1")) == "Tutti i servizi funzionano regolarmente"
