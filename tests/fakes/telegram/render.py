"""Stored things as Bot API objects. Not a copy of every field there is: those a bot like ours reads.

https://core.telegram.org/bots/api#available-types
"""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram.state import Chat, Message, Rights, User, World

Json = dict[str, Any]

_FLAGS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
_PERMISSIONS = (
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
)


def user(person: User) -> Json:
    """A User."""
    optional = {"username": person.username, "language_code": person.language_code}
    return {
        "id": person.id,
        "is_bot": person.is_bot,
        "first_name": person.first_name,
        **{key: value for key, value in optional.items() if value},
    }


def me(bot: User) -> Json:
    """The answer of getMe."""
    return {
        **user(bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat(world: World, it: Chat) -> Json:
    """A Chat, the short form."""
    if it.type == "private":
        person = world.users[it.id]
        return {**_named(person.username), "id": it.id, "type": "private", "first_name": person.first_name}
    forum = {"is_forum": True} if it.forum else {}
    return {**_named(it.username), **forum, "id": it.id, "type": it.type, "title": it.title}


def full_chat(world: World, it: Chat) -> Json:
    """A ChatFullInfo, the answer of getChat."""
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    pinned = {"pinned_message": message(world, it.messages[it.pinned[0]])} if it.pinned else {}
    protected = {"has_protected_content": True} if it.protected else {}
    details = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
    return {**chat(world, it), **details, **pinned, **protected}


def message(world: World, it: Message, *, nested: bool = False) -> Json:
    """A Message; a nested one (a reply's target) leaves out its own."""
    home = world.chats[it.chat_id]
    body: Json = {"message_id": it.id, "date": int(it.date), "chat": chat(world, home), **_author(world, home, it)}
    body.update(_thread(home, it))
    if it.service is not None:
        return {**body, **it.service}
    body["text"] = it.words.text
    optional: Json = {
        "entities": list(it.words.entities),
        "edit_date": int(it.edited) if it.edited else None,
        "reply_markup": {"inline_keyboard": it.buttons} if it.buttons else None,
        "forward_origin": it.forward_origin,
        "link_preview_options": it.preview,
        "has_protected_content": it.protected or home.protected,
    }
    body.update({key: value for key, value in optional.items() if value})
    target = home.messages.get(it.reply_to) if it.reply_to and not nested else None
    if target is None and it.thread is not None and not nested:
        return {**body, "reply_to_message": _topic(world, home, it.thread)}
    return {**body, "reply_to_message": message(world, target, nested=True)} if target else body


def inaccessible(world: World, it: Message) -> Json:
    """An InaccessibleMessage: deleted, or too old to be looked up. https://core.telegram.org/bots/api#inaccessiblemessage"""
    return {"chat": chat(world, world.chats[it.chat_id]), "message_id": it.id, "date": 0}


def _thread(home: Chat, it: Message) -> Json:
    """Where it stands: in a forum topic, or (in a supergroup that is no forum) in a thread of replies.

    The second carries a message_thread_id too, with which nothing can be sent.
    """
    if it.thread is not None:
        return {"message_thread_id": it.thread, "is_topic_message": True}
    root = it
    while root.reply_to in home.messages:
        root = home.messages[root.reply_to or 0]
    return {"message_thread_id": root.id} if home.type == "supergroup" and not home.forum and root is not it else {}


def _topic(world: World, home: Chat, thread: int) -> Json:
    """What every message of a topic that answers nothing else "replies" to: the line that opened the topic."""
    line = {"forum_topic_created": {"name": home.topics[thread], "icon_color": 7322096}}
    place = {"message_thread_id": thread, "is_topic_message": True}
    owner = user(User(id=1, first_name="Owner"))
    return {"message_id": thread, "date": 1, "chat": chat(world, home), "from": owner, **place, **line}


def member(person: User, standing: str, rights: Rights | None = None) -> Json:
    """A ChatMember of the kind that the standing calls for."""
    body: Json = {"user": user(person), "status": standing}
    if standing == "creator":
        return {**body, "is_anonymous": False}
    if standing == "kicked":
        return {**body, "until_date": 0}
    if standing == "restricted":
        held = rights or Rights()
        flags = {**dict.fromkeys(_PERMISSIONS, False), "can_send_messages": held.can_send_messages}
        return {**body, **flags, "is_member": True, "until_date": 0}
    if standing == "administrator":
        held = rights or Rights()
        return {
            **body,
            **dict.fromkeys(_FLAGS, False),
            "can_manage_chat": True,
            "can_delete_messages": held.can_delete_messages,
            "can_post_messages": held.can_post_messages,
            "can_edit_messages": held.can_edit_messages,
            "can_pin_messages": held.can_pin_messages,
            "can_manage_topics": held.can_manage_topics,
        }
    return body


def bot_member(world: World, it: Chat) -> Json:
    """The bot's own ChatMember; a channel knows no can_pin_messages, a group no can_post and can_edit_messages."""
    body = member(world.bot, it.rights.status, it.rights)
    foreign = ("can_pin_messages", "can_manage_topics")
    if it.type != "channel":
        foreign = ("can_post_messages", "can_edit_messages")
    return {key: value for key, value in body.items() if key not in foreign}


def origin(world: World, it: Message) -> Json:
    """The MessageOrigin of a forward of this message; a forward of a forward keeps the first origin."""
    if it.forward_origin is not None:
        return it.forward_origin
    home = world.chats[it.chat_id]
    if home.type == "channel":
        return {"type": "channel", "chat": chat(world, home), "message_id": it.id, "date": int(it.date)}
    return {"type": "user", "sender_user": user(it.sender or world.bot), "date": int(it.date)}


def _author(world: World, home: Chat, it: Message) -> Json:
    if home.type == "channel":
        return {"sender_chat": chat(world, home)}
    return {"from": user(it.sender or world.bot)}


def _named(username: str | None) -> Json:
    return {"username": username} if username else {}
