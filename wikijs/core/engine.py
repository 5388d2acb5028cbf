"""The request flow: from an operation to its result, the same for sync and async.

Everything that happens around a request (credentials, parsing, logging) happens here, in this order, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic_core import to_json

from wikijs.exceptions import (
    ApiKeyRevokedError,
    OutcomeUnknownError,
    QueryError,
    UnsupportedByServerError,
    ValidationError,
    WikiJSException,
)

from . import batching, replies
from .batching import BatchMode
from .documents import older_servers
from .documents.nonces import fresh
from .flow import PAGE_WRITES as PAGE_WRITE_LOCK
from .flow import Flow, Reply, Send, blocking, exclusively, gather
from .operations import Operation, OperationKind, encoded
from .outcomes import ProgramEndedError, is_answer, is_lost
from .transport.requests import Requests, post
from .values.locales import Locales

if TYPE_CHECKING:
    from .collaborators import CacheChoice, Credentials, Policy, Reads, Running

T = TypeVar("T")
EVERYTHING: Final = "*"
"""Tag of every cached answer."""
BATCH_SIZE: Final = 50
"""Operations in one request at most: larger ones delay everybody else on a server with one event loop."""
IN_FLIGHT: Final = 4
"""Requests of one batch under way at once."""
DEFAULT_MODE: Final[BatchMode] = "alias"

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
LOCALE_WRITE: Final = "localization.updateLocale"


class Engine(Requests):
    """Flows of one client. Holds no connection: the drivers in `wikijs.core.transport.blocking` run them."""

    def __init__(
        self,
        auth: Credentials,
        url: str,
        policy: Policy,
        cache: Reads | None = None,
        ask_version: Callable[[], Operation[Any]] | None = None,
        locales: Locales | None = None,
    ) -> None:
        super().__init__(auth, url, policy, ask_version)
        self.cache = cache
        self.locales = locales or Locales()
        self.locales.attach(self.execute_unlocked)

    def execute(self, operation: Operation[T], cache: CacheChoice = True) -> Flow[T]:
        """Send one operation with the client's credentials and return its leaf. Page writes wait for each other.

        Args:
            operation: What to do.
            cache: Of a client with a cache: False to read past it, a number for another time to live in seconds.
        """
        _check_operation(operation)
        if operation.spec.server_field in PAGE_WRITES:
            return (yield from self.writing_pages(self.execute_unlocked(operation)))
        if self.cache is None or operation.spec.kind != "query":
            return (yield from self.execute_unlocked(operation))
        token = yield from self.credentials()
        return (yield from self.cache.read(operation, token, lambda: self._fetch(operation), cache))

    def writing_pages(self, flow: Flow[T]) -> Flow[T]:
        """Run a flow while nobody else in this process writes a page of this wiki: the server would mix them up.

        Where the caller stops waiting, the lock is kept until the write that was sent is answered. What was read
        meanwhile may be stored as it was before that write, so all of it is dropped then.
        """
        return exclusively(PAGE_WRITE_LOCK, flow, None if self.cache is None else self.cache.clear)

    def execute_unlocked(self, operation: Operation[T]) -> Flow[T]:
        """The same past the cache and for a flow of `writing_pages`, which reads before it writes."""
        if operation.spec.kind != "mutation":
            return (yield from self._send_unsettled(operation))
        return (yield from self._dropping(operation, self._settled(operation)))

    def settle_unlocked(self, operation: Operation[T]) -> Flow[T]:
        """Do a write that a program has perhaps sent before it was ended: find out first, and send it if need be."""
        lost = ProgramEndedError("The program that sent it was ended before the answer came.", sent=True)
        return (yield from self._dropping(operation, self._settle(operation, lost, operation.before)))

    def _dropping(self, operation: Operation[Any], write: Flow[T]) -> Flow[T]:
        if operation.spec.server_field == LOCALE_WRITE:
            write = self._forgetting_locales(write)
        return write if self.cache is None else self.cache.drop_after([operation], write)

    def _forgetting_locales(self, write: Flow[T]) -> Flow[T]:
        try:
            return (yield from write)
        finally:
            self.locales.forget()

    def _fetch(self, operation: Operation[T]) -> Flow[tuple[T, bytes]]:
        """The leaf and the JSON of an answer, after as many attempts as the policy makes."""
        spec = operation.spec

        def attempt(running: Running | None = None) -> Flow[tuple[T, bytes]]:
            token = yield from self.credentials()
            return (yield from self._attempt(operation, token, running))

        try:
            return (yield from self._fetched(operation, attempt, self.purpose))
        except UnsupportedByServerError as error:
            raise older_servers.unsupported(error, spec, (yield from self._server_version())) from None
        except ApiKeyRevokedError:
            if self.cache is not None:  # what the key could read is no longer for its holder
                yield from blocking(self.cache.clear)
            raise

    def _send_unsettled(self, operation: Operation[T]) -> Flow[T]:
        return (yield from self._fetch(operation))[0]

    def _settled(self, operation: Operation[T]) -> Flow[T]:
        """Run a write; where its outcome is unknown, find it out."""
        field, before = operation.spec.server_field, operation.before
        readable = self.policy.can_read(field) and not operation.spec.custom
        if readable and before is None:
            before = yield from self.policy.prepare(operation, self.execute_unlocked)
        try:
            return (yield from self._send_unsettled(operation))
        except WikiJSException as error:
            if not is_lost(error, field) or (is_answer(error) and not readable):
                raise
            lost = error
        return (yield from self._settle(operation, lost, before))

    def _settle(self, operation: Operation[T], lost: WikiJSException, before: Any) -> Flow[T]:
        engine = copy(self)
        engine.purpose = "settle"
        return self.policy.settle(
            operation, lost, execute=engine.execute_unlocked, send=engine._send_unsettled, before=before
        )

    def batch(
        self,
        operations: Sequence[Operation[Any]],
        *,
        mode: BatchMode | None = None,
        size: int = BATCH_SIZE,
        cache: bool = True,
    ) -> Flow[list[Any]]:
        """Execute operations in as few requests as possible; each one's leaf or exception, in their order.

        Queries travel in requests of `size` operations, a few at a time; mutations one request after the other, since
        the server is not made for writes side by side.
        """
        for operation in operations:
            _check_operation(operation)
        chunks = [operations[start : start + size] for start in range(0, len(operations), size)]
        writes = any(operation.spec.kind == "mutation" for operation in operations)
        outcomes = yield from gather([self._batch(chunk, mode, cache) for chunk in chunks], 1 if writes else IN_FLIGHT)
        return [
            outcome
            for chunk, answer in zip(chunks, outcomes, strict=True)
            for outcome in ([answer] * len(chunk) if isinstance(answer, Exception) else answer)
        ]

    def _batch(self, operations: Sequence[Operation[Any]], mode: BatchMode | None, cache: bool) -> Flow[list[Any]]:
        if len(operations) == 1:
            return (yield from gather([self.execute(operations[0], cache)], 1))
        if operations[0].spec.kind == "mutation":
            return (yield from self._write_batch(operations))
        if self.cache is None or not cache:
            return (yield from self._send_batch(operations, mode or DEFAULT_MODE))
        token = yield from self.credentials()
        found: list[Any] = yield from gather([self.cache.look_up(operation, token) for operation in operations], 1)
        missing = [operation for operation, leaf in zip(operations, found, strict=True) if leaf is None]
        if missing:
            begun = yield from self.cache.begin()
            contents: list[bytes] = []
            fetched = yield from self._send_batch(missing, mode or DEFAULT_MODE, contents)
            for operation, leaf, content in zip(missing, fetched, contents, strict=True):
                if not isinstance(leaf, Exception):
                    yield from self.cache.keep(operation, token, leaf, content, begun)
            rest = iter(fetched)
            found = [next(rest) if leaf is None else leaf for leaf in found]
        return found

    def _write_batch(self, operations: Sequence[Operation[Any]]) -> Flow[list[Any]]:
        # Entries of an array run side by side on the server; aliases of a mutation run one after the other.
        flow = self._send_batch(operations, "alias")
        if any(operation.spec.server_field == LOCALE_WRITE for operation in operations):
            flow = self._forgetting_locales(flow)
        if self.cache is not None:
            flow = self.cache.drop_after(operations, flow)
        if any(operation.spec.server_field in PAGE_WRITES for operation in operations):
            flow = self.writing_pages(flow)
        try:
            return (yield from flow)
        except WikiJSException as error:
            if not is_lost(error, "batch"):
                raise
            raise OutcomeUnknownError(
                f"It cannot be told which of {len(operations)} writes took place: {error.message}",
                operation="batch",
                hint="Look at the wiki before you repeat them.",
            ) from error

    def _send_batch(
        self, operations: Sequence[Operation[Any]], mode: BatchMode, contents: list[bytes] | None = None
    ) -> Flow[list[Any]]:
        """Each operation's leaf or exception; `contents` receives each one's JSON, for the cache."""
        fitted = [self.server.fit(operation) for operation in operations]
        if mode == "alias" and self.server.keeps_apart(fitted):
            mode = "array"
        kind = operations[0].spec.kind
        answered: list[list[Any]] = []

        def attempt(running: Running | None = None) -> Flow[list[Any]]:
            token = yield from self.credentials()
            request = post(*batching.body(fitted, mode), kind)
            reply = self.server.complete((yield from self._send(request, token, "batch", running)))
            if contents is None:
                return batching.split(fitted, reply, mode)
            parts = batching.parts(fitted, reply, mode)
            contents[:] = [to_json(part) for part in parts]
            pairs = zip(fitted, parts, strict=True)
            answered[:] = [[batching.outcome(operation, part, reply.status_code) for operation, part in pairs]]
            return answered[0]

        try:
            outcomes = yield from self._surrounded("batch", kind, attempt, operations)
        except QueryError as error:
            if not any(older_servers.is_about_schema(item["message"]) for item in error.errors):
                raise
            refused = error
        else:
            if contents is not None and not (answered and outcomes is answered[0]):
                contents[:] = [b""] * len(operations)  # a plugin answered: the cache keeps nothing of it
            return (yield from self._with_refused_alone(operations, outcomes, contents))
        # An older server has refused the batch as a whole, and done nothing of it.
        self.server.learn(refused)
        fits = [self.server.fit(operation) for operation in operations]
        if any(now.spec.document != then.spec.document for now, then in zip(fits, fitted, strict=True)):
            return (yield from self._send_batch(operations, mode, contents))
        if mode == "alias" and operations[0].spec.kind == "query" and len({each.name for each in operations}) > 1:
            # As entries of an array each has an answer of its own.
            return (yield from self._send_batch(operations, "array", contents))
        version = yield from self._server_version()
        raise older_servers.unsupported(refused, operations[0].spec, version) from None

    def _with_refused_alone(
        self, operations: Sequence[Operation[Any]], outcomes: list[Any], contents: list[bytes] | None
    ) -> Flow[list[Any]]:
        """The outcomes of a batch, after those that an older server refused were sent again, each as it can have it."""
        for index, (operation, outcome) in enumerate(zip(operations, outcomes, strict=True)):
            if isinstance(outcome, UnsupportedByServerError):
                [again] = yield from gather([self._fetch(operation)], 1)
                if isinstance(again, Exception):
                    outcomes[index] = again
                else:
                    outcomes[index], content = again
                    if contents is not None:
                        contents[index] = content
        return outcomes

    def graphql(
        self, document: str, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> Flow[dict[str, Any]]:
        """Send a document as it is and return its `data`.

        Raises:
            APIError: The answer has errors; `data` of the exception holds what came with them.
            ValidationError: An argument is of another type than it must be; nothing was sent.
        """
        from .documents.marks import with_nonce, writes
        from .scalars import as_sent

        _check_request(document, variables, operation_name)

        request: dict[str, Any] = {"query": document, "variables": as_sent(variables or {})}
        if operation_name is not None:
            request["operationName"] = operation_name
        encoded(request, "graphql")  # before anything is asked or counted
        kind: OperationKind = "mutation" if writes(document, operation_name) else "query"

        def attempt(running: Running | None = None) -> Flow[dict[str, Any]]:
            token = yield from self.credentials()
            nonce = fresh(kind)
            known = with_nonce(document, operation_name, nonce)
            content = encoded(request if known is None else {**request, "query": known}, "graphql")
            sent = post(content, () if known is None else (nonce,), kind)
            reply = yield from self._send(sent, token, "graphql", running)
            body = replies.payload(reply, operation_name)
            data: dict[str, Any] | None = body.get("data")
            if data is not None:
                data.pop(nonce, None)
            if body.get("errors"):
                replies.raise_errors(body["errors"], operation=operation_name, status=reply.status_code, data=data)
            return data or {}

        flow = self._surrounded("graphql", kind, attempt)
        if self.cache is not None and kind == "mutation":
            flow = self.cache.drop_tags_after({EVERYTHING}, flow)
        return (yield from flow)

    def request(self, request: Send, name: str) -> Flow[Reply]:
        """Send a request that is not GraphQL, such as an upload, with the client's credentials.

        Uploads ignore cookies, and one with an expired API key is never answered: the token is checked before. It is
        sent again only when it did not reach the server: a download has other ways to go on where it broke off.
        """

        def attempt(running: Running | None = None) -> Flow[Reply]:
            token = yield from self.credentials()
            return (yield from self._send(request, token, name, running))

        reads = request.method == "GET" or name == "schema"
        flow = self._surrounded(name, "mutation", attempt, shown_as="query" if reads else "mutation")
        if self.cache is not None and request.method == "POST":
            flow = self.cache.drop_tags_after({"assets"}, flow)
        return (yield from flow)

    def read(self, request: Send, name: str, accept: Callable[[Reply], T]) -> Flow[T]:
        """Send a request that reads something and is no GraphQL, with the client's credentials; again as queries are.

        Args:
            request: The request.
            name: What to call it.
            accept: Makes the result of an answer, or raises what is wrong with it.
        """

        def attempt(running: Running | None = None) -> Flow[T]:
            token = yield from self.credentials()
            return accept((yield from self._send(request, token, name, running)))

        return (yield from self._surrounded(name, "query", attempt))


def _check_operation(value: object) -> None:
    """Refuse what is no operation, such as its name or the function that makes it."""
    if not isinstance(value, Operation):
        hint = "Give what a function of wikijs.ops returns."
        if isinstance(value, str) and "{" in value:
            hint = "A document of your own is sent with graphql()."
        raise ValidationError(f"An operation is needed, not a {type(value).__name__}.", hint=hint)


def _check_request(document: object, variables: object, operation_name: object) -> None:
    wrong = [
        f"{name} must be {wanted}, not {type(value).__name__}"
        for name, wanted, value, types in (
            ("document", "a text", document, str),
            ("variables", "a dictionary", variables, (Mapping, type(None))),
            ("operation_name", "a text", operation_name, str | None),
        )
        if not isinstance(value, types)
    ]
    if wrong:
        raise ValidationError(f"{'; '.join(wrong)}.", operation="graphql")
