"""What a running gateway is made of, and what it does beside answering."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from wikijs.exceptions import StoreError, WikiJSException

from .access.audit import Audit
from .access.callers import Authenticator
from .access.credentials import Clients, Credentials, CredentialState, master_key
from .access.keys import KeyRing
from .access.sessions import Sessions
from .idempotency import Idempotency
from .limits.buckets import LocalLimits, RedisLimits
from .limits.policy import Policy
from .limits.usage import Usage
from .queue import WriteQueue
from .store.database import Database

if TYPE_CHECKING:
    import httpx2

    from wikijs import AsyncWikiJSClient
    from wikijs.core.processes.locks import PageLock

    from .access.callers import Caller
    from .settings import Settings

log = logging.getLogger("wikijs.gateway")

FLUSH: Final = 1.0
"""Seconds between two times that usage and the audit trail are written down."""
WHOAMI: Final = 24 * 3600.0
"""Seconds between two looks at whether the credentials still do."""


class Gateway:
    """Everything behind the routes.

    Args:
        settings: How it is set up.
        http: An HTTP client for the wiki, for tests.
        blocking_http: The same for work in threads.
        clock: Seconds since 1970, for tests.

    Raises:
        ConfigurationError: It cannot be set up like that.
        StoreError: Its database cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        http: httpx2.AsyncClient | None = None,
        blocking_http: httpx2.Client | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from .answers import Answers, SharedCache

        self.settings = settings.checked()
        self.clock = clock
        self.id = secrets.token_hex(16)
        self.database = Database(settings.database)
        try:
            self.database.migrate()
            key = master_key(settings.master_key_file, make=settings.database == ":memory:")
            self.credentials = Credentials(self.database, key, clock)
            self._credentials_read = self._credentials_used = self.credentials.version()
            self.questions_key = sha256(f"mcp:{key}".encode()).digest()
            self.keys = KeyRing(self.database, clock)
            self.keys.load()
            self.sessions = Sessions(self.database, clock)
            self.usage = Usage(self.database, clock)
            self.audit = Audit(self.database, clock)
            self.idempotency = Idempotency(self.database, self.id, self.credentials, clock)
            if settings.workers == 1 and not self.database.is_postgres:
                self.idempotency.adopt()
            shared = f"wikijs:gateway:{settings.wiki}:"
            limits = RedisLimits(settings.redis, shared) if settings.redis else LocalLimits(wall=clock)
            self.policy = Policy(limits, settings.tiers, settings.rate, self.database, clock)
            self.policy.load()
        except BaseException:
            self.database.close()
            raise
        cache = SharedCache(settings.cache_seconds) if settings.cache_seconds > 0 else None
        self.answers = None if cache is None else Answers(cache, self.client)
        """Answers that can be given again; None where nothing is kept."""
        self.clients = Clients(
            settings.wiki,
            self.credentials,
            cache=cache,
            page_lock=_page_lock(settings),
            http=http,
            blocking_http=blocking_http,
        )
        self.authenticator = Authenticator(
            self.keys,
            self.sessions,
            self.credentials,
            self.clients,
            pass_through=settings.pass_through,
            clock=clock,
        )
        self.leftovers: set[asyncio.Future[Any]] = set()
        """Work that goes on though whoever asked for it is gone."""
        self.queue = WriteQueue(settings.queue_seconds)
        self.changes: Any = None
        """What watches the wiki, see `changes`; None where that is off."""
        self.jobs: Any = None
        """The jobs, see `jobs.worker`."""
        self.started = self.draining = False
        self.hooks: list[Callable[[], Coroutine[Any, Any, None]]] = []
        """Started with the gateway, cancelled when it ends: the feed, the sender of webhooks, the worker of jobs."""
        self.after_write: list[Callable[[], None]] = []
        """Told of each write that went through."""
        self.on_drain: list[Callable[[], None]] = []  # told when it begins to stop
        self.looked_at = 0.0
        self.unreachable: str | None = None
        self.known_engines: dict[str, str | None] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.counts: dict[tuple[str, str, int], list[float]] = {}
        """Requests by method, route and status: number, seconds, bytes; for /metrics."""

    def client(self, caller: Caller) -> AsyncWikiJSClient:
        """The client of the wiki for a caller."""
        return self.authenticator.client(caller)

    def drain(self) -> None:
        """Begin to stop: nothing new is ready to be asked for, and streams end now, not at their next word."""
        self.draining = True
        for tell in self.on_drain:
            tell()

    def wrote(self) -> None:
        """A write went through: look at the wiki soon."""
        for tell in self.after_write:
            tell()

    def count(self, method: str, route: str, status: int, elapsed: float, size: int) -> None:
        """Count a request for /metrics."""
        found = self.counts.setdefault((method, route, status), [0, 0.0, 0])
        found[0] += 1
        found[1] += elapsed
        found[2] += size

    # Beside answering.

    async def start(self) -> None:
        """Begin with what goes on beside answering."""
        self._tasks = [asyncio.create_task(self._flush()), asyncio.create_task(self._look_at_credentials())]
        self._tasks += [asyncio.create_task(_kept_up(work)) for work in self.hooks]
        self.started = True

    async def stop(self) -> None:
        """End it, and write down what is only in memory."""
        self.draining = True
        if self.leftovers:
            await asyncio.wait(self.leftovers, timeout=self.settings.drain_seconds)
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await _tried(self.flush)
        await self.clients.aclose()
        if self.changes is not None:
            self.changes.close()
        self.database.close()

    def flush(self) -> None:
        """Write down what is only in memory. What fails keeps none of the others from it."""
        with ExitStack() as all_of:
            for part in (self.keys.flush_used, self.policy.flush, self.audit.flush, self.usage.flush):
                all_of.callback(part)

    async def catch_up(self) -> None:
        """Learn of what another process, or the command line, changed of that which is held in memory."""
        await _tried(self._read_anew)
        if self._credentials_read != self._credentials_used:
            self._credentials_used = self._credentials_read
            self.clients.forget_all()  # here, where clients are made, so that none of before comes in between

    def _read_anew(self) -> None:
        with ExitStack() as all_of:
            for part in (self._look_for_credentials, self.policy.refresh, self.keys.refresh):
                all_of.callback(part)

    def _look_for_credentials(self) -> None:
        self._credentials_read = self.credentials.version()

    async def _flush(self) -> None:
        while True:
            await asyncio.sleep(FLUSH)
            shared = self.database.path is not None or self.database.is_postgres
            if shared:
                await self.catch_up()
            await _tried(self.flush)

    async def _look_at_credentials(self) -> None:
        while True:
            states: list[CredentialState] = []
            with suppress(StoreError):
                states = await asyncio.to_thread(self.credentials.all)
            for state in states:
                problem = await self.problem_of(state.name)
                with suppress(StoreError):
                    await asyncio.to_thread(self.credentials.checked, state, problem)
                if problem is not None:
                    log.warning("The credential %r: %s", state.name, problem)
            await asyncio.sleep(WHOAMI)

    async def reach(self) -> str | None:
        """Why the wiki cannot be reached; None when it can. Nobody signs in for it."""
        try:
            answer = await self.clients.http.get(f"{self.settings.wiki.rstrip('/')}/healthz", timeout=5.0)
        except Exception as error:  # whatever the HTTP library raises
            return f"The wiki cannot be reached ({type(error).__name__})."
        return f"The wiki answers {answer.status_code}." if answer.status_code >= 500 else None

    async def problem_of(self, credential: str) -> str | None:
        """Why a credential of the wiki cannot be used; None when it can."""
        try:
            client = self.clients.of(credential)
            if "kind" in _kind_guest(self, credential):
                return None
            who = await client.whoami()
        except WikiJSException as error:
            return error.message
        return who.warning or ("The wiki takes it for a guest." if who.is_guest else None)


def _kind_guest(gateway: Gateway, name: str) -> Mapping[str, str]:
    found = next((each for each in gateway.credentials.all() if each.name == name), None)
    return {"kind": "guest"} if found is not None and found.kind == "guest" else {}


async def _tried(work: Callable[[], None]) -> None:
    """Do something in a thread. What fails is logged: keys revoked elsewhere must be heard of all the same."""
    try:
        await asyncio.to_thread(work)
    except StoreError as error:
        log.warning("%s", error)
    except Exception:
        log.exception("What the gateway does beside answering failed.")


async def _kept_up(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run something until it is cancelled; begin anew after a pause where it fails."""
    pause = 1.0
    while True:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            told = error.message if isinstance(error, WikiJSException) else type(error).__name__
            log.warning("%s stopped (%s); it begins anew in %d s.", getattr(work, "__qualname__", work), told, pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, 60.0)


def _page_lock(settings: Settings) -> PageLock | None:
    """What keeps page writes of several processes apart."""
    if "://" in settings.database:
        from wikijs.middleware import PostgresLock

        return PostgresLock(settings.database, f"wikijs:page-writes:{settings.wiki}")
    return None
