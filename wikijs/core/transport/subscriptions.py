"""Subscriptions over the protocol that Wiki.js speaks: the old `graphql-ws` of subscriptions-transport-ws 0.9.

The conversation is written once, without a socket, in `Conversation`; a sync and an async iterator carry it. A lost
connection ends the iteration with `TransportError`: whether to connect again, and what was missed, is the caller's.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from wikijs import exceptions as exc

from .. import replies
from ..operations import Operation
from ..settings import Settings
from ..tokens import Token
from ..values.redaction import clean

if TYPE_CHECKING:
    from websockets.http11 import Request

T = TypeVar("T")

PATH: Final = "/graphql-subscriptions"
SUBPROTOCOL: Final = "graphql-ws"
_CLOSED_AS_UNAUTHORIZED: Final = 1011

_frames = logging.getLogger("wikijs.core.transport.subscriptions.frames")
_frames.setLevel(logging.WARNING)  # the websocket library logs frames at DEBUG, and the first frame holds the token


class Conversation(Generic[T]):
    """What to say and what to make of the answers, for one subscription on one connection."""

    def __init__(self, operation: Operation[T], token: Token | None) -> None:
        self._operation = operation
        name = operation.spec.server_field
        if token is None or token.is_api_key:
            raise exc.InvalidTokenError(
                "Wiki.js does not accept API keys here." if token else "Wiki.js does not show this to guests.",
                operation=name,
                hint="Log in as a user with manage:system: auth=PasswordAuth(email, password), or JWTAuth(token).",
            )
        self.opening = json.dumps({"type": "connection_init", "payload": {"token": token.value}})
        self.start = json.dumps({"type": "start", "id": "1", "payload": json.loads(operation.body())})
        self.stop = json.dumps({"type": "stop", "id": "1"})
        self.done = False

    def acknowledge(self, text: str | bytes) -> None:
        """Take the answer to the opening.

        Raises:
            PermissionDeniedError: The token does not carry manage:system.
        """
        message = self._read(text)
        if message["type"] != "connection_ack":
            raise self.refused(_reason(message, ""))

    def receive(self, text: str | bytes) -> list[T]:
        """The values in one message: one, or none for messages about the connection."""
        message = self._read(text)
        match message["type"]:
            case "data":
                return [replies.parse_data(self._operation.spec, message.get("payload") or {})]
            case "error" | "connection_error":
                raise exc.ServerError(
                    _reason(message, "The subscription failed."),
                    operation=self._operation.spec.server_field,
                )
            case "complete":
                self.done = True
            case _:
                pass  # keep-alive
        return []

    def refused(self, reason: str) -> exc.APIError:
        """The exception for a refused connection."""
        return exc.PermissionDeniedError(
            f"The server refused the subscription{f' ({reason})' if reason else ''}.",
            operation=self._operation.spec.server_field,
            permissions=("manage:system",),
            hint="It takes a login token, not older than its lifetime, of a user with manage:system.",
        )

    def lost(self, code: int | None) -> exc.WikiJSException:
        """The exception for a connection that ended by itself."""
        if code == _CLOSED_AS_UNAUTHORIZED:
            return self.refused("")
        return exc.TransportError("The connection of the subscription was lost.", operation=self._operation.name)

    def _read(self, text: str | bytes) -> dict[str, Any]:
        try:
            message: Any = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or "type" not in message:
            raise exc.ServerError(
                "The server sent something that is no subscription message.",
                operation=self._operation.spec.server_field,
            )
        return cast("dict[str, Any]", message)


def _reason(message: dict[str, Any], otherwise: str) -> str:
    payload: Any = message.get("payload")
    known = cast("dict[str, Any]", payload).get("message") if isinstance(payload, dict) else None
    return clean(str(known or otherwise))


def _connection(settings: Settings) -> tuple[str, dict[str, Any]]:
    address = "ws" + settings.url.removeprefix("http") + PATH
    options: dict[str, Any] = {
        "subprotocols": [SUBPROTOCOL],
        "additional_headers": dict(settings.headers),
        "user_agent_header": settings.user_agent,
        "open_timeout": settings.timeout,
        # Lines that nobody reads any more can keep the server's goodbye from arriving; it is not worth waiting for.
        "close_timeout": 1.0,
        "max_size": settings.max_response_bytes,
        "logger": _frames,
    }
    if settings.proxy is not None:
        options["proxy"] = settings.proxy
    if address.startswith("wss:"):
        options["ssl"] = _ssl_context(settings.verify_ssl)
    return address, options


def _ssl_context(verify: bool | ssl.SSLContext) -> ssl.SSLContext:
    if isinstance(verify, ssl.SSLContext):
        return verify
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _check_host(request: Request | None, settings: Settings) -> None:
    """Refuse to send the token where a redirect has led."""
    host = request.headers.get("Host", "") if request else ""
    if host != settings.host:
        raise exc.EndpointError(
            f"The server redirects subscriptions to {clean(host) or 'another host'}.",
            hint="Use the address it redirects to as the wiki's URL.",
        )


def _unreachable(error: Exception, settings: Settings) -> exc.TransportError:
    reason = str(error) or type(error).__name__
    return exc.TransportError(f"No subscription connection to {settings.url}: {clean(reason)}.", sent=False)


def subscribe(operation: Operation[T], settings: Settings, credentials: Callable[[], Token | None]) -> Iterator[T]:
    """Yield the values of a subscription until the server ends it; closing the iterator closes the connection."""
    from websockets.exceptions import ConnectionClosed, WebSocketException
    from websockets.sync.client import ClientConnection, connect

    conversation = Conversation(operation, credentials())
    address, options = _connection(settings)
    try:
        socket = cast("ClientConnection", connect(address, **options))
    except (OSError, WebSocketException) as error:
        raise _unreachable(error, settings) from None
    with socket:
        try:
            _check_host(socket.request, settings)
            socket.send(conversation.opening)
            conversation.acknowledge(socket.recv(timeout=settings.timeout))
            socket.send(conversation.start)
            while not conversation.done:
                yield from conversation.receive(socket.recv())
        except TimeoutError:
            raise exc.TimeoutError("The server did not acknowledge the subscription in time.") from None
        except ConnectionClosed as error:
            raise conversation.lost(error.rcvd.code if error.rcvd else None) from None


async def subscribe_async(
    operation: Operation[T], settings: Settings, credentials: Callable[[], Awaitable[Token | None]]
) -> AsyncIterator[T]:
    """Yield the values of a subscription until the server ends it; closing the iterator closes the connection."""
    import asyncio

    from websockets.asyncio.client import ClientConnection, connect
    from websockets.exceptions import ConnectionClosed, WebSocketException

    conversation = Conversation(operation, await credentials())
    address, options = _connection(settings)
    try:
        socket: ClientConnection = await connect(address, **options)
    except (OSError, WebSocketException) as error:
        raise _unreachable(error, settings) from None
    async with socket:
        try:
            _check_host(socket.request, settings)
            await socket.send(conversation.opening)
            async with asyncio.timeout(settings.timeout):
                acknowledgement = await socket.recv()
            conversation.acknowledge(acknowledgement)
            await socket.send(conversation.start)
            while not conversation.done:
                for value in conversation.receive(await socket.recv()):
                    yield value
        except TimeoutError:
            raise exc.TimeoutError("The server did not acknowledge the subscription in time.") from None
        except ConnectionClosed as error:
            raise conversation.lost(error.rcvd.code if error.rcvd else None) from None
