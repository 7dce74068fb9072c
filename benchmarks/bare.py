"""``python -m benchmarks.bare ANSWERS``: aiohttp, a dictionary, and nothing else: what a page may cost at best.

ANSWERS is a JSON file, a list of the fields of ``Ready``. Prints {"url": ...} once it is up; ends when its standard
input closes, which it does when whoever started it ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop
from aiohttp import hdrs, web


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One answer. coding: the Accept-Encoding that gets it; headers: without those aiohttp adds itself; body: in
    hexadecimal digits.
    """

    path: str
    coding: str
    headers: Mapping[str, str]
    body: str


def save(answers: Sequence[Ready], path: Path) -> None:
    """Write the file that is read at the start."""
    path.write_text(json.dumps([asdict(each) for each in answers]), encoding="utf-8")


def application(answers: Sequence[Ready]) -> web.Application:
    """Answers these addresses, each in its codings."""
    ready = {(each.path, each.coding): (each.headers, bytes.fromhex(each.body)) for each in answers}

    async def handle(request: web.Request) -> web.Response:
        headers, body = ready[request.path, request.headers[hdrs.ACCEPT_ENCODING]]
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.add_routes([web.get(path, handle) for path in dict.fromkeys(each.path for each in answers)])
    return app


async def serve(answers: Sequence[Ready]) -> None:
    """Run until standard input closes."""
    runner = web.AppRunner(application(answers), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)
    finally:
        await runner.cleanup()


def main() -> None:
    """Serve, on the loop the service runs on."""
    answers = [Ready(**each) for each in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(answers))


if __name__ == "__main__":
    main()
