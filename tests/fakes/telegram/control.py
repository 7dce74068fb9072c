"""The control interface of a fake that runs in a process of its own: POST /control/{verb} with the verb's arguments.

The verbs are the methods of ``Stage`` under the same names; answers are JSON, with posts and calls as objects.
A refused verb answers 400 with {"error": ...}.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.limits import Limits

if TYPE_CHECKING:
    from tests.fakes.telegram.server import FakeTelegram

Json = dict[str, Any]
Arguments = Mapping[str, Any]

_VERBS: Mapping[str, Callable[[FakeTelegram, Json], Any]] = {
    "add_user": lambda fake, a: fake.add_user(**a).id,
    "add_chat": lambda fake, a: fake.add_chat(a.pop("kind"), a.pop("name", None), **a).id,
    "change_user": lambda fake, a: fake.change_user(**a),
    "set_rights": lambda fake, a: fake.set_rights(**a),
    "migrate": lambda fake, a: fake.migrate(**a),
    "add_topic": lambda fake, a: fake.add_topic(**a),
    "say": lambda fake, a: fake.say(**a),
    "start": lambda fake, a: fake.start(**a),
    "tap": lambda fake, a: fake.tap(**a),
    "press": lambda fake, a: fake.press(**a),
    "press_label": lambda fake, a: fake.press_label(**a),
    "repeat": lambda fake, a: fake.repeat(**a),
    "redeliver": lambda fake, _: fake.redeliver(),
    "keyboard": lambda fake, a: fake.keyboard(**a),
    "menu": lambda fake, a: fake.menu(**a),
    "post_as_other": lambda fake, a: fake.post_as_other(**a),
    "edit_as_other": lambda fake, a: fake.edit_as_other(**a),
    "remove_as_other": lambda fake, a: fake.remove_as_other(**a),
    "clear_faults": lambda fake, _: fake.clear_faults(),
    "posts": lambda fake, a: [asdict(post) for post in fake.posts(**a)],
    "calls": lambda fake, _: [asdict(call) for call in fake.calls],
    "violations": lambda fake, a: fake.violations(Limits(**a)),
    "answers": lambda fake, _: fake.core.answers,
    "state": lambda fake, _: _state(fake),
}


def add_routes(app: web.Application, fake: FakeTelegram) -> None:
    """Serve /control/{verb} for this fake."""

    async def serve(request: web.Request) -> web.Response:
        arguments: Json = await request.json() if request.can_read_body else {}
        verb = request.match_info["verb"]
        try:
            return web.json_response({"result": await _run(fake, verb, arguments)})
        except (ApiError, LookupError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    app.router.add_route("*", "/control/{verb}", serve)


async def _run(fake: FakeTelegram, verb: str, arguments: Json) -> Any:
    if verb == "changed":
        return await _changed(fake, **arguments)
    if verb == "fault":
        fake.fault(**arguments)
        return len(fake.faults) - 1
    if verb == "release":
        return fake.faults[arguments["number"]].release()
    if verb == "hits":
        return fake.faults[arguments["number"]].hits
    return _VERBS[verb](fake, arguments)


async def _changed(fake: FakeTelegram, *, after: int, seconds: float) -> int:
    """The number of changes so far, once it differs from ``after`` or the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while fake.changes.version == after:
                await fake.changes.next()
    return fake.changes.version


def _state(fake: FakeTelegram) -> Json:
    return {
        "version": fake.changes.version,
        "calls": len(fake.calls),
        "pending_updates": len(fake.updates.pending),
        "webhook": fake.updates.webhook["url"],
        "chats": {
            str(chat.id): {"title": chat.title, "posts": len(chat.posts())} for chat in fake.world.chats.values()
        },
    }
