"""Signatures that are checked with the sender's certificate. Where that lies, and what is signed, is each source's own.

Whoever hands the certificate over must have it from a host that only the sender has.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bot.errors import BadSignature
from bot.sources.base import HookRequest

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "1": hashes.SHA1(),  # noqa: S303 - what SNS still signs with unless a topic asks for version 2
    "2": hashes.SHA256(),
}


def require_signed(content: bytes, *, signature: str, version: str, request: HookRequest) -> None:
    """Return when the content is signed with the key of the request's certificate, which holds now.

    signature: base64; version: "1" for RSA with SHA-1, "2" with SHA-256. Raises BadSignature.
    """
    if version not in _HASHES:
        raise BadSignature("a version of signatures that is not known")
    try:
        _key(request).verify(b64decode(signature, validate=True), content, PKCS1v15(), _HASHES[version])
    except (InvalidSignature, Base64Error, ValueError):
        raise BadSignature("wrong signature") from None


def _key(request: HookRequest) -> RSAPublicKey:
    try:
        certificate = x509.load_pem_x509_certificate(request.certificate)
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise BadSignature("no certificate that can be read") from None
    if not certificate.not_valid_before_utc <= request.received_at <= certificate.not_valid_after_utc:
        raise BadSignature("the certificate does not hold at this time")
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("the certificate holds a key of another kind")
    return key
