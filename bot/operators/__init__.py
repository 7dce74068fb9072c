"""Operators' Telegram commands: fetched and kept (``inbox``), then carried out and answered (``handler``)."""
