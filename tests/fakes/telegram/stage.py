"""The test's side of the fake, whole: scene, people, what goes wrong, what was seen. Not HTTP: ``server``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.faults import Fault, Kind
from tests.fakes.telegram.limits import COUNTED, Buckets, Limits, violations
from tests.fakes.telegram.menus import menu
from tests.fakes.telegram.people import People
from tests.fakes.telegram.state import ChatRef, Post
from tests.fakes.telegram.webhook import Attempt

Json = dict[str, Any]

NO_METHOD = "Not Found: method not found"
_OURS = "Bad Request: strict fake:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the bot. ``outcome``: "ok", or the description of the refusal, or "" where a fault came first.

    chat_id: None where the method has none or it is unknown. message_id: of the message sent or changed.
    fault: the kind of fault that struck. at: unix seconds when it was handled.
    """

    method: str
    params: Mapping[str, Any]
    chat_id: int | None
    outcome: str
    message_id: int | None
    fault: str | None
    at: float


class Stage(People):
    """Everything a test arranges and asserts.

    token: what the bot calls with. strict: refuse unknown parameters and wrong types. limits: None means no limits.
    clock: unix seconds, for dates and limits. first_message_id: where every chat's sequence of ids starts.
    """

    def __init__(self, *, strict: bool = True, limits: Limits | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.strict = strict
        self.buckets = Buckets(limits) if limits else None
        self.calls: list[Call] = []
        self.faults: list[Fault] = []

    # what goes wrong

    def fault(self, kind: Kind, **options: Any) -> Fault:
        """Arrange a fault for coming calls; options are the fields of ``Fault``, ``chat`` also as @name."""
        if isinstance(options.get("chat"), str):
            options["chat"] = self.world.find(options["chat"]).id
        fault = Fault(kind=kind, **options)
        self.faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        """Strike no more, and let slow and hanging calls be answered."""
        for fault in self.faults:
            fault.times = 0
            fault.release()

    def repeat(self, update_id: int | None = None) -> int:
        """Deliver an update (by default the newest) once more, as after an answer that got lost. Returns its id."""
        update = next(u for u in reversed(self.updates.told) if update_id in {None, u["update_id"]})
        self.updates.inject(update)
        return int(update["update_id"])

    def mishear(self, times: int = 1) -> None:
        """Lose the coming 2xx answers of the webhook on their way: the same update is delivered again."""
        self.updates.manner.unheard = times

    def proxy_webhook(self, origin: str | None) -> None:
        """Reach the webhook at this origin (http://127.0.0.1:PORT) whatever its URL says, as behind a reverse proxy."""
        self.updates.manner.through = origin
        self.redeliver()

    def redeliver_by_hand(self) -> None:
        """Let an update that the webhook refused wait for ``redeliver`` instead of the usual growing pause."""
        self.updates.manner.by_hand = True

    def redeliver(self) -> None:
        """Deliver at once what waits after a refusal."""
        self.updates.manner.again()

    # what was seen

    def posts(self, chat: ChatRef) -> list[Post]:
        """What a reader of the chat sees now, oldest first."""
        return self.world.find(chat).posts()

    def bot_posts(self, chat: ChatRef) -> list[Post]:
        """Those of them that the bot posted."""
        return [post for post in self.posts(chat) if post.from_bot]

    def keyboard(self, chat: ChatRef) -> list[list[str]]:
        """The labels of the reply keyboard that is open in a chat, by rows; empty for none."""
        return self.world.find(chat).keyboard()

    def menu(self, user: int, chat: ChatRef | None = None) -> list[tuple[str, str]]:
        """The commands that a person's client offers them there, with what each is for."""
        return menu(self.core.commands, self.world.user(user), self.world.find(user if chat is None else chat))

    def accepted(self, method: str | None = None) -> list[Call]:
        """The calls that took effect, in order, whether or not the caller learned it."""
        return [call for call in self.calls if call.outcome == "ok" and method in {None, call.method}]

    def attempts(self) -> list[Attempt]:
        """Every request to the webhook, in order."""
        return list(self.updates.manner.attempts)

    def violations(self, limits: Limits | None = None) -> list[str]:
        """What the bot did that Telegram does not know or allow, whatever was enforced; empty is good.

        Rates that the accepted calls exceeded, methods and parameters that do not exist, and every other refusal of
        this fake alone ("strict fake: ...").
        """
        odd = [call for call in self.calls if call.outcome.startswith(_OURS) or call.outcome == NO_METHOD]
        counted = [call for call in self.accepted() if call.method in COUNTED]
        sent = [(call.chat_id or 0, call.at, call.params.get("allow_paid_broadcast", False)) for call in counted]
        return [*(f"{call.method}: {call.outcome}" for call in odd), *violations(sent, limits or Limits())]

    async def wait_for(self, predicate: Callable[[], object], *, seconds: float = 10.0) -> None:
        """Return once the predicate is true. Raises TimeoutError that tells the last calls and posts."""
        await self.changes.until(predicate, seconds=seconds, describe=self.describe)

    def describe(self) -> str:
        """The last calls and all posts, for the eyes of whoever reads a failed test."""
        calls = [f"{call.method} {call.chat_id} {call.outcome or call.fault}" for call in self.calls[-10:]]
        posts = [f"{chat.title or chat.id}: {len(chat.posts())} posts" for chat in self.world.chats.values()]
        return "\n".join(["last calls:", *calls, "chats:", *posts])
