"""Answers compressed, when they are whole, text, and large enough. Streams and parts of files pass as they are."""

from __future__ import annotations

import gzip
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST: Final = 1024
_TYPES: Final = re.compile(r"(text/|application/(json|problem\+json|javascript|xml)|image/svg)")
_ORDER: Final = ("zstd", "br", "gzip")


def chosen(accept: str) -> str | None:
    """The coding to use: zstd, br or gzip, whichever the caller takes, in this order."""
    quality: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, _, rest = part.strip().partition(";")
        found = re.search(r"q=([^;\s]+)", rest)
        try:
            quality[name.strip()] = float(found[1]) if found else 1.0
        except ValueError:
            quality[name.strip()] = 0.0
    usable = [name for name in _ORDER if quality.get(name, quality.get("*", 0.0)) > 0]
    return max(usable, key=lambda name: quality.get(name, quality.get("*", 0.0)), default=None)


def packed(body: bytes, coding: str) -> bytes:
    """Bytes in a coding."""
    if coding == "zstd":
        import zstandard

        return zstandard.ZstdCompressor(level=1).compress(body)
    if coding == "br":
        brotli: Any = import_module("brotli")  # untyped
        return bytes(brotli.compress(body, quality=4))
    return gzip.compress(body, 6, mtime=0)


class Compression:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        accept = b""
        if scope["type"] == "http":
            accept = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        coding = chosen(accept.decode("latin-1")) if accept else None
        if coding is None:
            await self._app(scope, receive, send)
            return
        head: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal head
            if message["type"] == "http.response.start":
                if _is_fit(message):
                    head = message
                    return
                await send(message)
                return
            if head is not None and message["type"] == "http.response.body":
                start, head = head, None
                body: bytes = message.get("body", b"")
                if not message.get("more_body", False) and len(body) >= SMALLEST:
                    body = packed(body, coding)
                    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
                    headers += [
                        (b"content-length", str(len(body)).encode()),
                        (b"content-encoding", coding.encode()),
                        (b"vary", b"accept-encoding"),
                    ]
                    await send({**start, "headers": headers})
                    await send({**message, "body": body})
                    return
                await send(start)
            await send(message)

        await self._app(scope, receive, sending)


def _is_fit(start: Message) -> bool:
    if start["status"] in {204, 206, 304}:
        return False
    headers = dict(start["headers"])
    if b"content-encoding" in headers or b"content-range" in headers:
        return False
    size = headers.get(b"content-length")
    if size is None or int(size) < SMALLEST:
        return False
    kind = headers.get(b"content-type", b"").decode("latin-1")
    return _TYPES.match(kind) is not None and not kind.startswith("text/event-stream")
