"""A bucket as Amazon S3 would have it, as far as one needs to put files into it: a small real server, in memory.

It checks the signature of every request: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One object. headers: Content-Type and Cache-Control."""

    body: bytes
    headers: tuple[str, str]


class Bucket:
    """One bucket. objects: by key; asked: PUT or DELETE, and which key, of all that was let in; broken: answers 503 to
    so many more requests.
    """

    def __init__(self, name: str, *, access_key: str, secret_key: str, region: str) -> None:
        self.name, self.address = name, ""
        self._access_key, self._secret_key, self._region = access_key, secret_key, region
        self.objects: dict[str, Kept] = {}
        self.asked: list[tuple[str, str]] = []
        self.broken = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Bucket]:
        """Answers while the context is open, at ``address``."""
        app = web.Application()
        app.add_routes([web.route("*", f"/{self.name}{{slash:/?}}{{key:.*}}", self._answer)])
        async with TestServer(app) as server:
            self.address = str(server.make_url("")).rstrip("/")
            yield self

    async def _answer(self, request: web.Request) -> web.Response:
        body, key = await request.read(), request.match_info["key"]
        if not self._signed(request, body):
            return web.Response(status=403, text="<Error><Code>SignatureDoesNotMatch</Code></Error>")
        if key:
            self.asked.append((request.method, key))
        if self.broken:
            self.broken -= 1
            return web.Response(status=503, text="<Error><Code>SlowDown</Code></Error>")
        if request.method == "PUT":
            headers = request.headers["Content-Type"], request.headers["Cache-Control"]
            self.objects[key] = Kept(body=body, headers=headers)
            return web.Response(headers={"ETag": '"x"'})
        if request.method == "POST" and request.query_string == "delete":
            gone = re.findall("<Key>(.*?)</Key>", body.decode())
            for found in gone:
                self.objects.pop(found, None)
                self.asked.append(("DELETE", found))
            told = "".join(f"<Deleted><Key>{found}</Key></Deleted>" for found in gone)
            return web.Response(text=f"<DeleteResult>{told}</DeleteResult>", content_type="application/xml")
        return web.Response(status=405)

    def _signed(self, request: web.Request, body: bytes) -> bool:
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "AWS4-HMAC-SHA256" or request.headers.get("x-amz-content-sha256") != sha256(body).hexdigest():
            return False
        access_key, day, region, service, _ = parts["Credential"].split("/")
        names = parts["SignedHeaders"].split(";")
        query = "&".join(f"{name}={quote(value)}" for name, value in sorted(request.query.items()))
        asked = [request.method, quote(request.path), query]
        asked += [f"{name}:{' '.join(request.headers[name].split())}" for name in names]
        asked += ["", parts["SignedHeaders"], request.headers["x-amz-content-sha256"]]
        scope = f"{day}/{region}/{service}/aws4_request"
        digest = sha256("\n".join(asked).encode()).hexdigest()
        to_sign = "\n".join([scheme, request.headers["x-amz-date"], scope, digest])
        key = f"AWS4{self._secret_key}".encode()
        for piece in (day, region, service, "aws4_request"):
            key = hmac.digest(key, piece.encode(), "sha256")
        expected = hmac.digest(key, to_sign.encode(), "sha256").hex()
        return (access_key, region, expected) == (self._access_key, self._region, parts["Signature"])
