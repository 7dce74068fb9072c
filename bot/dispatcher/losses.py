"""What follows when a change finds its post deleted: the story goes on in another one."""

from __future__ import annotations

from datetime import datetime

from bot.domain.deleted import in_its_place
from bot.domain.delivery import Action, Delivery
from bot.store import losses, outbox
from bot.store.connection import Connection


async def make_up_for(connection: Connection, delivery: Delivery, *, closed: bool, now: datetime) -> bool:
    """Owe what takes the place of the post that the delivery was to change; whether anything does.

    closed: nothing may be posted there. A new post makes no sound: its words were heard before.
    """
    lost = await losses.take_down(connection, delivery)
    if lost is None or closed:
        return False
    owed = in_its_place(lost.loss)
    row = {
        "channel": delivery.channel,
        "address": delivery.address,
        "lane": delivery.lane,
        "priority": delivery.priority,
        "incident_id": lost.incident_id,
        "notice_id": lost.newest,
        "topic": delivery.topic,
        "silent": True,
    }
    keyboard = lost.keyboard if delivery.action is not Action.AMEND else None
    rows = [row | {"action": each, "keyboard": keyboard if each is Action.POST else None} for each in owed]
    await outbox.enqueue(connection, rows, now=now)
    return bool(owed)
