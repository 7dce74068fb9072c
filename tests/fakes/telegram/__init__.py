"""A strict fake of Telegram's Bot API server. It refuses what Telegram refuses, in Telegram's words, and more.

Not a mock: the real python-telegram-bot talks HTTP to it, TDLib itself judges texts, and what it stores is what a
reader of the chat would see. Use it like this:

    async with FakeTelegram(token="12345:fake") as fake:
        fake.add_channel("@bottega_en", id=-1001, title="Bottega", rights=Rights(can_edit_messages=False))
        fake.add_user(1001, language_code="it", first_name="Anna")          # started=False: 403 on the first message
        config = {"token": fake.token, "base_url": fake.base_url}           # "http://127.0.0.1:PORT/bot"
        fake.say(1001, "/incident shop major")                              # becomes an update
        await fake.wait_for(lambda: fake.bot_posts("@bottega_en"))          # no sleeping; TimeoutError tells all
        [post] = fake.bot_posts("@bottega_en")                              # text, entities, reply_to, buttons, pinned
        fake.press(1001, 1001, message_id, "the callback_data")             # LookupError if there is no such button
        fake.press_label(1001, 1001, "Publish")                             # the newest card with that button
        fake.tap(1001, "Online shop")                                       # a reply keyboard's button: types its label
        fake.start(1001, "en-shop")                                         # a deep link; fake.block(1001) leaves again
        topic = fake.add_topic(-1002, "Incidents")                          # forums: say(..., chat=-1002, thread=topic)
        fake.post_as_other("@bottega_en", "A colleague's own post")         # takes the next message id
        fake.fault("hang", method="sendMessage", chat="@bottega_en")        # handled, never answered; see faults.Fault
        fake.set_rights("@bottega_en", status="kicked")                     # from now on 403
        await fake.go_down(); await fake.come_back()                        # nobody listens: connection refused
        assert fake.violations() == []                                      # rates; methods, parameters, fields unknown

Webhooks: a real POST with the secret, several chats at once, again after a non-2xx with growing pauses.
``proxy_webhook(origin)`` is the proxy before the bot, ``mishear()`` loses the next answer, ``redeliver_by_hand()``
makes pauses last until ``redeliver()``, ``attempts()`` lists them.

In a process of its own: ``python -m tests.fakes.telegram --token T --chats FILE.json`` prints {"port", "url",
"base_url"}; ``async with spawned(token=..., chats=...) as remote`` does that and gives a ``RemoteFake`` with the same
verbs, awaited. FILE.json: {"channels": [{"name": "@x", "id": -1001, "rights": {...}}], "users": [{"id": 1001}]}.
Limits are recorded always, enforced (429) with ``FakeTelegram(limits=Limits())``.
"""

from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.limits import Limits, Window
from tests.fakes.telegram.remote import RemoteFake, spawned
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.stage import Call
from tests.fakes.telegram.state import Chat, Post, Rights, User
from tests.fakes.telegram.webhook import Attempt

__all__ = [
    "Attempt",
    "Call",
    "Chat",
    "FakeTelegram",
    "Fault",
    "Limits",
    "Post",
    "RemoteFake",
    "Rights",
    "User",
    "Window",
    "spawned",
]
