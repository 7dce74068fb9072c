"""Somebody else's status pages: which addresses to ask, and how to read what they answer. No I/O here."""
