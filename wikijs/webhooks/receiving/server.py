"""A server for webhooks: handlers by type of event, nothing else to write."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from time import time
from typing import Any, Final, TypeAlias, TypeVar

from wikijs.core.transport.listening import listening
from wikijs.core.values.installing import pip_line
from wikijs.exceptions import ConfigurationError, DuplicateEvent, WebhookVerificationError
from wikijs.feed.filters import wants_type
from wikijs.feed.types import Event, parse_event

from ..signing import TOLERANCE
from .inbox import Inbox
from .receiver import WebhookReceiver

log = logging.getLogger("wikijs.webhooks")

Handler: TypeAlias = Callable[[Any], object]
H = TypeVar("H", bound=Handler)
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST: Final = 1_000_000
"""Bytes of a message at most."""
_REASONS: Final = {200: "ok", 202: "stored", 404: "Not here.", 405: "POST only.", 413: "Too long."}


class WebhookServer:
    """Receives webhooks and calls handlers. `app` is an ASGI application to mount; `run` serves it.

    A message is answered when its handlers have ended; what takes longer than 15 seconds needs an inbox.

    Args:
        secret: The secret of the endpoint.
        secrets: Several of them, while one replaces another.
        seen: Path of a file that remembers which events were handled.
        inbox: Path of a file in which events are stored first: they are answered with 202 at once and handled
            afterwards, in their order, again where a handler fails.
        tolerance: Seconds that a message may be old, or from the future.
        clock: Seconds since 1970, for tests.

    Raises:
        ConfigurationError: There is no secret, or one is none.
    """

    def __init__(
        self,
        secret: str | None = None,
        *,
        secrets: Sequence[str] = (),
        seen: str | os.PathLike[str] | None = None,
        inbox: str | os.PathLike[str] | None = None,
        tolerance: float = TOLERANCE,
        clock: Callable[[], float] = time,
    ) -> None:
        all_secrets = [*([secret] if secret else []), *secrets]
        self.receiver = WebhookReceiver(all_secrets, seen=seen, tolerance=tolerance, clock=clock)
        self.inbox = None if inbox is None else Inbox(inbox, clock)
        self._handlers: list[tuple[str, Handler]] = []
        self._on_error: list[Callable[[Event, Exception], object]] = []
        self._worker: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self.path = ""

    def on(self, *types: str) -> Callable[[H], H]:
        """Register a handler, a function or an `async def`, for types of events: "page.created", "page.*", "*"."""

        def register(handler: H) -> H:
            self._handlers.extend((pattern, handler) for pattern in types or ("*",))
            return handler

        return register

    def on_error(self, handler: Callable[[Event, Exception], object]) -> Callable[[Event, Exception], object]:
        """Register a function that is told when a handler fails."""
        self._on_error.append(handler)
        return handler

    @property
    def app(self) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        """The server as an ASGI application."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await self._application(scope, receive, send)

        return application  # a function: servers take a bound method for an application of another kind

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        self._start()
        status, text = await self._answer(scope, receive)
        body = text.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.aclose()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        if self.path and scope["path"] != self.path:
            return 404, _REASONS[404]
        if scope["method"] != "POST":
            return 405, _REASONS[405]
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return 400, "The request was cut."
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > LARGEST:
                return 413, _REASONS[413]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return await self.respond(headers, body)

    async def respond(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """Handle one message; HTTP status and text to answer."""
        try:
            if self.inbox is not None:
                event = self.receiver.verify(headers, body)
                inbox = self.inbox
                new = await asyncio.to_thread(inbox.put, event.id, body)
                self._arrived.set()
                return (202, _REASONS[202]) if new else (200, "It came before.")
            event = await asyncio.to_thread(self.receiver.receive, headers, body)
        except WebhookVerificationError as error:
            return 400, error.message
        except DuplicateEvent as duplicate:
            return (409 if duplicate.in_progress else 200), duplicate.message
        try:
            await self._call(event)
        except Exception:
            await asyncio.to_thread(self.receiver.failed, event)
            return 500, "A handler failed."
        await asyncio.to_thread(self.receiver.done, event)
        return 200, _REASONS[200]

    async def _call(self, event: Event) -> None:
        """Call the handlers of an event, one after the other."""
        for pattern, handler in self._handlers:
            if not wants_type((pattern,), event.type):
                continue
            try:
                if inspect.iscoroutinefunction(handler):
                    await handler(event)
                else:
                    await asyncio.to_thread(handler, event)
            except Exception as error:
                log.exception("a handler of %s failed", event.type)
                for listener in self._on_error:
                    with suppress(Exception):
                        listener(event, error)
                raise

    def _start(self) -> None:
        """Let the inbox be worked on."""
        if self.inbox is not None and (self._worker is None or self._worker.done()):
            self._worker = asyncio.create_task(self._work(self.inbox))

    async def _work(self, inbox: Inbox) -> None:
        while True:
            taken = await asyncio.to_thread(inbox.take)
            if taken is None:
                due = await asyncio.to_thread(inbox.next_due)
                with suppress(TimeoutError):
                    # Not wait_for, which in Python 3.11 may swallow a cancellation.
                    async with asyncio.timeout(60.0 if due is None else min(due + 0.01, 60.0)):
                        await self._arrived.wait()
                self._arrived.clear()
                continue
            event_id, body, attempts = taken
            try:
                await self._call(parse_event(body))
            except Exception:
                await asyncio.to_thread(inbox.failed, event_id, attempts + 1)
            else:
                await asyncio.to_thread(inbox.done, event_id)

    def run(self, host: str = "127.0.0.1", port: int = 8080, *, path: str = "") -> None:
        """Serve until SIGTERM or Ctrl+C, with uvicorn.

        Args:
            host: Address to listen on.
            port: Port to listen on.
            path: Where messages come, such as "/wiki"; anywhere unless given.

        Raises:
            ConfigurationError: The extra `webhooks` is missing, or the port cannot be used.
        """
        try:
            import uvicorn
        except ModuleNotFoundError:
            raise ConfigurationError("Serving is an extra.", hint=pip_line("webhooks")) from None
        self.path = path
        with listening(host, port) as bound, suppress(KeyboardInterrupt):
            uvicorn.Server(uvicorn.Config(self.app, log_level="warning")).run(sockets=[bound])

    async def aclose(self) -> None:
        """End the work on the inbox; what is not done yet waits for the next start."""
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker
            self._worker = None

    def close(self) -> None:
        """Close the files."""
        self.receiver.close()
        if self.inbox is not None:
            self.inbox.close()
