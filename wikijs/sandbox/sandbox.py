"""The sandbox itself: a wiki's state, and the way from a request to its response."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .accounts.permissions import ROOT_ID
from .accounts.tokens import BlockedKeyError, Identity, identify, issue_user_token, load_key
from .clock import Clock
from .graphql.interleave import run, run_async
from .http.body import LIMIT, LIMIT_BEFORE, BodyError, json_body
from .http.endpoint import graphql_endpoint
from .http.messages import Request, Response, finished, infrastructure_error, page_response
from .routes import respond
from .seeds.planting import ADMIN_EMAIL, ADMIN_PASSWORD, checked, plant
from .versions import NEWEST
from .wiki import Wiki

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from ..aio import AsyncWikiJSClient
    from ..auth import Auth
    from ..client import WikiJSClient
    from .http.transport import SandboxTransport

GRAPHQL = {"/graphql", "/graphql/"}


class Sandbox(Wiki):
    """A stand-in for Wiki.js 2.5.314 or an older one, empty unless seeded, independent of every other one.

    Use it in-process with `client()`, `async_client()` or `transport()`, or serve `asgi`. It can be used in a `with`
    block, which closes it.
    """

    admin_email = ADMIN_EMAIL
    admin_password = ADMIN_PASSWORD

    def __init__(
        self,
        seed: str | int = "empty",
        *,
        data: str | Path | None = None,
        rate_limit: bool = False,
        latency: str | float = 0,
        fail: str | None = None,
        clock: Clock = time.time,
        url: str = "http://wikijs.sandbox",
        version: str = NEWEST,
        tag_order: int | None = None,
        database: str = "postgres",
    ) -> None:
        """Start a wiki.

        Args:
            seed: `empty`, `demo`, or a number of pages; what an existing data file holds is kept as it is.
            data: a file that keeps the state; in memory when None.
            rate_limit: whether the server's limits on logins and comments are in force.
            latency: how long each answer takes, in seconds or as `25ms`.
            fail: answer a share of requests with an HTTP status, such as `502:0.1`.
            clock: seconds since 1970.
            url: where the wiki says it is.
            version: the Wiki.js to pose as, such as `2.5.201`: its schema, its permissions, and what else it did
                otherwise as far as clients meet it. From 2.0.1 on.
            tag_order: a number from which the tags of a page come in another order each time, as they do on a wiki that
                has grown; None for the order in which they were given, as on a young one.
            database: the database to pose as, `postgres`, `mariadb` or `sqlite`: what it takes for the same text, how
                it sorts, what it refuses and in which words.

        Raises:
            UnknownSeedError, UnknownVersionError, UnknownDatabaseError, DataFileError, FaultError: each with a message
                for the user.
        """
        seed = checked(seed)
        super().__init__(
            data=data,
            rate_limit=rate_limit,
            latency=latency,
            fail=fail,
            clock=clock,
            url=url,
            version=version,
            database=database,
        )
        self.tag_order = None if tag_order is None else Random(tag_order)  # noqa: S311
        if self.db.is_new:
            plant(self, seed)
        else:
            self.key = load_key(self.db.setting("key")["pem"])

    def close(self) -> None:
        """Let go of the state; without a data file it is gone."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def api_key(self) -> str:
        """An API key with full access: the wiki's first."""
        key: str = self.db.value("SELECT key FROM apiKeys WHERE id = 1")
        return key

    @property
    def admin_jwt(self) -> str:
        """A new token of the administrator, as a login gives it."""
        return issue_user_token(self, ROOT_ID)

    @cached_property
    def asgi(self) -> Starlette:
        """The sandbox as an ASGI application."""
        from .http.app import application

        return application(self)

    def client(self, auth: Auth | str | None = None, *, guest: bool = False) -> WikiJSClient:
        """A blocking client of this sandbox, without a port. Close it, or use it in a `with` block.

        Args:
            auth: what to sign in with: a key or token as text, `JWTAuth`, `PasswordAuth`...; the sandbox's API key,
                which may do everything, when None.
            guest: come as a guest instead.
        """
        from .clients import SandboxClient

        return SandboxClient(self, None if guest else auth or self.api_key)

    def async_client(self, auth: Auth | str | None = None, *, guest: bool = False) -> AsyncWikiJSClient:
        """An async client of this sandbox, without a port: the counterpart of `client`."""
        from .clients import AsyncSandboxClient

        return AsyncSandboxClient(self, None if guest else auth or self.api_key)

    def transport(self) -> SandboxTransport:
        """A transport for `httpx2` clients of both colours that answers in this process, without a port."""
        from .http.transport import SandboxTransport

        return SandboxTransport(self)

    def handle(self, request: Request) -> Response:
        """Answer a request. Raise NoAnswerError where the server would leave its client waiting."""
        if self.latency:
            time.sleep(self.latency)
        if self.failure and self.failure.strikes(self.random):
            return self.failure.response()
        return run(self.answer(request), self.lock)

    async def handle_async(self, request: Request) -> Response:
        """Answer a request, letting others in meanwhile. Raise NoAnswerError as `handle` does."""
        if self.latency:
            await asyncio.sleep(self.latency)
        if self.failure and self.failure.strikes(self.random):
            return self.failure.response()
        return await run_async(self.answer(request), self.lock)

    async def answer(self, request: Request) -> Response:
        """The response of a server in good health."""
        is_graphql = request.path in GRAPHQL
        try:
            body = json_body(request, LIMIT if self.since("2.5.275") else LIMIT_BEFORE)
            identity = identify(self, request)
        except BodyError as error:
            refusal = infrastructure_error(str(error), error.status)
            return finished(request, refusal if request.path == "/graphql" else page_response("Error", error.status))
        except BlockedKeyError as error:
            refusal = infrastructure_error(str(error), 500)
            return finished(request, refusal if request.path == "/graphql" else page_response("Error", 500))
        if is_graphql:
            response = await graphql_endpoint(self, request, identity, body)
        else:
            response = respond(self, request, identity)
        if identity.renewed:
            announce(request, response, identity)
        self.journal.write(f"{request.method} {request.path} {response.status}")
        return finished(request, response)


def announce(request: Request, response: Response, identity: Identity) -> None:
    """Hand a renewed token to the client: in a header to those that send exactly JSON, else in a cookie."""
    if request.headers.get("content-type") == "application/json":
        response.headers.append(("new-jwt", identity.renewed or ""))
    else:
        expires = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 365 * 86400))
        response.headers.append(("set-cookie", f"jwt={identity.renewed}; Path=/; Expires={expires}"))
    response.headers.append(("cache-control", "no-store"))
