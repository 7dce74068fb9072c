"""The HTTP side of the fake: requests in, envelopes out, faults in between."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram import chats, control, messages
from tests.fakes.telegram.core import Core
from tests.fakes.telegram.errors import ApiError, bad_request, too_many_requests
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.limits import COUNTED
from tests.fakes.telegram.params import METHODS, read
from tests.fakes.telegram.stage import NO_METHOD, Call, Stage
from tests.fakes.telegram.updates import check_kinds

Json = dict[str, Any]

_HANDLERS: Mapping[str, Callable[[Core, Json], object]] = {
    "getMe": chats.get_me,
    "logOut": chats.nothing,
    "close": chats.nothing,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "pinChatMessage": messages.pin_chat_message,
    "unpinChatMessage": messages.unpin_chat_message,
    "unpinAllChatMessages": messages.unpin_all_chat_messages,
    "forwardMessage": messages.forward_message,
    "copyMessage": messages.copy_message,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "leaveChat": chats.leave_chat,
    "sendChatAction": chats.send_chat_action,
    "answerCallbackQuery": chats.answer_callback_query,
    "setMyCommands": chats.set_my_commands,
    "getMyCommands": chats.get_my_commands,
    "deleteMyCommands": chats.delete_my_commands,
    "setMyName": chats.set_my_text("name"),
    "getMyName": chats.get_my_text("name"),
    "setMyDescription": chats.set_my_text("description"),
    "getMyDescription": chats.get_my_text("description"),
    "setMyShortDescription": chats.set_my_text("short_description"),
    "getMyShortDescription": chats.get_my_text("short_description"),
}
_NAMES = {name.lower(): name for name in METHODS}
_MAX_BODY = 4 * 1024 * 1024


class FakeTelegram(Stage):
    """A running fake: ``async with FakeTelegram(...) as fake``. It listens on loopback, on a free port by default."""

    def __init__(self, *, port: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.port = port
        self._closing = False
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        control.add_routes(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        self._asynchronous: Mapping[str, Callable[[Json], Awaitable[Json]]] = {
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._set_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What the bot's ``base_url`` is set to; the token comes right behind it."""
        return f"{self.url}/bot"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        await self.updates.close()
        self.clear_faults()
        await self._runner.cleanup()

    async def go_down(self) -> None:
        """Stop listening and cut every connection; new ones are refused, as in an outage. State stays.

        A client that still holds a connection learns of the cut first, and only then of the refusal.
        """
        for site in list(self._runner.sites):
            await site.stop()
        if self._runner.server is not None:
            for connection in list(self._runner.server.connections):
                connection.force_close()

    async def come_back(self) -> None:
        """Listen (again, on the same port)."""
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        method = _NAMES.get(request.match_info["method"].lower())
        if method is None:
            self._log(request.match_info["method"], {}, None, outcome=NO_METHOD)
            return _answer(404, {"ok": False, "error_code": 404, "description": NO_METHOD})
        try:
            params = read(method, await _raw(request), strictly=self.strict)
        except ApiError as error:
            self._log(method, {}, None, outcome=error.description)
            return _answer(error.code, error.envelope())
        chat_id = self._chat_id(params)
        fault = next((fault for fault in self.faults if fault.strikes(method, chat_id)), None)
        if fault is not None and not fault.takes_effect():
            self._log(method, params, chat_id, outcome="", fault=fault)
            return await self._struck(request, fault, _answer(500, {}))
        return await self._handled(request, method, params, fault)

    async def call(self, method: str, fields: Mapping[str, object]) -> tuple[int, bytes]:
        """Serve one call without HTTP, for callers in a time of their own: status and body. No fault strikes."""
        try:
            raw = {name: _text(value) for name, value in fields.items()}
            answer = await self._handled(None, method, read(method, raw, strictly=self.strict), None)
        except ApiError as error:
            self._log(method, {}, None, outcome=error.description)
            answer = _answer(error.code, error.envelope())
        body = answer.body if isinstance(answer, web.Response) else None
        return answer.status, body if isinstance(body, bytes) else b""

    async def _handled(
        self, request: web.Request | None, method: str, params: Json, fault: Fault | None
    ) -> web.StreamResponse:
        chat_id = self._chat_id(params)
        try:
            self._pace(method, chat_id, paid=params.get("allow_paid_broadcast", False))
            body = await self._result(method, params)
            self._log(method, params, chat_id, outcome="ok", fault=fault, result=body["result"])
            answer = _answer(200, body)
        except ApiError as error:
            self._log(method, params, chat_id, outcome=error.description, fault=fault)
            answer = _answer(error.code, error.envelope())
        return answer if fault is None else await self._struck(request, fault, answer)

    async def _result(self, method: str, params: Json) -> Json:
        if method in self._asynchronous:
            return await self._asynchronous[method](params)
        return {"ok": True, "result": _HANDLERS[method](self.core, params)}

    async def _struck(self, request: web.Request | None, fault: Fault, answer: web.Response) -> web.StreamResponse:
        match fault.kind:
            case "flood":
                error = too_many_requests(fault.retry_after)
                return _answer(error.code, error.envelope())
            case "error":
                page = f"<html><head><title>{fault.status}</title></head><body>nginx</body></html>"
                return web.Response(status=fault.status, text=page, content_type="text/html")
            case "garbage":
                return web.Response(text='{"ok": tru', content_type="application/json")
            case "hang" | "slow":
                await fault.released()
                return _cut(request) if self._closing else answer
        return _cut(request)

    def _pace(self, method: str, chat_id: int | None, *, paid: bool) -> None:
        if self.buckets is None or chat_id is None or method not in COUNTED:
            return
        wait = self.buckets.take(chat_id, self.world.clock(), paid=paid)
        if wait is not None:
            raise too_many_requests(wait)

    def _chat_id(self, params: Json) -> int | None:
        ref = params.get("chat_id")
        if ref is None or isinstance(ref, int):
            return ref
        try:
            return self.world.find(ref).id
        except ApiError:
            return None

    def _log(
        self,
        method: str,
        params: Json,
        chat_id: int | None,
        *,
        outcome: str,
        fault: Fault | None = None,
        result: object = None,
    ) -> None:
        message_id = result.get("message_id") if isinstance(result, dict) else None
        kind = fault.kind if fault else None
        at = self.world.clock()
        call = Call(
            method=method, params=params, chat_id=chat_id, outcome=outcome, message_id=message_id, fault=kind, at=at
        )
        self.calls.append(call)
        self.changes.announce()

    async def _get_updates(self, params: Json) -> Json:
        self._allow(params)
        found = await self.updates.get(
            offset=params.get("offset", 0), limit=params.get("limit", 100), seconds=params.get("timeout", 0)
        )
        return {"ok": True, "result": found}

    async def _set_webhook(self, params: Json) -> Json:
        self._allow(params)
        return {"ok": True, "result": True, "description": await self.updates.set_webhook(params)}

    async def _get_webhook_info(self, _: Json) -> Json:
        return {"ok": True, "result": self.updates.webhook_info()}

    def _allow(self, params: Json) -> None:
        if self.strict:
            check_kinds(params.get("allowed_updates", ()))
        self.updates.allow(params.get("allowed_updates"))


async def _raw(request: web.Request) -> dict[str, str]:
    """The parameters as texts, from the query and from a body of any of the three kinds."""
    fields: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        fields |= _json_fields(await request.text())
    else:
        fields |= await request.post()
    return {name: _text(value) for name, value in fields.items() if value is not None and not _attached(name, fields)}


def _attached(name: str, fields: Mapping[str, object]) -> bool:
    """Whether this part is a file that another parameter names as attach://name."""
    return isinstance(fields[name], web.FileField) and f"attach://{name}" in fields.values()


def _json_fields(body: str) -> Json:
    try:
        fields = json.loads(body or "{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(fields, dict):
        raise bad_request("object expected as the body")
    return fields


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, web.FileField):
        return value.filename
    return json.dumps(value)


def _answer(status: int, body: Json) -> web.Response:
    return web.json_response(body, status=status)


def _cut(request: web.Request | None) -> web.Response:
    if request is not None and request.transport is not None:
        request.transport.abort()
    return web.Response()
