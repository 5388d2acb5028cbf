"""Requests as they go out: with credentials, through the plugins, again as the policy says, and their answers.

What a call is, which answers are kept and which writes wait for each other is said in `wikijs.core.engine`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from wikijs.core import replies
from wikijs.core.documents import older_servers
from wikijs.core.documents.nonces import fresh
from wikijs.core.events import Finished
from wikijs.core.flow import Flow, Reply, Send, send
from wikijs.core.operations import Operation, OperationKind
from wikijs.core.tokens import Token
from wikijs.core.values.patterns import LazyPattern
from wikijs.exceptions import APIError, TransportError, UnsupportedByServerError

if TYPE_CHECKING:
    from wikijs.core.collaborators import Chain, Credentials, Policy, Purpose, Running

T = TypeVar("T")
log = logging.getLogger("wikijs")
Attempts: TypeAlias = "Callable[..., Flow[T]]"

GRAPHQL_PATH: Final = "/graphql"
# Exactly this value: with a charset behind it the server renews tokens by cookie instead of by header.
HEADERS: Final = {"content-type": replies.JSON, "accept": replies.JSON}

_TOKEN_COOKIE: Final = LazyPattern(r"(?:^|,\s*)jwt=([\w.-]+)")


class Requests:
    """Requests of one client. Holds no connection: the drivers run the flows.

    Args:
        auth: Supplies the token of each request.
        url: Of the wiki.
        policy: Says what is sent again, when, and how fast.
        ask_version: The operation that tells the server's release; None to never ask.
    """

    def __init__(
        self, auth: Credentials, url: str, policy: Policy, ask_version: Callable[[], Operation[Any]] | None = None
    ) -> None:
        self.auth = auth
        self.url = url
        self.policy = policy
        self.server = older_servers.OlderServer()
        self._ask_version = ask_version
        self.chain: Chain | None = None
        """The plugins; None while there are none, which costs nothing."""
        self.purpose: Purpose = "call"

    def credentials(self) -> Flow[Token | None]:
        """The token to send next; logs in first where that is needed."""
        return (yield from self.auth.flow(self.execute_as_guest))

    def execute_as_guest(self, operation: Operation[T]) -> Flow[T]:
        """Send one operation without credentials: what a login needs."""

        def attempt(running: Running | None = None) -> Flow[tuple[T, bytes]]:
            return self._attempt(operation, None, running)

        return (yield from self._fetched(operation, attempt, "login"))[0]

    def _attempt(
        self, operation: Operation[T], token: Token | None, running: Running | None = None
    ) -> Flow[tuple[T, bytes]]:
        fitted = self.server.fit(operation)
        name, kind = operation.spec.server_field, operation.spec.kind
        nonce = fresh(kind)
        request = post(fitted.body(nonce), (nonce,), kind)
        reply = self.server.complete((yield from self._send(request, token, name, running)))
        try:
            return replies.parse(fitted.spec, reply), reply.content
        except UnsupportedByServerError as error:
            # The document was refused as a whole, before anything of it was done.
            self.server.learn(error)
            if self.server.fit(operation).spec.document == fitted.spec.document:
                raise
        return (yield from self._attempt(operation, token, running))

    def _send(self, request: Send, token: Token | None, name: str, running: Running | None) -> Flow[Reply]:
        if running is None:
            return self.exchange(request, token, name)
        return running.attempt(request, lambda changed: self.exchange(changed, token, name))

    def exchange(self, request: Send, token: Token | None, name: str) -> Flow[Reply]:
        """Send one request as it is: no retry, no limit, no plugin."""
        if token is not None:
            request = request.with_headers(self.auth.carry(token, request.headers, request.path))
        started = self.policy.clock()
        try:
            reply = yield from send(request)
        except TransportError:
            self.policy.events.emit(Finished(name, self.policy.clock() - started, None))
            raise
        self.policy.events.emit(Finished(name, self.policy.clock() - started, reply.status_code, len(reply.content)))
        renewed = _renewed_token(reply)
        if renewed:
            self._adopt(renewed)
        return reply

    def _adopt(self, renewed: str) -> None:
        """Take a renewed token over. What was asked for is answered by now: no trouble with the token may hide that."""
        try:
            self.auth.adopt(renewed)
        except Exception as error:
            log.warning("The renewed login token could not be stored (%s).", type(error).__name__)

    def _fetched(
        self, operation: Operation[T], attempt: Attempts[tuple[T, bytes]], purpose: Purpose
    ) -> Flow[tuple[T, bytes]]:
        """Make attempts at one operation, with the plugins around them."""
        spec = operation.spec
        name, kind = spec.server_field, spec.kind
        if self.chain is None:
            return self.policy.attempts(name, kind, attempt, spec.rate_limit)
        return self.chain.fetch(
            self,
            self.chain.call(self, name, kind, (operation,), purpose),
            lambda running: self.policy.attempts(name, kind, partial(attempt, running), spec.rate_limit),
        )

    def _surrounded(
        self,
        name: str,
        kind: OperationKind,
        attempt: Attempts[T],
        operations: Sequence[Operation[Any]] = (),
        shown_as: OperationKind | None = None,
    ) -> Flow[T]:
        """The same for anything else; plugins may be told of another kind than the policy."""
        if self.chain is None:
            return self.policy.attempts(name, kind, attempt)
        return self.chain.run(
            self,
            self.chain.call(self, name, shown_as or kind, tuple(operations), self.purpose),
            lambda running: self.policy.attempts(name, kind, partial(attempt, running)),
        )

    def _server_version(self) -> Flow[str | None]:
        """The release that the server says it is, asked for once; None where it does not tell."""
        server = self.server
        if not server.was_asked and self._ask_version is not None:
            token = yield from self.credentials()
            try:
                info, _ = yield from self._attempt(self._ask_version(), token)
                server.version = info.current_version
            except TransportError:
                return None
            except APIError:
                pass  # it tells only those with manage:system
            server.was_asked = True
        return server.version


def post(body: bytes, nonces: Sequence[str], kind: OperationKind) -> Send:
    """A document as a request."""
    return Send(GRAPHQL_PATH, body, HEADERS, nonces=nonces, writes=kind == "mutation")


def _renewed_token(reply: Reply) -> str | None:
    """The login token that the server renewed: in a header, or in a cookie when the request was not JSON."""
    cookie = _TOKEN_COOKIE.search(reply.headers.get("set-cookie", ""))
    return reply.headers.get("new-jwt") or (cookie[1] if cookie else None)
