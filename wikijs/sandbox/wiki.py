"""The state of one sandboxed wiki: what everything that answers for it reads and changes."""

from __future__ import annotations

from pathlib import Path
from random import Random
from threading import RLock
from typing import TYPE_CHECKING

from wikijs.core.documents.schema_versions import order

from .graphql.ratelimit import RateLimits
from .http.faults import parse_failure, parse_latency
from .storage.database import Database
from .storage.journal import Journal
from .versions import checked as checked_version

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from .clock import Clock
    from .http.messages import Request, Response


class Wiki:
    """State of a wiki, and the two ways to ask it.

    Args:
        data: A file that keeps the state; in memory when None.
        rate_limit: Whether the server's limits on logins and comments are in force.
        latency: How long each answer takes, in seconds or as `25ms`.
        fail: Answer a share of requests with an HTTP status, such as `502:0.1`.
        clock: Seconds since 1970.
        url: Where the wiki says it is.
        version: The Wiki.js to pose as.
        database: The database to pose as.
    """

    key: RSAPrivateKey
    """Signs the tokens."""

    def __init__(
        self,
        *,
        data: str | Path | None,
        rate_limit: bool,
        latency: str | float,
        fail: str | None,
        clock: Clock,
        url: str,
        version: str,
        database: str,
    ) -> None:
        self.version = checked_version(version)
        self.latency = parse_latency(latency)
        self.failure = parse_failure(fail) if fail else None
        self.clock = clock
        self.url = url.rstrip("/")
        self.started = clock()
        self.random = Random(0)  # noqa: S311  # faults and ids, repeatable from run to run
        self.tag_order: Random | None = None
        self.lock = RLock()
        self.journal = Journal(clock)
        self.rate_limits = RateLimits(clock, enabled=rate_limit)
        self.persisted_queries: dict[object, str] = {}
        self.db = Database(Path(data) if data is not None else None, database)

    def since(self, version: str) -> bool:
        """Whether the version this poses as is that one or a later one."""
        return order(self.version) >= order(version)

    def handle(self, request: Request) -> Response:
        """Answer a request. Raise NoAnswerError where the server would leave its client waiting."""
        raise NotImplementedError

    async def handle_async(self, request: Request) -> Response:
        """Answer a request, letting others in meanwhile. Raise NoAnswerError as `handle` does."""
        raise NotImplementedError
