"""The outermost layer: ids of requests, sizes, hosts, headers that protect, and failures that nobody expected."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .problems import Refused, of_status, too_large, too_slow

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("wikijs.gateway")

_ID: Final = re.compile(rb"[\w-]{1,64}", re.ASCII)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
_PROTECTING: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
API_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
_LONGEST_TARGET: Final = 8192
BODY_TIMEOUT: Final = 30.0
"""Seconds within which the next part of a body must come."""
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MANY: Final = 16
"""How much larger than others the body of a job may be: it holds many pages, or files."""


class Head:
    """Answers HEAD as GET without a body, outside of compression: the length is that which a GET would have.

    Args:
        app: What is inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        over = False

        async def sending(message: Message) -> None:
            nonlocal over
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                over = True

        async def receiving() -> Message:
            # A stream would go on for ever: nobody listens any more once the head was sent.
            return {"type": "http.disconnect"} if over else await receive()

        await self._app({**scope, "method": "GET"}, receiving, sending)


class TooLarge(Exception):  # noqa: N818  an answer, not an error
    """The body is larger than allowed."""


class TooSlow(Exception):  # noqa: N818  an answer, not an error
    """The body does not come."""


class Edge:
    """The middleware.

    Args:
        app: What is inside.
        max_body: Bytes of a body at most.
        max_upload: Bytes of the body of an upload at most.
        allowed_hosts: Names that may be in the header Host; "*" for any.
        public_url: How browsers reach it.
        trusted_proxies: Addresses and networks whose X-Forwarded-For is believed.
        on_end: Told of each request: scope, status, bytes, seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body: int,
        max_upload: int,
        allowed_hosts: Sequence[str] = (),
        public_url: str = "",
        trusted_proxies: Sequence[str] = (),
        on_end: Callable[[Scope, int, int, float], None] | None = None,
    ) -> None:
        self._app = app
        self._max_body = max_body
        self._max_upload = max_upload
        own = urlsplit(public_url).hostname if public_url else None
        self._below = urlsplit(public_url).path.rstrip("/").encode() if public_url else b""
        self._hosts = _LOOPBACK | {host.lower() for host in (*allowed_hosts, own or "") if host}
        self._any_host = "*" in allowed_hosts
        self._trusted = [ipaddress.ip_network(each, strict=False) for each in trusted_proxies]
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8).encode()
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id.decode()
        state["address"] = self._address(scope, headers)
        status, size, started = 0, 0, False

        async def sending(message: Message) -> None:
            nonlocal status, size, started
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                known = {name for name, _ in message["headers"]}
                more = [each for each in _PROTECTING if each[0] not in known]
                if b"content-security-policy" not in known:
                    more.append((b"content-security-policy", API_POLICY))
                if b"cache-control" not in known:
                    more.append((b"cache-control", b"no-store" if status >= 400 else b"private, no-cache"))
                own = (b"x-request-id", request_id)
                limits = state.get("limit_headers", ())
                said = (
                    [_outside(self._below, *each) for each in message["headers"]] if self._below else message["headers"]
                )
                message = {**message, "headers": [*said, own, *limits, *more]}
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await self._refuse(refusal, scope, receive, sending)
            else:
                await self._app(scope, self._bounded(scope, receive), sending)
        except (TooLarge, TooSlow) as error:
            if started:
                raise
            refusal = too_slow() if isinstance(error, TooSlow) else too_large(self._limit(scope))
            await self._refuse(refusal, scope, receive, sending)
        except Exception as error:  # it must not tell what it is
            log.exception("Request %s failed unexpectedly (%s).", request_id.decode(), type(error).__name__)
            if started:
                raise
            await self._refuse(
                Refused(
                    500, "internal", "Internal failure", "The gateway failed. Its log says why, by this request's id."
                ),
                scope,
                receive,
                sending,
            )
        finally:
            if self._on_end is not None:
                self._on_end(scope, status, size, time.perf_counter() - begun)

    async def _refuse(self, refusal: Refused, scope: Scope, receive: Receive, send: Send) -> None:
        response = refusal.response(instance=scope["path"], request_id=scope["state"]["request_id"])
        await response(scope, receive, send)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> Refused | None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name, _, port = (host, "", "") if host.endswith("]") else host.rpartition(":")
        if not name:  # there was no colon
            name, port = port, ""
        if port and not port.isdecimal():  # such as localhost:80@evil.example.com
            name = ""
        if not self._any_host and name not in self._hosts:  # a page of another site whose name leads here
            return Refused(
                421, "host-unknown", "Host unknown", "This gateway does not go by this name; see allowed_hosts."
            )
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST_TARGET:
            return of_status(414)
        if headers.get(b"content-encoding", b"identity").lower() not in {b"identity", b""}:
            return Refused(
                415,
                "unsupported-media-type",
                "Unsupported Media Type",
                "Bodies are taken as they are, not packed (Content-Encoding).",
                headers={"Accept-Encoding": "identity"},
            )
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            return of_status(400, "Content-Length is no number.")
        if int(length) > self._limit(scope):
            return too_large(self._limit(scope))
        return None

    def _limit(self, scope: Scope) -> int:
        path = scope["path"]
        if path == "/api/v1/assets" or path.startswith("/api/v1/assets/"):
            return self._max_upload
        return min(self._max_upload, _MANY * self._max_body) if path == "/api/v1/jobs" else self._max_body

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        limit = self._limit(scope)
        total = 0
        waits = scope["method"] in _WITH_BODY

        async def receiving() -> Message:
            nonlocal total, waits
            try:
                async with asyncio.timeout(BODY_TIMEOUT if waits else None):
                    message = await receive()
            except TimeoutError:
                scope["state"]["too_slow"] = True
                raise TooSlow from None
            waits = waits and bool(message.get("more_body", False))
            if message["type"] == "http.request":
                total += len(message.get("body", b""))
                if total > limit:
                    scope["state"]["too_large"] = limit
                    raise TooLarge
            return message

        return receiving

    def _address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Where a request comes from: what a trusted proxy says, the last address that is not one of them."""
        client = scope.get("client")
        address = str(client[0]) if client else "unknown"
        if not self._trusted or not self._is_trusted(address):
            return address
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        for each in reversed(forwarded):
            name = each.strip()
            if not _is_address(name):
                break
            address = name
            if not self._is_trusted(name):
                break
        return address

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self._trusted)


def _outside(below: bytes, name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header as it leads from outside, where a proxy has the gateway below a path."""
    if name == b"location" and value.startswith(b"/") and not value.startswith(b"//"):
        return name, below + value
    if name == b"link" and value.startswith(b"</"):
        return name, b"<" + below + value[1:]
    return name, value


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
