"""What a channel that sends is. Channels never read the database, retry, sleep, or know another channel.

Feeds and pages are not sent anywhere: they are projections of the store (``feed``, ``website``) and have no deliveries;
the commit that publishes an update publishes them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.domain.delivery import Delivery, Receipt


class Channel(Protocol):
    """A way to send notices to addresses."""

    @property
    def name(self) -> str:
        """What configuration and deliveries call it."""
        ...

    async def send(self, delivery: Delivery) -> Receipt:
        """Compose, make one call, return the far side's proof. Raises a DeliveryError, nothing else."""
        ...

    async def find(
        self, delivery: Delivery, *, known: Sequence[str], turn: Callable[[], Awaitable[None]]
    ) -> Receipt | None:
        """Look, without publishing anything, whether an earlier try of this delivery was published.

        known: ids of receipts held for this address, newest first; turn: awaited before calls that count against the
        address's rate, so that looking keeps to the pace as well. Returns its receipt, or None when it certainly was
        not published. Raises Uncertain when this far side gives no way to tell, or another DeliveryError.
        """
        ...
