"""Webhooks: who is told what, what became of it, and the sending itself."""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, get_args
from weakref import WeakSet

from wikijs.exceptions import WebhookError
from wikijs.feed.database import migrate
from wikijs.feed.filters import EventFilter, checked
from wikijs.feed.store import Store

from .deliveries import Deliveries, blocking
from .model import Endpoint, NewEndpoint, Ordering, Payload
from .sending import guard, tables
from .sending.dispatch import Dispatcher
from .sending.endpoints import Endpoints, rotated
from .sending.outbox import LEASE, Outbox
from .sending.sealing import VARIABLE, Sealer
from .sending.senders import Senders, is_sink
from .signing import key_of, new_secret

if TYPE_CHECKING:
    import ssl

    from starlette.applications import Starlette

    from wikijs import WikiJSClient
    from wikijs.feed.database import Database

T = TypeVar("T")

KEEP_OLD_SECRET: Final = 24 * 3600.0
VERSIONS: Final = ("1",)
_UNSET: Final[Any] = object()


class Webhooks(Deliveries):
    """Endpoints that are told what changes. Use it in a `with` block, or `close` it.

    Args:
        store: Path of the feed's file (SQLite) or URL of its PostgreSQL database.
        allow_networks: Private networks that may be sent to, such as "10.1.0.0/16"; none unless given.
        allow_http: Whether endpoints may be without TLS.
        allow_sinks: Whether endpoints may be Redis, NATS, Kafka or Svix.
        proxy: URL of an HTTP proxy to send through. Which addresses may be reached is then its business.
        timeout: Seconds for a whole request.
        ssl_context: What certificates of endpoints are checked with.
        key: 32 bytes as base64 with which secrets are encrypted in the store; from WIKIJS_HOOKS_KEY unless given.
        clock: Seconds since 1970, for tests.

    Raises:
        StoreError: The store cannot be opened.
        ConfigurationError: A network or a key is none.
    """

    def __init__(
        self,
        store: Store | Database | str | os.PathLike[str],
        *,
        allow_networks: Sequence[str] = (),
        allow_http: bool = False,
        allow_sinks: bool = True,
        proxy: str | None = None,
        timeout: float = 15.0,
        ssl_context: ssl.SSLContext | None = None,
        key: str | None = None,
        lease: float = LEASE,
        clock: Callable[[], float] = time,
    ) -> None:
        if not 0 < timeout < lease:
            raise WebhookError(f"timeout must be more than 0 and less than {lease:g} seconds.")
        self._allowed = guard.networks(allow_networks)
        self._allow_http = allow_http
        self._allow_sinks = allow_sinks
        self._proxy = proxy
        self._timeout = timeout
        self._ssl_context = ssl_context
        sealer = Sealer(key if key is not None else os.environ.get(VARIABLE))
        self._owns_store = not isinstance(store, Store)
        self.store = store if isinstance(store, Store) else Store(store, clock=clock)
        try:
            migrate(self.store.database, tables.COMPONENT, [tables.first])
        except BaseException:
            self.close()
            raise
        self._endpoints = Endpoints(self.store, sealer)
        self.outbox = Outbox(self.store, self._endpoints, lease=lease)
        self._dispatchers: WeakSet[Dispatcher] = WeakSet()
        self.store.on_events(self._wake)

    # Endpoints.

    def create(
        self,
        url: str,
        *,
        events: Sequence[str] = ("*",),
        paths: Sequence[str] = (),
        locales: Sequence[str] = (),
        tags: Sequence[str] = (),
        payload: Payload = "thin",
        version: str = "1",
        ordering: Ordering = "page",
        wiki: str = "*",
        headers: Mapping[str, str] | None = None,
        description: str = "",
        secret: str | None = None,
    ) -> NewEndpoint:
        """Tell an address from now on what changes.

        Args:
            url: Where messages go; https, or a sink such as redis://host:6379/0?stream=wiki.
            events: Types of events: "page.*" for all of a kind, "-page.touched" for what is not wanted.
            paths: Patterns of paths such as "docs/**", of which one must fit; of a move, the old path or the new one.
            locales: Locales, of which one must fit.
            tags: Tags, of which a page must have one, before the change or after it.
            payload: "thin" for what changed; "full" with up to 20 kB of the page's source, which then leaves the page
                rules of the wiki; "cloudevents" for CloudEvents 1.0.
            version: Version of the format.
            ordering: "page" for one message after the other for each page; "none" for all at once.
            wiki: URL of the wiki whose events it gets; all of the store unless given.
            headers: Headers of its own, such as for a gateway in front of it.
            description: What it is for.
            secret: A secret to sign with; made anew unless given.

        Raises:
            WebhookError: The address leads into a private network, or something else cannot be.
            ConfigurationError: No event can be of such a type, or the secret is none.
        """
        endpoint = Endpoint(
            id=f"ep_{random.token_hex(8)}",
            url=self._checked_url(url),
            filter=checked(events, paths, locales, tags),
            payload=_one_of("payload", payload, get_args(Payload)),
            version=_one_of("version", version, VERSIONS),
            ordering=_one_of("ordering", ordering, get_args(Ordering)),
            wiki=wiki,
            headers=guard.check_headers(dict(headers or {})),
            state="active",
            reason=None,
            failing_since=None,
            created_at=datetime.fromtimestamp(self.store.clock(), UTC),
            description=description,
            secrets=((secret or new_secret(), None),),
        )
        chosen = endpoint.secrets[0][0]
        key_of(chosen)
        with self.store.database.transaction() as sql:
            self.outbox.begin(sql)
        while self.outbox.fan_out():  # what happened before it was made is not for it
            pass
        with self.store.database.transaction() as sql:
            self._endpoints.put(sql, endpoint)
        self._tell()
        return NewEndpoint(endpoint.id, chosen, endpoint)

    def _checked_url(self, url: str) -> str:
        if is_sink(url):
            if not self._allow_sinks:
                raise WebhookError("The URL of the endpoint must begin with https://.")
            return Senders.checked(url)
        guard.check_url(url, allow_http=self._allow_http, allowed=self._allowed)
        return url

    def list(self) -> list[Endpoint]:
        """All endpoints, oldest first."""
        return self._endpoints.all()

    def get(self, id: str) -> Endpoint:
        """One endpoint.

        Raises:
            WebhookNotFoundError: There is none with this id.
        """
        return self._endpoints.get(id)

    def update(
        self,
        id: str,
        *,
        url: str = _UNSET,
        events: Sequence[str] = _UNSET,
        paths: Sequence[str] = _UNSET,
        locales: Sequence[str] = _UNSET,
        tags: Sequence[str] = _UNSET,
        payload: Payload = _UNSET,
        ordering: Ordering = _UNSET,
        headers: Mapping[str, str] = _UNSET,
        description: str = _UNSET,
    ) -> Endpoint:
        """Change an endpoint; what is left out is kept. Messages that wait already go to it as it is now.

        Raises:
            WebhookNotFoundError: There is none with this id.
            WebhookError, ConfigurationError: It cannot be like that.
        """
        with self.store.database.transaction() as sql:
            old = self._endpoints.locked(sql, id, lock=self.store.database.row_lock)
            kept: EventFilter = old.filter
            new = replace(
                old,
                url=old.url if url is _UNSET else self._checked_url(url),
                filter=checked(
                    kept.types if events is _UNSET else events,
                    kept.paths if paths is _UNSET else paths,
                    kept.locales if locales is _UNSET else locales,
                    kept.tags if tags is _UNSET else tags,
                ),
                payload=old.payload if payload is _UNSET else _one_of("payload", payload, get_args(Payload)),
                ordering=old.ordering if ordering is _UNSET else _one_of("ordering", ordering, get_args(Ordering)),
                headers=old.headers if headers is _UNSET else guard.check_headers(dict(headers)),
                description=old.description if description is _UNSET else description,
            )
            self._endpoints.put(sql, new)
        self._tell()
        return new

    def pause(self, id: str) -> None:
        """Let messages for an endpoint wait."""
        self._set_state(id, "paused", "Somebody paused it.")

    def resume(self, id: str) -> None:
        """Send again to an endpoint that was paused or disabled; what waits goes first, in its order."""
        self._set_state(id, "active", None)

    def _set_state(self, id: str, state: Any, reason: str | None) -> None:
        with self.store.database.transaction() as sql:
            self._endpoints.locked(sql, id, lock=self.store.database.row_lock)
            self._endpoints.set_state(sql, id, state, reason)
        self._tell()

    def delete(self, id: str) -> None:
        """Forget an endpoint and all that waits for it.

        Raises:
            WebhookNotFoundError: There is none with this id.
        """
        with self.store.database.transaction() as sql:
            self._endpoints.locked(sql, id, lock=self.store.database.row_lock)
            for table in ("lanes", "deliveries", "attempts"):
                sql.run(f"DELETE FROM {table} WHERE endpoint = ?", id)  # noqa: S608  own names
            sql.run("DELETE FROM endpoints WHERE id = ?", id)
        self._tell()

    def rotate_secret(self, id: str, *, keep_old_for: float = KEEP_OLD_SECRET) -> NewEndpoint:
        """Sign with a new secret; the old one signs beside it for a while, so that receivers can change over.

        Args:
            id: Id of the endpoint.
            keep_old_for: Seconds for which the old one is still used; 0 where it has leaked.

        Raises:
            WebhookNotFoundError: There is none with this id.
        """
        secret = new_secret()
        with self.store.database.transaction() as sql:
            old = self._endpoints.locked(sql, id, lock=self.store.database.row_lock)
            new = rotated(old, secret, self.store.clock(), keep_old_for)
            self._endpoints.put(sql, new)
        self._tell()
        return NewEndpoint(id, secret, new)

    # Sending.

    def senders(self) -> Senders:
        """What brings messages to endpoints."""
        return Senders(
            allowed=self._allowed,
            proxy=self._proxy,
            timeout=self._timeout,
            ssl_context=self._ssl_context,
            clock=self.store.clock,
        )

    def dispatcher(self, **options: Any) -> Dispatcher:
        """What sends messages until it is stopped; `run` and `app` use one."""
        dispatcher = Dispatcher(self.outbox, self._endpoints, self.senders(), **options)
        self._dispatchers.add(dispatcher)
        return dispatcher

    def deliver(self) -> dict[str, int]:
        """Send all that is due, and return how many were "delivered" and how many "failed"."""

        async def drain() -> dict[str, int]:
            dispatcher = self.dispatcher()
            await dispatcher.drain()
            return dict(dispatcher.sent)

        return blocking(drain())

    def run(
        self,
        client: WikiJSClient | Mapping[str, WikiJSClient] | None = None,
        *,
        interval: float = 10.0,
        watch: Sequence[str] = ("pages",),
        listen: str | None = None,
        **feed: Any,
    ) -> None:
        """Look at the wiki, and send what is to be sent, until SIGTERM or Ctrl+C; what is under way is ended first.

        Args:
            client: A client of the wiki, or several by name; None only sends, for a second process.
            interval: Seconds between two looks at the wiki.
            watch: What to watch, as in `ChangeFeed`.
            listen: Host and port, such as "127.0.0.1:9464", for /healthz, /readyz and /metrics.
            feed: More of what `ChangeFeed` takes.
        """
        from .sending.service import serve

        clients = client if isinstance(client, Mapping) else {} if client is None else {"wiki": client}
        serve(self, list(clients.values()), interval=interval, listen=listen, feed={"watch": watch, **feed})

    def app(self, *, token: str) -> Starlette:
        """An ASGI application with which programs register endpoints of their own: POST /v1/webhooks and so on.

        Args:
            token: What must come as `Authorization: Bearer`. Endpoints made here are never sinks.
        """
        from .sending.app import application

        return application(self, token)

    def _wake(self) -> None:
        for dispatcher in list(self._dispatchers):
            dispatcher.wake()

    def _tell(self) -> None:
        for dispatcher in list(self._dispatchers):
            dispatcher.wake(changed=True)

    def close(self) -> None:
        """Close the store, unless it was handed in."""
        if self._owns_store:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _one_of(name: str, value: T, known: Sequence[T]) -> T:
    if value not in known:
        raise WebhookError(f"{name} must be one of {', '.join(map(repr, known))}, not {value!r}.")
    return value
