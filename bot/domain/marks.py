"""What must be said about words that are not, or no longer, what a human first published. Pure."""

from __future__ import annotations

from enum import StrEnum


class Mark(StrEnum):
    """What readers must know about the words of a notice; it is shown wherever they are."""

    TRANSLATED = "translated"  # by a machine, and nobody has read them yet
    CORRECTED = "corrected"  # they were other ones
    RETRACTED = "retracted"  # they should never have been published
