"""The website channel: a projection of a board as pages. Pure; nothing is sent anywhere, and nothing is served here."""

from bot.channels.website.assets import Asset, load_assets
from bot.channels.website.pages import Website

__all__ = ["Asset", "Website", "load_assets"]
