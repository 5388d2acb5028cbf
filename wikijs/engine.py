"""The request flow: from an operation to its result, the same for sync and async.

Everything that happens around a request (credentials, parsing, logging) happens here, in this order, once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final, TypeVar

from . import batching, replies
from .auth import Auth
from .batching import BatchMode
from .exceptions import APIError, TransportError, WikiJSException
from .flow import Flow, Reply, Send, exclusively, gather, send
from .middleware.events import Finished
from .middleware.policy import Policy, is_lost
from .middleware.settlement import settle
from .middleware.settling import PREPARED, READERS
from .operations import Operation, OperationKind
from .tokens import Token

T = TypeVar("T")

GRAPHQL_PATH: Final = "/graphql"
BATCH_SIZE: Final = 50
"""Operations in one request at most: larger ones delay everybody else on a server with one event loop."""
IN_FLIGHT: Final = 4
"""Requests of one batch under way at once."""
DEFAULT_MODE: Final[BatchMode] = "alias"
# Exactly this value: with a charset behind it the server renews tokens by cookie instead of by header.
HEADERS: Final = {"content-type": replies.JSON, "accept": replies.JSON}

_TOKEN_COOKIE: Final = re.compile(r"(?:^|,\s*)jwt=([\w.-]+)")


PAGE_WRITES: Final = frozenset(
    f"pages.{name}"
    for name in (
        "create",
        "update",
        "move",
        "delete",
        "restore",
        "convert",
        "render",
        "migrateToLocale",
        "rebuildTree",
        "updateTag",
        "deleteTag",
    )
)
"""Operations that must not run side by side: the server then doubles pages, loses tags and breaks its page tree."""


class Engine:
    """Flows of one client. Holds no connection: the drivers in `wikijs.transport` run them."""

    PAGE_WRITE_LOCK: ClassVar = "page-writes"
    """Name of the lock that a client holds while it writes a page."""

    def __init__(self, auth: Auth, url: str = "", policy: Policy | None = None) -> None:
        self.auth = auth
        self.url = url
        self.policy = policy or Policy()

    def credentials(self) -> Flow[Token | None]:
        """The token to send next; logs in first where that is needed."""
        return (yield from self.auth.flow(self._execute_as_guest))

    def execute(self, operation: Operation[T]) -> Flow[T]:
        """Send one operation with the client's credentials and return its leaf. Page writes wait for each other."""
        flow = self.execute_unlocked(operation)
        if operation.spec.server_field in PAGE_WRITES:
            flow = exclusively(self.PAGE_WRITE_LOCK, flow)
        return (yield from flow)

    def execute_unlocked(self, operation: Operation[T]) -> Flow[T]:
        """The same for a flow that holds `PAGE_WRITE_LOCK` already, because it reads before it writes."""
        spec = operation.spec

        def attempt() -> Flow[T]:
            token = yield from self.credentials()
            return (yield from self._attempt(operation, token))

        flow = self.policy.attempts(spec.server_field, spec.kind, attempt)
        return (yield from (self._settled(operation, flow) if spec.kind == "mutation" else flow))

    def _settled(self, operation: Operation[T], flow: Flow[T]) -> Flow[T]:
        """Run a write; where its outcome is unknown, find it out."""
        field, before = operation.spec.server_field, operation.before
        if before is None and field in PREPARED:
            before = yield from PREPARED[field](self.execute_unlocked)
        try:
            return (yield from flow)
        except WikiJSException as error:
            if not is_lost(error, field) or (
                isinstance(error, APIError) and field not in READERS and error.status < 500
            ):
                raise
            lost = error

        def send_again() -> Flow[T]:
            token = yield from self.credentials()
            return (yield from self._attempt(operation, token))

        return (
            yield from settle(
                operation,
                lost,
                execute=self.execute_unlocked,
                send_again=send_again,
                before=before,
                events=self.policy.events,
                waits=self.policy.settle_waits,
            )
        )

    def batch(
        self, operations: Sequence[Operation[Any]], *, mode: BatchMode | None = None, size: int = BATCH_SIZE
    ) -> Flow[list[Any]]:
        """Execute operations in as few requests as possible; each one's leaf or exception, in their order.

        Queries travel in requests of `size` operations, a few at a time; mutations one request after the other, since
        the server is not made for writes side by side.
        """
        chunks = [operations[start : start + size] for start in range(0, len(operations), size)]
        writes = any(operation.spec.kind == "mutation" for operation in operations)
        outcomes = yield from gather([self._batch(chunk, mode) for chunk in chunks], 1 if writes else IN_FLIGHT)
        return [
            outcome
            for chunk, answer in zip(chunks, outcomes, strict=True)
            for outcome in ([answer] * len(chunk) if isinstance(answer, Exception) else answer)
        ]

    def _batch(self, operations: Sequence[Operation[Any]], mode: BatchMode | None) -> Flow[list[Any]]:
        writes = operations[0].spec.kind == "mutation"
        if len(operations) == 1:
            return (yield from gather([self.execute(operations[0])], 1))
        # Entries of an array run side by side on the server; aliases of a mutation run one after the other.
        flow = self._send_batch(operations, "alias" if writes else mode or DEFAULT_MODE)
        if any(operation.spec.server_field in PAGE_WRITES for operation in operations):
            flow = exclusively(self.PAGE_WRITE_LOCK, flow)
        return (yield from flow)

    def _send_batch(self, operations: Sequence[Operation[Any]], mode: BatchMode) -> Flow[list[Any]]:
        content = batching.body(operations, mode)

        def attempt() -> Flow[list[Any]]:
            token = yield from self.credentials()
            reply = yield from self._post(content, token, "batch")
            return batching.split(operations, reply, mode)

        return (yield from self.policy.attempts("batch", operations[0].spec.kind, attempt))

    def graphql(
        self, document: str, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> Flow[dict[str, Any]]:
        """Send a document as it is and return its `data`.

        Raises:
            APIError: The answer has errors; `data` of the exception holds what came with them.
        """
        from pydantic_core import to_json

        request: dict[str, Any] = {"query": document, "variables": dict(variables or {})}
        if operation_name is not None:
            request["operationName"] = operation_name
        content = to_json(request, by_alias=True)

        def attempt() -> Flow[dict[str, Any]]:
            token = yield from self.credentials()
            reply = yield from self._post(content, token, "graphql")
            body = replies.payload(reply, operation_name)
            if body.get("errors"):
                replies.raise_errors(
                    body["errors"], operation=operation_name, status=reply.status_code, data=body.get("data")
                )
            data: dict[str, Any] = body.get("data") or {}
            return data

        # What cannot be told for a query at a glance is treated as a write: repeated only when it was not sent.
        kind: OperationKind = "mutation" if "mutation" in document else "query"
        return (yield from self.policy.attempts("graphql", kind, attempt))

    def request(self, request: Send, name: str) -> Flow[Reply]:
        """Send a request that is not GraphQL, such as an upload, with the client's credentials.

        Uploads ignore cookies, and one with an expired API key is never answered: the token is checked before. It is
        sent again only when it did not reach the server: a download has other ways to go on where it broke off.
        """

        def attempt() -> Flow[Reply]:
            token = yield from self.credentials()
            return (yield from self._send(request, token, name))

        return (yield from self.policy.attempts(name, "mutation", attempt))

    def _execute_as_guest(self, operation: Operation[T]) -> Flow[T]:
        spec = operation.spec
        return (yield from self.policy.attempts(spec.server_field, spec.kind, lambda: self._attempt(operation, None)))

    def _attempt(self, operation: Operation[T], token: Token | None) -> Flow[T]:
        reply = yield from self._post(operation.body(), token, operation.spec.server_field)
        return replies.parse(operation.spec, reply)

    def _post(self, body: bytes, token: Token | None, name: str) -> Flow[Reply]:
        return self._send(Send(GRAPHQL_PATH, body, HEADERS), token, name)

    def _send(self, request: Send, token: Token | None, name: str) -> Flow[Reply]:
        if token is not None:
            request = replace(request, headers={**request.headers, "authorization": f"Bearer {token.value}"})
        started = self.policy.clock()
        try:
            reply = yield from send(request)
        except TransportError:
            self.policy.events.emit(Finished(name, self.policy.clock() - started, None))
            raise
        self.policy.events.emit(Finished(name, self.policy.clock() - started, reply.status_code, len(reply.content)))
        renewed = _renewed_token(reply)
        if renewed:
            self.auth.adopt(renewed)
        return reply


def _renewed_token(reply: Reply) -> str | None:
    """The login token that the server renewed: in a header, or in a cookie when the request was not JSON."""
    cookie = _TOKEN_COOKIE.search(reply.headers.get("set-cookie", ""))
    return reply.headers.get("new-jwt") or (cookie[1] if cookie else None)
