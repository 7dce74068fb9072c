"""Secrets that are keys in a form of their sender's own, so that a mistake is found at the start. No other secrets."""

from __future__ import annotations

from base64 import b64decode

SHORTEST = 16
"""Bytes of a key that nobody can guess; Svix makes 24 (https://docs.svix.com/receiving/verifying-payloads/how-manual).
"""

WRITTEN_BY_SVIX = frozenset({"incident_io"})
"""Types of senders that sign by way of Svix."""

_SVIX = "expected whsec_ and a key of at least 16 bytes in base64, as its sender shows it"


def svix_key(secret: str) -> bytes:
    """The key in ``whsec_...``, which may lack that beginning. Raises ValueError, which never quotes it."""
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError(f"{_SVIX}; found no base64") from None
    if len(key) < SHORTEST:
        raise ValueError(f"{_SVIX}; found a key of {len(key)} bytes")
    return key
