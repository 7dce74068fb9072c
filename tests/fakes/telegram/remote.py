"""A fake in a process of its own, for crash tests and benchmarks. The same verbs as ``FakeTelegram``, awaited."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.fakes.telegram.stage import Call
from tests.fakes.telegram.state import ChatRef, Post

_ROOT = Path(__file__).parents[3]


class RemoteFake:
    """A client of the control interface at ``url``, for example http://127.0.0.1:8081."""

    def __init__(self, url: str, *, token: str = "12345:fake") -> None:
        self.url = url
        self.token = token
        self._session: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        """What the bot's ``base_url`` is set to."""
        return f"{self.url}/bot"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def do(self, verb: str, /, **arguments: Any) -> Any:
        """Run any verb of the control interface. Raises ValueError with the fake's words."""
        if self._session is None:
            raise RuntimeError("use `async with RemoteFake(...)`")
        async with self._session.post(f"{self.url}/control/{verb}", json=arguments) as answer:
            body = await answer.json()
        if "error" in body:
            raise ValueError(body["error"])
        return body["result"]

    async def add_user(self, id: int, **options: Any) -> int:
        """See ``Stage.add_user``."""
        return int(await self.do("add_user", id=id, **options))

    async def add_channel(self, name: str | None = None, **options: Any) -> int:
        """See ``Stage.add_channel``. Returns the chat's id."""
        return int(await self.do("add_chat", kind="channel", name=name, **options))

    async def set_rights(self, chat: ChatRef, **changes: Any) -> None:
        """See ``Stage.set_rights``."""
        await self.do("set_rights", chat=chat, **changes)

    async def say(self, user: int, text: str, **options: Any) -> int:
        """See ``Stage.say``."""
        return int(await self.do("say", user=user, text=text, **options))

    async def press(self, user: int, chat: ChatRef, message_id: int, data: str) -> str:
        """See ``Stage.press``."""
        return str(await self.do("press", user=user, chat=chat, message_id=message_id, data=data))

    async def post_as_other(self, chat: ChatRef, text: str) -> int:
        """See ``Stage.post_as_other``."""
        return int(await self.do("post_as_other", chat=chat, text=text))

    async def fault(self, kind: str, **options: Any) -> int:
        """See ``Stage.fault``. Returns the fault's number, for ``release``."""
        return int(await self.do("fault", kind=kind, **options))

    async def release(self, number: int) -> None:
        """Let the calls of a slow (or hanging) fault be answered."""
        await self.do("release", number=number)

    async def clear_faults(self) -> None:
        """See ``Stage.clear_faults``."""
        await self.do("clear_faults")

    async def posts(self, chat: ChatRef) -> list[Post]:
        """See ``Stage.posts``."""
        return [_post(post) for post in await self.do("posts", chat=chat)]

    async def bot_posts(self, chat: ChatRef) -> list[Post]:
        """See ``Stage.bot_posts``."""
        return [post for post in await self.posts(chat) if post.from_bot]

    async def calls(self) -> list[Call]:
        """See ``Stage.calls``."""
        return [Call(**call) for call in await self.do("calls")]

    async def violations(self, **limits: Any) -> list[str]:
        """See ``Stage.violations``, with the fields of ``Limits``."""
        return list(await self.do("violations", **limits))

    async def state(self) -> Mapping[str, Any]:
        """Counts: version, calls, pending_updates, chats."""
        state: Mapping[str, Any] = await self.do("state")
        return state

    async def wait_for(self, predicate: Callable[[], Awaitable[object]], *, seconds: float = 10.0) -> None:
        """Return once the awaited predicate is true; it is asked again at every change. Raises TimeoutError."""
        try:
            async with asyncio.timeout(seconds):
                version = int((await self.state())["version"])
                while not await predicate():
                    version = await self.do("changed", after=version, seconds=seconds)
        except TimeoutError as error:
            raise TimeoutError(f"not within {seconds} s; the fake saw: {json.dumps(await self.state())}") from error


@asynccontextmanager
async def spawned(
    *, token: str = "12345:fake", chats: Path | None = None, options: tuple[str, ...] = ()
) -> AsyncIterator[RemoteFake]:
    """Run the fake as a process of its own; it ends with this context, or with this process however that ends."""
    command = [sys.executable, "-m", "tests.fakes.telegram", "--token", token, "--until-stdin-closes", *options]
    if chats is not None:
        command += ["--chats", str(chats)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=_ROOT)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process started with pipes has pipes")
    try:
        address = json.loads(await process.stdout.readline())
        async with RemoteFake(address["url"], token=token) as remote:
            yield remote
    finally:
        process.stdin.close()
        await process.wait()


def _post(body: dict[str, Any]) -> Post:
    rows = tuple(tuple(row) for row in body["buttons"])
    return Post(**{**body, "entities": tuple(body["entities"]), "buttons": rows})
