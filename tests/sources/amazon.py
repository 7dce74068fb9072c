"""A small Amazon: hosts of SNS over TLS on loopback, a key that signs, and a resolver that finds them.

Written from Amazon's words and not from our code.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID

HOST = "sns.eu-south-1.amazonaws.com"
TOPIC = "arn:aws:sns:eu-south-1:123456789012:shop-alarms"
CERTIFICATE = f"https://{HOST}/SimpleNotificationService-0f1e2d3c4b5a69788796a5b4c3d2e1f0.pem"
SUBSCRIBE = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37fb"
ALARM = {
    "AlarmName": "shop-5xx",
    "AlarmArn": "arn:aws:cloudwatch:eu-south-1:123456789012:alarm:shop-5xx",
    "NewStateValue": "ALARM",
    "OldStateValue": "OK",
    "StateChangeTime": "2024-12-11T17:41:02.093+0000",
}
_ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """SNS's own; making one takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def another_key() -> rsa.RSAPrivateKey:
    """Somebody else's."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: Any, *, valid: tuple[datetime, datetime] = _ALWAYS, host: str = "sns.amazonaws.com") -> bytes:
    """Signed by itself; PEM."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def elliptic_certificate() -> bytes:
    """One that holds, but whose key is no RSA."""
    return certificate(ec.generate_private_key(ec.SECP256R1()))


def stamp(at: datetime) -> str:
    """As SNS writes times."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def notification(message: Any, *, at: datetime, **over: Any) -> dict[str, Any]:
    """An envelope without its signature. message: text, or what becomes JSON in it."""
    return {
        "Type": "Notification",
        "MessageId": "5f7c1d52-8a0e-5b1b-9c1e-1c2d3e4f5a6b",
        "TopicArn": TOPIC,
        "Subject": 'ALARM: "shop-5xx" in EU (Milan)',
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": stamp(at),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        **over,
    }


def confirmation(kind: str, *, at: datetime, **over: Any) -> dict[str, Any]:
    """The envelope that asks for the confirmation of a subscription, or of its end."""
    envelope = notification("You have chosen ...\nvisit the SubscribeURL", at=at, Type=kind, Token="2336412f37fb")
    del envelope["Subject"]
    return {**envelope, "SubscribeURL": SUBSCRIBE, **over}


def signed(envelope: dict[str, Any], key: rsa.RSAPrivateKey | None = None) -> dict[str, Any]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html"""
    names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    content = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    algorithm: hashes.HashAlgorithm = hashes.SHA256() if envelope["SignatureVersion"] == "2" else hashes.SHA1()
    signature = (key or signing_key()).sign(content.encode(), PKCS1v15(), algorithm)
    return {**envelope, "Signature": b64encode(signature).decode()}


@dataclass(kw_only=True)
class Amazon:
    """resolver, trust: how it is found and believed; asked: paths with their queries, in order;

    answer: what is found once instead of the certificate; confirming: the status of a confirmation;
    silent: it never answers.
    """

    resolver: AbstractResolver
    trust: ssl.SSLContext
    asked: list[str] = field(default_factory=list)
    answer: web.Response | None = None
    confirming: int = 200
    silent: bool = False

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """One answer."""
        self.asked.append(request.path_qs)
        if self.silent:
            await asyncio.Event().wait()
        if request.path.endswith(".pem"):
            answer, self.answer = self.answer, None
            return answer or web.Response(body=certificate(signing_key()))
        return web.Response(status=self.confirming, text="<ConfirmSubscriptionResponse/>", content_type="text/xml")


class _Resolver(AbstractResolver):
    """Every name leads to one port on loopback."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=self._port, family=socket.AF_INET, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def amazon(folder: Path) -> AsyncIterator[Amazon]:
    """It answers while the context is open. folder: for the server's key, which TLS wants in a file."""
    key = another_key()
    server_certificate = certificate(key, host=HOST)
    (folder / "server.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + server_certificate
    )
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(folder / "server.pem")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    theirs.load_verify_locations(cadata=server_certificate.decode())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        far = Amazon(resolver=_Resolver(listening.getsockname()[1]), trust=theirs)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", far.respond)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listening, ssl_context=ours).start()
        try:
            yield far
        finally:
            await runner.cleanup()
