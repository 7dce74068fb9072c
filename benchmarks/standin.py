"""``python -m benchmarks.standin FOLDER DELAY``: a Bot API over TLS that accepts every post, DELAY seconds late.

Makes a certificate for loopback in FOLDER (``certificate.pem``). Prints {"url": ...} once it is up; ends when its
standard input closes, which it does when whoever started it ends.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import json
import ssl
import sys
from datetime import timedelta
from pathlib import Path

import uvloop
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot import clock

CERTIFICATE = "certificate.pem"


def certificate(folder: Path) -> ssl.SSLContext:
    """A context with a new certificate for 127.0.0.1, which is written into the folder for those who trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / CERTIFICATE, folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, private)
    return context


def application(delay: float) -> web.Application:
    """Answers sendMessage as Telegram does."""
    numbers = itertools.count(1)

    async def send(request: web.Request) -> web.Response:
        form = await request.post()
        await asyncio.sleep(delay)
        chat = {"id": int(str(form["chat_id"])), "type": "private", "first_name": "Somebody"}
        sent = {"message_id": next(numbers), "date": 1, "chat": chat, "text": str(form["text"])}
        return web.json_response({"ok": True, "result": sent})

    app = web.Application()
    app.add_routes([web.post("/bot{token}/sendMessage", send)])
    return app


async def serve(folder: Path, delay: float) -> None:
    """Run until standard input closes."""
    runner = web.AppRunner(application(delay), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate(folder), backlog=1024).start()
        print(json.dumps({"url": f"https://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)
    finally:
        await runner.cleanup()


def main() -> None:
    """Serve."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1]), float(sys.argv[2])))


if __name__ == "__main__":
    main()
