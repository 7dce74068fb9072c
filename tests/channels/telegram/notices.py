"""Notices and deliveries as the core would hand them over, with words of our own."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.delivery import Action, Delivery, Priority
from bot.domain.model import Direction, Impact, Notice, Status


def notice(
    *,
    state: str = "Investigating since 14:03",
    title: str = "Online shop unavailable",
    body: str = "Orders **cannot be placed** at the moment. We are looking into it.",
    instead: str | None = "Write to us on [Telegram](https://t.me/bottega).",
    more: str = "[Details](https://status.shop.example/en/incidents/7)",
    lang: str = "en",
    direction: Direction = "ltr",
    status: Status = Status.INVESTIGATING,
) -> Notice:
    return Notice(
        language=lang,
        lang=lang,
        direction=direction,
        status=status,
        impact=Impact.MAJOR,
        state=state,
        title=title,
        body=body,
        instead=instead,
        more=more,
        url="https://status.shop.example/en/incidents/7",
    )


RESOLVED = notice(
    state="Resolved after 1 h 20 min",
    title="Online shop available again",
    body="Orders can be placed again.",
    instead=None,
    status=Status.RESOLVED,
)

ARABIC = notice(
    state="قيد التحقيق منذ 14:03",
    title="\u2068WhatsApp\u2069 لا يعمل",
    body="*رسائلكم* لا تصلنا حاليًا.\n\n- \u2068Instagram\u2069: يعمل\n- الهاتف: يعمل",
    instead="راسلونا عبر [تيليجرام](https://t.me/bottega).",
    more="[التفاصيل](https://status.shop.example/ar/incidents/7)",
    lang="ar",
    direction="rtl",
)


def delivery(
    action: Action = Action.POST,
    *,
    id: int = 1,
    address: str = "@bottega_en",
    notice: Notice | None = None,
    text: str | None = None,
    opening: Notice | None = None,
    anchor: str | None = None,
) -> Delivery:
    return Delivery(
        id=id,
        action=action,
        channel="telegram",
        address=address,
        lane=f"telegram:{address}:7",
        priority=Priority.CHANNEL,
        notice=notice,
        text=text,
        opening=opening,
        anchor=anchor,
        attempts=1,
        uncertain=False,
        lease="lease",
        owed_at=datetime(2024, 12, 11, 14, 3, tzinfo=UTC),
    )
