"""Drafts as operators see them, and what their buttons do."""
