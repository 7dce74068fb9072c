"""Updates are kept without the names of persons, and can still be read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.domain.anonymous import without_names

PERSON = {
    "id": 7000001, "is_bot": False, "first_name": "Carla", "last_name": "Secret", "username": "carla_s",
    "language_code": "it",
}  # fmt: skip
PRIVATE = {"id": 7000001, "type": "private", "first_name": "Carla", "last_name": "Secret", "username": "carla_s"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Duty", "username": "duty_group"}
SAID: dict[str, Any] = {
    "update_id": 5,
    "message": {
        "message_id": 9,
        "date": 1772460180,
        "chat": PRIVATE,
        "from": PERSON,
        "text": "/start l_it",
        "entities": [{"type": "text_mention", "offset": 0, "length": 6, "user": PERSON}],
        "contact": {"phone_number": "+39 081 5550100", "first_name": "Dario", "vcard": "BEGIN:VCARD"},
        "reply_to_message": {
            "message_id": 8,
            "date": 1772460100,
            "chat": PRIVATE,
            "from": {"id": 42, "is_bot": True, "first_name": "Bottega", "username": "bottega_bot"},
            "forward_origin": {"type": "user", "date": 1, "sender_user": PERSON},
        },
    },
}


def test_no_name_of_a_person_is_left() -> None:
    kept = json.dumps(without_names(SAID))
    for name in ("Carla", "Secret", "carla_s", "Dario", "081", "VCARD"):
        assert name not in kept


def test_what_is_handled_is_still_there() -> None:
    update = Update.de_json(without_names(SAID), None)
    assert update.message is not None
    assert update.message.from_user is not None
    assert (update.message.chat.id, update.message.text) == (7000001, "/start l_it")
    assert update.message.from_user.language_code == "it"
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.from_user is not None
    assert update.message.reply_to_message.from_user.username == "bottega_bot"


def test_a_press_and_a_departure_can_still_be_read() -> None:
    press = {"id": "77", "from": PERSON, "chat_instance": "1", "data": "sub:0:main", "message": SAID["message"]}
    member = {"user": PERSON, "status": "kicked", "until_date": 0}
    left = {
        "chat": PRIVATE, "from": PERSON, "date": 1772460180, "old_chat_member": {"user": PERSON, "status": "member"},
        "new_chat_member": member,
    }  # fmt: skip
    for body in ({"update_id": 6, "callback_query": press}, {"update_id": 7, "my_chat_member": left}):
        kept = without_names(body)
        assert "Carla" not in json.dumps(kept)
        assert Update.de_json(kept, None).effective_user is not None


def test_groups_keep_their_titles_and_members_lose_their_names() -> None:
    kept = without_names({"update_id": 6, "message": SAID["message"] | {"chat": GROUP}})
    assert kept["message"]["chat"] == GROUP
    assert kept["message"]["from"]["first_name"] == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_whatever_comes_is_taken_and_nothing_is_changed_in_place(update: dict[str, Any]) -> None:
    before = json.dumps(update)
    assert without_names(without_names(update)) == without_names(update)
    assert json.dumps(update) == before
