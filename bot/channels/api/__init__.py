"""The API channel: a projection of boards as JSON for programs. Pure; nothing is sent anywhere, nothing served here.

``statuspage`` speaks the shape that clients of Atlassian Statuspage know; ``version_1`` is our own, with every
language at once; ``openapi`` describes both to programs.
"""

from bot.channels.api.openapi import openapi
from bot.channels.api.statuspage import PAST, Part, Statuspage
from bot.channels.api.version_1 import Told, Version1, told_by

__all__ = ["PAST", "Part", "Statuspage", "Told", "Version1", "openapi", "told_by"]
