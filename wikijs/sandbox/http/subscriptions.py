"""`/graphql-subscriptions`: the log as it is written, over the old `graphql-ws` protocol.

Only the token of a user with `manage:system` is let in: no API key, and nothing that has expired. Queries may be sent
over the socket, too, but the server has no caller to go with them, so whatever asks for a permission fails.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import graphql
from graphql import ExecutionResult, GraphQLError, GraphQLSyntaxError, OperationType, parse, validate
from starlette.websockets import WebSocket, WebSocketDisconnect

from ..accounts.permissions import ALL
from ..accounts.tokens import verified
from ..graphql.errors import graphql_js
from ..graphql.requests import operation_of
from ..graphql.schema import executable_schema
from .body import complaint
from .messages import Request, as_object

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLSchema

    from ..storage.journal import Line
    from ..wiki import Wiki

PROTOCOLS = {"graphql-ws", "graphql-subscriptions"}
PROTOCOL_ERROR = 1002
REFUSED = 1011
LIVE_TRAIL = "loggingLiveTrail"

Message = dict[str, Any]


class Conversation:
    """One connection."""

    def __init__(self, sandbox: Wiki, socket: WebSocket) -> None:
        self._sandbox = sandbox
        self._socket = socket
        self._running: dict[str, asyncio.Task[None]] = {}
        self._early: list[Message] = []
        """Messages that came before the connection was initialised; they wait for that."""
        self._is_open = False

    async def hold(self) -> None:
        """Talk until one of the two leaves."""
        offered: list[str] = self._socket.scope["subprotocols"]
        await self._socket.accept(offered[0] if offered else None)
        if not offered or offered[0] not in PROTOCOLS:
            await self._socket.close(PROTOCOL_ERROR)
            return
        async with AsyncExitStack() as leaving:
            leaving.push_async_callback(self._stop_all)
            try:
                while await self._answer(await self._socket.receive_text()):
                    pass
            except WebSocketDisconnect:
                return

    async def _answer(self, text: str) -> bool:
        """React to one message; whether to go on."""
        try:
            message = as_object(json.loads(text)) or {}
        except json.JSONDecodeError as error:
            await self._send("connection_error", None, {"message": complaint(text, error)})
            return True
        kind = message.get("type")
        if kind == "connection_init":
            return await self._open(message)
        if kind == "connection_terminate":
            await self._socket.close()
            return False
        if not self._is_open:
            self._early.append(message)
        else:
            await self._act(message)
        return True

    async def _open(self, message: Message) -> bool:
        if not self._admits(as_object(message.get("payload")) or {}):
            await self._socket.send_json({"type": "connection_error", "payload": {"message": "Unauthorized"}})
            await self._socket.close(REFUSED)
            return False
        await self._socket.send_json({"type": "connection_ack"})
        self._is_open = True
        while self._early:
            await self._act(self._early.pop(0))
        return True

    def _admits(self, payload: Message) -> bool:
        """Whether the token in the payload, or else in the cookie, is an administrator's and has not expired."""
        if not self._sandbox.since("2.5.312"):
            return True  # anyone could listen
        cookie = Request("GET", "/", headers=dict(self._socket.headers)).cookies().get("jwt")
        token = payload.get("token") or cookie
        claims = verified(self._sandbox, token) if isinstance(token, str) else None
        return claims is not None and self._sandbox.clock() < claims["exp"] and ALL in claims.get("permissions", ())

    async def _act(self, message: Message) -> None:
        kind, key = message.get("type"), message.get("id")
        if kind == "start":
            await self._start(key, message)
        elif kind == "stop":
            await self._stop(key)
        else:
            answer: Message = {"type": "error", "payload": {"message": "Invalid message type!"}}
            await self._socket.send_json(answer if key is None else {"type": "error", "id": key} | answer)

    async def _start(self, key: Any, message: Message) -> None:
        await self._stop(key)
        payload = as_object(message.get("payload"))
        if payload is None:
            await self._fail(key, "Cannot read properties of undefined (reading 'query')")
            return
        query = payload.get("query")
        if not isinstance(query, str):
            await self._fail(key, "Must provide document.")
            return
        try:
            document = parse(query)
        except GraphQLSyntaxError as error:
            await self._fail(key, graphql_js(error.message))
            return
        errors = validate(executable_schema(self._sandbox.version), document)
        if errors:
            await self._finish(key, {"errors": [shown(error) for error in errors]})
            return
        operation = operation_of(document, payload.get("operationName"))
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            await self._finish(key, self._executed(document, payload, None))
            return
        watching = asyncio.Event()
        self._running[key] = asyncio.create_task(self._follow(key, document, payload, watching))
        await watching.wait()

    async def _follow(self, key: str, document: DocumentNode, payload: Message, watching: asyncio.Event) -> None:
        """Send what a subscription wants to know of each line of the log."""
        lines: asyncio.Queue[Line] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        with self._sandbox.journal.watched(lambda line: loop.call_soon_threadsafe(lines.put_nowait, line)):
            watching.set()
            while True:
                line = await lines.get()
                event = {"level": line.level, "output": line.output, "timestamp": line.timestamp}
                await self._send("data", key, self._executed(document, payload, {LIVE_TRAIL: event}))

    def _executed(self, document: DocumentNode, payload: Message, event: Message | None) -> Message:
        return executed(executable_schema(self._sandbox.version), document, payload, event)

    async def _stop(self, key: Any) -> None:
        task = self._running.pop(key, None)
        if task is not None:
            await cancelled(task)
            await self._send("complete", key, None)

    async def _stop_all(self) -> None:
        for task in self._running.values():
            await cancelled(task)

    async def _fail(self, key: Any, text: str) -> None:
        await self._send("error", key, {"message": text})

    async def _finish(self, key: Any, result: Message) -> None:
        await self._send("data", key, result)
        await self._send("complete", key, None)

    async def _send(self, kind: str, key: Any, payload: Any) -> None:
        await self._socket.send_json({"type": kind, "id": key, "payload": payload})


async def cancelled(task: asyncio.Task[None]) -> None:
    """End a task."""
    task.cancel()
    await asyncio.wait([task])


def executed(schema: GraphQLSchema, document: DocumentNode, payload: Message, event: Message | None) -> Message:
    """The result of an operation about one event; of a query, about nothing."""
    result = graphql.execute(  # pyright: ignore[reportUnknownMemberType]  # its `middleware` is loosely typed
        schema,
        document,
        event or {},
        None,
        as_object(payload.get("variables")),
        payload.get("operationName"),
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("a resolver that waits was reached without a caller")
    errors = [shown(error) for error in result.errors or ()]
    return {"errors": errors, "data": result.data} if errors else {"data": result.data}


def shown(error: GraphQLError) -> Message:
    """An error as this endpoint writes it: without what Apollo adds."""
    looked_at_caller = error.original_error is not None
    text = "Cannot read properties of undefined (reading 'user')" if looked_at_caller else graphql_js(error.message)
    entry: Message = {"message": text}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    return entry | {"extensions": {"code": "INTERNAL_SERVER_ERROR"}}
