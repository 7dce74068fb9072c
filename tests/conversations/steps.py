"""What each step of a conversation does, or waits to see. Starts and stops nothing: that is ``runner``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from tests.conversations import looks
from tests.conversations.script import Mode, Script, Step
from tests.conversations.shelf import Shelf
from tests.conversations.transcript import Transcript
from tests.fakes.telegram import FakeTelegram, Post


class Failed(AssertionError):
    """A conversation went otherwise. Its text is the whole conversation so far, and what was expected instead."""


class Host(Protocol):
    """What runs the service."""

    @property
    def url(self) -> str:
        """Where it answers."""
        ...

    async def restart(self, mode: Mode | None) -> None:
        """Take it down and bring it up again. mode: how it is told of updates from now on, None for as before."""
        ...


@dataclass(slots=True, kw_only=True)
class Play:
    """A conversation at some point of its course.

    read: the posts that a step has read, as (chat, id); pressed: the query of everybody's last press;
    moved: groups that have another id now;
    patience: seconds until what is waited for counts as never coming.
    """

    script: Script
    fake: FakeTelegram
    shelf: Shelf
    transcript: Transcript
    host: Host
    patience: float
    read: set[tuple[int, int]] = field(default_factory=set)
    pressed: dict[str, str] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)

    async def step(self, step: Step) -> None:
        """Do what a step says, or wait until what it expects is so. Raises Failed and the fake's LookupErrors."""
        if step.who == "page":
            return await self._page(step)
        verb = "_" + (step.verb or step.who).replace(" ", "_")
        await getattr(self, verb)(step)

    # what people do

    async def _says(self, step: Step) -> None:
        chat, answered = self._chat(step), None
        if "answering" in step.options:
            await self._rest()  # nobody answers within a millisecond
            answered = self._newest(chat, step.options["answering"]).id
        topic = self._topic(chat, step)
        self.fake.say(self._person(step.who), str(step.what), chat=chat, reply_to=answered, thread=topic)

    async def _taps(self, step: Step) -> None:
        self.fake.tap(self._person(step.who), str(step.what), chat=self._chat(step))

    async def _starts(self, step: Step) -> None:
        self.fake.start(self._person(step.who), step.what or "")

    async def _presses(self, step: Step) -> None:
        chat, label = self._chat(step), str(step.what)
        on = step.options.get("on")

        def the_card() -> list[Post]:
            there = [post for post in self.fake.bot_posts(chat) if any(label in row for row in post.labels())]
            return [post for post in there if on is None or not looks.mismatch(post, on)]

        await self._until(lambda: bool(the_card()), lambda: f"no button {label!r}{f' on {on!r}' if on else ''}")
        card = the_card()[-1]
        self.pressed[step.who] = self.fake.press_label(self._person(step.who), chat, label, message_id=card.id)

    async def _presses_old(self, step: Step) -> None:
        chat, on = self._chat(step), step.options.get("on")
        await self._rest()
        card = None if on is None else self._newest(chat, on).id
        who = self._person(step.who)
        self.pressed[step.who] = self.fake.press_label(who, chat, str(step.what), message_id=card, former=True)

    async def _blocks(self, step: Step) -> None:
        self.fake.block(self._person(step.who))

    async def _unblocks(self, step: Step) -> None:
        self.fake.unblock(self._person(step.who))

    async def _deletes_account(self, step: Step) -> None:
        self.fake.delete_account(self._person(step.who))

    async def _deletes(self, step: Step) -> None:
        chat = self._chat(step)
        self.fake.delete(chat, self._newest(chat, step.what).id)

    async def _allows(self, step: Step) -> None:
        await self._rest()
        self.fake.set_rights(self._place(step.who), **step.what)

    async def _moves_to(self, step: Step) -> None:
        await self._rest()
        self.moved[step.who] = self.fake.migrate(self._place(step.who), to=step.what)

    # what people see

    async def _reads(self, step: Step) -> None:
        chat = self._place(step.who)
        wanted = self._wanted(step, chat)

        def news() -> list[Post]:
            unread = [post for post in self.fake.bot_posts(chat) if (chat, post.id) not in self.read]
            return [post for post in unread if not looks.mismatch(post, wanted)]

        await self._until(lambda: bool(news()), lambda: self._closest(chat, wanted, unread=True))
        self.read.add((chat, news()[0].id))

    async def _reads_nothing_more(self, step: Step) -> None:
        chat = self._place(step.who)
        await self._rest()
        unread = [post for post in self.fake.bot_posts(chat) if (chat, post.id) not in self.read]
        if unread:
            raise Failed("; ".join(looks.shown(post) for post in unread))

    async def _sees(self, step: Step) -> None:
        chat = self._place(step.who)
        wanted = self._wanted(step, chat)

        def there() -> bool:
            return any(not looks.mismatch(post, wanted) for post in self.fake.bot_posts(chat))

        await self._until(there, lambda: self._closest(chat, wanted, unread=False))

    async def _sees_no(self, step: Step) -> None:
        chat = self._place(step.who)
        await self._rest()
        there = [post for post in self.fake.bot_posts(chat) if any(_shows(post, p) for p in looks.parts(step.what))]
        if there:
            raise Failed("; ".join(looks.shown(post) for post in there))

    async def _is_told(self, step: Step) -> None:
        query = self.pressed[step.who]

        def told() -> bool:
            answer = self.fake.answered(query)
            return answer is not None and all(part in answer.get("text", "") for part in looks.parts(step.what))

        await self._until(told, lambda: f"the toast was {self.fake.answered(query)}")

    async def _has_keyboard(self, step: Step) -> None:
        chat = self._place(step.who)
        wanted = step.what or []
        await self._until(lambda: self.fake.keyboard(chat) == wanted, lambda: f"{self.fake.keyboard(chat)}")

    async def _is_offered(self, step: Step) -> None:
        chat, who = self._chat(step), self._person(step.who)

        def wrong() -> str:
            offered = [command for command, _ in self.fake.menu(who, chat)]
            missing = [f"lacks {each}" for each in looks.parts(step.what) if each not in offered]
            return "; ".join(missing + [f"has {e}" for e in looks.parts(step.options.get("lacks", ())) if e in offered])

        await self._until(lambda: not wrong(), lambda: f"{wrong()}: {self.fake.menu(who, chat)}")

    async def _has(self, step: Step) -> None:
        chat = self._place(step.who)
        wanted = [self._in_topic(chat, each) for each in step.what or []]

        def wrong() -> str:
            posts = self.fake.bot_posts(chat)
            ids = [post.id for post in posts]
            if len(posts) != len(wanted):
                return f"{len(posts)} posts, not {len(wanted)}"
            found = [looks.mismatch(post, want, ids=ids) for post, want in zip(posts, wanted, strict=True)]
            return "; ".join(f"post {at}: {what}" for at, what in enumerate(found, start=1) if what)

        await self._until(lambda: not wrong(), wrong)
        await self._rest()
        if wrong():
            raise Failed(wrong())

    # everything else

    async def _page(self, step: Step) -> None:
        await self._rest()
        async with aiohttp.ClientSession() as session, session.get(self.host.url + step.verb) as answer:
            text = await answer.text()
        wrong = [f"lacks {part!r}" for part in looks.parts(step.what or ()) if part not in text]
        wrong += [f"has {part!r}" for part in looks.parts(step.options.get("lacks", ())) if part in text]
        if wrong or answer.status != 200:
            raise Failed(f"{answer.status}: {'; '.join(wrong)}")

    async def _reports(self, step: Step) -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.host.url}/hooks/{step.who}", json=step.what) as answer,
        ):
            if answer.status != 202:
                raise Failed(f"{answer.status}: {await answer.text()}")

    async def _store(self, step: Step) -> None:
        await self._rest()
        if wrong := await self.shelf.mismatch(step.what):
            raise Failed(wrong)

    async def _store_forgets(self, step: Step) -> None:
        await self._rest()
        words = str(self._person(step.what)), step.what.capitalize()
        if traces := await self.shelf.traces(*words, besides=step.options.get("besides", ())):
            raise Failed("; ".join(traces))

    async def _restart(self, step: Step) -> None:
        await self.host.restart(step.what)

    async def _redeliver(self, _: Step) -> None:
        await self._rest()
        if not self.fake.updates.webhook["url"]:
            await self.fake.wait_for(self.fake.updates.is_polled)
        self.fake.repeat()

    async def _telegram_fails(self, step: Step) -> None:
        self.fake.fault(**step.what)

    # the rest

    def _person(self, name: str) -> int:
        return int(self.script.who[name]["id"])

    def _place(self, name: str) -> int:
        if name in self.script.who:
            return self._person(name)
        return self.moved.get(name) or self.fake.world.find(self.script.chats[name].get("id", name)).id

    def _chat(self, step: Step) -> int:
        return self._place(step.options.get("in", step.who))

    def _topic(self, chat: int, step: Step) -> int | None:
        thread: int | None = self._in_topic(chat, step.options).get("thread")
        return thread

    def _wanted(self, step: Step, chat: int) -> dict[str, Any]:
        wanted = {"text": step.what if step.what is not None else [], **step.options}
        return dict(self._in_topic(chat, wanted))

    def _in_topic(self, chat: int, wanted: Any) -> Any:
        """A topic by its name is looked up as the thread it is."""
        if not isinstance(wanted, Mapping) or "topic" not in wanted:
            return wanted
        numbers = {name: number for number, name in self.fake.world.find(chat).topics.items()}
        return {**{key: value for key, value in wanted.items() if key != "topic"}, "thread": numbers[wanted["topic"]]}

    def _newest(self, chat: int, part: Any) -> Post:
        there = [post for post in self.fake.bot_posts(chat) if not looks.mismatch(post, part)]
        if not there:
            raise Failed(self._closest(chat, part, unread=False))
        return there[-1]

    def _closest(self, chat: int, wanted: Any, *, unread: bool) -> str:
        posts = [post for post in self.fake.bot_posts(chat) if not unread or (chat, post.id) not in self.read]
        found = [f"{looks.shown(post)}: {looks.mismatch(post, wanted)}" for post in posts[-3:]]
        return "nothing new came" if not found else "the newest were\n     " + "\n     ".join(found)

    async def _until(self, holds: Callable[[], bool], why: Callable[[], str]) -> None:
        try:
            await self.fake.wait_for(holds, seconds=self.patience)
        except TimeoutError:
            raise Failed(why()) from None

    async def _rest(self) -> None:
        """Wait until the service has done all it has to do."""
        try:
            async with asyncio.timeout(self.patience):
                while not await self.shelf.at_rest(self.fake):
                    await self._a_moment()
        except TimeoutError:
            raise Failed("the service does not come to rest: updates unhandled, or deliveries owed") from None

    async def _a_moment(self) -> None:
        """Until Telegram sees something, but not for long: the store tells nobody when it changes."""
        change = asyncio.ensure_future(self.fake.changes.next())
        await asyncio.wait([change], timeout=0.05)
        change.cancel()


def _shows(post: Post, part: str) -> bool:
    return part in post.text or any(part == label for row in post.labels() for label in row)
